//! `ntnguard env`: its findings agree with git, and `--fix` writes exactly the missing lines.

mod attacks;
mod commits;
mod coverage;
mod fix;
mod severity;
mod values;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

fn audit(sandbox: &Sandbox) -> Run {
    sandbox.run(["env", "--format", "json"])
}

/// Each finding with one of `verdicts` as `rule path`. A finding with several names gives a `rule name` for each.
fn told(run: &Run, verdicts: &[&str]) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"].as_array().unwrap().iter();
    let wanted =
        findings.filter(|finding| verdicts.contains(&finding["verdict"].as_str().unwrap()));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let paths = |finding: &Value| match finding["names"].as_array() {
        Some(names) => names.iter().map(text).collect(),
        None => vec![text(&finding["path"])],
    };
    let lines = |finding: &Value| {
        paths(finding)
            .into_iter()
            .map(|path| format!("{} {path}", text(&finding["rule"])))
            .collect::<Vec<_>>()
    };
    wanted.flat_map(lines).collect()
}

/// The paths of all findings of one rule, with any verdict.
fn paths(run: &Run, rule: &str) -> BTreeSet<String> {
    let all = told(run, &["reported", "below-confidence", "suppressed"]);
    all.iter()
        .filter_map(|line| {
            line.strip_prefix(rule)?
                .strip_prefix(' ')
                .map(str::to_owned)
        })
        .collect()
}

/// Those of `paths` that git ignores.
fn ignored(sandbox: &Sandbox, paths: &BTreeSet<String>) -> BTreeSet<String> {
    let command = ["check-ignore", "--no-index", "--stdin", "-z"];
    let mut git = sandbox
        .git_command()
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input: String = paths.iter().map(|path| format!("{path}\0")).collect();
    let mut stdin = git.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = git.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout)
        .unwrap()
        .split_terminator('\0')
        .map(str::to_owned)
        .collect()
}

/// The content of a package.json whose dependency reads env files.
pub const NEXT: &str = r#"{"dependencies": {"next": "15"}}"#;

/// A repository of packages: two apps, one of which has its own ignore file, and a directory of sources.
fn packages() -> Sandbox {
    let sandbox = Sandbox::repository();
    for folder in ["", "apps/api/", "apps/web/", "libs/a b/", "dist/"] {
        sandbox.write(format!("{folder}package.json"), NEXT);
    }
    sandbox.write("src/main.ts", "x");
    sandbox
}

/// All files of a work tree except for ignore files, with their content.
fn files(sandbox: &Sandbox) -> BTreeSet<(String, Vec<u8>)> {
    let listed = sandbox.git(["ls-files", "-c", "-o", "-z"]);
    let read = |name: &str| {
        (
            name.to_owned(),
            fs::read(sandbox.path().join(name)).unwrap(),
        )
    };
    listed.split_terminator('\0').map(read).collect()
}

/// Each reported finding as `rule path`.
fn reported(sandbox: &Sandbox) -> Vec<String> {
    told(&audit(sandbox), &["reported"])
}

/// A repository whose ignore file covers all env files.
fn covered() -> Sandbox {
    let sandbox = Sandbox::repository();
    assert_eq!(sandbox.run(["env", "--fix"]).status, 0);
    sandbox
}
