//! `--rule` and `--exclude`: each report of a limited run says that the run was limited.

use crate::fake::{Fake, expand};
use crate::sandbox::Sandbox;

/// A repository whose one commit has a token in `src/a` and `tests/b`, and an old one in `tests/c`.
fn leaking() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox
        .write("src/a", Fake::new(1).ntn(0))
        .write("tests/b", Fake::new(2).ntn(0))
        .write("tests/c", expand("notion {secret}", 3));
    sandbox
}

const NO_TESTS: [&str; 2] = ["--exclude", "tests/**"];

fn with<'a>(command: &[&'a str], flags: &[&'a str]) -> Vec<&'a str> {
    [command, flags, &["--format", "json"]].concat()
}

#[test]
fn excluded_findings_are_counted_as_suppressed() {
    let sandbox = leaking();
    sandbox.git(["add", "-A"]);
    let run = sandbox.run(with(&["staged"], &NO_TESTS));
    assert_eq!((run.status, run.paths()), (1, vec!["src/a".to_owned()]));
    assert_eq!(run.json()["summary"]["suppressed"], 2);
    sandbox.commit_all("all");
    for command in [&["range", "HEAD"][..], &["history"]] {
        let run = sandbox.run(with(command, &NO_TESTS));
        assert_eq!((run.status, run.findings().len()), (1, 1), "{command:?}");
        let all = [&NO_TESTS[..], &["--exclude", "src"]].concat();
        let run = sandbox.run(with(command, &all));
        assert_eq!((run.status, run.findings().len()), (0, 0), "{command:?}");
        assert_eq!(run.json()["summary"]["suppressed"], 3);
        let by = &run.json()["findings"][0]["suppression"];
        assert_eq!(by["by"], "exclude");
    }
    let run = sandbox.run(with(&["scan"], &NO_TESTS));
    assert_eq!((run.status, run.paths()), (1, vec!["src/a".to_owned()]));
    assert_eq!(run.json()["excluded"][0]["pattern"], "tests/**");
    let ends = ["ci", "--system", "none", "--base", "HEAD", "--head", "HEAD"];
    let run = sandbox.run(with(&ends, &NO_TESTS));
    let told = run.json();
    let secrets = told["findings"].as_array().unwrap().iter();
    let secrets: Vec<_> = secrets.filter(|f| f["secret"].is_string()).collect();
    assert!(secrets.len() == 1 && secrets[0]["path"] == "src/a");
    assert_eq!(told["limited"]["exclude"][0], "tests/**");
}

#[test]
fn an_excluded_unreadable_file_is_not_a_skip() {
    let sandbox = Sandbox::repository();
    sandbox.write("tests/x.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0broken");
    sandbox.git(["add", "-A"]);
    assert_eq!(sandbox.run(["staged"]).status, 2);
    let run = sandbox.run(with(&["staged"], &NO_TESTS));
    let json = run.json();
    assert_eq!((run.status, &json["complete"]), (0, &true.into()));
    assert_eq!(json["summary"]["accepted"], 1);
    assert_eq!(json["accepted"][0]["suppression"]["by"], "exclude");
}

#[test]
fn only_the_rules_that_are_named_are_reported() {
    let sandbox = leaking();
    let run = sandbox.run(with(&["scan"], &["--rule", "integration-token"]));
    assert_eq!((run.status, run.findings().len()), (1, 2));
    assert_eq!(run.json()["limited"]["rules"][0], "integration-token");
    let rules = ["--rule", "session-cookie", "--rule", "legacy-token"];
    let run = sandbox.run(with(&["scan"], &rules));
    assert_eq!(
        (run.status, run.paths()),
        (1, vec!["tests/c".to_owned()]),
        "{}",
        run.stdout
    );
    assert_eq!(sandbox.run(["scan", "--rule", "session-cookie"]).status, 0);
}

#[test]
fn every_format_marks_a_limited_run() {
    let sandbox = leaking();
    let flags = ["scan", "--rule", "legacy-token", "--exclude", "**"];
    for format in ["human", "concise", "json", "sarif", "github", "gitlab"] {
        let run = sandbox.run(flags.iter().chain(&["--format", format]));
        assert_eq!(run.status, 0, "{}", run.stderr);
        let told = run.stdout.split("\"results\"").next().unwrap();
        assert!(
            told.to_lowercase().contains("limited") && told.contains("**"),
            "{format}: {}",
            run.stdout
        );
        let whole = sandbox.run(["scan", "--format", format]).stdout;
        let whole = whole.split("\"results\"").next().unwrap();
        assert!(!whole.to_lowercase().contains("limited"), "{format}");
    }
    assert!(
        sandbox
            .run(flags.iter().chain(&["-q"]))
            .stdout
            .contains("Limited")
    );
}

#[test]
fn invalid_limits_are_refused() {
    let sandbox = leaking();
    for (arguments, word) in [
        (&["scan", "--rule", "legacy-tokn"][..], "'legacy-token'"),
        (&["scan", "--exclude", "["], "is not a glob"),
        (&["scan", "--exclude", "/etc/**"], "is absolute"),
        (&["scan", "--rule", "env-not-ignored"], "`ntnguard env`"),
        (&["scan", "--rule", "known-secret"], "--known"),
        (&["env", "--rule", "legacy-token"], "credentials"),
        (&["env", "--fix", "--exclude", "x"], "--fix adds all"),
        (
            &["baseline", "--rule", "legacy-token"],
            "always covers all findings",
        ),
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
}

#[test]
fn a_rule_that_a_ci_job_cannot_find_is_refused() {
    let sandbox = leaking();
    sandbox.write(".ntnguard.yaml", "version: 1\nci: {env: off}\n");
    let commit = sandbox.commit_all("all");
    let ci = |arguments: &[&str]| sandbox.run([&["ci", "--system", "none"], arguments].concat());
    let base = ["--base", &commit, "--head", &commit];
    for (arguments, word) in [
        (
            &["--env", "off", "--rule", "env-not-ignored"][..],
            "--env off",
        ),
        (&["--env", "off", "--rule", "env-tracked"], "--env off"),
        (&["--rule", "env-not-ignored"], "`env: off`"),
        (&["--rule", "configuration-changed"], "--base REV"),
    ] {
        let run = ci(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
    for (rule, status) in [("env-not-ignored", 1), ("configuration-changed", 0)] {
        let run = ci(&[&base[..], &["--env", "fail", "--rule", rule]].concat());
        assert_ne!(run.status, 2, "{}", run.stderr);
        assert!(run.status <= status, "{}", run.stdout);
    }
    let run = sandbox.run(["history", "--rule", "env-template-secret"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
}

#[test]
fn a_pattern_that_matches_no_path_is_reported() {
    let sandbox = Sandbox::repository();
    sandbox.write("sub/a.py", "x = 1");
    let idle = "No path matches a.py: patterns begin at the root of the repository.";
    let said = |arguments: &[&str]| sandbox.run_in("sub", arguments).stdout;
    assert!(said(&["scan", "--exclude", "a.py"]).contains(idle));
    assert!(!said(&["scan", "--exclude", "sub/a.py"]).contains("No path matches"));
    // `ntnguard staged` says nothing about such a pattern, because often no staged file matches.
    assert!(!said(&["staged", "--exclude", "a.py"]).contains("No path matches"));
}
