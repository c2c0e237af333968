//! pre-commit and prek with the hooks that this project offers.
//!
//! pre-commit compiles the project, and keeps the binary as long as the project's files do not
//! change. prek would compile all dependencies again in a cargo home of its own, so the tests let
//! it use the existing binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::fake::Fake;
use crate::sandbox::Sandbox;
use crate::tools;

pub const PACKAGES: [&str; 2] = ["pre-commit==4.7.0", "prek==0.5.11"];

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// Adds to a command what the frameworks and cargo need of the real environment.
fn prepared(mut command: Command) -> Command {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    for (name, usual) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        command.env(
            name,
            std::env::var_os(name).map_or(home.join(usual), PathBuf::from),
        );
    }
    let programs = tools::python("frameworks", &PACKAGES);
    let binary = Path::new(env!("CARGO_BIN_EXE_ntnguard"));
    let first = [programs.parent().unwrap(), binary.parent().unwrap()].map(Path::to_owned);
    let rest = std::env::var_os("PATH").unwrap();
    let path = first.into_iter().chain(std::env::split_paths(&rest));
    command.env("PATH", std::env::join_paths(path).unwrap());
    for (name, folder) in [("PRE_COMMIT_HOME", "pre-commit"), ("PREK_HOME", "prek")] {
        command.env(name, tools::folder().join(folder));
    }
    command.envs(tools::quick_build());
    command
}

/// Runs a program of the frameworks in a sandbox; whether it succeeded, and what it said, which is no secret.
fn run(sandbox: &Sandbox, program: &str, words: &[&str]) -> (bool, String) {
    let output: Output = prepared(sandbox.command(program))
        .args(words)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!((0..9).all(|seed| !text.contains(&token(seed))), "{text}");
    (output.status.success(), text)
}

fn git(sandbox: &Sandbox, words: &[&str]) -> (bool, String) {
    run(sandbox, "git", words)
}

/// Whether a run passed, or else stopped at `place`; anything else is neither.
fn passes(outcome: (bool, String), place: &str) -> bool {
    let (done, text) = outcome;
    let stopped = text.contains("Notion integration token in") && text.contains(place);
    assert!(done != stopped, "{text}");
    done
}

/// A repository with a leak that was committed, and then one that was committed and removed again.
fn leaky() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "1").commit_all("zero");
    sandbox.write("old", token(1)).commit_all("one");
    sandbox.write("gone", token(2)).commit_all("two");
    std::fs::remove_file(sandbox.path().join("gone")).unwrap();
    sandbox.commit_all("three");
    sandbox.write("a", "2").commit_all("four");
    for (at, name) in ["four", "three", "two", "one", "zero"]
        .into_iter()
        .enumerate()
    {
        sandbox.git(["tag", name, &format!("main~{at}")]);
    }
    sandbox
}

/// What is looked at for each way to ask; `words` come before.
fn asked(sandbox: &Sandbox, program: &str, words: &[&str]) {
    let framework = |more: &[&str]| run(sandbox, program, &[words, more].concat());
    let range = |from: &str, to: &str| framework(&["--from-ref", from, "--to-ref", to]);
    assert!(!passes(framework(&["--all-files"]), "old:1:1"), "all files");
    assert!(!passes(range("zero", "four"), "gone:1:1"), "a range");
    assert!(
        !passes(range("one", "three"), "gone:1:1"),
        "a range whose ends do not differ"
    );
    assert!(
        passes(range("three", "four"), "-"),
        "a range that adds none"
    );
}

#[test]
#[ignore = "installs packages, and compiles the project"]
fn pre_commit_can_try_the_repository() {
    let (repository, commit) = tools::snapshot();
    let repository = repository.to_str().unwrap();
    let sandbox = leaky();
    asked(
        &sandbox,
        "pre-commit",
        &["try-repo", repository, "ntnguard-system", "--ref", &commit],
    );
    let tried = run(
        &sandbox,
        "pre-commit",
        &[
            "try-repo",
            repository,
            "ntnguard",
            "--ref",
            &commit,
            "--all-files",
        ],
    );
    assert!(!passes(tried, "old:1:1"), "compiled");
}

/// All hooks, each with `setting`, at their stages.
fn framework_guards_a_repository(program: &str, setting: &str) {
    let (repository, commit) = tools::snapshot();
    let sandbox = leaky();
    let mut config = format!(
        "repos:\n- repo: {}\n  rev: {commit}\n  hooks:\n",
        repository.display()
    );
    for id in ["ntnguard", "ntnguard-commit-msg", "ntnguard-push"] {
        config += &format!("  - {{id: {id}, {setting}}}\n");
    }
    sandbox.write(".pre-commit-config.yaml", config);
    let stages = ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];
    let types: Vec<&str> = stages.into_iter().flat_map(|stage| ["-t", stage]).collect();
    assert!(
        run(
            &sandbox,
            program,
            &[&["install"], types.as_slice()].concat()
        )
        .0
    );
    sandbox.git(["add", "-A"]);
    assert!(passes(git(&sandbox, &["commit", "-q", "-m", "clean"]), "-"));
    asked(&sandbox, program, &["run", "ntnguard"]);
    sandbox.write("new", token(3)).git(["add", "new"]);
    assert!(!passes(
        git(&sandbox, &["commit", "-q", "-m", "leak"]),
        "new:1:1"
    ));
    sandbox.git(["rm", "-q", "--cached", "new"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(token(4), sandbox.path().join("link")).unwrap();
        sandbox.git(["add", "link"]);
        assert!(
            !passes(git(&sandbox, &["commit", "-q", "-m", "link"]), "link:1:1"),
            "a link alone"
        );
        sandbox.git(["rm", "-q", "--cached", "link"]);
    }
    let message = format!("message {}", token(5));
    assert!(!passes(
        git(&sandbox, &["commit", "-q", "--allow-empty", "-m", &message]),
        "COMMIT_EDITMSG:1:9"
    ));
    pushes(&sandbox);
}

/// Pushes of a new branch, of what the remote has, of more than that.
fn pushes(sandbox: &Sandbox) {
    let remote = Sandbox::bare();
    sandbox.git(["remote", "add", "origin", remote.path().to_str().unwrap()]);
    assert!(
        !passes(git(sandbox, &["push", "-q", "origin", "main"]), "gone:1:1"),
        "all there is"
    );
    assert!(passes(
        git(sandbox, &["push", "-q", "origin", "zero:refs/heads/main"]),
        "-"
    ));
    assert!(
        !passes(git(sandbox, &["push", "-q", "origin", "main"]), "gone:1:1"),
        "more than there is"
    );
    assert!(
        !passes(
            git(sandbox, &["push", "-q", "origin", "main:refs/heads/new"]),
            "gone:1:1"
        ),
        "a new branch"
    );
    sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
    assert!(
        passes(
            git(sandbox, &["push", "-q", "origin", "main:refs/heads/new"]),
            "-"
        ),
        "the remote has it"
    );
}

#[test]
#[ignore = "installs packages, and compiles the project"]
fn pre_commit_guards_a_repository() {
    framework_guards_a_repository("pre-commit", "language_version: system");
}

#[test]
#[ignore = "installs packages"]
fn prek_guards_a_repository() {
    framework_guards_a_repository("prek", "language: system");
}
