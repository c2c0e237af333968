//! If a fact about access cannot be found out, the report never says "no access".

use super::{access, acme, expectation, id, sandbox};
use crate::live::value;
use crate::notion::{Fault, StandIn, Thing, Workspace};
use crate::sandbox::{Run, Sandbox};

fn with(change: impl FnOnce(&mut Workspace)) -> StandIn {
    let mut workspace = acme();
    change(&mut workspace);
    StandIn::start(workspace)
}

/// Runs `access` and asserts that the run is incomplete.
fn incomplete(notion: &StandIn, said: &str) -> Run {
    let sandbox = sandbox(&expectation(""));
    let run = access(&sandbox, notion, ["READ"]);
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    assert!(run.stdout.contains("INCOMPLETE"), "{}", run.stdout);
    let json = access(&sandbox, notion, ["READ", "--format=json"]).json();
    assert_eq!(json["complete"], false);
    assert_eq!(json["skipped"][0]["reason"], "not-answered");
    let write = access(&sandbox, notion, ["READ", "--write"]);
    assert_eq!(write.status, 2);
    assert!(write.stderr.contains("was not written"), "{}", write.stderr);
    run
}

#[test]
fn an_unexpected_answer_to_a_probe_is_unknown() {
    for (status, code) in [
        (200, "ok"),
        (404, "object_not_found"),
        (400, "invalid_json"),
        (400, "invalid_request_url"),
        (403, "other"),
        (409, "conflict_error"),
    ] {
        for line in ["PATCH /v1/pages/", "PATCH /v1/blocks/", "POST /v1/comments"] {
            let notion = with(|workspace| workspace.odd.push((line, status, code)));
            let run = incomplete(&notion, "whether the token may");
            assert!(!run.stdout.contains("capability-missing"), "{}", run.stdout);
            // After an unknown answer, no second probe is sent.
            let probes = notion
                .requests()
                .iter()
                .filter(|asked| asked.starts_with(line))
                .count();
            assert_eq!(probes, 3, "once a run");
        }
    }
}

#[test]
fn a_refused_list_is_incomplete() {
    let refused = ("POST /v1/search", 403, "restricted_resource");
    let notion = with(|workspace| workspace.odd.push(refused));
    incomplete(&notion, "Notion refuses the list");
}

#[test]
fn a_search_that_leaves_something_out_is_incomplete() {
    incomplete(
        &with(|workspace| workspace.is_cut = true),
        "left something out",
    );
    incomplete(
        &with(|workspace| workspace.is_endless = true),
        "does not end",
    );
    let odd = |line, status, code| with(|workspace| workspace.odd.push((line, status, code)));
    incomplete(
        &odd("POST /v1/search", 401, "unauthorized"),
        "everything that the token reaches",
    );
    incomplete(&odd("GET /v1/users?", 400, "validation_error"), "members");
    incomplete(
        &odd("GET /v1/blocks/", 403, "restricted_resource"),
        "the parent of",
    );
}

#[test]
fn an_empty_member_list_leaves_email_access_unknown() {
    let notion = with(|workspace| {
        workspace.people.clear();
        workspace.tokens.get_mut(&value(1)).unwrap().users = 2;
    });
    incomplete(&notion, "e-mail");
}

#[test]
fn the_access_of_an_unusable_token_is_unknown() {
    let mut workspace = acme();
    workspace.tokens.get_mut(&value(1)).unwrap().is_live = false;
    let run = access(&sandbox(""), &StandIn::start(workspace), ["READ"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("READ is dead"), "{}", run.stderr);
    let html = with(|workspace| workspace.fault = Fault::Html(200));
    let run = access(&sandbox(""), &html, ["READ"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("nothing is known"), "{}", run.stderr);
}

#[test]
fn bad_usage_and_invalid_files_exit_with_2() {
    let notion = StandIn::start(acme());
    for (expectation, arguments, said) in [
        ("", &["NONE"][..], "not set"),
        ("", &["READ", "--expect", "none.yaml"], "cannot be read"),
        (
            "version: 1\ntokens: {}\n",
            &["READ"],
            "has no entry for READ",
        ),
        ("version: 1\ntokens: {READ: {}}\n", &["READ"], "not valid"),
        ("", &["-", "--write"], "needs the name of a variable"),
        ("", &["READ", "--no-titles"], "--write"),
        (
            "",
            &["READ", "--write", "--expect", "x"],
            "cannot be used with",
        ),
    ] {
        let run = access(&sandbox(expectation), &notion, arguments);
        let said_all = format!("{}{}", run.stdout, run.stderr);
        assert!(
            run.status == 2 && said_all.contains(said),
            "{arguments:?}: {said_all}"
        );
    }
    let sandbox = Sandbox::new();
    let mut command = sandbox.ntnguard();
    command.args([
        "access",
        "READ",
        "--api-url=http://127.0.0.1:1",
        "--timeout=1s",
    ]);
    let run = Run::of(command.env("READ", value(1)).output().unwrap());
    assert_eq!(run.status, 2, "{}", run.stdout);
    // Another pace of requests is allowed only with a stand-in, not with Notion.
    let mut command = sandbox.ntnguard();
    let run = Run::of(
        command
            .args(["access", "READ", "--pace=1ms"])
            .output()
            .unwrap(),
    );
    assert!(
        run.status == 2 && run.stderr.contains("--api-url"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_page_listed_only_by_id_is_requested() {
    let notion = with(|workspace| {
        let partial = Thing {
            parent: serde_json::Value::Null,
            ..Thing::page(&id(40), "")
        };
        workspace.content.push(partial);
    });
    // A request for the object itself does not give the parent either, so the reach is unknown.
    incomplete(&notion, "the parent of");
}
