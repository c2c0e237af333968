//! `hook run pre-receive`: a server scans a push, whose objects git keeps in quarantine.

use std::fs;

use super::{said, token, write_hook};
use crate::sandbox::Sandbox;

/// A repository, and the bare repository that it pushes to, which has the hook.
fn with_server(options: &str) -> (Sandbox, Sandbox) {
    let (sandbox, server) = (Sandbox::repository(), Sandbox::bare());
    let hook = format!(
        "#!/bin/sh\nexec '{}' hook run pre-receive {options}\n",
        env!("CARGO_BIN_EXE_ntnguard")
    );
    write_hook(&server, "hooks/pre-receive", &hook, 0o755);
    sandbox.git(["remote", "add", "origin", server.path().to_str().unwrap()]);
    (sandbox, server)
}

fn push(sandbox: &Sandbox, words: &[&str]) -> (bool, String) {
    said(&sandbox.try_git([&["push", "origin"], words].concat()))
}

#[test]
fn a_push_with_a_secret_is_refused() {
    let (sandbox, server) = with_server("");
    sandbox.write("a", "1").commit_all("zero");
    let (done, text) = push(&sandbox, &["main"]);
    assert!(done && text.contains("remote: No findings"), "{text}");
    sandbox.write("src/leak", format!("key = '{}'", token(1)));
    let commit = sandbox.commit_all("one");
    fs::remove_file(sandbox.path().join("src/leak")).unwrap();
    sandbox.commit_all("two");
    let (done, text) = push(&sandbox, &["main", "main:refs/heads/x/y"]);
    assert!(
        !done && text.contains("src/leak:1:8") && text.contains(&commit[..10]),
        "{text}"
    );
    assert!(!text.contains(&token(1)));
    for line in text
        .lines()
        .filter_map(|line| line.strip_prefix("remote: "))
    {
        assert!(line.trim_end().chars().count() <= 72, "{line}");
        assert!(
            line.chars()
                .all(|c| !('\u{2190}'..='\u{2bff}').contains(&c)),
            "{line}"
        );
    }
    assert!(
        !server.try_git(["cat-file", "-e", &commit]).status.success(),
        "nothing of it is kept"
    );
    let left: Vec<_> = fs::read_dir(server.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains("ntnguard")),
        "{left:?}"
    );
    sandbox.git(["tag", "-a", "v1", "main~2", "-m", &token(2)]);
    assert!(!push(&sandbox, &["v1"]).0, "a tag's message");
    sandbox.git(["tag", "v2", "main~1:src/leak"]);
    assert!(!push(&sandbox, &["v2"]).0, "a file");
    assert!(push(&sandbox, &["main~2:refs/heads/z"]).0);
    let (done, text) = push(&sandbox, &[":refs/heads/z"]);
    assert!(done && text.contains("refs/heads/z is deleted"), "{text}");
}

/// Large pushes arrive as packs. A server may also borrow objects from another repository.
#[test]
fn packs_and_borrowed_objects_are_read() {
    let (sandbox, server) = with_server("");
    server.git(["config", "receive.unpackLimit", "1"]);
    sandbox.write("a", "1").commit_all("zero");
    assert!(push(&sandbox, &["main"]).0);
    for number in 0..20 {
        sandbox
            .write(format!("f{number}"), number.to_string())
            .commit_all("more");
    }
    assert!(push(&sandbox, &["main"]).0);
    sandbox.write("f1", token(1)).commit_all("leak");
    assert!(!push(&sandbox, &["main"]).0);
    // A server that borrows objects from a repository at a relative path.
    let around = Sandbox::new();
    around.git([
        "clone",
        "-q",
        "--bare",
        server.path().to_str().unwrap(),
        "first.git",
    ]);
    around.git([
        "clone",
        "-q",
        "--bare",
        "--shared",
        "first.git",
        "second.git",
    ]);
    around.write(
        "second.git/objects/info/alternates",
        "../../first.git/objects\n",
    );
    let hook = fs::read_to_string(server.path().join("hooks/pre-receive")).unwrap();
    write_hook(&around, "second.git/hooks/pre-receive", &hook, 0o755);
    let address = around.path().join("second.git");
    let push = |refs: &str| said(&sandbox.try_git(["push", address.to_str().unwrap(), refs]));
    assert!(!push("main").0);
    sandbox.git(["reset", "-q", "--hard", "main~1"]);
    sandbox.write("f2", "changed").commit_all("fine");
    let (done, text) = push("main");
    assert!(done && text.contains("1 commit,"), "{text}");
}

#[test]
fn a_push_cannot_allow_its_own_secrets() {
    let (sandbox, _server) = with_server("");
    sandbox.write("a", "1").commit_all("zero");
    assert!(push(&sandbox, &["main"]).0);
    let rules = "version: 1\nallow: [{paths: ['leak*'], reason: made up}]\n";
    sandbox
        .write("leak1", token(1))
        .write(".ntnguard.yaml", rules)
        .commit_all("one");
    assert!(!push(&sandbox, &["main"]).0, "its own configuration");
    sandbox.git(["rm", "-q", ".ntnguard.yaml"]);
    sandbox.write("leak1", format!("'{}' # ntnguard: allow made up", token(1)));
    sandbox.git(["add", "leak1"]);
    sandbox.git(["commit", "-q", "--amend", "-m", "one"]);
    assert!(!push(&sandbox, &["main"]).0, "its own comment");
    sandbox.git(["reset", "-q", "--hard", "main~1"]);
    sandbox
        .write(".ntnguard.yaml", rules)
        .commit_all("configure");
    assert!(push(&sandbox, &["main"]).0);
    sandbox.write("leak1", token(1)).commit_all("allowed");
    assert!(push(&sandbox, &["main"]).0, "what the server has counts");
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox
        .write(".ntnguard.yaml", "nonsense")
        .write("other", token(2))
        .commit_all("side");
    assert!(!push(&sandbox, &["side"]).0);
}

#[test]
fn errors_are_plain_text_and_refuse_the_push() {
    let (sandbox, server) = with_server("--config nowhere.yaml");
    sandbox.write("a", "1").commit_all("zero");
    let (done, text) = push(&sandbox, &["main"]);
    assert!(
        !done && text.contains("remote: ntnguard: the configuration nowhere.yaml cannot be read"),
        "{text}"
    );
    let run = server.run_with_input(["hook", "run", "pre-receive"], b"");
    assert!(
        run.status == 2 && run.stderr.contains("standard input"),
        "{}",
        run.stderr
    );
    let own = with_server("--no-config -q --allow-incomplete");
    own.0.write("a", token(1)).commit_all("zero");
    assert!(!push(&own.0, &["main"]).0);
}

/// If an invalid configuration stopped pushes, nobody could push the fix either.
#[test]
fn an_invalid_configuration_is_ignored_and_blocks_no_push() {
    let (sandbox, _server) = with_server("");
    sandbox
        .write(".ntnguard.yaml", "version: 1\nexclud: [x]\n")
        .commit_all("zero");
    assert!(push(&sandbox, &["main"]).0);
    sandbox
        .write(".ntnguard.yaml", "version: 1\n")
        .commit_all("mended");
    let (done, text) = push(&sandbox, &["main:refs/heads/x"]);
    assert!(
        done && text.contains("The configuration is ignored"),
        "{text}"
    );
    sandbox.write("leak", token(1)).commit_all("leak");
    assert!(!push(&sandbox, &["main"]).0);
}
