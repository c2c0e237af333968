//! Answers that show neither a live nor a dead token: the state is unknown, with a reason, within the time limit.

use std::time::{Duration, Instant};

use super::{ask, workspace};
use crate::notion::{Fault, StandIn, Workspace};
use crate::sandbox::Run;

fn with(fault: Fault) -> StandIn {
    StandIn::start(Workspace {
        fault,
        ..workspace()
    })
}

/// Runs `verify --dead NEW` with this fault of the stand-in. Asserts that the run takes at most ten seconds. Returns the
/// run, the reason and the number of requests.
fn faulty(fault: Fault, timeout: &str) -> (Run, String, usize) {
    let (notion, start) = (with(fault), Instant::now());
    let run = ask(
        &notion,
        [
            "verify",
            "--dead",
            "NEW",
            "--format=json",
            "--timeout",
            timeout,
        ],
    );
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    let live = run.json()["tokens"][0]["live"].clone();
    assert_eq!(live["state"], "unknown", "{}", run.stdout);
    let reason = live["reason"].as_str().unwrap().to_owned();
    let asked = notion.requests().len();
    (run, reason, asked)
}

#[test]
fn foreign_answers_are_unknown_and_never_dead() {
    for (fault, expected, asked) in [
        (Fault::Redirect, "redirect", 1),
        (Fault::Html(200), "not-notion", 1),
        (Fault::Html(401), "not-notion", 1),
        (Fault::Html(403), "not-notion", 1),
        (Fault::Html(407), "not-notion", 1),
        (Fault::Stripped, "header-stripped", 1),
        (Fault::Flood, "too-large", 1),
        (Fault::FloodOfHeaders, "too-large", 1),
        (Fault::Noise, "not-http", 1),
        (Fault::Blocked, "blocked", 1),
        (Fault::CutOff, "cut-off", 3),
        (Fault::Html(503), "overloaded", 3),
    ] {
        let (run, reason, requests) = faulty(fault, "8s");
        assert_eq!(
            (reason.as_str(), requests),
            (expected, asked),
            "{}",
            run.stdout
        );
        assert_eq!(run.json()["complete"], false);
    }
}

#[test]
fn a_hanging_server_ends_at_the_timeout() {
    let (_, reason, requests) = faulty(Fault::Hang, "1s");
    assert_eq!((reason.as_str(), requests), ("timeout", 1));
}

#[test]
fn a_refused_connection_is_unknown() {
    let sandbox = crate::sandbox::Sandbox::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut command = sandbox.ntnguard();
    let arguments = ["verify", "T", "--api-url", &url, "--timeout=5s"];
    let run = Run::of(
        command
            .args(arguments)
            .env("T", super::value(1))
            .output()
            .unwrap(),
    );
    assert_eq!(run.status, 2);
    assert!(
        run.stdout
            .contains("T  unknown  no connection could be made (3 attempts)")
    );
    assert!(run.stdout.contains("Nothing is known about it."));
}

#[test]
fn rate_limits_are_waited_out_as_requested() {
    for status in [429, 529] {
        let (notion, start) = (with(Fault::Refusals(status, 2, 1)), Instant::now());
        let run = ask(&notion, ["verify", "NEW"]);
        assert_eq!(
            (run.status, notion.requests().len()),
            (0, 3),
            "{}",
            run.stdout
        );
        assert!(start.elapsed() >= Duration::from_secs(2));
    }
    // The server asks for a wait that is longer than the timeout.
    let (run, reason, requests) = faulty(Fault::Refusals(429, 9, 3600), "5s");
    assert_eq!(
        (reason.as_str(), requests),
        ("rate-limited", 1),
        "{}",
        run.stdout
    );
}

#[test]
fn no_requests_follow_a_block() {
    let notion = with(Fault::Blocked);
    let run = ask(&notion, ["verify", "NEW", "OLD"]);
    assert_eq!(
        (run.status, notion.requests().len()),
        (2, 1),
        "{}",
        run.stdout
    );
}

#[test]
fn a_token_that_the_server_echoes_is_in_no_output() {
    for format in ["human", "json"] {
        let notion = with(Fault::Echo);
        let run = ask(&notion, ["verify", "NEW", "--debug", "--format", format]);
        assert_eq!(run.status, 0, "{}", run.stdout);
        assert!(run.stderr.contains("debug"), "{}", run.stderr);
    }
}
