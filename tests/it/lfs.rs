//! git-lfs: git stores only pointers. Whenever a scan meets a pointer, it scans the file in git-lfs's own storage.

use std::fs;

use crate::ci::{checkout, github_json, push, pushed};
use crate::fake::Fake;
use crate::make::zip;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

fn oid(number: u64) -> String {
    format!("{number:064x}")
}

fn object(number: u64) -> String {
    let oid = oid(number);
    format!("lfs/objects/{}/{}/{oid}", &oid[..2], &oid[2..4])
}

/// A pointer to object `number`, which has `size` bytes.
fn pointer(number: u64, size: usize) -> String {
    format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {size}\n",
        oid(number)
    )
}

/// Writes a pointer at `path`, and its `content` to the storage of git-lfs.
fn keep(sandbox: &Sandbox, path: &str, number: u64, content: impl AsRef<[u8]>) {
    sandbox.write(path, pointer(number, content.as_ref().len()));
    sandbox.write(format!(".git/{}", object(number)), content);
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run([arguments, &["--format", "json"]].concat())
}

/// The path, the reason and the detail of each skip.
fn skipped(run: &Run) -> Vec<String> {
    let json = run.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let skipped = json["skipped"].as_array().unwrap().iter();
    skipped
        .map(|skip| {
            format!(
                "{} {}: {}",
                text(&skip["path"]),
                text(&skip["reason"]),
                text(&skip["detail"])
            )
        })
        .collect()
}

const NOT_HERE: &str =
    "missing-object: stored in git-lfs, and the content is missing in this clone";

#[test]
fn the_target_of_a_pointer_is_scanned_as_file_content() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "1").commit_all("zero");
    keep(&sandbox, "dir/leak.bin", 1, format!("\nkey {}", token(1)));
    keep(&sandbox, "clean.bin", 2, "clean");
    keep(&sandbox, "docs.zip", 3, zip("in/side", token(2).as_bytes()));
    let many = format!("{}{}", "x\n".repeat(1_500_000), token(3));
    keep(&sandbox, "many.bin", 4, &many);
    sandbox.write("empty.bin", pointer(5, 0));
    sandbox.git(["add", "-f", "."]);
    let staged = run(&sandbox, &["staged"]);
    let lines = [
        "dir/leak.bin:2:5 high",
        "docs.zip:1:1 high",
        "many.bin:1500001:1 high",
    ];
    let expected = lines.map(|line| format!("integration-token {line}"));
    assert_eq!(
        (staged.status, staged.findings(), skipped(&staged)),
        (1, expected.to_vec(), vec![])
    );
    let blobs = &staged.json()["summary"]["blobs"];
    assert_eq!(blobs, 6, "five files, and one in the archive");
    assert_eq!(
        run(&sandbox, &["scan"]).findings(),
        expected,
        "on disk, too, a pointer is no content"
    );
    sandbox.git(["commit", "-q", "-m", "one"]);
    let range = run(&sandbox, &["range", "HEAD"]);
    assert_eq!(
        (range.status, range.findings(), skipped(&range)),
        (1, expected.to_vec(), vec![])
    );
}

#[test]
fn missing_lfs_objects_are_never_clean() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "1").commit_all("zero");
    sandbox
        .write("gone.bin", pointer(1, 10))
        .write("short.bin", pointer(2, 10))
        .write("long.bin", pointer(3, 10));
    sandbox
        .write(format!(".git/{}", object(2)), "123456789")
        .write(format!(".git/{}", object(3)), "12345678901");
    sandbox.git(["add", "-f", "."]);
    let expected = [
        format!("gone.bin {NOT_HERE}"),
        "long.bin missing-object: its git-lfs pointer says 10 bytes, but the local copy has 11"
            .to_owned(),
        "short.bin missing-object: its git-lfs pointer says 10 bytes, but the local copy has 9"
            .to_owned(),
    ];
    let staged = run(&sandbox, &["staged"]);
    assert_eq!((staged.status, skipped(&staged)), (2, expected.to_vec()));
    assert!(
        staged.json()["skipped"][0]["help"]
            .as_str()
            .unwrap()
            .contains("git lfs fetch --all")
    );
    let human = sandbox.run(["staged"]).stdout;
    assert!(
        human.contains("git lfs fetch --all") && human.contains("INCOMPLETE"),
        "{human}"
    );
    assert_eq!(skipped(&run(&sandbox, &["scan"])), expected);
    sandbox.git(["commit", "-q", "-m", "one"]);
    assert_eq!(skipped(&run(&sandbox, &["range", "HEAD"])), expected);
    let plain = Sandbox::new();
    plain.write("deep/gone.bin", pointer(1, 10));
    assert_eq!(
        skipped(&run(&plain, &["scan"])),
        [format!("deep/gone.bin {NOT_HERE}")],
        "in no repository"
    );
}

#[test]
fn only_content_that_a_commit_adds_is_reported() {
    let sandbox = Sandbox::repository();
    keep(&sandbox, "a.bin", 1, format!("{}\none", token(1)));
    sandbox
        .write("b.bin", pointer(2, 10))
        .write("plain", token(2))
        .commit_all("zero");
    keep(&sandbox, "a.bin", 3, format!("{}\ntwo", token(1)));
    keep(&sandbox, "b.bin", 4, "clean");
    keep(&sandbox, "plain", 5, format!("{}\nnow large", token(2)));
    sandbox.commit_all("one");
    let range = run(&sandbox, &["range", "HEAD"]);
    assert_eq!(
        (range.status, range.findings().len(), skipped(&range)),
        (0, 0, vec![]),
        "{}",
        range.stdout
    );
    assert_eq!(run(&sandbox, &["range", "HEAD~1"]).status, 1);
    // The same object at another path, and a new object at an old path.
    keep(&sandbox, "c.bin", 1, format!("{}\none", token(1)));
    keep(&sandbox, "a.bin", 6, token(3));
    sandbox.commit_all("two");
    let range = run(&sandbox, &["range", "HEAD"]);
    assert_eq!(range.paths(), ["a.bin", "c.bin"], "{}", range.stdout);
}

#[test]
fn an_env_file_in_git_lfs_is_judged_by_its_content() {
    let sandbox = Sandbox::repository();
    keep(&sandbox, ".env", 1, format!("NOTION_TOKEN={}\n", token(1)));
    sandbox.git(["add", "-f", "."]);
    let staged = run(&sandbox, &["staged"]);
    let tracked: Vec<_> = staged
        .findings()
        .into_iter()
        .filter(|line| line.starts_with("env-tracked"))
        .collect();
    assert_eq!(tracked, ["env-tracked .env:null:null high"]);
    assert_eq!(staged.json()["findings"][0]["severity"], "error");
}

#[test]
fn secrets_in_names_and_extensions_are_found_and_masked() {
    let sandbox = Sandbox::repository();
    let (one, other) = (token(1), token(2));
    sandbox
        .write(format!("{one}.bin"), pointer(1, 0))
        .write(format!("{other}.bin"), pointer(2, 10));
    let extended = pointer(3, 0).replace(
        "\noid",
        &format!("\next-0-{} sha256:{}\noid", token(3), oid(3)),
    );
    sandbox.write("extended.bin", extended);
    sandbox.git(["add", "-f", "."]);
    let staged = run(&sandbox, &["staged"]);
    assert_eq!(
        (staged.status, staged.findings().len()),
        (1, 3),
        "{}",
        staged.stdout
    );
    for seed in 1..4 {
        assert!(!staged.stdout.contains(&token(seed)));
    }
}

#[test]
fn the_limit_for_files_holds() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 1 KiB}\n",
        )
        .commit_all("zero");
    keep(&sandbox, "a.bin", 1, "x".repeat(2000));
    sandbox.git(["add", "-f", "."]);
    let expected = ["a.bin too-large: 2000 bytes in git-lfs; the limit is 1024"];
    assert_eq!(skipped(&run(&sandbox, &["staged"])), expected);
    assert_eq!(skipped(&run(&sandbox, &["scan"])), expected);
    sandbox.write(".ntnguard.yaml", "version: 1\nexclude: ['*.bin']\n");
    assert_eq!(
        run(&sandbox, &["scan"]).status,
        0,
        "what is left out is not followed"
    );
}

/// git's configuration, of the repository or of the user, may set another storage directory. Tracked files of the
/// repository may not.
#[test]
fn the_storage_folder_comes_from_gits_configuration() {
    let (sandbox, shared) = (Sandbox::repository(), Sandbox::new());
    let content = format!("key {}", token(1));
    sandbox.write("a.bin", pointer(1, content.len()));
    shared.write(object(1), &content);
    let folder = shared.path().join("lfs");
    sandbox.write(
        ".lfsconfig",
        format!("[lfs]\n\tstorage = {}\n", folder.display()),
    );
    sandbox.git(["add", "-f", "."]);
    assert_eq!(
        skipped(&run(&sandbox, &["staged"])),
        [format!("a.bin {NOT_HERE}")]
    );
    shared.write(
        "gitconfig",
        format!("[lfs]\n\tstorage = {}\n", folder.display()),
    );
    for arguments in [&["staged"][..], &["scan"]] {
        let mut command = sandbox.ntnguard();
        command
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", shared.path().join("gitconfig"));
        let run = Run::of(command.args(["--format", "json"]).output().unwrap());
        assert_eq!(
            (run.status, run.paths()),
            (1, vec!["a.bin".to_owned()]),
            "{}",
            run.stdout
        );
    }
    sandbox.git(["config", "lfs.storage", folder.to_str().unwrap()]);
    assert_eq!(run(&sandbox, &["staged"]).paths(), ["a.bin"]);
    let history = run(&sandbox, &["history"]);
    assert_eq!(
        (history.status, history.findings().len(), skipped(&history)),
        (1, 1, vec![]),
        "{}",
        history.stdout
    );
    sandbox.git(["config", "lfs.storage", "own/place"]);
    sandbox.write(
        format!(".git/own/place/{}", object(1).strip_prefix("lfs/").unwrap()),
        &content,
    );
    assert_eq!(run(&sandbox, &["staged"]).paths(), ["a.bin"]);
    // A linked work tree uses the storage of the main work tree.
    sandbox.git(["commit", "-q", "-m", "one"]);
    sandbox.git(["worktree", "add", "-q", "linked", "-b", "other"]);
    assert_eq!(
        sandbox
            .run_in("linked", ["scan", "--format", "json"])
            .paths(),
        ["a.bin"]
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_pipes_do_not_hang() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::repository();
    let outside = Sandbox::new();
    outside.write("secret", token(1));
    let length = token(1).len();
    sandbox.write("link.bin", pointer(1, length));
    let place = |number: u64| sandbox.path().join(".git").join(object(number));
    fs::create_dir_all(place(1).parent().unwrap()).unwrap();
    symlink(outside.path().join("secret"), place(1)).unwrap();
    let made = sandbox.command("mkfifo").arg(place(2)).status().unwrap();
    assert!(made.success());
    sandbox
        .write("pipe.bin", pointer(2, length))
        .write("folder.bin", pointer(3, length));
    fs::create_dir_all(place(3)).unwrap();
    sandbox.git(["add", "-f", "."]);
    for command in ["staged", "scan"] {
        let run = run(&sandbox, &[command]);
        let expected = ["folder.bin", "link.bin", "pipe.bin"].map(|path| {
            format!("{path} not-a-file: its object in the storage of git-lfs is a symbolic link that leads out of the storage, or not a regular file")
        });
        assert_eq!((run.status, skipped(&run)), (2, expected.to_vec()));
    }
}

#[test]
fn push_hooks_scan_or_refuse_content_in_git_lfs() {
    let (sandbox, server) = (Sandbox::repository(), Sandbox::bare());
    sandbox.run(["hook", "install", "pre-push"]);
    sandbox.git(["remote", "add", "origin", server.path().to_str().unwrap()]);
    keep(&sandbox, "a.bin", 1, token(1));
    sandbox.commit_all("one");
    let output = sandbox.try_git(["push", "-q", "origin", "main"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        !output.status.success() && text.contains("a.bin:1:1"),
        "{text}"
    );
    // A server has only the pointer.
    let hook = format!(
        "#!/bin/sh\nexec '{}' hook run pre-receive\n",
        env!("CARGO_BIN_EXE_ntnguard")
    );
    server.write("hooks/pre-receive", hook);
    server
        .command("chmod")
        .args(["+x", "hooks/pre-receive"])
        .status()
        .unwrap();
    let output = sandbox.try_git(["push", "-q", "--no-verify", "origin", "main"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && text.contains("stored in git-lfs"),
        "{text}"
    );
}

#[test]
fn a_job_that_fetched_no_objects_is_incomplete() {
    let sandbox = checkout();
    let before = sandbox.id("HEAD");
    keep(&sandbox, "a.bin", 1, token(1));
    let after = sandbox.commit_all("one");
    push(&sandbox, "main");
    let event = pushed("refs/heads/main", &before, &after);
    assert_eq!(github_json(&sandbox, "push", &event).paths(), ["a.bin"]);
    fs::remove_file(sandbox.path().join(".git").join(object(1))).unwrap();
    let run = github_json(&sandbox, "push", &event);
    let told = format!("a.bin {NOT_HERE}");
    assert_eq!(
        (run.status, skipped(&run)),
        (2, vec![told.clone(), told]),
        "the file, and what the commit adds"
    );
}

#[test]
fn history_reports_missing_objects_in_one_skip() {
    let sandbox = Sandbox::repository();
    keep(&sandbox, "a.bin", 1, "clean");
    sandbox.commit_all("one");
    let history = run(&sandbox, &["history"]);
    assert_eq!((history.status, skipped(&history)), (0, vec![]));
    sandbox
        .write("b.bin", pointer(2, 10))
        .write("c.bin", pointer(3, 10))
        .write("d.bin", pointer(4, 0));
    sandbox.commit_all("two");
    let history = run(&sandbox, &["history"]);
    let expected = "- missing-object: this file and 1 more are stored in git-lfs, and their content is missing in this clone";
    assert_eq!(
        (history.status, skipped(&history)),
        (2, vec![expected.to_owned()])
    );
    // The pointers are unreachable now.
    sandbox.git(["reset", "-q", "--hard", "HEAD~1"]);
    sandbox.git(["reflog", "expire", "--expire=now", "--all"]);
    let history = run(&sandbox, &["history"]);
    assert_eq!((history.status, skipped(&history)), (0, vec![]));
}
