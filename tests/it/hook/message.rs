//! `hook run commit-msg`: scans the message as git will store it.

use std::fs;

use super::{commit, said, token, with_hooks};
use crate::sandbox::Sandbox;

/// Commits with an editor that writes `text` before git's own text. Returns true if git made the commit, and the stored
/// message.
fn edited(sandbox: &Sandbox, words: &[&str], text: &str) -> (bool, String) {
    sandbox.write(".git/text", text);
    let mut git = sandbox.git_command();
    git.env(
        "GIT_EDITOR",
        "f() { cat .git/text \"$1\" > .git/both && cp .git/both \"$1\"; }; f",
    );
    let (options, command): (Vec<&str>, Vec<&str>) =
        words.iter().partition(|word| word.contains('.'));
    for option in options {
        git.args(["-c", option]);
    }
    git.args(["commit", "-q", "--allow-empty"]).args(command);
    let (done, said) = said(&git.output().unwrap());
    assert!(!said.contains(&token(1)), "{said}");
    // If there is no commit yet, the output is empty.
    (
        done,
        String::from_utf8(sandbox.try_git(["log", "-1", "--format=%B"]).stdout).unwrap(),
    )
}

#[test]
fn messages_with_a_secret_are_stopped() {
    let sandbox = with_hooks(&["commit-msg"]);
    assert!(commit(&sandbox, "one").0);
    let (done, text) = commit(&sandbox, &format!("two\n\n{}", token(1)));
    assert!(
        !done && text.contains("commit message in .git/COMMIT_EDITMSG:3:1"),
        "{text}"
    );
    assert!(!text.contains(&token(1)));
    let run = sandbox.run([
        "hook",
        "run",
        "commit-msg",
        ".git/COMMIT_EDITMSG",
        "--format",
        "json",
    ]);
    assert_eq!((run.status, &run.json()["source"]), (1, &"message".into()));
    assert_eq!(run.json()["findings"][0]["where"], "commit-message");
    for arguments in [
        &["hook", "run", "commit-msg"][..],
        &["hook", "run", "commit-msg", "nowhere"],
    ] {
        assert_eq!(sandbox.run(arguments).status, 2);
    }
}

/// A repository without the hook shows which message git stores. A message must pass if and only if that one has no token.
#[test]
fn only_text_that_git_stores_is_a_finding() {
    let plain = Sandbox::repository();
    let guarded = with_hooks(&["commit-msg"]);
    for sandbox in [&plain, &guarded] {
        sandbox.write("leak", token(1)).git(["add", "leak"]);
    }
    let (token, cut) = (
        token(1),
        "------------------------ >8 ------------------------",
    );
    let texts = [
        format!("a\n# {token}\n"),
        format!("a\n; {token}\n"),
        format!("a\n// {token}\n"),
        format!("a\n {token}\n"),
        format!("a\n# {cut}\n{token}\n"),
        format!("a\n; {cut}\n; x\n{token}\n"),
        "a\n".to_owned(),
    ];
    let mut stopped = 0;
    for options in [
        &[][..],
        &["-v"],
        &["-m", "x", "-e"],
        &["-v", "commit.cleanup=verbatim"],
        &["commit.cleanup=whitespace"],
        &["commit.cleanup=scissors"],
        &["commit.cleanup=strip", "core.commentChar=;"],
        &["core.commentString=//"],
        &["core.commentChar=;", "-v"],
    ] {
        for text in &texts {
            // Set the option in the configuration, because a hook cannot see an option of the command line.
            for sandbox in [&plain, &guarded] {
                for option in options.iter().filter(|option| option.contains('.')) {
                    let (key, value) = option.split_once('=').unwrap();
                    sandbox.git(["config", key, value]);
                }
            }
            let flags: Vec<&str> = options
                .iter()
                .copied()
                .filter(|option| !option.contains('.'))
                .collect();
            let (done, stored) = edited(&plain, &flags, text);
            assert!(done);
            let is_stored = stored.contains(&token);
            let (passed, _) = edited(&guarded, &flags, text);
            assert_eq!(
                passed, !is_stored,
                "{options:?} {text} is stored as {stored}"
            );
            stopped += usize::from(is_stored);
            for sandbox in [&plain, &guarded] {
                for key in ["commit.cleanup", "core.commentChar", "core.commentString"] {
                    let _ = sandbox.try_git(["config", "--unset-all", key]);
                }
                // Undo the commit and stage the leak again, so that `git commit -v` shows it.
                let _ = sandbox.try_git(["update-ref", "-d", "HEAD"]);
                sandbox.git(["add", "leak"]);
            }
        }
    }
    assert!((20..60).contains(&stopped), "{stopped}");
}

/// Text that git may or may not store is scanned as if git stored it.
#[test]
fn git_settings_of_one_command_hide_nothing() {
    let sandbox = with_hooks(&["commit-msg"]);
    let comment = format!("a\n# {}\n", token(1));
    assert!(!edited(&sandbox, &["commit.cleanup=verbatim"], &comment).0);
    sandbox.git(["config", "core.commentChar", "auto"]);
    assert!(!edited(&sandbox, &[], &comment).0);
    sandbox.git(["config", "--unset", "core.commentChar"]);
    assert!(edited(&sandbox, &[], &comment).0);
    // With `-F` no editor opens, so git does not remove comment lines.
    fs::write(sandbox.path().join("file"), &comment).unwrap();
    assert!(!said(&sandbox.try_git(["commit", "-q", "--allow-empty", "-F", "file"])).0);
}
