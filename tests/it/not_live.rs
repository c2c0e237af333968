//! In a build without the feature that sends requests to Notion, the commands exist and say that it is missing.

use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

#[test]
fn verify_says_that_it_is_not_built_in() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.ntnguard();
    let run = command.args(["verify", "T"]).env("T", expand("{ntn}", 1));
    let run = Run::of(run.output().unwrap());
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("built without"), "{}", run.stderr);
}
