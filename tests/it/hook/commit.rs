//! `hook run pre-commit`: run by git for commits and merges, and run by the program pre-commit.

use super::{commit, places, said, token, with_hooks};
use crate::sandbox::{Run, Sandbox};

#[test]
fn commits_and_merges_with_a_secret_are_stopped() {
    let sandbox = with_hooks(&[]);
    assert_eq!(
        commit(&sandbox, "zero"),
        (true, String::new()),
        "what goes through is silent"
    );
    sandbox.write("leak", token(1));
    let (done, text) = commit(&sandbox, "one");
    assert!(
        !done && text.contains("leak:1:1") && !text.contains(&token(1)),
        "{text}"
    );
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox.git(["commit", "-q", "--no-verify", "-m", "side"]);
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("x", "x");
    assert!(commit(&sandbox, "two").0);
    assert!(
        !said(&sandbox.try_git(["merge", "-q", "--no-edit", "side"])).0,
        "git asks another hook for merges"
    );
}

/// A repository with a leak in its history and a leak in its files. Nothing is staged.
fn leaky() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("old", token(1)).commit_all("zero");
    sandbox.write("gone", token(2)).commit_all("one");
    std::fs::remove_file(sandbox.path().join("gone")).unwrap();
    sandbox.commit_all("two");
    sandbox
}

fn framework(sandbox: &Sandbox, hook: &str, variables: &[(&str, &str)]) -> Run {
    let mut command = sandbox.ntnguard();
    command
        .env("PRE_COMMIT", "1")
        .envs(variables.iter().copied());
    Run::of(
        command
            .args(["hook", "run", hook, "--format", "json"])
            .output()
            .unwrap(),
    )
}

/// The test sets the same variables as the program pre-commit does.
#[test]
fn under_pre_commit_the_requested_files_are_scanned() {
    let sandbox = leaky();
    assert_eq!(
        sandbox.run(["hook", "run", "pre-commit"]).status,
        0,
        "nothing is staged"
    );
    for hook in ["pre-commit", "pre-push"] {
        let all = framework(&sandbox, hook, &[]);
        assert_eq!(
            (all.status, places(&all)),
            (1, vec!["old".to_owned()]),
            "all files"
        );
        let range = [
            ("PRE_COMMIT_FROM_REF", "main~2"),
            ("PRE_COMMIT_TO_REF", "main"),
        ];
        assert_eq!(
            places(&framework(&sandbox, hook, &range)),
            ["gone"],
            "what was added and removed again"
        );
        let clean = [
            ("PRE_COMMIT_FROM_REF", "main~1"),
            ("PRE_COMMIT_TO_REF", "main"),
        ];
        assert_eq!(framework(&sandbox, hook, &clean).status, 0);
        let unknown = [
            ("PRE_COMMIT_FROM_REF", "nowhere"),
            ("PRE_COMMIT_TO_REF", "main"),
        ];
        let run = framework(&sandbox, hook, &unknown);
        assert!(
            run.status == 2 && run.stderr.contains("`nowhere`"),
            "{}",
            run.stderr
        );
        let branch = [
            ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main"),
            ("PRE_COMMIT_REMOTE_NAME", "origin"),
        ];
        assert_eq!(
            places(&framework(&sandbox, hook, &branch)),
            ["old", "gone"],
            "a new branch"
        );
        sandbox.git(["update-ref", "refs/remotes/origin/main", "main~2"]);
        assert_eq!(
            places(&framework(&sandbox, hook, &branch)),
            ["gone"],
            "the remote has the rest"
        );
        sandbox.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    }
    let bare = Sandbox::bare();
    assert_eq!(
        framework(&bare, "pre-commit", &[]).status,
        2,
        "it has no index"
    );
    let staged = framework(&sandbox, "pre-commit", &[("GIT_INDEX_FILE", ".git/index")]);
    assert_eq!(staged.status, 0, "git makes a commit");
    sandbox.write("new", token(3)).git(["add", "new"]);
    assert_eq!(
        places(&framework(
            &sandbox,
            "pre-commit",
            &[("GIT_INDEX_FILE", ".git/index")]
        )),
        ["new"]
    );
    assert_eq!(
        places(&framework(&sandbox, "pre-commit", &[])),
        ["new", "old"],
        "all files, with what is staged"
    );
}

#[test]
fn extra_arguments_are_ignored_but_unknown_hooks_refused() {
    let sandbox = leaky();
    assert_eq!(
        sandbox
            .run(["hook", "run", "pre-commit", "some", "files"])
            .status,
        0
    );
    assert_eq!(sandbox.run(["hook", "run", "post-commit"]).status, 2);
}

/// git does not say which hook stopped a commit, nor how to skip it, so ntnguard says both.
#[test]
fn a_stopped_commit_names_ntnguard_as_the_reason() {
    let sandbox = with_hooks(&["pre-commit", "commit-msg"]);
    sandbox.write("a", token(1));
    let (done, text) = commit(&sandbox, "one");
    assert!(
        !done
            && text.contains("ntnguard stopped this commit")
            && text.contains("run `ntnguard allow v1:"),
        "{text}"
    );
}
