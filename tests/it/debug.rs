//! `--debug` and `NTNGUARD_LOG`: lines about the run itself, which never contain a secret.

use crate::fake::{Fake, expand};
use crate::make::zip;
use crate::sandbox::{Run, Sandbox};

/// A repository with a secret in paths, content, an archive, a branch, a message and ignored files.
fn leaky(secret: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("first", "x").commit_all("first");
    sandbox
        .write(format!("{secret}/{secret}.ts"), secret)
        .write(format!("{secret}.zip"), zip("a.txt", secret.as_bytes()))
        .write(format!("sub/{secret}.log"), secret)
        .write(format!("left/{secret}"), secret)
        .write(".gitignore", "*.log\n")
        .write(".ntnguard-baseline", "")
        .write(
            ".ntnguard.yaml",
            "version: 1\nexclude: [left]\nlimits: {max-file-size: 1k}\n",
        )
        .write(format!("large-{secret}"), secret.repeat(100));
    sandbox.git(["add", "-A"]);
    sandbox.git(["commit", "-qm", secret]);
    sandbox.git(["branch", secret]);
    sandbox.write(format!("staged-{secret}"), secret);
    sandbox.git(["add", "-A"]);
    sandbox
}

/// Every command that scans, and the lines that it must write about opened, judged and skipped objects.
const COMMANDS: [(&[&str], &[&str]); 6] = [
    (
        &["scan"],
        &[
            "repository ",
            "configuration ",
            "baseline ",
            "threads: ",
            "left out, git ignores it: ",
            "left out, it is excluded: ",
            "archive (Zip): ",
            "skipped ",
            "exit status 1",
        ],
    ),
    (&["staged"], &["index of ", ": 1 staged to scan"]),
    (&["history"], &["objects in ", "objects to look at"]),
    (&["range", "HEAD~1..HEAD"], &["1 commits to scan"]),
    (
        &[
            "ci", "--system", "none", "--base", "HEAD~1", "--head", "HEAD",
        ],
        &["event: ", "plan: ", "configuration and baseline in "],
    ),
    (&["hook", "run", "pre-commit"], &["1 staged to scan"]),
];

/// The debug lines of a run.
fn lines(run: &Run) -> Vec<&str> {
    let lines = run.stderr.lines();
    lines.filter(|line| line.starts_with("debug ")).collect()
}

#[test]
fn debug_lines_show_decisions_and_no_secret() {
    for secret in [Fake::new(1).ntn(0), expand("{secret}", 1)] {
        let sandbox = leaky(&secret);
        let body = &secret[secret.len() - 43..];
        for (command, expected) in COMMANDS {
            let run = sandbox.run(command.iter().chain(&["--debug"]));
            assert_eq!(run.status, 1, "{command:?}: {}", run.stderr);
            let told = lines(&run).join("\n");
            for word in expected {
                assert!(told.contains(word), "{command:?}: {word}\n{told}");
            }
            assert!(!run.stderr.contains(body), "{command:?}: {told}");
            let silent = sandbox.run(command);
            assert!(lines(&silent).is_empty(), "{command:?}");
            assert!(!silent.stderr.contains("debug"), "{}", silent.stderr);
        }
    }
}

#[test]
fn known_values_are_masked_in_debug_lines() {
    let sandbox = Sandbox::new();
    sandbox
        .write("ours.env", "DATABASE_PASSWORD=correct-horse-battery\n")
        .write("sub/correct-horse-battery.zip", zip("a", b"b"));
    let run = sandbox.run(["scan", "sub", "--known", "ours.env", "--debug"]);
    assert!(run.stderr.contains("archive (Zip): "), "{}", run.stderr);
    assert!(!run.stderr.contains("horse"), "{}", run.stderr);
}

#[test]
fn the_log_variable_equals_the_flag_and_never_fails() {
    let sandbox = Sandbox::new();
    sandbox.write("a\u{1b}[2J\n::error::b/c.zip", zip("a", b"b"));
    let run = |value: &str| {
        let mut command = sandbox.ntnguard();
        Run::of(
            command
                .arg("scan")
                .env("NTNGUARD_LOG", value)
                .output()
                .unwrap(),
        )
    };
    let told = run("debug");
    assert_eq!(told.status, 0, "{}", told.stderr);
    assert!(lines(&told).len() > 5, "{}", told.stderr);
    assert_eq!(
        lines(&told).len(),
        told.stderr.lines().count(),
        "one line each"
    );
    assert!(!told.stderr.contains('\u{1b}'), "{}", told.stderr);
    for off in ["", "off"] {
        assert_eq!((run(off).status, run(off).stderr.as_str()), (0, ""));
    }
    let unknown = run("trace");
    assert_eq!(unknown.status, 0, "{}", unknown.stdout);
    assert!(
        unknown.stderr.contains("write `debug` or `off`"),
        "{}",
        unknown.stderr
    );
    assert_eq!(unknown.stderr.lines().count(), 1, "{}", unknown.stderr);
}
