use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{report, repository, saved, token};
use crate::sandbox::Sandbox;

fn good() -> Value {
    let text = saved(
        &repository("https://git.example.com/acme/api", &[1]),
        &["history"],
    );
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_report_that_is_not_understood_is_never_clean() {
    let clean = saved(
        &repository("https://git.example.com/acme/clean", &[]),
        &["history"],
    );
    let json: Value = serde_json::from_str(&clean).unwrap();
    let with = |name: &str, value: Value| {
        let mut json = json.clone();
        json[name] = value;
        json.to_string()
    };
    let without = |name: &str| {
        let mut json = json.clone();
        json.as_object_mut().unwrap().remove(name);
        json.to_string()
    };
    for (text, words) in [
        (String::new(), "the report is empty"),
        (clean[..clean.len() / 2].to_owned(), "cut off"),
        (clean[..clean.len() - 3].to_owned(), "cut off"),
        (format!("{clean}x"), "not JSON"),
        ("[]".to_owned(), "not in the format of a report"),
        ("{}".to_owned(), "not a JSON report of ntnguard"),
        (with("version", json!(2)), "version 2"),
        (with("version", json!("1")), "version"),
        (without("version"), "has no `version`"),
        (without("findings"), "has no `findings`"),
        (without("skipped"), "has no `skipped`"),
        (without("complete"), "has no `complete`"),
        (without("summary"), "has no `summary`"),
        (without("source"), "has no `source`"),
        (with("source", json!("moon")), "`source`"),
        (with("time", json!("yesterday")), "`time`"),
        (with("complete", json!(false)), "but not what was skipped"),
        (
            with("findings", json!([{}])),
            "not in the format of a report",
        ),
        (
            with("skipped", json!([{"reason": "tired", "path": "a"}])),
            "`skipped`",
        ),
        (
            with("limited", json!({"rules": ["of-tomorrow"], "exclude": []})),
            "`limited`",
        ),
        (
            with("tool", json!({"name": "other", "version": "1"})),
            "not a JSON report",
        ),
        (
            clean.replacen('{', "{\"source\": \"history\",", 1),
            "not in the format of a report",
        ),
    ] {
        for reports in [vec![text.as_str()], vec![text.as_str(), clean.as_str()]] {
            let run = report(&reports, &["-v"]);
            let told = run
                .stdout
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .replace("│ ", "");
            assert_eq!(run.status, 2, "{words}: {}", run.stdout);
            assert!(told.contains(words), "{words}: {told}");
            assert!(
                told.contains("INCOMPLETE") || !told.contains("No findings"),
                "{told}"
            );
        }
    }
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(["report", "gone.json"]).status, 2);
}

#[test]
fn a_wrong_count_is_reported() {
    let mut json = good();
    json["findings"] = json!([]);
    let run = report(&[&json.to_string()], &[]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stdout.contains("counts 1 findings"), "{}", run.stdout);
}

#[test]
fn a_finding_of_an_unknown_rule_still_fails() {
    let mut json = good();
    json["findings"][0]["rule"] = "token-of-tomorrow".into();
    for format in ["human", "json", "sarif", "html"] {
        let run = report(&[&json.to_string()], &["--format", format]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(
            run.stdout.contains("token-of-tomorrow"),
            "{format}: {}",
            run.stdout
        );
    }
}

/// Puts `text` into every text of a report, but for those that are words of a list.
fn fill(value: &mut Value, text: &str, key: &str) {
    const WORDS: [&str; 18] = [
        "rule",
        "severity",
        "confidence",
        "fingerprint",
        "verdict",
        "source",
        "name",
        "by",
        "where",
        "object",
        "commit",
        "time",
        "head",
        "fail_on",
        "kind",
        "state",
        "checked",
        "reason",
    ];
    match value {
        Value::String(own) if !WORDS.contains(&key) => *own = text.to_owned(),
        Value::Array(all) => all.iter_mut().for_each(|one| fill(one, text, key)),
        Value::Object(all) => all.iter_mut().for_each(|(key, one)| fill(one, text, key)),
        _ => {}
    }
}

#[test]
fn text_of_a_report_is_masked_and_escaped() {
    let secret = token(77);
    let marks = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    let control = "\u{1b}[2J\u{7}\u{202e}\r\n::error::x\n##vso[task.x]";
    let hostile = format!("{marks}{control}\"' {secret} [x](http://x.y) |");
    let mut json = good();
    json["findings"][0]["live"] = json!({"state": "live", "checked": "2026-01-01T00:00:00Z",
        "identity": {"kind": "internal", "bot": "x", "name": "x", "workspace": "x", "workspace_name": "x"}});
    json["findings"][0]["note"] = "x".into();
    json["findings"][0]["variable"] = "x".into();
    json["skipped"] =
        json!([{"path": "x", "object": null, "reason": "corrupt", "detail": "x", "help": "x"}]);
    json["warnings"] = json!([{"kind": "stale", "file": "x", "lines": [1], "message": "x"}]);
    json["scope"] = "x".into();
    json["command"] = "x".into();
    fill(&mut json, &hostile, "");
    json["tool"]["name"] = "ntnguard".into();
    let text = json.to_string();
    for format in [
        "human", "concise", "json", "sarif", "gitlab", "github", "html", "markdown",
    ] {
        for reports in [vec![text.as_str()], vec![text.as_str(), text.as_str()]] {
            let run = report(&reports, &["--format", format, "-v"]);
            assert_eq!(run.status, 1, "{format}: {}", run.stderr);
            let (out, body) = (&run.stdout, &secret[8..44]);
            assert!(!out.contains(body), "{format}: {out}");
            assert!(!out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{format}");
            assert!(
                !out.lines()
                    .any(|line| line.trim_start().starts_with("::error::x")),
                "{format}"
            );
            assert!(!out.contains("##vso["), "{format}");
            if matches!(format, "html" | "markdown") {
                assert!(
                    !out.contains("<script") && !out.contains("<img"),
                    "{format}: {out}"
                );
            }
        }
    }
}

#[test]
fn a_mask_that_shows_a_secret_is_masked_again() {
    let mut json = good();
    for mask in [
        token(9),
        format!("x{}", &token(9)[4..]),
        "hunter2".to_owned(),
        format!("{}********", &token(9)[4..40]),
    ] {
        json["findings"][0]["secret"] = mask.clone().into();
        json["findings"][0]["excerpt"] = format!("t = {mask}").into();
        let run = report(&[&json.to_string()], &["--format", "json"]);
        let shown = run.json()["findings"][0]["secret"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(shown.chars().filter(|c| *c != '*').count() <= 8, "{shown}");
    }
}

#[test]
fn a_huge_report_is_read_up_to_a_limit() {
    let json = good();
    let finding = json["findings"][0].clone();
    let mut small = finding.clone();
    for field in [
        "excerpt",
        "placement",
        "occurrences",
        "advice",
        "url",
        "title",
    ] {
        small.as_object_mut().unwrap().remove(field);
    }
    let small = small.to_string();
    let mut text = json.to_string();
    let place = text.find("\"findings\":[").unwrap() + "\"findings\":[".len();
    let mut many = String::new();
    for _ in 0..150_000 {
        let _ = write!(many, "{small},");
    }
    text.insert_str(place, &many);
    let run = report(&[&text], &["--format", "markdown"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("findings were not read"),
        "{}",
        &run.stdout[run.stdout.len() - 900..]
    );
}

/// Each of the places is short; together they would fill the memory.
#[test]
fn huge_lists_of_places_are_read_up_to_a_limit() {
    let mut json = good();
    let place = json!({"verdict": "reported"});
    for (findings, places) in [(1, 100_007), (11, 100_000)] {
        let mut finding = json["findings"][0].clone();
        finding["occurrences"] = vec![place.clone(); places].into();
        json["findings"] = vec![finding; findings].into();
        json["summary"]["findings"] = findings.into();
        let run = report(&[&json.to_string()], &["--format", "markdown"]);
        assert!(
            run.stdout.contains("entries were not read"),
            "{findings} × {places}: {}",
            run.stdout
        );
    }
}

/// Every place of a merged report begins with the name of its repository.
#[test]
fn an_overlong_repository_name_is_refused() {
    let mut json = good();
    json["repository"] = "x".repeat(2_000).into();
    let run = report(&[&json.to_string()], &[]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.contains("`repository`"), "{}", run.stdout);
}

#[test]
fn contradictions_are_reported() {
    let clean = |change: &dyn Fn(&mut Value)| {
        let mut json = good();
        (json["findings"], json["summary"]["findings"]) = (json!([]), 0.into());
        change(&mut json);
        report(&[&json.to_string()], &[]).status
    };
    assert_eq!(clean(&|_| ()), 0);
    let accepted =
        json!([{"path": "a", "reason": "unreadable", "detail": "", "verdict": "reported"}]);
    assert_eq!(clean(&|json| json["accepted"] = accepted.clone()), 2);
    let run = json!([{"repository": "a", "source": "history", "version": "0.1.0", "complete": true,
                      "findings": 5, "seconds": 1.0, "superseded": false}]);
    let other = good().to_string();
    let mut merged = good();
    (merged["findings"], merged["summary"]["findings"]) = (json!([]), 0.into());
    merged["runs"] = run;
    let both = report(&[&merged.to_string(), &other], &[]);
    assert!(
        both.stdout.contains("contradicts the rest of the report"),
        "{}",
        both.stdout
    );
}

#[test]
fn a_warning_of_an_unknown_kind_is_reported() {
    let mut json = good();
    json["warnings"] = json!([{"kind": "of-tomorrow", "file": "a", "lines": [1], "message": "x"}]);
    let run = report(&[&json.to_string()], &[]);
    assert!(run.stdout.contains("`warnings`"), "{}", run.stdout);
}

#[test]
fn an_overlong_text_is_refused() {
    let mut json = good();
    json["findings"][0]["note"] = "x".repeat(20_000_000).into();
    let run = report(&[&json.to_string()], &[]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.contains("64 KiB"), "{}", run.stdout);
}

/// One invalid number must not lose the findings of other reports.
#[test]
fn an_overflowing_number_stops_no_merge() {
    let other = saved(
        &repository("https://git.example.com/acme/web", &[1]),
        &["history"],
    );
    for (place, value) in [
        ("/summary/seconds", json!(1e19)),
        ("/findings/0/column", json!(u64::MAX)),
        ("/findings/0/placement/commits", json!(u64::MAX)),
        (
            "/not_checked_out",
            json!({"files": u64::MAX, "folders": 1, "submodules": []}),
        ),
    ] {
        let mut json = good();
        match json.pointer_mut(place) {
            Some(there) => *there = value,
            None => json[&place[1..]] = value,
        }
        for format in [
            "human", "concise", "json", "sarif", "gitlab", "html", "markdown",
        ] {
            let run = report(&[&json.to_string(), &other], &["--format", format]);
            assert!(
                !run.stderr.contains("bug in ntnguard"),
                "{place} {format}: {}",
                run.stderr
            );
            assert!(run.stdout.contains("file1.ts"), "{place} {format}");
            assert_ne!(run.status, 0, "{place} {format}");
        }
    }
}

/// A report may leave out its own findings, but not those of another.
#[test]
fn no_report_hides_findings_of_another() {
    let victim = good();
    let hiding = |change: &dyn Fn(&mut Value)| {
        let mut json = victim.clone();
        json["findings"] = json!([]);
        json["summary"]["findings"] = json!(0);
        json["fail_on"] = json!("never");
        change(&mut json);
        report(&[&json.to_string(), &victim.to_string()], &[]).status
    };
    assert_eq!(
        hiding(&|json| json["time"] = json!("2099-01-01T00:00:00Z")),
        1
    );
    assert_eq!(hiding(&|_| ()), 1, "at the same moment");
    assert_eq!(
        hiding(&|json| json["summary"]["objects"]["commits"] = json!(0)),
        1
    );
    let run = super::merged(&[&victim.to_string(), &good().to_string()])["runs"][0].clone();
    assert_eq!(
        hiding(&|json| json["runs"] = json!([run])),
        1,
        "with the other's run"
    );
}

#[test]
fn invalid_runs_are_reported_and_cover_no_repository() {
    let clean = saved(
        &repository("https://git.example.com/acme/ops", &[]),
        &["history"],
    );
    let json: Value = serde_json::from_str(&clean).unwrap();
    let sandbox = Sandbox::new();
    sandbox.write("list", "https://git.example.com/acme/api\n");
    let run = |superseded: bool, complete: bool| {
        json!({"repository": "git.example.com/acme/api", "head": null, "time": null, "command": "history",
               "source": "history", "version": "0.1.0", "complete": complete, "findings": 0, "seconds": 1.0,
               "superseded": superseded})
    };
    for run in [run(true, true), run(false, false)] {
        let mut json = json.clone();
        json["runs"] = json!([run]);
        sandbox.write("r.json", json.to_string());
        let run = sandbox.run(["report", "r.json", "--expect", "list"]);
        assert_eq!(run.status, 2, "{}", run.stdout);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_of_reports_is_reported_and_not_read() {
    let sandbox = Sandbox::new();
    sandbox.write("all/good.json", good().to_string());
    let made = sandbox
        .command("mkfifo")
        .arg("all/x.json")
        .status()
        .unwrap();
    assert!(made.success());
    let run = sandbox.run(["report", "all"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("x.json"), "{}", run.stdout);
    std::fs::remove_file(sandbox.path().join("all/good.json")).unwrap();
    assert_eq!(sandbox.run(["report", "all"]).status, 2);
}
