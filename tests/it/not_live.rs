//! Where what asks Notion is not built in, the command is there and says so.

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
