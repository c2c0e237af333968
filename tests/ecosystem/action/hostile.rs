//! Input from outside is only data: inputs of the action, names of files, messages.

use std::path::Path;

use serde_json::json;

use super::hosted::{Hosted, NONE, tells_no_secret, token};
use super::runner::{Outcome, Runner};

const HOSTILE: [&str; 14] = [
    "$(touch pwned)",
    "`touch pwned`",
    "\"; touch pwned; \"",
    "'; touch pwned; '",
    "x; touch pwned #",
    "x\n::set-output name=findings::0",
    "x\n::add-mask::y\n",
    "x\r::error::y",
    "x\nfindings=0\nexit-code=0\ninjected=1",
    "x\n##[set-output name=findings;]0",
    "x\ninjected<<END\n0\nEND",
    "-",
    "--exit-zero",
    "../*",
];

/// Only our own commands and outputs, and nothing was started.
fn is_inert(hosted: &Hosted, outcome: &Outcome, what: &str) {
    let ours = |command: &&str| {
        ["error", "warning", "notice"]
            .iter()
            .any(|name| command.starts_with(name))
    };
    let theirs = |command: &&str| command.ends_with("::y");
    let commands = outcome.commands();
    assert!(
        commands.iter().all(ours) && !commands.iter().any(theirs),
        "{what:?}: {commands:?} {outcome:?}"
    );
    let known = ["findings", "complete", "exit-code", "sarif-file"];
    let mut written = outcome.written.clone();
    assert!(
        written.iter().all(|name| known.contains(&name.as_str())),
        "{what:?}: {outcome:?}"
    );
    written.sort();
    written.dedup();
    assert_eq!(
        written.len(),
        outcome.written.len(),
        "{what:?}: {outcome:?}"
    );
    let top = hosted.sandbox().path();
    let found = std::process::Command::new("find")
        .arg(&top)
        .args(["-name", "pwned"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "", "{what:?}");
    assert!(
        !Path::new(env!("CARGO_MANIFEST_DIR")).join("pwned").exists(),
        "{what:?}"
    );
    tells_no_secret(outcome);
}

/// A runner on which a push with a leak was checked out.
fn leak(hosted: &Hosted) -> Runner {
    leak_in(hosted, "leak.txt")
}

/// The same with the leak in a file of this name.
fn leak_in(hosted: &Hosted, name: &str) -> Runner {
    let before = hosted.head();
    hosted.commit(name, &token(2));
    hosted.git(&["push", "-q", "origin", "main"]);
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 1);
    runner.event(
        "push",
        "refs/heads/main",
        &json!({"ref": "refs/heads/main", "before": before, "after": hosted.head()}),
    );
    runner
}

#[test]
#[ignore = "runs the action"]
fn inputs_cannot_inject_anything() {
    let hosted = Hosted::new();
    let runner = leak(&hosted);
    let texts = [
        "args",
        "base",
        "head",
        "config",
        "min-confidence",
        "env",
        "trust-changes",
        "sarif-file",
    ];
    for input in texts
        .into_iter()
        .chain(["allow-incomplete", "working-directory"])
    {
        for value in HOSTILE {
            // These two are what they say.
            if (input, value) == ("args", "--exit-zero") {
                continue;
            }
            let outcome = runner.scan(&[(input, value)]);
            is_inert(&hosted, &outcome, &format!("{input}: {value}"));
            assert!(!outcome.succeeded, "{input}: {value}: {outcome:?}");
            assert_ne!(
                outcome.output("exit-code"),
                "0",
                "{input}: {value}: {outcome:?}"
            );
        }
    }
}

#[test]
#[ignore = "runs the action"]
fn arguments_are_split_and_passed_on() {
    let hosted = Hosted::new();
    let runner = leak(&hosted);
    assert_eq!(runner.scan(&[("args", "")]).output("exit-code"), "1");
    let outcome = runner.scan(&[("args", " --exit-zero\n\t-o json=out.json ")]);
    assert!(
        outcome.succeeded && runner.workspace.join("out.json").exists(),
        "{outcome:?}"
    );
    assert_eq!(
        [outcome.output("findings"), outcome.output("exit-code")],
        ["1", "0"]
    );
    // A pattern stays what it is, whatever it would match.
    std::fs::write(runner.workspace.join("json=a"), "").unwrap();
    let outcome = runner.scan(&[("args", "--exit-zero -o json=[ab]")]);
    assert!(
        outcome.succeeded && runner.workspace.join("[ab]").exists(),
        "{outcome:?}"
    );
    for help in ["-h", "--help"] {
        let outcome = runner.scan(&[("args", help)]);
        assert!(
            !outcome.succeeded && outcome.output("exit-code") == "2",
            "nothing was scanned: {outcome:?}"
        );
    }
    let outcome = runner.scan(&[("sarif-file", "a report.sarif")]);
    let written = runner.workspace.join(outcome.output("sarif-file"));
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(written).unwrap()).unwrap();
    assert_eq!(report["runs"][0]["results"].as_array().unwrap().len(), 1);
}

/// Names and messages of a repository are printed too.
#[test]
#[ignore = "runs the action"]
fn a_repository_cannot_inject_anything() {
    let hosted = Hosted::new();
    let before = hosted.head();
    for (number, value) in HOSTILE.into_iter().enumerate() {
        let name = value.replace(['/', '\0'], "|");
        hosted.commit(&format!("{number}{name}/{name}"), &token(2 + number as u64));
        hosted.git(&[
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            &format!("{value}\n{value}"),
        ]);
        hosted.git(&[
            "-c",
            "user.name=x",
            "commit",
            "-q",
            "--allow-empty",
            "--author",
            &format!("{} <a@b>", value.replace(['\n', '<', '>'], " ")),
            "-m",
            "x",
        ]);
    }
    hosted.git(&["push", "-q", "origin", "main"]);
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 1);
    for before in [before.as_str(), NONE, "x\n::error::y", "--exit-zero"] {
        runner.event(
            "push",
            "refs/heads/main",
            &json!({"ref": "refs/heads/main", "before": before, "after": hosted.head()}),
        );
        let outcome = runner.scan(&[]);
        assert!(!outcome.succeeded, "{outcome:?}");
        is_inert(&hosted, &outcome, before);
    }
}

#[test]
#[ignore = "runs the action"]
fn a_folder_that_is_not_there_is_not_clean() {
    let hosted = Hosted::new();
    let runner = leak_in(&hosted, "in side/leak.txt");
    assert_eq!(
        runner
            .scan(&[("working-directory", "in side")])
            .output("exit-code"),
        "1"
    );
    for folder in ["not there", "in side/leak.txt", ".."] {
        let outcome = runner.scan(&[("working-directory", folder)]);
        assert!(!outcome.succeeded, "{outcome:?}");
        assert_eq!(
            [outcome.output("complete"), outcome.output("exit-code")],
            ["false", "2"],
            "{outcome:?}"
        );
    }
}

/// Git treats a folder with the layout of a repository as one, and a fetch in it would run commands
/// from its configuration.
#[test]
#[ignore = "runs the action"]
fn nothing_runs_in_a_folder_that_resembles_a_repository() {
    let hosted = Hosted::new();
    let pwned = hosted.sandbox().path().join("pwned");
    let config = format!(
        "[core]\n\tbare = true\n\tsshCommand = \"touch '{0}'; false\"\n\tfsmonitor = \"touch '{0}'\"\n[remote \"origin\"]\n\t\
         url = git@x.invalid:y\n\tfetch = +refs/heads/*:refs/heads/*\n",
        pwned.display()
    );
    let shallow = format!("{}\n", "1".repeat(40));
    for (name, content) in [
        ("app/objects/info/kept", ""),
        ("app/refs/heads/kept.lock", ""),
        ("app/HEAD", "ref: refs/heads/main\n"),
        ("app/shallow", &shallow),
        ("app/config", &config),
    ] {
        hosted.commit(name, content);
    }
    let runner = leak_in(&hosted, "app/objects/leak.txt");
    for folder in ["app", "app/objects", "app/../app", "."] {
        let outcome = runner.scan(&[("working-directory", folder)]);
        assert_eq!(outcome.output("exit-code"), "1", "{folder}: {outcome:?}");
        assert!(!pwned.exists(), "{folder}");
    }
}
