//! `ntnguard rotation`: the ledger, and the values that are due for replacement.

use serde_json::Value;

use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    expand("{ntn}", seed)
}

/// A repository with an ignored env file that sets `NOTION_TOKEN`.
fn team() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", ".env\n.env.*\n");
    sandbox.write(".env", format!("NOTION_TOKEN={}\nPORT=3000\n", token(1)));
    sandbox
}

fn rotation(sandbox: &Sandbox, and: &[&str]) -> Run {
    let run = sandbox.run(["rotation", "--env-file", ".env"].iter().chain(and));
    for seed in 1..=3 {
        assert!(!(run.stdout.clone() + &run.stderr).contains(&token(seed)[6..30]));
    }
    run
}

/// Sets all days in the ledger to `day`.
fn since(sandbox: &Sandbox, day: &str) {
    let text = sandbox.read(".ntnguard-rotation");
    let lines = text.lines().map(|line| {
        let (rest, _) = line.rsplit_once(' ').unwrap();
        format!("{rest} {day}\n")
    });
    sandbox.write(".ntnguard-rotation", lines.collect::<String>());
}

#[test]
fn a_value_is_unrecorded_then_young_then_due() {
    let sandbox = team();
    let run = rotation(&sandbox, &[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("rotation-unrecorded"), "{}", run.stdout);
    assert!(run.stdout.contains("--record"), "{}", run.stdout);
    let run = rotation(&sandbox, &["--record"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("recorded NOTION_TOKEN on"),
        "{}",
        run.stderr
    );
    let ledger = sandbox.read(".ntnguard-rotation");
    assert!(ledger.starts_with("NOTION_TOKEN v1:") && ledger.lines().count() == 1);
    let run = rotation(&sandbox, &[]);
    assert_eq!(run.status, 0);
    assert!(
        run.stdout.contains("NOTION_TOKEN: recorded 0 days ago"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("90 days left"), "{}", run.stdout);
    since(&sandbox, "2020-01-31");
    let run = rotation(&sandbox, &[]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("rotation-due"), "{}", run.stdout);
    assert!(run.stdout.contains("on 2020-01-31"), "{}", run.stdout);
    // A value that is already in the ledger keeps its day.
    assert_eq!(rotation(&sandbox, &["--record"]).status, 1);
    assert!(sandbox.read(".ntnguard-rotation").contains("2020-01-31"));
}

#[test]
fn a_new_value_is_unrecorded_and_restarts_its_age() {
    let sandbox = team();
    rotation(&sandbox, &["--record"]);
    since(&sandbox, "2020-01-31");
    sandbox.write(".env", format!("NOTION_TOKEN={}\n", token(2)));
    let run = rotation(&sandbox, &[]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout
            .contains("The value differs from the one recorded on"),
        "{}",
        run.stdout
    );
    assert_eq!(rotation(&sandbox, &["--record"]).status, 0);
    assert!(!sandbox.read(".ntnguard-rotation").contains("2020-01-31"));
}

#[test]
fn a_recorded_date_in_the_future_fails() {
    let sandbox = team();
    rotation(&sandbox, &["--record"]);
    since(&sandbox, "2999-01-31");
    let run = rotation(&sandbox, &[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("a day that has not come"),
        "{}",
        run.stdout
    );
    assert_eq!(rotation(&sandbox, &["--record"]).status, 0);
    assert!(!sandbox.read(".ntnguard-rotation").contains("2999"));
}

#[test]
fn the_interval_comes_from_a_flag_or_the_configuration() {
    let sandbox = team();
    rotation(&sandbox, &["--record"]);
    since(&sandbox, "2020-01-31");
    assert_eq!(rotation(&sandbox, &["--every", "3650d"]).status, 0);
    sandbox.write(".ntnguard.yaml", "version: 1\nrotation: {every: 3650d}\n");
    assert_eq!(rotation(&sandbox, &[]).status, 0);
    assert_eq!(rotation(&sandbox, &["--every", "30d"]).status, 1);
    for wrong in ["0d", "90w", "4000d"] {
        let run = rotation(&sandbox, &["--every", wrong]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("write 90d"), "{}", run.stderr);
    }
}

#[test]
fn the_json_report_lists_age_and_days_left() {
    let sandbox = team();
    sandbox.write(
        ".env",
        format!("NOTION_TOKEN={}\nNOTION_WRITER={}\n", token(1), token(3)),
    );
    rotation(&sandbox, &["NOTION_TOKEN", "--record"]);
    let run = rotation(&sandbox, &["--format", "json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, &json["source"]), (1, &"rotation".into()));
    assert_eq!(json["complete"], true);
    let tokens = json["tokens"].as_array().unwrap();
    assert_eq!(tokens.len(), 2);
    assert_eq!(tokens[0]["variable"], "NOTION_TOKEN");
    assert_eq!(
        (&tokens[0]["age_days"], &tokens[0]["days_left"]),
        (&0.into(), &90.into())
    );
    assert_eq!(tokens[1]["recorded"], Value::Null);
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["rule"], "rotation-unrecorded");
    assert_eq!(findings[0]["variable"], "NOTION_WRITER");
    for format in ["sarif", "gitlab", "github", "concise"] {
        let run = rotation(&sandbox, &["--format", format]);
        assert_eq!(run.status, 1, "{format}");
        let said = run.stdout + &run.stderr;
        assert!(said.contains("rotation-unrecorded"), "{format}: {said}");
    }
}

#[test]
fn a_value_in_use_that_is_in_history_is_due_at_once() {
    let sandbox = team();
    rotation(&sandbox, &["--record"]);
    sandbox.write("app.js", format!("const token = '{}'\n", token(1)));
    sandbox.commit_all("leak");
    sandbox.git(["rm", "-q", "--cached", "app.js"]);
    // A value in the baseline is still recognised as leaked.
    assert_eq!(sandbox.run(["baseline", "history"]).status, 0);
    let run = sandbox.run(["history", "--format", "json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let due: Vec<_> = findings
        .iter()
        .filter(|finding| finding["rule"] == "rotation-due")
        .collect();
    assert_eq!((run.status, due.len()), (1, 1), "{}", run.stdout);
    assert_eq!(due[0]["path"], ".ntnguard-rotation");
    assert_eq!(due[0]["variable"], "NOTION_TOKEN");
    let run = sandbox.run(["history"]);
    assert!(run.stdout.contains("rotation-due"), "{}", run.stdout);
    let run = sandbox.run(["ci", "--system", "none"]);
    assert!(
        run.stdout.contains("rotation-due"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    // Once the value is replaced and recorded, the old leak no longer fails the run.
    sandbox.write(".env", format!("NOTION_TOKEN={}\n", token(2)));
    rotation(&sandbox, &["--record"]);
    let run = sandbox.run(["history"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn unusable_variables_and_ledgers_are_errors() {
    let sandbox = team();
    for (arguments, said) in [
        (&["NO_SUCH"][..], "NO_SUCH is not set in .env"),
        (&["--env-file", "none"], "none"),
        (&["a b"], "is not a variable's name"),
    ] {
        let run = rotation(&sandbox, arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    sandbox.write(".env", "PORT=3000\n");
    let run = rotation(&sandbox, &[]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no variable of .env"), "{}", run.stderr);
    sandbox.write(".env", format!("NOTION_TOKEN={}\n", token(1)));
    sandbox.write(".ntnguard-rotation", "<<<<<<< HEAD\n");
    for arguments in [&["rotation", "--env-file", ".env"][..], &["history"]] {
        let run = sandbox.run(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(
            run.stderr.contains("a merge was left unfinished"),
            "{}",
            run.stderr
        );
    }
}

#[cfg(unix)]
#[test]
fn a_ledger_that_is_a_link_is_refused_and_never_written_through() {
    let sandbox = team();
    sandbox.write("outside", "kept\n");
    std::os::unix::fs::symlink("outside", sandbox.path().join(".ntnguard-rotation")).unwrap();
    let run = rotation(&sandbox, &[]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    let run = rotation(&sandbox, &["--record"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert_eq!(sandbox.read("outside"), "kept\n");
}
