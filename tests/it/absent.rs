//! Files that a sparse checkout leaves out, and submodules that are not checked out: the report counts them in one line,
//! and the run does not fail.

use std::fs;

use serde_json::{Value, json};

use crate::ci::{checkout, ci};
use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// A repository with three directories. Only the directory `in` is checked out.
fn sparse(options: &[&str]) -> Sandbox {
    let sandbox = Sandbox::repository();
    let token = Fake::new(1).ntn(0);
    sandbox
        .write("in/a", "x")
        .write("out/b", token)
        .write("out/deep/c", "x")
        .write("other/d", "x")
        .commit_all("x");
    sandbox.git([&["sparse-checkout", "set"], options, &["in"]].concat());
    sandbox
}

/// A repository with three submodules, two of which are not checked out.
fn with_submodules() -> Sandbox {
    let inner = Sandbox::repository();
    inner.write("leak", "x").commit_all("x");
    let (sandbox, path) = (Sandbox::repository(), inner.path().display().to_string());
    for name in ["vendor/a", "vendor/b", "vendor/c"] {
        sandbox.git([
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            &path,
            name,
        ]);
    }
    sandbox.commit_all("x");
    sandbox.git(["submodule", "--quiet", "deinit", "vendor/a"]);
    fs::remove_dir_all(sandbox.path().join("vendor/b")).unwrap();
    sandbox
}

fn told(sandbox: &Sandbox, paths: &[&str]) -> Value {
    let run = sandbox.run([&["scan", "--format", "json"], paths].concat());
    assert_eq!(
        (run.status, &run.json()["complete"]),
        (0, &true.into()),
        "{}",
        run.stdout
    );
    run.json()["not_checked_out"].clone()
}

#[test]
fn files_of_a_sparse_checkout_are_counted() {
    let sandbox = sparse(&[]);
    assert_eq!(
        told(&sandbox, &[]),
        json!({"files": 3, "folders": 0, "submodules": []})
    );
    let human = sandbox.run(["scan"]).stdout;
    let line = "Not checked out, so not scanned: 3 files (sparse checkout); `ntnguard history` scans everything that git stores.\n";
    assert!(human.starts_with(line), "{human}");
    assert_eq!(
        sandbox.run(["scan", "-q"]).stdout,
        line,
        "what was not scanned is told"
    );
    assert_eq!(told(&sandbox, &["in"]), Value::Null, "nothing below it");
    // A file outside of the sparse checkout that exists is scanned. A deleted file does not count as not checked out.
    sandbox.write("out/deep/c", "x");
    fs::remove_file(sandbox.path().join("in/a")).unwrap();
    assert_eq!(
        told(&sandbox, &[]),
        json!({"files": 2, "folders": 0, "submodules": []})
    );
    assert_eq!(
        told(&sandbox, &["out"]),
        json!({"files": 1, "folders": 0, "submodules": []})
    );
    sandbox.git(["checkout", "-q", "--", "in/a"]);
    sandbox.write(".ntnguard.yaml", "version: 1\nexclude: ['out/**']\n");
    assert_eq!(
        told(&sandbox, &[])["files"],
        1,
        "what is left out is not missed"
    );
    let plain = Sandbox::repository();
    plain.write("a", "x").commit_all("x");
    fs::remove_file(plain.path().join("a")).unwrap();
    assert_eq!(told(&plain, &[]), Value::Null);
}

#[test]
fn folders_of_a_sparse_index_are_counted() {
    let sandbox = sparse(&["--cone", "--sparse-index"]);
    assert_eq!(
        told(&sandbox, &[]),
        json!({"files": 0, "folders": 2, "submodules": []})
    );
    sandbox.write("other/d", "x");
    let human = sandbox.run(["scan"]).stdout;
    assert!(
        human.starts_with("Not checked out, so not scanned: 1 folder (sparse checkout);"),
        "{human}"
    );
}

#[test]
fn submodules_without_a_repository_are_named() {
    let sandbox = with_submodules();
    assert_eq!(
        told(&sandbox, &[]),
        json!({"files": 0, "folders": 0, "submodules": ["vendor/a", "vendor/b"]})
    );
    let human = sandbox.run(["scan"]).stdout;
    let line = "Not checked out, so not scanned: 2 submodules (vendor/a, vendor/b); `git submodule update --init` \
                checks them out.\n";
    assert!(human.starts_with(line), "{human}");
    assert_eq!(
        told(&sandbox, &["vendor/a"])["submodules"],
        json!(["vendor/a"]),
        "it is named itself"
    );
    assert_eq!(told(&sandbox, &["vendor/c"]), Value::Null);
    sandbox.write(".ntnguard.yaml", "version: 1\nexclude: ['vendor/**']\n");
    assert_eq!(told(&sandbox, &[]), Value::Null);
}

#[test]
fn every_format_reports_files_that_are_not_checked_out() {
    let sandbox = with_submodules();
    let sarif = sandbox.run(["scan", "--format", "sarif"]).json();
    let invocation = &sarif["runs"][0]["invocations"][0];
    let note = &invocation["toolExecutionNotifications"][0];
    assert_eq!(
        (&note["level"], &invocation["executionSuccessful"]),
        (&"note".into(), &true.into())
    );
    assert_eq!(
        note["properties"]["submodules"],
        json!(["vendor/a", "vendor/b"])
    );
    assert!(
        !note["message"]["text"].as_str().unwrap().contains("vendor"),
        "a message has no names"
    );
    let github = sandbox.run(["scan", "--format", "github"]).stdout;
    assert!(
        github.starts_with("Not checked out, so not scanned: 2 submodules"),
        "{github}"
    );
    let gitlab = sandbox.run(["scan", "--format", "gitlab"]).json();
    assert_eq!(
        (
            &gitlab["scan"]["status"],
            &gitlab["scan"]["messages"][0]["level"]
        ),
        (&"success".into(), &"info".into())
    );
}

#[test]
fn a_ci_job_reports_files_that_are_not_checked_out() {
    let sandbox = checkout();
    sandbox.write("out/b", "x").commit_all("one");
    sandbox.git(["sparse-checkout", "set", "in"]);
    let run = ci(&sandbox, &[], &["--format", "json"]);
    assert_eq!(
        (run.status, &run.json()["not_checked_out"]["files"]),
        (0, &1.into()),
        "{}",
        run.stdout
    );
    let summary = sandbox.path().join(".git/summary");
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "schedule"),
    ];
    let variables = [
        &variables[..],
        &[("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())],
    ]
    .concat();
    assert_eq!(ci(&sandbox, &variables, &[]).status, 0);
    let summary = fs::read_to_string(summary).unwrap();
    assert!(
        summary.contains("Not checked out, so not scanned&#58; 1 file"),
        "{summary}"
    );
}
