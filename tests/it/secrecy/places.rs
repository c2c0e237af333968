//! Repositories with a secret value in every possible place.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;

use crate::make::{gzip, zip};
use crate::sandbox::Sandbox;

/// A repository in the directory `repo`, and the ids of the commits that a CI job compares.
pub struct World {
    pub sandbox: Sandbox,
    /// True if the configuration is valid.
    pub is_valid: bool,
    form: String,
    commits: [String; 2],
}

impl World {
    /// The environment variables of a run. For `ci` they are those of a CI job, with the value in the names of branches.
    pub fn variables(&self, command: &[String], width: &str) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::from([("COLUMNS".to_owned(), width.to_owned())]);
        if command[0] == "ci" {
            let path = |name: &str| self.sandbox.path().join(name).display().to_string();
            let event = if command.contains(&"--head=HEAD".to_owned()) {
                "push"
            } else {
                "pull_request"
            };
            for (name, value) in [
                ("GITHUB_ACTIONS", "true".to_owned()),
                ("GITHUB_EVENT_NAME", event.to_owned()),
                ("GITHUB_EVENT_PATH", path("event.json")),
                ("GITHUB_REF", format!("refs/heads/{}", self.form)),
                ("GITHUB_HEAD_REF", self.form.clone()),
                ("GITHUB_SHA", self.commits[1].clone()),
                ("GITHUB_STEP_SUMMARY", path("summary")),
                ("GITHUB_OUTPUT", path("outputs")),
            ] {
                variables.insert(name.to_owned(), value);
            }
        }
        variables
    }
}

/// Two repositories with a value that is written as `form`: one with a valid configuration, one with an invalid one.
pub fn worlds(form: &str, known: Option<&str>) -> Vec<World> {
    [true, false]
        .into_iter()
        .map(|is_valid| world(form, known, is_valid))
        .collect()
}

fn world(form: &str, known: Option<&str>, is_valid: bool) -> World {
    let sandbox = Sandbox::new();
    if let Some(value) = known {
        sandbox.write("known.env", format!("DB_PASSWORD='{value}'\n"));
    }
    sandbox.git(["init", "-q", "-b", "main", "repo"]);
    sandbox.write("repo/README", "x\n");
    let first = commit(&sandbox, "first", "A");
    contents(&sandbox, form);
    names(&sandbox, form);
    let second = commit(
        &sandbox,
        &format!("use {form}\n\nand {form}"),
        &format!("Somebody with a long name {form}"),
    );
    history(&sandbox, form);
    settings(&sandbox, form, is_valid);
    let payload = json!({"before": first, "after": second, "ref": format!("refs/heads/{form}"), "pull_request": {
        "number": 5,
        "base": {"sha": first, "ref": "main", "repo": {"full_name": "a/b"}},
        "head": {"sha": second, "ref": form, "repo": {"full_name": "a/b"}},
    }});
    sandbox.write("event.json", payload.to_string());
    World {
        sandbox,
        is_valid,
        form: form.to_owned(),
        commits: [first, second],
    }
}

fn commit(sandbox: &Sandbox, message: &str, author: &str) -> String {
    sandbox.git(["-C", "repo", "add", "-A", "-f"]);
    let mut command = sandbox.git_command();
    command.args(["-C", "repo", "commit", "-q", "--allow-empty", "-m", message]);
    for who in ["AUTHOR", "COMMITTER"] {
        let email = format!("{}@example.com", author.replace(' ', "."));
        command
            .env(format!("GIT_{who}_NAME"), author)
            .env(format!("GIT_{who}_EMAIL"), email);
    }
    assert!(command.status().unwrap().success());
    sandbox
        .git(["-C", "repo", "rev-parse", "HEAD"])
        .trim()
        .to_owned()
}

/// Puts the value into the content of files: alone, beside another value, in code, in archives, in env files, and in files
/// that name env files.
fn contents(sandbox: &Sandbox, form: &str) {
    let half = form.len() / 2;
    let env = format!(
        "NOTION_TOKEN={form}\nNEXT_PUBLIC_TOKEN='{form}'\n{form}=x\nexport {form}\n# {form}\nKEY=\"{form}\n"
    );
    sandbox
        .write(
            "repo/a.py",
            format!("x = '{form}', twice '{form}' # ntnguard: allow {form}\npassword: {form}\n"),
        )
        .write(
            "repo/b.json",
            format!("{{\"password\": \"{form}\", \"token\": \"{form}\"}}\n"),
        )
        .write(
            "repo/c",
            format!("'{}' +\n '{}'", &form[..half], &form[half..]),
        )
        .write(
            "repo/long",
            format!("{}{form}{}", "é".repeat(900), "x".repeat(900)),
        )
        .write("repo/d.gz", gzip(form.as_bytes()))
        .write("repo/.env", &env)
        .write("repo/sub/.env.example", &env)
        .write(
            "repo/compose.yml",
            format!("services:\n a:\n  env_file: {form}.env\n"),
        )
        .write("repo/.envrc", format!("dotenv {form}\n{env}"))
        .write(
            "repo/.gitignore",
            format!("{form}\n!.env # {form}\n##vso[{form}]\n"),
        )
        .write(
            "repo/.gitmodules",
            format!("[submodule \"{form}\"]\n\tpath = {form}\n\turl = https://{form}@host/x\n"),
        );
}

/// Puts the value into names: of files, directories, links, targets of links, members of archives. A file name has at most
/// 255 bytes and no slash.
fn names(sandbox: &Sandbox, form: &str) {
    let name = form.replace('/', "_");
    if name.len() > 200 {
        return;
    }
    sandbox
        .write(format!("repo/dir {name}/file-{name}"), format!("x {form}"))
        .write(format!("repo/env/{name}/.env"), "A=1")
        .write("repo/e.zip", zip(&format!("in/{name}"), form.as_bytes()));
    #[cfg(unix)]
    std::os::unix::fs::symlink(form, sandbox.path().join(format!("repo/link-{name}"))).unwrap();
}

/// Puts the value into git's data: branches, tags, stashes, notes, remotes. Names that git refuses are left out.
fn history(sandbox: &Sandbox, form: &str) {
    let name = form.replace(' ', "-");
    for arguments in [
        &["branch", &format!("release-of-the-thing-{name}")][..],
        &["tag", "-m", form, &format!("v1-{name}")],
        &["update-ref", &format!("refs/remotes/origin/{name}"), "HEAD"],
        &["notes", "add", "-m", form, "HEAD"],
        &[
            "config",
            "remote.origin.url",
            &format!("https://me:{form}@host/x.git"),
        ],
        &["config", &format!("branch.{name}.description"), form],
    ] {
        sandbox.try_git(["-C", "repo"].iter().chain(arguments));
    }
    sandbox.write("repo/a.py", format!("changed {form}\n"));
    sandbox.git(["-C", "repo", "stash", "-q"]);
    sandbox.write("repo/staged", format!("new {form}\n"));
    sandbox.git(["-C", "repo", "add", "-A", "-f"]);
    sandbox
        .write(
            "repo/.git/hooks/pre-commit",
            format!("#!/bin/sh\n: {form}\n"),
        )
        .write("repo/.git/description", form);
}

/// Puts the value into the configuration: into a reason and a pattern if it is valid, otherwise into an invalid line.
fn settings(sandbox: &Sandbox, form: &str, is_valid: bool) {
    let quoted = form.replace('\'', "''");
    let text = if is_valid {
        format!(
            "version: 1\nexclude: ['none/{quoted}']\nallow:\n  - {{paths: ['sub/**'], reason: 'was {quoted}'}}\n  - \
             {{fingerprint: 'v1:00112233445566778899aabbccddeeff', reason: '{quoted}', expires: 2020-01-01}}\n\
             env: {{require: [A_B], committed: [{{path: 'env/**', reason: 'for {quoted}'}}]}}\n"
        )
    } else {
        format!("version: 1\n'{quoted}': '{quoted}'\n")
    };
    sandbox.write("repo/.ntnguard.yaml", text);
    if !is_valid {
        sandbox.write("bad-baseline", format!("{form}\n"));
    }
    let _ = fs::remove_file(sandbox.path().join("repo/.ntnguard-baseline"));
}

/// The commands to run, each with true if it accepts `--known`. Some arguments contain the value itself.
pub fn commands(form: &str) -> Vec<(Vec<String>, bool)> {
    let all: [(&[&str], bool); 31] = [
        (&["scan"], true),
        (&["scan", "-v"], true),
        (&["scan", "-q", "--no-config"], true),
        (&["scan", "-v", "--no-config", "--color=always"], true),
        (&["scan", "--no-config", form], true),
        (&["scan", "--debug"], true),
        (&["staged", "--debug"], true),
        (&["history", "--debug"], true),
        (&["range", "HEAD~1..HEAD", "--debug"], true),
        (&["ci", "--debug"], true),
        (&["staged"], true),
        (&["staged", "-v", "--no-config"], true),
        (&["history", "-v"], true),
        (&["history", "--no-config", "--progress=always"], true),
        (&["range", "HEAD~1..HEAD"], true),
        (&["range", "HEAD~1..HEAD", "-v", "--no-config"], true),
        (&["range", form], true),
        (&["env", "-v"], true),
        (&["env", "--no-config"], true),
        (&["env", "--fix", "--dry-run", "--no-config"], true),
        (&["ci", "-v"], true),
        (&["ci", "--no-config"], true),
        (&["ci", "--base=HEAD~1", "--head=HEAD", "--no-config"], true),
        (&["hook", "run", "pre-commit", "--no-config"], true),
        (&["config"], false),
        (&["scan", "--config", form], true),
        (&["scan", "--baseline=../bad-baseline", "--no-config"], true),
        (&["scan", "--format", form], true),
        (
            &["scan", "--min-confidence", form, "--exclude-nothing"],
            true,
        ),
        (&["rules", form], false),
        (&["scan", "--no-config", "-o", "json=../report"], true),
    ];
    all.into_iter()
        .map(|(command, known)| (command.iter().map(|&word| word.to_owned()).collect(), known))
        .collect()
}

/// The formats and widths to test for a command: those that change its output.
pub fn formats(command: &[String]) -> Vec<(&'static [&'static str], &'static [&'static str])> {
    let is_whole = ["scan", "history", "range", "ci"].contains(&command[0].as_str())
        && command.iter().any(|word| word == "-v");
    let human: &[&str] = if is_whole {
        &["40", "60", "80", "120"]
    } else {
        &["60"]
    };
    let mut formats: Vec<(&[&str], &[&str])> = vec![(&[], human)];
    let takes_format = !["config", "rules"].contains(&command[0].as_str())
        && !command.iter().any(|word| word == "--format");
    if takes_format {
        let all: [&[&str]; 4] = [
            &["--format=json"],
            &["--format=github"],
            &["--format=sarif"],
            &["--format=gitlab"],
        ];
        formats.extend(
            all[..if is_whole { 4 } else { 2 }]
                .iter()
                .map(|&format| (format, &["80"][..])),
        );
    }
    formats
}
