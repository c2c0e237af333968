//! `ntnguard ci`: the commits that it scans for each event of each CI system, and its reports.

mod adoption;
mod attacks;
mod checkouts;
mod events;
mod folder;
mod outsiders;
mod reports;
mod systems;
mod trust;
mod worlds;

use serde_json::{Value, json};

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

pub const ZEROS: &str = "0000000000000000000000000000000000000000";

/// Lines of an ignore file that cover every env file.
pub const IGNORED: &str = ".env*\n!.env.example\n*.env\n.dev.vars*\n.envrc*\n";

pub fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// The fingerprint of a secret.
pub fn print(secret: &str) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("x", secret);
    sandbox.run(["scan", "--format", "json"]).json()["findings"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A repository in which a CI job runs. `origin` has the first commit, and git ignores env files.
pub fn checkout() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.git([
        "config",
        "remote.origin.url",
        "https://host.example/o/r.git",
    ]);
    sandbox.write(".gitignore", IGNORED).commit_all("zero");
    push(&sandbox, "main");
    sandbox
}

/// Sets the remote-tracking ref of `branch` to the checked out commit, as if it had been pushed.
pub fn push(sandbox: &Sandbox, branch: &str) {
    sandbox.git([
        "update-ref",
        &format!("refs/remotes/origin/{branch}"),
        "HEAD",
    ]);
}

/// Runs `ntnguard ci` with these variables.
pub fn ci(sandbox: &Sandbox, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = sandbox.ntnguard();
    command
        .arg("ci")
        .args(arguments)
        .envs(variables.iter().copied());
    Run::of(command.output().unwrap())
}

/// Runs `ntnguard ci` as GitHub does for an event with this payload.
pub fn github(sandbox: &Sandbox, event: &str, payload: &Value, arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("event.json");
    std::fs::write(&file, payload.to_string()).unwrap();
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
    ];
    ci(sandbox, &variables, arguments)
}

/// The same as [`github`], with the report as JSON.
pub fn github_json(sandbox: &Sandbox, event: &str, payload: &Value) -> Run {
    github(sandbox, event, payload, &["--format", "json"])
}

/// The parts of a push event's payload that ntnguard reads.
pub fn pushed(name: &str, before: &str, after: &str) -> Value {
    json!({
        "ref": name, "before": before, "after": after,
        "created": before == ZEROS, "deleted": after == ZEROS, "forced": false, "base_ref": null,
        "repository": {"name": "r", "default_branch": "main", "owner": {"email": "o@example.com"}},
        "pusher": {"name": "p", "email": "p@example.com"},
        "commits": [], "head_commit": if after == ZEROS { Value::Null } else { json!({"id": after}) }
    })
}

/// The payload of a pull request from the repository itself.
pub fn own_pull_request(base: &str, head: &str) -> Value {
    let mut payload = pull_request(base, head);
    payload["pull_request"]["head"]["repo"] = payload["pull_request"]["base"]["repo"].clone();
    payload
}

/// The payload of a pull request from a fork.
pub fn pull_request(base: &str, head: &str) -> Value {
    json!({
        "action": "synchronize", "number": 7,
        "pull_request": {
            "number": 7, "title": "t",
            "base": {"ref": "main", "sha": base, "repo": {"id": 1, "full_name": "o/r"}},
            "head": {"ref": "feature", "sha": head, "repo": {"id": 2, "full_name": "them/r"}}
        },
        "repository": {"name": "r", "default_branch": "main"}
    })
}

/// Each reported finding as `LOCATION by SUBJECT`, with the subject of the commit that added it.
pub fn told(sandbox: &Sandbox, run: &Run) -> Vec<String> {
    let json = run.json();
    assert_eq!(json["source"], "ci");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let findings = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "reported");
    findings
        .map(|f| {
            let commit = text(&f["placement"]["introduced"]["commit"]);
            let by = if commit == "-" {
                "-".to_owned()
            } else {
                sandbox.git(["log", "-1", "--format=%s", &commit])
            };
            let place = if f["path"].is_null() {
                &f["where"]
            } else {
                &f["path"]
            };
            format!("{}:{} by {}", text(place), f["line"], by.trim())
        })
        .collect()
}

/// The line of the report that says what the run decided to scan.
pub fn scope(run: &Run) -> String {
    run.json()["scope"].as_str().unwrap().to_owned()
}
