//! In a build without the feature that sends requests to Notion, the commands exist and say that it is missing.

#![cfg(not(feature = "live"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

#[path = "it/fake.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use all of it")]
mod fake;
#[path = "it/sandbox.rs"]
#[allow(dead_code, reason = "shared with the other tests, which use all of it")]
mod sandbox;

use fake::expand;
use sandbox::{Run, Sandbox};

#[test]
fn verify_says_that_it_is_not_built_in() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.ntnguard();
    let run = command.args(["verify", "T"]).env("T", expand("{ntn}", 1));
    let run = Run::of(run.output().unwrap());
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("built without"), "{}", run.stderr);
}
