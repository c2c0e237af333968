//! Damaged objects are reported, and the exit status is 2. All other objects are scanned.

use std::fs;

use super::{history, is, loose, overwrite, pack_file, skipped_objects, state, token};
use crate::sandbox::Sandbox;

/// A repository with a few objects, one of which has a token.
fn leaking() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox
        .write("leak", format!("x {}\n", token(1)))
        .write("d/other", "other\n".repeat(20))
        .commit_all("one");
    sandbox
}

fn packed() -> Sandbox {
    let sandbox = leaking();
    sandbox
        .write("d/other", "other\n".repeat(21))
        .commit_all("two");
    sandbox.git(["repack", "-q", "-adf"]);
    sandbox
}

/// True if the token was found, and true if the scan says that it is complete.
fn outcome(sandbox: &Sandbox) -> (bool, bool) {
    let run = history(sandbox);
    let (status, reasons) = state(&run);
    assert!(
        reasons
            .iter()
            .all(|reason| ["corrupt", "missing-object"].contains(&reason.as_str())),
        "{reasons:?}"
    );
    assert_eq!(
        status,
        if run.findings().is_empty() {
            if reasons.is_empty() { 0 } else { 2 }
        } else {
            1
        }
    );
    (status == 1, reasons.is_empty())
}

/// Changes each byte of a pack, except for the pack's own checksum, which is not needed. The damaged object is reported,
/// and all others are scanned.
#[test]
fn no_changed_byte_of_a_pack_goes_unnoticed() {
    let sandbox = packed();
    assert_eq!(outcome(&sandbox), (true, true));
    let file = pack_file(&sandbox, "pack");
    let content = fs::read(&file).unwrap();
    let mut found = 0;
    for at in (0..content.len() - 20).step_by(5) {
        let mut changed = content.clone();
        changed[at] ^= 1 << (at % 8);
        overwrite(&file, &changed);
        let (is_found, is_complete) = outcome(&sandbox);
        assert!(!is_complete, "byte {at}");
        found += usize::from(is_found);
    }
    assert!(
        found > content.len() / 5 / 4,
        "the rest is scanned: {found}"
    );
}

#[test]
fn a_truncated_pack_is_never_complete() {
    let sandbox = packed();
    let file = pack_file(&sandbox, "pack");
    let content = fs::read(&file).unwrap();
    for length in (0..content.len()).step_by(13) {
        overwrite(&file, &content[..length]);
        let (_, is_complete) = outcome(&sandbox);
        assert!(!is_complete, "{length} of {} bytes", content.len());
    }
}

#[test]
fn no_changed_byte_of_an_index_goes_unnoticed() {
    let sandbox = packed();
    let file = pack_file(&sandbox, "idx");
    let content = fs::read(&file).unwrap();
    for at in [
        0,
        4,
        9,
        8 + 1020,
        8 + 1024,
        content.len() - 60,
        content.len() - 45,
        content.len() - 30,
        content.len() - 1,
    ] {
        let mut changed = content.clone();
        changed[at] ^= 0x41;
        overwrite(&file, &changed);
        let (_, is_complete) = outcome(&sandbox);
        assert!(!is_complete, "byte {at}");
    }
    for length in [0, 7, 1000, content.len() - 1] {
        overwrite(&file, &content[..length]);
        assert!(!outcome(&sandbox).1, "{length} bytes");
    }
}

#[test]
fn a_changed_loose_object_is_scanned_or_reported() {
    let sandbox = leaking();
    let id = sandbox.id("HEAD:leak");
    let file = loose(&sandbox, &id);
    let content = fs::read(&file).unwrap();
    let damaged = |content: &[u8], what: &str| {
        overwrite(&file, content);
        let run = history(&sandbox);
        let (status, reasons) = state(&run);
        assert!(
            status == 1
                || status == 2 && reasons == ["corrupt"] && skipped_objects(&run) == [id.as_str()],
            "{what}: {reasons:?}"
        );
    };
    for at in 0..content.len() {
        let mut changed = content.clone();
        changed[at] ^= 1 << (at % 8);
        damaged(&changed, &format!("byte {at}"));
    }
    for length in (0..content.len() - 4).step_by(7) {
        damaged(&content[..length], &format!("{length} bytes"));
    }
    overwrite(
        &file,
        &fs::read(loose(&sandbox, &sandbox.id("HEAD:d/other"))).unwrap(),
    );
    assert_eq!(
        state(&history(&sandbox)),
        is(2, &["corrupt"]),
        "another object in its place"
    );
}

#[test]
fn a_pack_and_its_index_must_match() {
    let sandbox = packed();
    let (pack, index) = (pack_file(&sandbox, "pack"), pack_file(&sandbox, "idx"));
    let (pack_content, index_content) = (fs::read(&pack).unwrap(), fs::read(&index).unwrap());
    fs::remove_file(&index).unwrap();
    let run = history(&sandbox);
    assert!(
        run.status == 2 && run.stdout.contains("git index-pack"),
        "{}",
        run.stdout
    );
    overwrite(&index, &index_content);
    fs::remove_file(&pack).unwrap();
    let run = history(&sandbox);
    assert!(
        run.status == 2
            && run
                .stdout
                .contains("the pack itself is missing: only its index exists"),
        "{}",
        run.stdout
    );
    overwrite(&pack, &pack_content);
    assert_eq!(outcome(&sandbox), (true, true));
    // There are two packs, and the pack with the token is not damaged.
    sandbox.write("new", "new").commit_all("three");
    sandbox.git(["repack", "-q", "-d"]);
    let other = fs::read_dir(pack.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let other = other
        .filter(|path| path.extension().is_some_and(|e| e == "idx") && *path != index)
        .last()
        .unwrap();
    overwrite(&other, &index_content);
    assert_eq!(outcome(&sandbox), (true, false));
}

/// A multi-pack index replaces the indexes of single packs.
/// Reading from the pipe would never end.
#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_pack_or_index_is_reported() {
    for extension in ["pack", "idx"] {
        let sandbox = packed();
        let file = pack_file(&sandbox, extension);
        fs::remove_file(&file).unwrap();
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&file)
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(outcome(&sandbox), (false, false), "{extension}");
    }
}

#[test]
fn a_pack_that_only_a_multi_pack_index_knows_is_read() {
    let sandbox = packed();
    sandbox.git(["multi-pack-index", "write"]);
    fs::remove_file(pack_file(&sandbox, "idx")).unwrap();
    assert_eq!(outcome(&sandbox), (true, true));
    let shared = sandbox.path().join(".git/objects/pack/multi-pack-index");
    let mut content = fs::read(&shared).unwrap();
    content[30] ^= 1;
    overwrite(&shared, &content);
    assert_eq!(outcome(&sandbox), (false, false));
}

#[test]
fn a_missing_alternate_is_reported() {
    let (lender, sandbox) = (leaking(), Sandbox::new());
    sandbox.git([
        "clone",
        "-q",
        "--shared",
        lender.path().to_str().unwrap(),
        ".",
    ]);
    assert_eq!(outcome(&sandbox), (true, true));
    let objects = lender.path().join(".git/objects");
    fs::rename(&objects, objects.with_extension("away")).unwrap();
    let (status, reasons) = state(&history(&sandbox));
    assert!(
        status == 2 && reasons.len() > 1 && reasons.iter().all(|reason| reason == "missing-object"),
        "{reasons:?}"
    );
    // No object is missing, but the repository names a place for objects that does not exist.
    let sandbox = Sandbox::repository();
    sandbox.write(".git/objects/info/alternates", "../../gone\n");
    assert_eq!(state(&history(&sandbox)), is(2, &["missing-object"]));
}

#[test]
fn damaged_refs_and_indexes_are_reported() {
    let broken = [
        (".git/packed-refs", "nonsense\n"),
        (
            ".git/packed-refs",
            "# pack-refs with: peeled\nzzzz refs/heads/x\n",
        ),
        (".git/refs/heads/x", "nonsense\n"),
        (".git/refs/heads/x", ""),
        (".git/index", "DIRC nonsense"),
        (".git/shallow", "nonsense\n"),
    ];
    for (file, content) in broken {
        let sandbox = leaking();
        sandbox.git(["rm", "-q", "--cached", "leak"]);
        sandbox.write(file, content);
        assert_eq!(outcome(&sandbox), (true, false), "{file}: {content}");
        let run = sandbox.run(["history"]);
        assert!(
            run.stdout.contains(&format!("not scanned: {file}")) || file.contains("heads"),
            "{file}: {}",
            run.stdout
        );
    }
    let sandbox = Sandbox::repository();
    sandbox.write("a", "x").commit_all("x");
    let absent = "1".repeat(40);
    for file in [".git/refs/heads/x", ".git/packed-refs", ".git/HEAD"] {
        let before = fs::read(sandbox.path().join(file)).ok();
        let name = if file.ends_with("packed-refs") {
            " refs/heads/x"
        } else {
            ""
        };
        sandbox.write(file, format!("{absent}{name}\n"));
        let run = history(&sandbox);
        assert_eq!(
            (state(&run), skipped_objects(&run)),
            (is(2, &["missing-object"]), vec![absent.clone()]),
            "{file}"
        );
        match before {
            Some(content) => _ = sandbox.write(file, content),
            None => fs::remove_file(sandbox.path().join(file)).unwrap(),
        }
    }
}

#[test]
fn a_damaged_submodule_is_reported() {
    let (sandbox, upstream) = (Sandbox::repository(), leaking());
    let url = upstream.path();
    sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        url.to_str().unwrap(),
        "sub",
    ]);
    assert_eq!(outcome(&sandbox), (true, true));
    fs::remove_file(sandbox.path().join(".git/modules/sub/HEAD")).unwrap();
    assert_eq!(state(&history(&sandbox)), is(2, &["corrupt"]));
}

/// git makes such trees only if it is told to skip its checks.
#[test]
fn an_invalid_tree_is_still_searched() {
    let id = [7; 20];
    let trees = [
        [format!("nonsense {}", token(1)).as_bytes(), &[0], &id].concat(),
        [format!("100644 a\0{}", token(1)).as_bytes(), &id].concat(),
        [
            &b"100644 a\0"[..],
            &id,
            &b"no mode\0"[..],
            &id,
            format!("100644 {}", token(1)).as_bytes(),
            &[0],
            &id,
        ]
        .concat(),
        [
            &b"100644 a\0"[..],
            &id,
            format!("100644 {}", token(1)).as_bytes(),
            &[0],
            &id[1..],
        ]
        .concat(),
        token(1).into_bytes(),
    ];
    for (number, tree) in trees.into_iter().enumerate() {
        let sandbox = Sandbox::repository();
        let made = sandbox.git_with_input(
            ["hash-object", "-w", "--literally", "-t", "tree", "--stdin"],
            &tree,
        );
        let run = history(&sandbox);
        assert_eq!(
            (run.status, run.findings().len()),
            (1, 1),
            "tree {number}: {}",
            run.stdout
        );
        assert_eq!(run.json()["findings"][0]["object"], made);
    }
}
