//! `access --write`, and `verify` with the written expectation.

use std::fs;

use super::{access, acme, expectation, id, sandbox};
use crate::live::value;
use crate::notion::{StandIn, Thing, Token};
use crate::sandbox::{Run, Sandbox};

fn file(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.path().join(".ntnguard-access.yaml")).unwrap()
}

#[test]
fn written_expectations_match_the_access() {
    let (notion, sandbox) = (StandIn::start(acme()), sandbox(""));
    let run = access(&sandbox, &notion, ["READ", "--write"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("the access of READ is recorded"),
        "{}",
        run.stderr
    );
    let text = file(&sandbox);
    assert_eq!(text.matches("reason: TODO").count(), 2, "{text}");
    assert!(text.contains("title: Runbooks"), "{text}");
    // The only findings are that the reasons are missing.
    let json = access(&sandbox, &notion, ["READ", "--format=json"]).json();
    let rules: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["rule"])
        .collect();
    assert_eq!(rules, ["access-unexplained", "access-unexplained"]);
    sandbox.write(
        ".ntnguard-access.yaml",
        text.replace("TODO", "the docs need it"),
    );
    assert_eq!(access(&sandbox, &notion, ["READ"]).status, 0);
    // The file contains no secret.
    assert_eq!(sandbox.run(["scan"]).status, 0);
}

#[test]
fn rewriting_keeps_reasons_and_can_omit_titles() {
    let (notion, sandbox) = (StandIn::start(acme()), sandbox(&expectation("")));
    notion.change(|workspace| {
        let trashed = Thing {
            in_trash: true,
            ..Thing::page(&id(71), "In the trash")
        };
        workspace
            .content
            .extend([Thing::page(&id(70), "Wiki"), trashed]);
    });
    let run = access(&sandbox, &notion, ["READ", "--write", "--no-titles"]);
    assert_eq!(run.status, 1, "the trash stays an error: {}", run.stdout);
    let text = file(&sandbox);
    assert!(
        text.contains("reason: the docs") && text.contains("reason: the tasks"),
        "{text}"
    );
    assert!(text.contains(&id(70)) && !text.contains(&id(71)), "{text}");
    assert!(!text.contains("title:"), "{text}");
    let other = access(&sandbox, &notion, ["MINE", "--write"]);
    assert_eq!(other.status, 1, "{}{}", other.stdout, other.stderr);
    assert!(file(&sandbox).contains("MINE:") && file(&sandbox).contains("reason: the docs"));
}

/// Runs `verify READ`, with this token in the variable.
fn verify(sandbox: &Sandbox, notion: &StandIn, token: String) -> Run {
    let mut command = sandbox.ntnguard();
    command
        .args(["verify", "READ", "--api-url", &notion.url()])
        .env("READ", token);
    Run::of(command.output().unwrap())
}

#[test]
fn verify_wants_the_token_of_the_expected_integration() {
    let sandbox = sandbox(&expectation(""));
    let notion = StandIn::start(acme());
    let own = verify(&sandbox, &notion, value(1));
    assert_eq!(own.status, 0, "{}", own.stdout);
    notion.change(|workspace| {
        let token = Token {
            owner: "user",
            ..Token::live("another")
        };
        workspace.tokens.insert(value(3), token);
    });
    let other = verify(&sandbox, &notion, value(3));
    assert_eq!(other.status, 1, "{}", other.stdout);
    assert!(
        other.stdout.contains("READ  is not the token that"),
        "{}",
        other.stdout
    );
    sandbox.write(".ntnguard-access.yaml", "version: 1\ntokens: {READ: 1}\n");
    let broken = verify(&sandbox, &notion, value(1));
    assert_eq!(broken.status, 2, "{}", broken.stdout);
}

#[cfg(unix)]
#[test]
fn no_link_of_the_repository_is_followed() {
    let (notion, sandbox) = (StandIn::start(acme()), sandbox(""));
    let outside = Sandbox::new();
    outside.write("other.yaml", "kept");
    let link = sandbox.path().join(".ntnguard-access.yaml");
    std::os::unix::fs::symlink(outside.path().join("other.yaml"), &link).unwrap();
    let run = access(&sandbox, &notion, ["READ", "--write"]);
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    assert_eq!(
        fs::read_to_string(outside.path().join("other.yaml")).unwrap(),
        "kept"
    );
}
