//! Temporary files that git leaves behind when it is stopped, and packs without an index.

use std::fs;

use super::{history, is, loose, overwrite, pack_file, state, token};
use crate::sandbox::{Run, Sandbox};

/// A repository without a secret.
fn clean() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("f", "1").commit_all("x");
    sandbox
}

/// A pack with deltas and a token, and a loose object with a token.
fn made() -> (Vec<u8>, Vec<u8>) {
    let sandbox = Sandbox::repository();
    let lines: String = (0..300)
        .map(|line| format!("line {line} of many\n"))
        .collect();
    for version in 0..5 {
        sandbox
            .write("f", format!("{version}\n{lines}"))
            .commit_all("x");
    }
    sandbox
        .write("f", format!("6\n{lines}t = {}\n", token(1)))
        .commit_all("token");
    sandbox.git(["repack", "-q", "-adf"]);
    let id = sandbox.git_with_input(
        ["hash-object", "-w", "--stdin"],
        format!("t = {}\n", token(2)).as_bytes(),
    );
    (
        fs::read(pack_file(&sandbox, "pack")).unwrap(),
        fs::read(loose(&sandbox, id.trim())).unwrap(),
    )
}

/// Scans a repository in which `content` was left at `path` below `.git/objects`.
fn left(path: &str, content: &[u8]) -> Run {
    let sandbox = clean();
    sandbox.write(format!(".git/objects/{path}"), content);
    history(&sandbox)
}

#[test]
fn packs_and_objects_that_git_left_behind_are_scanned() {
    let (pack, object) = made();
    let name = &"ab".repeat(19);
    let cases = [
        ("pack/tmp_pack_abc123".to_owned(), &pack),
        ("tmp_pack_abc123".to_owned(), &pack),
        ("ab/tmp_obj_abc123".to_owned(), &object),
        ("tmp_obj_abc123".to_owned(), &object),
        ("incoming-abc123/pack/pack-1.pack".to_owned(), &pack),
        (
            "tmp_objdir-incoming-abc123/pack/tmp_pack_abc123".to_owned(),
            &pack,
        ),
        (format!("tmp_objdir-incoming-abc123/ab/{name}"), &object),
        (
            "tmp_objdir-bulk-fsync-abc123/ab/tmp_obj_abc123".to_owned(),
            &object,
        ),
    ];
    for (path, content) in cases {
        let run = left(&path, content);
        assert_eq!(
            (run.findings().len(), state(&run)),
            (1, is(1, &[])),
            "{path}: {}",
            run.stdout
        );
        assert_eq!(
            run.json()["findings"][0]["path"],
            format!(".git/objects/{path}")
        );
        // An empty file is not reported.
        assert_eq!(state(&left(&path, b"")), is(0, &[]), "{path}");
    }
}

#[test]
fn truncated_leftovers_are_reported_with_advice() {
    let (pack, object) = made();
    for (path, content) in [
        ("pack/tmp_pack_abc123", &pack),
        ("ab/tmp_obj_abc123", &object),
    ] {
        for length in [1, 12, 30, content.len() / 2, content.len() - 5] {
            let run = left(path, &content[..length]);
            let (status, reasons) = state(&run);
            assert!(
                status != 0 && reasons == ["corrupt"],
                "{path} {length}: {}",
                run.stdout
            );
            assert!(run.stdout.contains("git prune"), "{}", run.stdout);
        }
        let mut changed = content.clone();
        changed[0] ^= 0xff;
        assert_eq!(state(&left(path, &changed)), is(2, &["corrupt"]), "{path}");
    }
    // The part of the pack that exists is scanned.
    assert_eq!(
        left("pack/tmp_pack_abc123", &pack[..pack.len() - 5])
            .findings()
            .len(),
        1
    );
}

#[test]
fn a_leftover_thin_pack_is_reported() {
    let (sandbox, from) = (clean(), Sandbox::repository());
    let lines: String = (0..300)
        .map(|line| format!("line {line} of many\n"))
        .collect();
    from.write("f", &lines).commit_all("x");
    from.write("f", format!("{lines}more\n")).commit_all("x");
    let thin = from.path().join("thin");
    let revisions = b"HEAD\n^HEAD~1\n";
    let mut command = from.git_command();
    command
        .args(["pack-objects", "--thin", "--stdout", "-q", "--revs"])
        .stdin(std::process::Stdio::piped());
    let mut child = command
        .stdout(fs::File::create(&thin).unwrap())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), revisions).unwrap();
    assert!(child.wait().unwrap().success());
    sandbox.write(".git/objects/pack/tmp_pack_abc123", fs::read(thin).unwrap());
    assert_eq!(state(&history(&sandbox)), is(2, &["unsupported"]));
}

#[test]
fn a_pack_without_an_index_is_reported() {
    let (pack, _) = made();
    for name in ["pack-1.pack", ".tmp-1-pack-1.pack"] {
        let run = left(&format!("pack/{name}"), &pack);
        assert_eq!(state(&run), is(2, &["corrupt"]), "{name}");
        assert!(run.stdout.contains("git index-pack"));
    }
}

#[test]
fn other_files_beside_packs_are_not_damage() {
    let sandbox = clean();
    sandbox.git(["repack", "-q", "-adb"]);
    sandbox.git(["commit-graph", "write", "--reachable"]);
    sandbox.git(["multi-pack-index", "write"]);
    let index = fs::read(pack_file(&sandbox, "idx")).unwrap();
    overwrite(
        &sandbox.path().join(".git/objects/pack/tmp_idx_abc123"),
        &index,
    );
    assert_eq!(state(&history(&sandbox)), is(0, &[]));
    sandbox.write(
        ".git/objects/pack/pack-1.keep",
        format!("kept for {}\n", token(3)),
    );
    assert_eq!(state(&history(&sandbox)), is(1, &[]));
}

/// A temporary file that is still being written is read again later. If it is gone by then, git has moved it to its final
/// place.
#[test]
fn a_file_that_is_being_written_is_not_damage() {
    let (pack, _) = made();
    let sandbox = clean();
    let path = sandbox.path().join(".git/objects/pack/tmp_pack_abc123");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for part in 1..=20 {
                fs::write(&path, &pack[..pack.len() * part / 21]).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            fs::remove_file(&path).unwrap();
        });
        while !path.exists() {
            std::thread::yield_now();
        }
        let run = history(&sandbox);
        writer.join().unwrap();
        assert!(state(&run).1.is_empty(), "{}", run.stdout);
    });
}
