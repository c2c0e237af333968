//! `hook run pre-push`: scans the commits that a push adds to a remote.

use super::{commit, places, said, token, with_hooks, write_hook};
use crate::sandbox::{Run, Sandbox};

/// A repository with the hook, and a bare repository that is its remote `origin`.
fn with_remote() -> (Sandbox, Sandbox) {
    let (sandbox, remote) = (with_hooks(&["pre-push"]), Sandbox::bare());
    sandbox.git(["remote", "add", "origin", remote.path().to_str().unwrap()]);
    (sandbox, remote)
}

fn push(sandbox: &Sandbox, words: &[&str]) -> (bool, String) {
    said(&sandbox.try_git([&["push", "-q"], words].concat()))
}

#[test]
fn every_kind_of_update_is_scanned() {
    let (sandbox, remote) = with_remote();
    sandbox.write("a", "1").commit_all("zero");
    assert_eq!(
        push(&sandbox, &["origin", "main"]),
        (true, String::new()),
        "what goes through is silent"
    );
    // A leak that a later commit removes again.
    sandbox.write("a", token(1)).commit_all("one");
    sandbox.write("a", "2").commit_all("two");
    let (done, text) = push(&sandbox, &["origin", "main"]);
    assert!(
        !done && text.contains("a:1:1") && !text.contains(&token(1)),
        "{text}"
    );
    assert!(
        !push(&sandbox, &["origin", "main:refs/heads/new"]).0,
        "a new branch"
    );
    assert!(
        !push(
            &sandbox,
            &["origin", "main~2:refs/heads/ok", "main:refs/heads/new"]
        )
        .0,
        "one of two refs"
    );
    assert!(push(&sandbox, &["--no-verify", "origin", "main"]).0);
    // Now the remote has the leak.
    sandbox.write("b", "1").commit_all("three");
    assert!(push(&sandbox, &["origin", "main:refs/heads/other"]).0);
    // A forced push of another history. The remote's old commit is present here.
    sandbox.git(["checkout", "-q", "--orphan", "fresh"]);
    sandbox.write("a", token(2)).commit_all("fresh");
    assert!(!push(&sandbox, &["--force", "origin", "fresh:main"]).0);
    // The same, but the remote's old commit is missing here.
    let other = Sandbox::new();
    other.git(["clone", "-q", remote.path().to_str().unwrap(), "."]);
    other.write("theirs", "x").commit_all("theirs");
    other.git(["push", "-q", "origin", "main"]);
    assert!(!push(&sandbox, &["--force", "origin", "fresh:main"]).0);
    let (done, text) = push(&sandbox, &["origin", "--delete", "other"]);
    assert!(
        done && text.contains("refs/heads/other is deleted"),
        "{text}"
    );
}

#[test]
fn tags_their_messages_and_their_targets_are_scanned() {
    let (sandbox, _remote) = with_remote();
    sandbox.write("a", "1").commit_all("zero");
    assert!(push(&sandbox, &["origin", "main"]).0);
    sandbox.git(["tag", "-a", "noted", "-m", &format!("key {}", token(1))]);
    let (done, text) = push(&sandbox, &["origin", "noted"]);
    assert!(!done && text.contains("in tag object"), "{text}");
    sandbox
        .write("leak", token(2))
        .write("dir/deep/leak", token(3));
    let blob = sandbox.git(["hash-object", "-w", "leak"]);
    sandbox.git(["tag", "file", blob.trim()]);
    assert!(!push(&sandbox, &["origin", "file"]).0, "a tag of a file");
    sandbox.git(["add", "dir"]);
    let tree = sandbox.git(["write-tree"]);
    sandbox.git(["tag", "-a", "tree", "-m", "a tree", tree.trim()]);
    let (done, text) = push(&sandbox, &["origin", "tree"]);
    assert!(!done && text.contains("dir/deep/leak:1:1"), "{text}");
    let (done, text) = push(
        &sandbox,
        &["origin", &format!("main:refs/heads/{}", token(4))],
    );
    assert!(!done && text.contains("the name of ref"), "{text}");
    assert!(!text.contains(&token(4)));
    assert!(
        !push(&sandbox, &["origin", "--all", "--follow-tags", "file"]).0
            || !push(&sandbox, &["origin", "--tags"]).0
    );
}

/// Another remote may lack a commit that the first remote has.
#[test]
fn only_commits_on_this_remote_are_skipped() {
    let (sandbox, remote) = with_remote();
    sandbox.write("a", token(1)).commit_all("zero");
    assert!(push(&sandbox, &["--no-verify", "origin", "main"]).0);
    let public = Sandbox::bare();
    let address = public.path();
    sandbox.git(["remote", "add", "public", address.to_str().unwrap()]);
    sandbox.write("b", "1").commit_all("one");
    assert!(!push(&sandbox, &["public", "main"]).0);
    assert!(!push(&sandbox, &[address.to_str().unwrap(), "main"]).0);
    assert!(push(&sandbox, &["origin", "main:refs/heads/new"]).0);
    assert!(
        push(
            &sandbox,
            &[
                remote.path().to_str().unwrap(),
                "main:refs/heads/by-address"
            ]
        )
        .0,
        "known by its address"
    );
}

#[test]
fn a_shallow_clone_is_incomplete_only_if_its_cut_is_pushed() {
    let (sandbox, remote) = with_remote();
    for number in 0..3 {
        sandbox.write("a", number.to_string()).commit_all("more");
    }
    assert!(push(&sandbox, &["origin", "main"]).0);
    let shallow = Sandbox::new();
    shallow.git([
        "clone",
        "-q",
        "--depth",
        "1",
        &format!("file://{}", remote.path().display()),
        ".",
    ]);
    shallow.run(["hook", "install", "pre-push"]);
    shallow.write("b", "1").commit_all("new");
    assert!(push(&shallow, &["origin", "main"]).0, "the cut is old");
    let empty = Sandbox::bare();
    let (done, text) = push(&shallow, &[empty.path().to_str().unwrap(), "main"]);
    assert!(!done && text.contains("shallow"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_chained_hook_gets_the_same_standard_input() {
    let (sandbox, _remote) = with_remote();
    sandbox.run(["hook", "uninstall"]);
    let theirs = "#!/bin/sh\ncat > .git/told; echo \"$1\" >> .git/told; [ ! -e no ] || exit 9\n";
    write_hook(&sandbox, ".git/hooks/pre-push", theirs, 0o755);
    sandbox.run(["hook", "install", "pre-push"]);
    sandbox.write("a", "1").commit_all("zero");
    assert!(push(&sandbox, &["origin", "main"]).0);
    let id = sandbox.id("main");
    let told = std::fs::read_to_string(sandbox.path().join(".git/told")).unwrap();
    assert_eq!(
        told,
        format!(
            "refs/heads/main {id} refs/heads/main {}\norigin\n",
            "0".repeat(40)
        )
    );
    sandbox.write("leak", token(1)).commit_all("leak");
    assert!(
        !push(&sandbox, &["origin", "main"]).0,
        "ours read it as well"
    );
    sandbox.git(["reset", "-q", "--hard", "main~1"]);
    sandbox.write("no", "");
    commit(&sandbox, "no");
    assert!(!push(&sandbox, &["origin", "main"]).0, "theirs refuses");
}

fn run(sandbox: &Sandbox, input: &[u8]) -> Run {
    sandbox.run_with_input(
        ["hook", "run", "pre-push", "origin", "x", "--format", "json"],
        input,
    )
}

#[test]
fn invalid_standard_input_is_never_clean() {
    let (sandbox, _remote) = with_remote();
    let (none, gone) = ("0".repeat(40), "1".repeat(40));
    assert_eq!(run(&sandbox, b"").status, 0, "no commit yet");
    sandbox.write("a", token(1));
    let id = sandbox.commit_all("zero");
    // Another program may have read the standard input already. Then the commits of HEAD are scanned.
    assert_eq!(places(&run(&sandbox, b"")), ["a"]);
    for wrong in [&b"garbage\n"[..], b"\n\n", b"\xff\0\n", token(2).as_bytes()] {
        let run = run(&sandbox, wrong);
        assert!(
            run.status == 2 && run.stderr.contains("standard input"),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains(&token(2)));
    }
    let line =
        |local: &str, new: &str, name: &str, old: &str| format!("{local} {new} {name} {old}\n");
    assert_eq!(
        run(&sandbox, line("x", &gone, "refs/heads/x", &none).as_bytes()).status,
        2,
        "not here"
    );
    assert_eq!(
        run(
            &sandbox,
            line("x", &"1".repeat(64), "refs/heads/x", &none).as_bytes()
        )
        .status,
        2,
        "another kind"
    );
    assert_eq!(
        run(&sandbox, line("x", &none, "refs/heads/x", &id).as_bytes()).status,
        0,
        "a deletion"
    );
    let hostile = "refs/heads/$(touch${IFS}x);\u{202e}`x`'\"";
    let one = run(
        &sandbox,
        line("HEAD@{1 day ago}", &id, hostile, &gone).as_bytes(),
    );
    assert_eq!(places(&one), ["a"]);
    let many: String = (0..20_000)
        .map(|at| line("x", &id, &format!("refs/heads/{at}"), &gone))
        .collect();
    assert_eq!(places(&run(&sandbox, many.as_bytes())), ["a"]);
}

/// Nothing of this hides pushed commits: variables that a parent process set, a changed address of the remote, a remote
/// whose name begins like another name, or looks like an option.
#[test]
fn variables_and_remote_names_hide_no_pushed_commits() {
    let (sandbox, _remote) = with_remote();
    sandbox.write("a", "1").commit_all("zero");
    assert!(push(&sandbox, &["origin", "main"]).0);
    sandbox.write("a", token(1)).commit_all("one");
    sandbox.write("a", "2").commit_all("two");
    for variables in [
        &[("PRE_COMMIT", "1")][..],
        &[
            ("PRE_COMMIT_FROM_REF", "HEAD"),
            ("PRE_COMMIT_TO_REF", "HEAD"),
        ],
    ] {
        let mut git = sandbox.git_command();
        git.args(["push", "-q", "origin", "main"])
            .env("PRE_COMMIT", "1")
            .envs(variables.iter().copied());
        assert!(!said(&git.output().unwrap()).0, "{variables:?}");
    }
    let (inner, option, public) = (Sandbox::bare(), Sandbox::bare(), Sandbox::bare());
    sandbox.git([
        "remote",
        "add",
        "origin/fork",
        inner.path().to_str().unwrap(),
    ]);
    assert!(push(&sandbox, &["--no-verify", "origin/fork", "main:other"]).0);
    assert!(
        !push(&sandbox, &["origin", "main"]).0,
        "what the other remote has is new to this one"
    );
    sandbox.git([
        "config",
        "remote.--exit-zero.url",
        option.path().to_str().unwrap(),
    ]);
    assert!(
        !push(&sandbox, &["--", "--exit-zero", "main"]).0,
        "a remote that is called like an option"
    );
    assert!(push(&sandbox, &["--no-verify", "origin", "main"]).0);
    sandbox.git([
        "remote",
        "set-url",
        "origin",
        public.path().to_str().unwrap(),
    ]);
    assert!(
        !push(&sandbox, &["origin", "main"]).0,
        "another repository under the same name"
    );
}

/// Nested trees that each contain the same tree several times describe more files than fit into memory.
#[test]
fn a_tree_bomb_is_reported_as_a_limit() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "1").commit_all("zero");
    let mut inner = format!(
        "100644 blob {}",
        sandbox.git_with_input(["hash-object", "-w", "--stdin"], b"x")
    );
    for _ in 0..9 {
        let entries: String = (0..10).map(|name| format!("{inner}\t{name}\n")).collect();
        inner = format!(
            "040000 tree {}",
            sandbox.git_with_input(["mktree"], entries.as_bytes())
        );
    }
    let tree = inner.rsplit(' ').next().unwrap();
    let commit = sandbox.git(["commit-tree", tree, "-p", "HEAD", "-m", "x"]);
    let run = sandbox.run(["range", "--format", "json", commit.trim()]);
    assert_eq!(
        (run.status, run.json()["skipped"][0]["reason"].as_str()),
        (2, Some("limit"))
    );
}

/// The same secret in a thousand new files is one finding with a thousand paths, and needs little memory.
#[test]
fn a_secret_in_many_files_is_reported_once() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "1").commit_all("zero");
    for file in 0..1000 {
        sandbox.write(format!("fixtures/{file}"), format!("{file} {}", token(1)));
    }
    sandbox.commit_all("one");
    let run = sandbox.run(["range", "--format", "json", "HEAD~1..HEAD"]);
    assert_eq!(run.findings().len(), 1);
    assert_eq!(
        run.json()["findings"][0]["placement"]["paths"]
            .as_array()
            .unwrap()
            .len(),
        1000
    );
}

#[test]
fn a_secret_that_leaves_the_allowed_paths_stops_a_push() {
    let (sandbox, _remote) = with_remote();
    let allow = "version: 1\nallow: [{paths: ['vendor/**'], reason: made up}]\n";
    sandbox.write(".ntnguard.yaml", allow).commit_all("zero");
    sandbox.write("vendor/a.js", token(1)).commit_all("one");
    assert!(push(&sandbox, &["--dry-run", "origin", "main"]).0);
    sandbox.git(["mv", "vendor", "src"]);
    sandbox.commit_all("two");
    let (done, text) = push(&sandbox, &["origin", "main"]);
    assert!(!done && text.contains("src/a.js:1:1"), "{text}");
}
