//! Bundles and packs of git that lie among the files of a work tree.

use std::fs;

use crate::fake::Fake;
use crate::make::compressed;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// A repository whose objects are deltas of one another. An old version of a file has a token.
fn repository(arguments: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(
        ["init", "-q", "-b", "main"]
            .iter()
            .chain(arguments)
            .chain(&["."]),
    );
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
    sandbox.write("f", format!("7\n{lines}")).commit_all("gone");
    sandbox.git(["repack", "-q", "-adf"]);
    sandbox
}

fn pack_of(sandbox: &Sandbox) -> Vec<u8> {
    let packs = fs::read_dir(sandbox.path().join(".git/objects/pack"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    fs::read(
        packs
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "pack")
            })
            .last()
            .unwrap(),
    )
    .unwrap()
}

fn scan(sandbox: &Sandbox) -> Run {
    sandbox.run(["scan", "--format", "json"])
}

/// The id of the object with the token.
fn holder(sandbox: &Sandbox) -> String {
    sandbox.id("HEAD~1:f")
}

#[test]
fn all_content_of_bundles_and_packs_is_scanned() {
    for arguments in [&[][..], &["--object-format=sha256"]] {
        let (from, sandbox) = (repository(arguments), Sandbox::new());
        let target = |name: &str| sandbox.path().join(name).to_str().unwrap().to_owned();
        from.git(["bundle", "create", "-q", &target("x.bundle"), "--all"]);
        from.git([
            "bundle",
            "create",
            "-q",
            "--version=3",
            &target("y.bundle"),
            "main",
        ]);
        sandbox.write("z.pack", pack_of(&from));
        from.git([
            "-c",
            "repack.useDeltaBaseOffset=false",
            "repack",
            "-q",
            "-adf",
        ]);
        sandbox.write("by-id.pack", pack_of(&from));
        let run = scan(&sandbox);
        assert_eq!(
            run.paths(),
            ["by-id.pack", "x.bundle", "y.bundle", "z.pack"],
            "{}",
            run.stdout
        );
        let json = run.json();
        let members: Vec<_> = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["member"].clone())
            .collect();
        assert_eq!(members, vec![serde_json::Value::from(holder(&from)); 4]);
        assert_eq!((run.status, &json["complete"]), (1, &true.into()));
    }
}

#[test]
fn every_command_scans_bundles() {
    let (from, sandbox) = (repository(&[]), Sandbox::repository());
    from.git([
        "bundle",
        "create",
        "-q",
        sandbox.path().join("x.bundle").to_str().unwrap(),
        "--all",
    ]);
    let bundle = fs::read(sandbox.path().join("x.bundle")).unwrap();
    assert_eq!(sandbox.run_with_input(["stdin"], &bundle).status, 1);
    sandbox.git(["add", "-A"]);
    assert_eq!(sandbox.run(["staged"]).status, 1);
    sandbox.commit_all("x");
    assert_eq!(
        (
            sandbox.run(["range", "HEAD"]).status,
            sandbox.run(["history"]).status
        ),
        (1, 1)
    );
    let packed = Sandbox::new();
    for (extension, bytes) in compressed(&bundle) {
        packed.write(format!("x.{extension}"), bytes);
    }
    assert_eq!((scan(&packed).paths().len(), scan(&packed).status), (4, 1));
}

/// A thin bundle leaves out the objects that its receiver has already.
#[test]
fn objects_missing_in_a_bundle_are_reported() {
    let (from, sandbox) = (repository(&[]), Sandbox::new());
    let target = sandbox.path().join("thin.bundle");
    from.git([
        "bundle",
        "create",
        "-q",
        target.to_str().unwrap(),
        "main~1..main",
    ]);
    let run = scan(&sandbox);
    assert_eq!(
        (run.status, &run.json()["skipped"][0]["reason"]),
        (2, &"unsupported".into()),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("git bundle unbundle"));
    from.git([
        "bundle",
        "create",
        "-q",
        target.to_str().unwrap(),
        "main~2..main",
    ]);
    let run = scan(&sandbox);
    assert_eq!(run.status, 1, "{}", run.stdout);
}

#[test]
fn a_truncated_pack_is_reported_and_an_empty_one_is_complete() {
    let (from, sandbox) = (repository(&[]), Sandbox::new());
    let pack = pack_of(&from);
    sandbox.write("cut.pack", &pack[..pack.len() - 30]);
    let run = scan(&sandbox);
    assert_eq!(run.json()["skipped"][0]["reason"], "corrupt");
    assert_eq!(run.json()["complete"], false);
    let sandbox = Sandbox::new();
    let empty = Sandbox::repository();
    empty.git_with_input(["pack-objects", "-q", "empty"], b"");
    for entry in fs::read_dir(empty.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry
            .extension()
            .is_some_and(|extension| extension == "pack")
        {
            sandbox.write("empty.pack", fs::read(&entry).unwrap());
        }
    }
    sandbox
        .write("a.txt", "PACK your things\n")
        .write("b.md", "# v2 git bundle\n\nis what one begins with\n");
    assert!(sandbox.path().join("empty.pack").exists());
    assert_eq!(
        (scan(&sandbox).status, &scan(&sandbox).json()["complete"]),
        (0, &true.into())
    );
}

/// Files in the `.git` directory are scanned only by `ntnguard history`.
#[test]
fn only_history_scans_the_git_directory() {
    let sandbox = repository(&[]);
    let pack = pack_of(&sandbox);
    sandbox.write(".git/objects/pack/pack-0.pack", &pack[..200]);
    assert_eq!(scan(&sandbox).status, 0);
}
