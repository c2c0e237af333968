//! The progress line of a scan of history, and Ctrl-C.

use std::io::Read;
use std::process::{Command, Stdio};

use super::token;
use crate::sandbox::{Run, Sandbox};

/// A repository with a secret in a pack, which is scanned first, and 40 objects that take long to scan: each has `pieces`
/// joined beginnings of a secret.
fn slow(pieces: usize) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("app.ts", token(1)).commit_all("x");
    sandbox.git(["gc", "-q"]);
    for number in 0..40 {
        let text = format!("{number}{}", concat!("secret", "_\"+\"").repeat(pieces));
        sandbox.git_with_input(["hash-object", "-w", "--stdin"], text.as_bytes());
    }
    sandbox
}

#[test]
fn an_interrupted_scan_reports_its_findings_as_incomplete() {
    let sandbox = slow(100_000);
    let mut command = sandbox.ntnguard();
    command.args([
        "history",
        "--format",
        "json",
        "--progress",
        "always",
        "--purge-plan",
    ]);
    command
        .arg(sandbox.path().with_extension("plan"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut shown = Vec::new();
    while !String::from_utf8_lossy(&shown).contains(", 1 found") {
        let mut byte = [0];
        assert_eq!(
            stderr.read(&mut byte).unwrap(),
            1,
            "{}",
            String::from_utf8_lossy(&shown)
        );
        shown.push(byte[0]);
    }
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    stderr.read_to_end(&mut shown).unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!(
        (run.findings().len(), run.json()["complete"].as_bool()),
        (1, Some(false))
    );
    assert_eq!(run.json()["skipped"][0]["reason"], "interrupted");
    // No purge plan is written, because it would be incomplete.
    assert_eq!(run.status, 2);
    assert!(
        String::from_utf8(shown)
            .unwrap()
            .contains("no plan was written")
    );
    assert!(
        !sandbox
            .path()
            .with_extension("plan")
            .join("README.md")
            .exists()
    );
}

#[test]
fn no_progress_is_shown_without_a_terminal() {
    let sandbox = slow(10_000);
    for flags in [&["--progress", "never"][..], &["--progress", "auto"], &[]] {
        let run = sandbox.run(["history"].iter().chain(flags));
        assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    }
}
