//! Files that cannot be scanned and that an entry accepts: who may accept, how long it lasts, and how reports show it.

use std::fs;

use serde_json::Value;

use crate::ci::{checkout, ci, push};
use crate::make::{encrypted_zip, gzip, zip};
use crate::sandbox::{Run, Sandbox};

/// The digest of the only skip in a run.
fn digest(run: &Run) -> String {
    run.json()["skipped"][0]["digest"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn entry(digest: &str, rest: &str) -> String {
    format!("version: 1\nallow:\n- unscanned: {digest}\n  reason: looked into it\n{rest}")
}

/// Each accepted skip as `path verdict reason`.
fn accepted(run: &Run) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let json = run.json();
    let all = json["accepted"].as_array().unwrap().iter();
    all.map(|one| {
        format!(
            "{} {} {}",
            text(&one["path"]),
            text(&one["verdict"]),
            text(&one["suppression"]["reason"])
        )
    })
    .collect()
}

#[test]
fn an_accepted_unscanned_file_can_be_committed() {
    let sandbox = Sandbox::repository();
    sandbox.install_hook();
    sandbox.write("fixture.zip", encrypted_zip(b"one"));
    sandbox.git(["add", "-A"]);
    let refused = sandbox.try_git(["commit", "-qm", "fixture"]);
    let shown = String::from_utf8_lossy(&refused.stderr).into_owned()
        + &String::from_utf8_lossy(&refused.stdout);
    assert!(
        !refused.status.success() && shown.contains("- unscanned: v1:"),
        "{shown}"
    );
    let digest = digest(&sandbox.run(["staged", "--format", "json"]));
    assert!(shown.contains(&digest), "{shown}");
    sandbox.write(".ntnguard.yaml", entry(&digest, ""));
    let run = sandbox.run(["staged", "--format", "json"]);
    assert_eq!(
        (run.status, accepted(&run)),
        (0, vec!["fixture.zip suppressed looked into it".to_owned()])
    );
    assert_eq!(
        (&run.json()["complete"], &run.json()["summary"]["accepted"]),
        (&true.into(), &1.into())
    );
    assert!(
        sandbox
            .run(["staged"])
            .stdout
            .contains("1 not scanned, accepted (-v shows them)")
    );
    assert!(sandbox.run(["staged", "-v"]).stdout.contains("(suppressed"));
    assert_eq!(sandbox.run(["scan"]).status, 0, "on disk it is the same");
    let history = |sandbox: &Sandbox| sandbox.run(["history", "--format", "json"]);
    sandbox.git(["commit", "-qm", "fixture"]);
    assert_eq!(
        (history(&sandbox).status, accepted(&history(&sandbox)).len()),
        (0, 1)
    );
    sandbox.write("fixture.zip", encrypted_zip(b"two"));
    sandbox.git(["add", "fixture.zip"]);
    let run = sandbox.run(["staged", "--format", "json"]);
    assert_eq!(
        (run.status, accepted(&run).len()),
        (2, 0),
        "other bytes: {}",
        run.stdout
    );
    sandbox.git(["checkout", "-q", "HEAD", "--", "fixture.zip"]);
    sandbox.write(".ntnguard.yaml", entry(&digest, "  expires: 2020-01-31\n"));
    let run = sandbox.run(["scan", "--format", "json"]);
    assert_eq!(
        (run.status, run.json()["warnings"][0]["kind"].as_str()),
        (2, Some("expired")),
        "{}",
        run.stdout
    );
    sandbox.write(
        ".ntnguard.yaml",
        entry(&digest, "  paths: ['elsewhere/**']\n"),
    );
    assert_eq!(sandbox.run(["scan"]).status, 2, "elsewhere only");
    fs::remove_file(sandbox.path().join("fixture.zip")).unwrap();
    sandbox.write(".ntnguard.yaml", entry(&digest, ""));
    let run = sandbox.run(["scan", "--format", "json"]);
    assert_eq!(
        (run.status, run.json()["warnings"].as_array().unwrap().len()),
        (0, 0),
        "history has it: {}",
        run.stdout
    );
    fs::remove_dir_all(sandbox.path().join(".git")).unwrap();
    sandbox.git(["init", "-q", "."]);
    let run = history(&sandbox);
    assert_eq!(
        (run.status, run.json()["warnings"][0]["kind"].as_str()),
        (0, Some("stale")),
        "{}",
        run.stdout
    );
}

#[test]
fn only_unscanned_content_can_be_accepted() {
    let sandbox = Sandbox::repository();
    let packed = gzip(b"text");
    sandbox
        .write("cut.gz", &packed[..packed.len() - 3])
        .write("nested.zip", zip("b.zip", &encrypted_zip(b"x")));
    sandbox
        .write("large", "0123456789".repeat(100))
        .write("gone", "x")
        .commit_all("all");
    let limits = "limits: {max-file-size: 900}\n";
    let unscanned = |sandbox: &Sandbox, command: &str| {
        let run = sandbox.run([command, "--format", "json"]);
        let json = run.json();
        let all = json["skipped"].as_array().unwrap().iter();
        let mut all: Vec<_> = all
            .map(|skip| skip["digest"].as_str().unwrap_or("-").to_owned())
            .collect();
        all.sort();
        (run.status, all)
    };
    sandbox.write(".ntnguard.yaml", format!("version: 1\n{limits}"));
    let (status, digests) = unscanned(&sandbox, "scan");
    assert_eq!((status, digests.len()), (2, 3));
    assert_eq!(
        unscanned(&sandbox, "history"),
        (2, digests.clone()),
        "the same in history"
    );
    let entries: Vec<_> = digests
        .iter()
        .map(|digest| format!("{{unscanned: '{digest}', reason: known}}"))
        .collect();
    sandbox.write(
        ".ntnguard.yaml",
        format!("version: 1\n{limits}allow: [{}]\n", entries.join(", ")),
    );
    for command in ["scan", "history"] {
        assert_eq!(unscanned(&sandbox, command), (0, Vec::new()), "{command}");
    }
    let id = sandbox.id("HEAD:gone");
    fs::remove_file(
        sandbox
            .path()
            .join(format!(".git/objects/{}/{}", &id[..2], &id[2..])),
    )
    .unwrap();
    assert_eq!(
        unscanned(&sandbox, "history"),
        (2, vec!["-".to_owned()]),
        "what is missing cannot be"
    );
}

/// A change adds both the file and the entry that accepts it. For a collaborator the run passes and reports the entry. For
/// a stranger it fails, with the lines that a maintainer can add.
#[test]
fn own_entries_of_a_change_need_a_trusted_author() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "-b", "feature"]);
    sandbox
        .write("fixture.zip", encrypted_zip(b"one"))
        .commit_all("fixture");
    let digest = digest(&sandbox.run(["scan", "--format", "json"]));
    sandbox
        .write(".ntnguard.yaml", entry(&digest, ""))
        .commit_all("entry");
    let judge = |trusts: bool, arguments: &[&str]| {
        let trust = format!("--trust-changes={trusts}");
        let common = [
            "--base", &base, "--head", "HEAD", "--system", "none", &trust,
        ];
        ci(&sandbox, &[], &[&common[..], arguments].concat())
    };
    let run = judge(true, &["--format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(
        !accepted(&run).is_empty()
            && accepted(&run)
                .iter()
                .all(|one| one.contains("allowed-by-change"))
    );
    let shown = judge(true, &[]).stdout;
    assert!(
        shown.contains("(allowed by this change")
            && shown.contains("accepted by the change itself"),
        "{shown}"
    );
    let shown = judge(true, &["--format", "github"]).stdout;
    assert!(
        shown.contains("::warning title=Not scanned,file=fixture.zip"),
        "{shown}"
    );
    let run = judge(false, &["--format", "json"]);
    assert_eq!((run.status, accepted(&run).len()), (1, 0), "{}", run.stdout);
    assert!(
        run.json()["skipped"][0]["help"]
            .as_str()
            .unwrap()
            .contains("is part of the change")
    );
    let shown = judge(false, &[]).stdout;
    assert!(
        shown.contains(&format!(
            "  - unscanned: {digest} # fixture.zip\n    reason: 'looked into it'"
        )),
        "{shown}"
    );
    // Once the base has the entry, the same file passes without a remark.
    push(&sandbox, "main");
    let own = sandbox.id("HEAD");
    sandbox.write("other", "x").commit_all("other");
    let arguments = [
        "--base",
        &own,
        "--head",
        "HEAD",
        "--system",
        "none",
        "--trust-changes=false",
        "--format",
        "json",
    ];
    let run = ci(&sandbox, &[], &arguments);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(
        accepted(&run).iter().all(|one| one.contains("suppressed")),
        "{}",
        run.stdout
    );
}
