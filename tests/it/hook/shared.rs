//! Hooks in a directory that git tracks. All clones share them, so our hook in them has no path of this machine.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use super::{hooks, read, said, token, write_hook};
use crate::sandbox::Sandbox;

const THEIRS: &str =
    "#!/bin/sh\necho \"theirs ${0##*/} $#\" >> log\n[ ! -e no ] || exit 7\nexit 0\n";

/// A repository that tracks its directory of hooks, with one hook of somebody else.
fn with_folder() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.git(["config", "core.hooksPath", ".githooks"]);
    write_hook(&sandbox, ".githooks/pre-commit", THEIRS, 0o755);
    sandbox
        .write(".gitignore", "log\nno\nremote\n")
        .git(["add", "-A"]);
    sandbox.git(["commit", "-q", "--no-verify", "-m", "zero"]);
    sandbox
}

/// Runs git, with the directory of our binary on PATH if `with_ours`.
fn git(sandbox: &Sandbox, with_ours: bool, words: &[&str]) -> (bool, String) {
    let ours = Path::new(env!("CARGO_BIN_EXE_ntnguard"))
        .parent()
        .unwrap()
        .display()
        .to_string();
    let usual = std::env::var("PATH").unwrap();
    let mut git = sandbox.git_command();
    git.env(
        "PATH",
        if with_ours {
            format!("{ours}:{usual}")
        } else {
            usual
        },
    );
    said(&git.args(words).output().unwrap())
}

#[test]
fn lines_are_added_without_local_paths_or_renames() {
    let sandbox = with_folder();
    let run = sandbox.run(["hook", "install"]);
    assert!(
        run.status == 0 && run.stdout.contains("added to the existing hook"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("not on PATH here"), "{}", run.stderr);
    assert_eq!(
        hooks(&sandbox, ".githooks"),
        ["commit-msg", "pre-commit", "pre-merge-commit", "pre-push"]
    );
    let status = sandbox.git(["status", "--short"]);
    assert!(
        status.contains(" M .githooks/pre-commit\n") && !status.contains('D'),
        "{status}"
    );
    sandbox.git(["add", "-A"]);
    let diff = sandbox.git(["diff", "--cached"]);
    assert!(
        !diff.contains("n='/")
            && !diff.contains(env!("CARGO_BIN_EXE_ntnguard"))
            && !diff.contains("\n-#"),
        "{diff}"
    );
    assert!(
        sandbox
            .run(["hook", "install"])
            .stdout
            .lines()
            .all(|line| line.ends_with("there already"))
    );
    assert_eq!(sandbox.run(["hook", "uninstall"]).status, 0);
    assert_eq!(read(&sandbox, ".githooks/pre-commit"), THEIRS);
    assert_eq!(hooks(&sandbox, ".githooks"), ["pre-commit"]);
}

#[test]
fn the_existing_hook_runs_first_under_its_own_name() {
    let sandbox = with_folder();
    sandbox.run(["hook", "install"]);
    sandbox.git(["add", "-A"]);
    assert_eq!(
        git(&sandbox, true, &["commit", "-qm", "one"]),
        (true, String::new())
    );
    assert_eq!(read(&sandbox, "log"), "theirs pre-commit 0\n");
    sandbox.write("leak", token(1)).git(["add", "leak"]);
    let (done, text) = git(&sandbox, true, &["commit", "-qm", "two"]);
    assert!(
        !done && text.contains("leak:1:1") && text.contains("ntnguard stopped this commit"),
        "{text}"
    );
    sandbox.git(["rm", "-q", "--cached", "leak"]);
    let message = format!("see {}", token(2));
    let (done, text) = git(
        &sandbox,
        true,
        &["commit", "-q", "--allow-empty", "-m", &message],
    );
    assert!(!done && text.contains("COMMIT_EDITMSG"), "{text}");
    sandbox.write("no", "");
    let (done, text) = git(
        &sandbox,
        true,
        &["commit", "-q", "--allow-empty", "-m", "three"],
    );
    assert!(!done && text.is_empty(), "theirs refuses: {text}");
    fs::remove_file(sandbox.path().join("no")).unwrap();
    let (done, text) = git(
        &sandbox,
        false,
        &["commit", "-q", "--allow-empty", "-m", "four"],
    );
    assert!(
        !done && text.contains("nothing was scanned") && text.contains("/docs/install.md"),
        "{text}"
    );
}

/// A push inside a hook is scanned too: the outer hook leaves nothing in the environment that would stop the scan.
#[test]
fn both_hooks_read_the_standard_input_of_a_push() {
    let sandbox = with_folder();
    write_hook(
        &sandbox,
        ".githooks/pre-push",
        "#!/bin/sh\ncat > log\n[ -z \"$NTNGUARD_REST\" ]\n",
        0o755,
    );
    sandbox.git(["add", "-A"]);
    sandbox.run(["hook", "install", "pre-push"]);
    sandbox.git(["init", "-q", "--bare", "remote"]);
    assert_eq!(
        git(&sandbox, true, &["push", "-q", "./remote", "main"]),
        (true, String::new())
    );
    assert!(
        read(&sandbox, "log").starts_with("refs/heads/main ")
            && read(&sandbox, "log").ends_with("0000\n")
    );
    sandbox.write("leak", token(1)).git(["add", "-A"]);
    sandbox.git(["commit", "-q", "--no-verify", "-m", "leak"]);
    let (done, text) = git(&sandbox, true, &["push", "-q", "./remote", "main"]);
    assert!(!done && text.contains("leak:1:1"), "{text}");
}

#[test]
fn an_unsuitable_hook_is_refused_and_unchanged() {
    for (text, mode, says) in [
        (
            "#!/usr/bin/env node\nprocess.exit(0)\n",
            0o755,
            "not a shell script",
        ),
        ("true\n", 0o755, "not a shell script"),
        (THEIRS, 0o644, "not executable"),
    ] {
        let sandbox = with_folder();
        write_hook(&sandbox, ".githooks/pre-commit", text, mode);
        let run = sandbox.run(["hook", "install", "pre-commit"]);
        assert!(
            run.status == 2 && run.stderr.contains(says),
            "{}",
            run.stderr
        );
        assert_eq!(read(&sandbox, ".githooks/pre-commit"), text);
        assert_eq!(hooks(&sandbox, ".githooks"), ["pre-commit"]);
    }
    let sandbox = with_folder();
    let hook = sandbox.path().join(".githooks/pre-commit");
    fs::rename(&hook, sandbox.path().join("script")).unwrap();
    std::os::unix::fs::symlink("../script", &hook).unwrap();
    assert_eq!(
        sandbox.run(["hook", "install", "pre-commit"]).status,
        2,
        "a link is not written through"
    );
    assert_eq!(read(&sandbox, "script"), THEIRS);
}

/// A hook that was installed before git tracked the directory.
#[test]
fn local_paths_are_removed_once_git_tracks_the_folder() {
    let sandbox = Sandbox::repository();
    sandbox.git(["config", "core.hooksPath", ".githooks"]);
    write_hook(&sandbox, ".githooks/pre-commit", THEIRS, 0o755);
    sandbox.run(["hook", "install"]);
    assert!(read(&sandbox, ".githooks/pre-commit").contains("n='/"));
    sandbox.git(["add", "-A"]);
    let said = sandbox.run(["hook", "install"]).stdout;
    assert_eq!(said.matches("brought up to date").count(), 4, "{said}");
    for hook in hooks(&sandbox, ".githooks") {
        assert!(
            !read(&sandbox, &format!(".githooks/{hook}")).contains("n='/"),
            "{hook}"
        );
    }
    sandbox.write("leak", token(1)).git(["add", "-A"]);
    assert!(!git(&sandbox, true, &["commit", "-qm", "leak"]).0);
    assert_eq!(
        read(&sandbox, "log"),
        "theirs pre-commit.before-ntnguard 0\n"
    );
}

/// Lines that somebody else added to our hook stay.
#[test]
fn a_hook_file_that_was_extended_is_kept() {
    let sandbox = with_folder();
    sandbox.run(["hook", "install", "commit-msg"]);
    let ours = read(&sandbox, ".githooks/commit-msg");
    write_hook(
        &sandbox,
        ".githooks/commit-msg",
        &(ours + "echo more >> log\n"),
        0o755,
    );
    assert!(
        sandbox
            .run(["hook", "install", "commit-msg"])
            .stdout
            .contains("there already")
    );
    sandbox.git(["add", "-A"]);
    assert!(git(&sandbox, true, &["commit", "-qm", "one"]).0);
    assert!(read(&sandbox, "log").ends_with("more\n"));
    sandbox.run(["hook", "uninstall"]);
    assert_eq!(
        read(&sandbox, ".githooks/commit-msg"),
        "#!/bin/sh\necho more >> log\n"
    );
}
