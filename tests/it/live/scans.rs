//! `--verify` on scans: one request for each secret, and the state in reports of every format.

use serde_json::Value;

use super::{assert_silent, value, workspace};
use crate::notion::{Fault, StandIn, Workspace};
use crate::sandbox::{Run, Sandbox};

/// Writes files with the live token twice, the dead token, a token that Notion does not know, and a refresh token.
fn files(sandbox: &Sandbox) {
    let (live, dead) = (value(1), value(2));
    sandbox.write("a.py", format!("TOKEN = '{dead}'\n"));
    sandbox.write("b.py", format!("TOKEN = '{live}'\n"));
    sandbox.write("c.py", format!("TOKEN = '{live}'\n"));
    let refresh = crate::fake::expand("REFRESH = '{nrt}'\n", 4);
    sandbox.write("d.py", refresh);
}

fn verified(sandbox: &Sandbox, notion: &StandIn, arguments: &[&str]) -> Run {
    let mut command = sandbox.ntnguard();
    command
        .args(arguments)
        .args(["--verify", "--api-url", &notion.url()]);
    let run = Run::of(command.output().unwrap());
    assert_silent(&run);
    run
}

fn findings(run: &Run) -> Vec<Value> {
    run.json()["findings"].as_array().unwrap().clone()
}

/// Each finding as its file and its state, in the order of the report.
fn states(run: &Run) -> Vec<String> {
    let findings = findings(run);
    let state = |finding: &Value| {
        let path = finding["path"].as_str().unwrap_or_default();
        format!(
            "{path} {}",
            finding["live"]["state"].as_str().unwrap_or("-")
        )
    };
    findings.iter().map(state).collect()
}

#[test]
fn each_token_is_verified_once_and_live_ones_come_first() {
    let (sandbox, notion) = (Sandbox::new(), StandIn::start(workspace()));
    files(&sandbox);
    let run = verified(&sandbox, &notion, &["scan", "--format", "json"]);
    assert_eq!(run.status, 1);
    let expected = ["b.py live", "c.py live", "d.py not-checked", "a.py dead"];
    assert_eq!(states(&run), expected);
    assert_eq!(notion.requests().len(), 2, "one for each value");
    let json = run.json();
    assert_eq!(json["complete"], true);
    let summary = &json["summary"]["live"];
    assert_eq!(
        (&summary["live"], &summary["dead"], &summary["not_checked"]),
        (&2.into(), &1.into(), &1.into())
    );
    let live = &findings(&run)[0]["live"];
    assert_eq!(live["identity"]["name"], "docs sync", "{live}");
    assert_eq!(findings(&run)[3]["severity"], "warning");
}

#[test]
fn every_format_shows_live_and_dead_tokens() {
    let (sandbox, notion) = (Sandbox::new(), StandIn::start(workspace()));
    files(&sandbox);
    for format in ["human", "github", "gitlab", "sarif", "json"] {
        let run = verified(&sandbox, &notion, &["scan", "--format", format]);
        let said = run.stdout.replace(['\n', '│'], " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let live = match format {
            "sarif" | "json" => "\"state\": \"live\"",
            _ => "Live: Notion accepts it, so rotate it now",
        };
        let dead = match format {
            "sarif" | "json" => "\"state\": \"dead\"",
            _ => "Dead: refused by Notion on",
        };
        let (live, dead) = (said.find(live), said.find(dead));
        assert!(live.is_some() && dead.is_some(), "{format} {}", run.stdout);
    }
    let run = verified(&sandbox, &notion, &["scan", "--format", "sarif"]);
    let results = run.json()["runs"][0]["results"].clone();
    let levels: Vec<_> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["level"])
        .collect();
    assert_eq!(levels, ["error", "error", "error", "warning"]);
}

#[test]
fn a_dead_token_fails_unless_that_is_allowed() {
    let (sandbox, notion) = (Sandbox::new(), StandIn::start(workspace()));
    sandbox.write("a.py", format!("TOKEN = '{}'\n", value(2)));
    for (arguments, status) in [
        (&["scan"][..], 1),
        (&["scan", "--allow-dead"], 0),
        (&["scan", "--exit-zero"], 0),
        (&["scan", "--allow-dead", "--fail-on", "warning"], 1),
    ] {
        let run = verified(&sandbox, &notion, arguments);
        assert_eq!(run.status, status, "{arguments:?} {}", run.stdout);
    }
}

#[test]
fn an_unknown_state_fails_as_without_the_flag() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("TOKEN = '{}'\n", value(1)));
    for fault in [
        Fault::Html(403),
        Fault::Redirect,
        Fault::Noise,
        Fault::Stripped,
    ] {
        let notion = StandIn::start(Workspace {
            fault,
            ..workspace()
        });
        let arguments = ["scan", "--allow-dead", "--format", "json"];
        let run = verified(&sandbox, &notion, &arguments);
        assert_eq!(
            (run.status, states(&run)),
            (1, vec!["a.py unknown".to_owned()])
        );
        assert!(findings(&run)[0]["live"]["reason"].is_string());
    }
}

#[test]
fn echoed_text_is_masked_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", format!("TOKEN = '{}'\n", value(1)));
    for format in ["human", "concise", "json", "sarif", "github", "gitlab"] {
        let fault = Fault::Echo;
        let notion = StandIn::start(Workspace {
            fault,
            ..workspace()
        });
        let run = verified(&sandbox, &notion, &["scan", "--format", format]);
        assert_eq!(run.status, 1, "{}", run.stderr);
    }
}

#[test]
fn suppressed_secrets_are_not_verified() {
    let (sandbox, notion) = (Sandbox::new(), StandIn::start(workspace()));
    let allowed = format!("TOKEN = '{}' # ntnguard: allow a test\n", value(1));
    sandbox.write("a.py", allowed);
    let run = verified(&sandbox, &notion, &["scan"]);
    assert_eq!((run.status, notion.requests().len()), (0, 0));
}

#[test]
fn at_most_fifty_tokens_are_verified_and_the_rest_reported() {
    let (sandbox, notion) = (Sandbox::new(), StandIn::start(workspace()));
    let tokens = (100..153).map(|seed| format!("t = '{}'\n", value(seed)));
    sandbox.write("a.py", tokens.collect::<String>());
    let run = verified(&sandbox, &notion, &["scan", "--format", "json"]);
    assert_eq!(notion.requests().len(), 50);
    let json = run.json();
    assert_eq!((run.status, &json["complete"]), (1, &false.into()));
    assert_eq!(json["summary"]["live"]["not_checked"], 3);
    assert_eq!(json["skipped"][0]["reason"], "limit", "{}", json["skipped"]);
}

#[test]
fn every_scan_with_the_verify_flag_asks_notion() {
    let (sandbox, notion) = (Sandbox::repository(), StandIn::start(workspace()));
    sandbox.write("b.py", format!("TOKEN = '{}'\n", value(1)));
    sandbox.commit_all("begin");
    for arguments in [
        &["history"][..],
        &["range", "HEAD"],
        &["ci", "--system", "none"],
    ] {
        let run = verified(
            &sandbox,
            &notion,
            &[arguments, &["--format", "json"]].concat(),
        );
        assert_eq!(run.status, 1, "{arguments:?} {}", run.stderr);
        assert_eq!(findings(&run)[0]["live"]["state"], "live", "{arguments:?}");
    }
    for arguments in [&["staged"][..], &["env"], &["hook", "run", "pre-commit"]] {
        let run = verified(&sandbox, &notion, arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
    }
}

#[test]
fn connection_flags_require_the_verify_flag() {
    let sandbox = Sandbox::new();
    for arguments in [&["scan", "--timeout", "3s"][..], &["scan", "--allow-dead"]] {
        let run = sandbox.run(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains("--verify"), "{}", run.stderr);
    }
}
