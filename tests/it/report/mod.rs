//! `ntnguard report` and `ntnguard shard`: reports that were saved are read back, merged and written in every format.

mod hostile;
mod merge;
mod page;
mod shard;

use serde_json::Value;

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

/// A made-up token.
fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// A repository with a remote of this address, and a commit with each token in a file of its own.
fn repository(address: &str, tokens: &[u64]) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.git(["remote", "add", "origin", address]);
    sandbox
        .write("README.md", "# A project\n")
        .commit_all("start");
    for seed in tokens {
        let name = format!("src/file{seed}.ts");
        sandbox.write(name, format!("const token = '{}'\n", token(*seed)));
        sandbox.commit_all("add a client");
    }
    sandbox
}

/// The JSON report of a scan.
fn saved(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let run = sandbox.run(arguments.iter().chain(&["--format", "json"]));
    assert!(run.status != 2, "{}", run.stderr);
    run.stdout
}

/// What `ntnguard report` makes of reports.
fn report(reports: &[&str], arguments: &[&str]) -> Run {
    let sandbox = Sandbox::new();
    let mut all = vec!["report".to_owned()];
    for (at, text) in reports.iter().enumerate() {
        let name = format!("r{at}.json");
        sandbox.write(&name, text);
        all.push(name);
    }
    all.extend(arguments.iter().map(|one| (*one).to_owned()));
    sandbox.run(all)
}

/// The same, as JSON.
fn merged(reports: &[&str]) -> Value {
    report(reports, &["--format", "json"]).json()
}

/// A report without its times.
fn timeless(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    value["time"] = Value::Null;
    value["summary"]["seconds"] = Value::Null;
    value
}
