//! `min-version` in a configuration: an older ntnguard stops with a message, whatever else is in it.

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

/// What a run says, without the frame around it and the breaks of its lines.
fn said(run: &Run) -> String {
    let text = format!("{}{}", run.stdout, run.stderr);
    let words = text
        .split_whitespace()
        .filter(|word| !["│", "|"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}

/// A repository with a configuration, and a leak that is staged and committed.
fn leaky(configuration: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".ntnguard.yaml", configuration)
        .commit_all("first");
    sandbox
        .write("a.ts", Fake::new(1).ntn(0))
        .commit_all("leak");
    sandbox
        .write("b.ts", Fake::new(2).ntn(0))
        .git(["add", "-A"]);
    sandbox
}

#[test]
fn an_older_ntnguard_stops() {
    let sandbox = leaky("version: 1\nmin-version: 99.2.0\nof-the-future: [x]\n");
    for command in [
        &["scan"][..],
        &["staged"],
        &["history"],
        &["range", "HEAD~1..HEAD"],
        &["env"],
        &["config"],
        &["hook", "run", "pre-commit"],
        &["ci", "--base", "HEAD~1", "--head", "HEAD"],
    ] {
        let run = sandbox.run(command);
        let said = said(&run);
        assert_eq!(run.status, 2, "{command:?} {said}");
        let current = env!("CARGO_PKG_VERSION");
        let message = format!("needs ntnguard 99.2.0 or newer; this is {current}");
        assert!(said.contains(&message), "{command:?} {said}");
        assert!(said.contains("update ntnguard"), "{said}");
        assert!(!said.contains("of-the-future"), "{said}");
    }
    assert!(said(&sandbox.run(["scan"])).contains(".ntnguard.yaml:2:1"));
}

#[test]
fn a_satisfied_min_version_changes_nothing() {
    for met in ["0.0.1", env!("CARGO_PKG_VERSION")] {
        let sandbox = leaky(&format!("version: 1\nmin-version: {met}\n"));
        assert_eq!(sandbox.run(["staged"]).status, 1, "{met}");
        let shown = sandbox.run(["config"]).stdout;
        assert!(shown.contains(&format!("min-version: {met}\n")), "{shown}");
    }
}

#[test]
fn an_invalid_min_version_is_refused() {
    for (written, expected) in [
        (
            "0.3",
            "a version of three numbers such as 0.3.0, found the number",
        ),
        (
            "latest",
            "`latest` is not a version; write three numbers such as 0.3.0",
        ),
        (
            "[1, 0, 0]",
            "a version of three numbers such as 0.3.0, found a list",
        ),
    ] {
        let sandbox = leaky(&format!("version: 1\nmin-version: {written}\n"));
        let run = sandbox.run(["scan"]);
        let said = said(&run);
        assert!(
            run.status == 2 && said.contains(expected),
            "{written}: {said}"
        );
    }
}

/// A stranger's change cannot stop the check by asking for a release that does not exist.
#[test]
fn a_change_cannot_switch_the_check_off() {
    let sandbox = Sandbox::repository();
    let base = sandbox.write("a", "x").commit_all("first");
    sandbox.write(".ntnguard.yaml", "version: 1\nmin-version: 99.0.0\n");
    sandbox
        .write("a.ts", Fake::new(1).ntn(0))
        .commit_all("leak");
    let run = sandbox.run([
        "ci",
        "--base",
        &base,
        "--head",
        "HEAD",
        "--trust-changes=false",
    ]);
    let said = said(&run);
    assert!(
        run.status == 1 && said.contains("integration-token"),
        "{} {said}",
        run.status
    );
}
