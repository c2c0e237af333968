//! The commands that send requests to Notion, run against a stand-in on this machine. No test connects to Notion.

mod access;
mod answers;
mod connections;
mod preflight;
mod revoke;
mod scans;
mod silence;
mod verify;

use std::ffi::OsStr;

use crate::fake::expand;
use crate::notion::{StandIn, Token, Workspace};
use crate::sandbox::{Run, Sandbox};

/// The value of a fake token.
fn value(seed: u64) -> String {
    expand("{ntn}", seed)
}

/// A workspace with a live token (seed 1) and a dead token (seed 2).
fn workspace() -> Workspace {
    Workspace {
        tokens: [
            (value(1), Token::live("docs sync")),
            (value(2), Token::dead()),
        ]
        .into(),
        ..Workspace::default()
    }
}

/// Runs a command with two variables: `NEW` has the live token, `OLD` the dead token.
fn ask<S: AsRef<OsStr>>(notion: &StandIn, arguments: impl IntoIterator<Item = S>) -> Run {
    let sandbox = Sandbox::new();
    let mut command = sandbox.ntnguard();
    let arguments: Vec<S> = arguments.into_iter().collect();
    command.args(&arguments).args(["--api-url", &notion.url()]);
    command.env("NEW", value(1)).env("OLD", value(2));
    let run = Run::of(command.output().unwrap());
    assert_silent(&run);
    run
}

/// Asserts that the output contains no part of a token.
fn assert_silent(run: &Run) {
    for seed in 1..=3 {
        let body = &value(seed)[4..30];
        assert!(!run.stdout.contains(body), "{}", run.stdout);
        assert!(!run.stderr.contains(body), "{}", run.stderr);
    }
}
