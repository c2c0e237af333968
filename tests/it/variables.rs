//! Environment variables that have the same effect as flags.

use crate::fake::{Fake, expand};
use crate::sandbox::{Run, Sandbox};

/// Runs ntnguard with these environment variables.
fn with(sandbox: &Sandbox, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = sandbox.ntnguard();
    command.envs(variables.iter().copied()).args(arguments);
    Run::of(command.output().unwrap())
}

fn leaking() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("src/a", expand("{secret}", 1));
    sandbox
}

#[test]
fn a_variable_works_and_a_flag_overrides_it() {
    let sandbox = leaking();
    sandbox.write("c.yaml", "version: 1\nmin-confidence: high\n");
    for (variable, value, flag) in [
        (
            "NTNGUARD_MIN_CONFIDENCE",
            "high",
            &["--min-confidence", "low"][..],
        ),
        ("NTNGUARD_FAIL_ON", "never", &["--fail-on", "error"]),
        ("NTNGUARD_CONFIG", "c.yaml", &["--no-config"]),
    ] {
        let set = [(variable, value)];
        assert_eq!(with(&sandbox, &set, &["scan"]).status, 0, "{variable}");
        let both = [&["scan"][..], flag].concat();
        assert_eq!(with(&sandbox, &set, &both).status, 1, "{variable}");
        assert_eq!(with(&sandbox, &[(variable, "")], &["scan"]).status, 1);
    }
    let fingerprint =
        sandbox.run(["scan", "--format", "json"]).json()["findings"][0]["fingerprint"].clone();
    let line = format!("{} legacy-token\n", fingerprint.as_str().unwrap());
    sandbox.write("known", line);
    let set = [("NTNGUARD_BASELINE", "known")];
    assert_eq!(with(&sandbox, &set, &["scan"]).status, 0);
    assert_eq!(with(&sandbox, &set, &["scan", "--no-config"]).status, 1);
}

#[test]
fn variables_set_the_format_and_colour_of_a_report() {
    let sandbox = leaking();
    let run = with(&sandbox, &[("NTNGUARD_FORMAT", "json")], &["scan"]);
    assert_eq!(run.findings().len(), 1);
    let is_coloured = |variables: &[(&str, &str)], flags: &[&str]| {
        let run = with(&sandbox, variables, &[&["scan"][..], flags].concat());
        run.stdout.contains('\u{1b}')
    };
    let (always, forced) = (("NTNGUARD_COLOR", "always"), ("CLICOLOR_FORCE", "1"));
    assert!(is_coloured(&[always], &[]) && is_coloured(&[forced], &[]));
    assert!(!is_coloured(&[always], &["--color", "never"]));
    assert!(!is_coloured(&[forced, ("NO_COLOR", "1")], &[]));
    assert!(!is_coloured(&[("CLICOLOR_FORCE", "0")], &[]));
    let several = [("NTNGUARD_JOBS", "2"), ("NTNGUARD_PROGRESS", "never")];
    assert_eq!(with(&sandbox, &several, &["scan"]).status, 1);
    assert_eq!(with(&sandbox, &several, &["rules"]).status, 0);
}

#[test]
fn a_wrong_value_is_an_error_that_names_the_variable() {
    let sandbox = leaking();
    let token = Fake::new(2).ntn(0);
    for variable in [
        "NTNGUARD_FORMAT",
        "NTNGUARD_MIN_CONFIDENCE",
        "NTNGUARD_FAIL_ON",
        "NTNGUARD_JOBS",
        "NTNGUARD_COLOR",
        "NTNGUARD_PROGRESS",
        "NTNGUARD_CONFIG",
        "NTNGUARD_BASELINE",
    ] {
        let run = with(&sandbox, &[(variable, &token)], &["scan"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{variable}");
        let is_file = variable.ends_with("CONFIG") || variable.ends_with("BASELINE");
        assert!(is_file || run.stderr.contains(variable), "{}", run.stderr);
        assert!(!run.stderr.contains(&token[8..40]), "{}", run.stderr);
    }
}

#[test]
fn help_lists_the_effective_variables() {
    let sandbox = Sandbox::new();
    for (command, counts) in [("scan", true), ("ci", false)] {
        let help = sandbox.run([command, "--help"]).stdout;
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("[env: NTNGUARD_FORMAT]"), "{help}");
        assert_eq!(help.contains("[env: NTNGUARD_FAIL_ON]"), counts, "{help}");
    }
}

#[test]
fn no_variable_silences_a_hook_or_ci() {
    let sandbox = leaking();
    sandbox.write(
        "all.yaml",
        "version: 1\nallow: [{paths: ['**'], reason: all}]\n",
    );
    sandbox.write("b", Fake::new(8).ntn(0));
    sandbox.git(["add", "-A"]);
    let silencing = [
        ("NTNGUARD_FAIL_ON", "never"),
        ("NTNGUARD_MIN_CONFIDENCE", "high"),
        ("NTNGUARD_CONFIG", "all.yaml"),
        ("NTNGUARD_FORMAT", "json"),
    ];
    let hook = ["hook", "run", "pre-commit", "-q"];
    let run = with(&sandbox, &silencing, &hook);
    assert_eq!((run.status, run.findings().len()), (1, 2));
    assert!(!run.stderr.contains("is ignored here"), "{}", run.stderr);
    let run = with(&sandbox, &silencing, &hook[..3]);
    assert!(run.stderr.contains("NTNGUARD_FAIL_ON is ignored here"));
    sandbox.commit_all("all");
    let ci = ["ci", "--system", "none"];
    let run = with(&sandbox, &silencing, &ci);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("use the flag --config"),
        "{}",
        run.stderr
    );
}
