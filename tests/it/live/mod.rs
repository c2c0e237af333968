//! The commands that ask Notion, against a stand-in on this machine. No test speaks to Notion.

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

/// A token's value.
fn value(seed: u64) -> String {
    expand("{ntn}", seed)
}

/// A workspace with a live token, of seed 1, and a dead one, of seed 2.
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

/// What a command says about variables: `NEW` is live, and `OLD` is dead.
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

/// No part of a token is in what was said.
fn assert_silent(run: &Run) {
    for seed in 1..=3 {
        let body = &value(seed)[4..30];
        assert!(!run.stdout.contains(body), "{}", run.stdout);
        assert!(!run.stderr.contains(body), "{}", run.stderr);
    }
}
