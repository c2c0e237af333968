//! Attempts to hide env files and their secrets: by changes, by names of files, and by their content.

use std::fs;

use super::{audit, covered, reported};
use crate::ci::{github, own_pull_request, pushed};
use crate::fake::{Fake, expand};
use crate::sandbox::Sandbox;

/// The exit status of `ntnguard ci` for a push from the commit `before` to `after`.
fn ci_of(sandbox: &Sandbox, before: &str, after: &str) -> i32 {
    github(
        sandbox,
        "push",
        &pushed("refs/heads/main", before, after),
        &[],
    )
    .status
}

#[test]
fn a_secret_added_and_removed_in_a_change_is_new() {
    let (old, new) = (
        expand("API_KEY={a:24}\n", 1),
        expand("STRIPE_KEY={a:24}\n", 2),
    );
    let endings: [&dyn Fn(&Sandbox); 2] =
        [&|sandbox| _ = sandbox.write(".env", &old), &|sandbox| {
            fs::remove_file(sandbox.path().join(".env")).unwrap()
        }];
    for end in endings {
        let sandbox = covered();
        let before = sandbox.write(".env", &old).commit_all("base");
        sandbox
            .write(".env", format!("{old}{new}"))
            .commit_all("adds a secret");
        end(&sandbox);
        let after = sandbox.commit_all("takes it away");
        assert_eq!(ci_of(&sandbox, &before, &after), 1);
        let run = github(
            &sandbox,
            "pull_request",
            &own_pull_request(&before, &after),
            &[],
        );
        assert_eq!(run.status, 1, "{}", run.stdout);
    }
}

#[test]
fn a_file_renamed_to_an_env_file_is_reported() {
    let sandbox = covered();
    sandbox
        .write("config.txt", expand("API_KEY={a:24}\n", 1))
        .commit_all("config");
    sandbox.git(["mv", "config.txt", ".env"]);
    sandbox.git(["commit", "-q", "-m", "moved"]);
    assert_eq!(sandbox.run(["range", "HEAD~1..HEAD"]).status, 1);
    // A file that was an env file before the change is not reported as new.
    sandbox
        .write(".env", expand("API_KEY={a:24}\nOTHER=1\n", 1))
        .commit_all("harmless");
    assert_eq!(sandbox.run(["range", "HEAD~1..HEAD"]).status, 0);
}

/// A change that only reorders or removes variables adds no value.
#[test]
fn reordered_or_removed_variables_are_not_new() {
    let (one, other) = (expand("A_KEY={a:24}\n", 1), expand("B_KEY={a:24}\n", 2));
    let sandbox = covered();
    sandbox
        .write(".env", format!("{one}{other}"))
        .commit_all("base");
    for content in [format!("{other}{one}"), one.clone()] {
        sandbox.write(".env", content).commit_all("less");
        assert_eq!(sandbox.run(["range", "HEAD~1..HEAD"]).status, 0);
    }
    sandbox
        .write(".env", format!("{one}{other}"))
        .commit_all("more");
    assert_eq!(sandbox.run(["range", "HEAD~1..HEAD"]).status, 1);
}

#[test]
fn a_mark_of_encryption_hides_no_token() {
    let token = Fake::new(1).ntn(0);
    for mark in [
        "LOG=ENC[x]\n",
        "LOG=ENC[AES256_GCM,data:x]\n",
        "$ANSIBLE_VAULT;1.1;AES256\n",
        "sops_mac=1\n",
    ] {
        let sandbox = Sandbox::repository();
        sandbox
            .write(".gitignore", ".env.*\n!.env.example\n")
            .write(".env", format!("{mark}NOTION={token}\n"));
        assert_eq!(reported(&sandbox), ["env-not-ignored .env"], "{mark}");
        sandbox.run(["env", "--fix"]);
        let rules = fs::read_to_string(sandbox.path().join(".gitignore")).unwrap();
        assert!(
            !rules.contains("!/.env")
                && sandbox
                    .try_git(["check-ignore", "-q", ".env"])
                    .status
                    .success(),
            "{rules}"
        );
        sandbox.git(["add", "-f", ".env"]);
        assert_eq!(sandbox.run(["staged"]).status, 1, "{mark}");
    }
}

#[test]
fn values_beside_a_token_are_not_shown() {
    let sandbox = covered();
    let lines = [
        format!(
            "NOTION_TOKEN={} DB_PASSWORD=Winter-Tale-9\n",
            Fake::new(1).ntn(0)
        ),
        format!(
            "db_password: 'Winter-Tale-9', token: '{}'\n",
            Fake::new(2).ntn(0)
        ),
        format!(
            "{{\"apiKey\": \"Winter-Tale-9\", \"notion\": \"{}\"}}\n",
            Fake::new(3).ntn(0)
        ),
    ];
    for (at, line) in lines.iter().enumerate() {
        sandbox
            .write(format!("f{at}/.env"), line)
            .write(format!("f{at}/a.txt"), line);
    }
    sandbox.git(["add", "-f", "."]);
    for command in [&["staged", "-v"][..], &["scan"], &["env"]] {
        for format in ["human", "json", "sarif", "github", "gitlab"] {
            let run = sandbox.run(command.iter().copied().chain(["--format", format]));
            assert!(
                run.status == 1 && !(run.stdout + &run.stderr).contains("Winter"),
                "{command:?} {format}"
            );
        }
    }
}

#[test]
fn one_more_secret_among_many_is_new() {
    let sandbox = covered();
    let many: String = (0..50)
        .map(|at| expand(&format!("A{at}_TOKEN={{a:24}}\n"), at + 1))
        .collect();
    let before = sandbox.write(".env.example", &many).commit_all("many");
    assert_eq!(ci_of(&sandbox, &before, &before), 0);
    let after = sandbox
        .write(".env.example", many + &expand("NEW_TOKEN={a:24}\n", 99))
        .commit_all("one more");
    assert_eq!(ci_of(&sandbox, &before, &after), 1);
}

/// A file that is too large to be read has no known values, so nothing in it counts as already there.
#[test]
fn values_in_a_file_too_large_to_read_are_new() {
    let sandbox = covered();
    let before = sandbox.write(".env", "PORT=1\n").commit_all("harmless");
    let large = "# ".to_owned() + &"x".repeat(11 << 20) + "\n" + &expand("API_KEY={a:24}\n", 1);
    let after = sandbox.write(".env", large).commit_all("large");
    assert_eq!(ci_of(&sandbox, &before, &after), 1);
}

#[cfg(unix)]
#[test]
fn a_name_adds_no_line_to_an_ignore_file() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".env.template.\n!.env", "A=\n")
        .write(".env \n!.env.local", "A=1\n")
        .write("package.json", super::NEXT);
    sandbox.run(["env", "--fix"]);
    let rules = fs::read_to_string(sandbox.path().join(".gitignore")).unwrap();
    assert!(
        !rules
            .lines()
            .any(|line| line == "!.env" || line == "!.env.local"),
        "{rules}"
    );
    for name in [".env", ".env.local"] {
        assert!(
            sandbox
                .try_git(["check-ignore", "-q", name])
                .status
                .success(),
            "{name}: {rules}"
        );
    }
}

/// The base ignores too little, but nothing in it points to env files. A change that adds such a reason makes the gap new.
#[test]
fn a_gap_with_a_new_reason_is_new() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".gitignore", ".env*\n")
        .write("a/package.json", "{}");
    let before = sandbox
        .write(
            "a/x.js",
            "require('dotenv').config({ path: 'my-env-conf' })\n",
        )
        .commit_all("base");
    let after = sandbox
        .write("a/package.json", r#"{"dependencies": {"dotenv": "17"}}"#)
        .commit_all("dotenv");
    assert_eq!(ci_of(&sandbox, &before, &after), 1);
}

/// The report on a change names the env files that the change adds, not all names without an ignore rule.
#[test]
fn only_new_names_of_a_gap_are_reported() {
    let sandbox = Sandbox::repository();
    let before = sandbox
        .write("package.json", super::NEXT)
        .commit_all("base");
    let after = sandbox
        .write("apps/web/package.json", super::NEXT)
        .commit_all("one more");
    let event = pushed("refs/heads/main", &before, &after);
    let run = github(&sandbox, "push", &event, &["--format", "json"]);
    let names = run.json()["findings"][0]["names"]
        .as_array()
        .unwrap()
        .clone();
    assert!(
        names
            .iter()
            .all(|name| name.as_str().unwrap().starts_with("apps/web/")),
        "{names:?}"
    );
    assert_eq!((run.status, &names[0]), (1, &"apps/web/.env".into()));
}

#[test]
fn configured_names_conflicts_and_copies_are_audited() {
    let sandbox = covered();
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nenv: {names: [secrets.ini]}\n",
    );
    sandbox
        .write("secrets.ini", expand("API_KEY={a:24}\n", 1))
        .commit_all("named");
    assert!(
        sandbox
            .run(["history", "--format", "json"])
            .stdout
            .contains("\"path\": \"secrets.ini\"")
    );
    let sandbox = covered();
    sandbox.write(".env", "PORT=1\n").commit_all("harmless");
    sandbox.write(".env", expand("PORT=1\nAPI_KEY={a:24}\n", 2));
    let run = audit(&sandbox);
    assert_eq!(
        (&run.json()["findings"][0]["severity"], run.status),
        (&"error".into(), 1),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("This is true of the copy on disk"),
        "{}",
        run.stdout
    );
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox.commit_all("one side");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox
        .write(".env", expand("PORT=1\nAPI_KEY={a:24}\n", 3))
        .commit_all("the other");
    assert!(
        !sandbox.try_git(["merge", "-q", "side"]).status.success(),
        "a conflict"
    );
    sandbox.write(".env", "PORT=1\n");
    let run = audit(&sandbox);
    assert_eq!(
        run.json()["findings"][0]["severity"],
        "error",
        "{}",
        run.stdout
    );
}
