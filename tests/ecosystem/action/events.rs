//! Every event in the table of events, run through the action's own steps.

use serde_json::{Value, json};

use super::hosted::{Hosted, NONE, tells_no_secret, token};
use super::runner::{Outcome, Runner};

/// Runs the action for an event. As it is by default, the checkout is shallow at first.
fn scan(hosted: &Hosted, event: &str, reference: &str, commit: &str, payload: &Value) -> Outcome {
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, reference, commit, 1);
    runner.event(event, reference, payload);
    let outcome = runner.scan(&[]);
    tells_no_secret(&outcome);
    assert!(outcome.summary.starts_with("## ntnguard"), "{outcome:?}");
    assert_eq!(
        outcome.summary.contains("\n|"),
        !outcome.succeeded,
        "a table of what was found: {outcome:?}"
    );
    // With everything there from the start it is the same.
    hosted.check_out(&mut runner, reference, commit, 0);
    assert_eq!(runner.scan(&[]).outputs, outcome.outputs, "{outcome:?}");
    outcome
}

/// A push of what the author is at.
fn push(hosted: &Hosted, branch: &str, before: &str) -> Outcome {
    let reference = format!("refs/heads/{branch}");
    hosted.git(&[
        "push",
        "-q",
        "--force",
        "origin",
        &format!("HEAD:{reference}"),
    ]);
    let after = hosted.head();
    let payload = json!({"ref": reference, "before": before, "after": after, "created": before == NONE, "deleted": false,
        "repository": {"default_branch": "main"}});
    scan(hosted, "push", &reference, &after, &payload)
}

/// So many findings, in a scan that saw everything.
fn finds(outcome: &Outcome, findings: usize) {
    let code = if findings == 0 { "0" } else { "1" };
    let outputs = ["findings", "complete", "exit-code"].map(|name| outcome.output(name));
    assert_eq!(
        outputs,
        [&findings.to_string(), "true", code],
        "{outcome:?}"
    );
    assert_eq!(outcome.succeeded, findings == 0, "{outcome:?}");
}

#[test]
#[ignore = "runs the action"]
fn a_push_is_scanned_from_before_to_after() {
    let hosted = Hosted::new();
    let before = hosted.head();
    hosted.commit("clean.txt", "nothing");
    finds(&push(&hosted, "main", &before), 0);
    let before = hosted.head();
    hosted.commit("src/leak.txt", &token(2));
    let outcome = push(&hosted, "main", &before);
    finds(&outcome, 1);
    assert!(
        outcome.log.contains(",file=src/leak.txt,line=1,col=1,"),
        "{outcome:?}"
    );
    assert_eq!(
        outcome
            .commands()
            .iter()
            .filter(|command| command.starts_with("error "))
            .count(),
        1,
        "{outcome:?}"
    );
}

/// A leak that the push itself removes again has no line to annotate. The summary lists it with its
/// commit.
#[test]
#[ignore = "runs the action"]
fn a_leak_that_is_gone_from_the_tree_is_found() {
    let hosted = Hosted::new();
    let before = hosted.head();
    let leak = hosted.commit("leak.txt", &token(2));
    hosted.commit("leak.txt", "gone");
    let outcome = push(&hosted, "main", &before);
    finds(&outcome, 1);
    assert!(outcome.summary.contains(&leak[..7]), "{outcome:?}");
}

#[test]
#[ignore = "runs the action"]
fn a_first_push_is_scanned_whole() {
    finds(&push(&Hosted::new(), "main", NONE), 1);
}

#[test]
#[ignore = "runs the action"]
fn only_new_commits_of_a_new_branch_are_scanned() {
    let hosted = Hosted::new();
    hosted.git(&["switch", "-q", "-c", "topic"]);
    hosted.commit("clean.txt", "nothing");
    finds(&push(&hosted, "topic", NONE), 0);
    hosted.git(&["switch", "-q", "-c", "another"]);
    hosted.commit("leak.txt", &token(2));
    hosted.commit("leak.txt", "gone");
    finds(&push(&hosted, "another", NONE), 1);
}

/// The commit before the push is in no branch any more.
#[test]
#[ignore = "runs the action"]
fn only_new_commits_of_a_forced_push_are_scanned() {
    let hosted = Hosted::new();
    hosted.git(&["switch", "-q", "-c", "topic"]);
    let before = hosted.commit("clean.txt", "nothing");
    hosted.git(&["push", "-q", "origin", "topic"]);
    hosted.git(&["reset", "-q", "--hard", "main"]);
    hosted.commit("leak.txt", &token(2));
    hosted.commit("leak.txt", "gone");
    finds(&push(&hosted, "topic", &before), 1);
    finds(&push(&hosted, "topic", &"12".repeat(20)), 1);
}

#[test]
#[ignore = "runs the action"]
fn a_tag_is_scanned_with_its_message() {
    let hosted = Hosted::new();
    let tag = |name: &str, message: &str| {
        hosted.git(&["tag", "-a", "-m", message, name]);
        hosted.git(&["push", "-q", "origin", &format!("refs/tags/{name}")]);
        let reference = format!("refs/tags/{name}");
        let id = hosted.git(&["rev-parse", &reference]);
        let payload = json!({"ref": reference, "before": NONE, "after": id, "created": true, "deleted": false,
            "repository": {"default_branch": "main"}});
        scan(&hosted, "push", &reference, &hosted.head(), &payload)
    };
    finds(&tag("v1", "nothing"), 0);
    finds(&tag("v2", &format!("see {}", token(2))), 1);
    hosted.git(&["switch", "-q", "--detach"]);
    hosted.commit("leak.txt", &token(3));
    hosted.commit("leak.txt", "gone");
    finds(&tag("v3", "commits that no branch has"), 1);
}

/// Nothing is left to scan, and the log reports this.
#[test]
#[ignore = "runs the action"]
fn a_deletion_has_nothing_to_scan() {
    let hosted = Hosted::new();
    let payload = json!({"ref": "refs/heads/gone", "before": hosted.head(), "after": NONE, "created": false, "deleted": true,
        "repository": {"default_branch": "main"}});
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 1);
    runner.event("push", "refs/heads/gone", &payload);
    let outcome = runner.scan(&[]);
    finds(&outcome, 0);
    assert!(outcome.log.contains("delet"), "{outcome:?}");
}

/// The job has no secrets of GitHub. The pull request's own configuration would allow its leak.
#[test]
#[ignore = "runs the action"]
fn rules_of_the_base_apply_to_a_pull_request_from_a_fork() {
    let hosted = Hosted::new();
    hosted.git(&["switch", "-q", "-c", "topic"]);
    hosted.commit(
        ".ntnguard.yaml",
        "version: 1\nallow: [{paths: ['**'], reason: mine}]\n",
    );
    hosted.commit("leak.txt", &token(2));
    let (payload, merge) = hosted.pull_request();
    for event in ["pull_request", "pull_request_target"] {
        let outcome = scan(&hosted, event, "refs/pull/7/merge", &merge, &payload);
        // The leak, and the change to the configuration.
        finds(&outcome, 2);
        assert!(outcome.log.contains("file=leak.txt,line=1"), "{outcome:?}");
    }
}

#[test]
#[ignore = "runs the action"]
fn a_clean_pull_request_passes() {
    let hosted = Hosted::new();
    hosted.git(&["switch", "-q", "-c", "topic"]);
    hosted.commit("clean.txt", "nothing");
    let (payload, merge) = hosted.pull_request();
    finds(
        &scan(
            &hosted,
            "pull_request",
            "refs/pull/7/merge",
            &merge,
            &payload,
        ),
        0,
    );
}

#[test]
#[ignore = "runs the action"]
fn all_of_sixty_commits_are_scanned() {
    let hosted = Hosted::new();
    hosted.git(&["switch", "-q", "-c", "topic"]);
    for number in 0..60 {
        let content = if number == 17 {
            token(2)
        } else {
            format!("clean {number}")
        };
        hosted.commit("changed.txt", &content);
    }
    let (payload, merge) = hosted.pull_request();
    finds(
        &scan(
            &hosted,
            "pull_request",
            "refs/pull/7/merge",
            &merge,
            &payload,
        ),
        1,
    );
}

#[test]
#[ignore = "runs the action"]
fn commits_merged_from_a_second_parent_are_scanned() {
    let hosted = Hosted::new();
    hosted.git(&["switch", "-q", "-c", "side"]);
    hosted.commit("side.txt", &token(2));
    hosted.commit("side.txt", "gone");
    hosted.git(&["switch", "-q", "-c", "topic", "main"]);
    hosted.commit("topic.txt", "clean");
    hosted.git(&["merge", "-q", "--no-ff", "-m", "Merge side", "side"]);
    let (payload, merge) = hosted.pull_request();
    finds(
        &scan(
            &hosted,
            "pull_request",
            "refs/pull/7/merge",
            &merge,
            &payload,
        ),
        1,
    );
}

#[test]
#[ignore = "runs the action"]
fn a_merge_group_is_scanned_from_its_base() {
    let hosted = Hosted::new();
    let base = hosted.head();
    hosted.git(&["switch", "-q", "-c", "queue"]);
    hosted.commit("leak.txt", &token(2));
    let head = hosted.commit("leak.txt", "gone");
    let reference = "refs/heads/gh-readonly-queue/main/pr-7";
    hosted.git(&["push", "-q", "origin", &format!("HEAD:{reference}")]);
    let group = json!({"base_sha": base, "head_sha": head, "base_ref": "refs/heads/main", "head_ref": reference});
    let payload = json!({"merge_group": group, "repository": {"default_branch": "main"}});
    finds(&scan(&hosted, "merge_group", reference, &head, &payload), 1);
}

#[test]
#[ignore = "runs the action"]
fn events_without_a_change_scan_the_whole_history() {
    let hosted = Hosted::new();
    for event in ["schedule", "workflow_dispatch", "release"] {
        let payload = json!({"repository": {"default_branch": "main"}});
        finds(
            &scan(&hosted, event, "refs/heads/main", &hosted.head(), &payload),
            1,
        );
    }
}

/// Early versions of actions/checkout replace an annotated tag by its commit.
#[test]
#[ignore = "runs the action"]
fn a_tag_without_its_message_is_incomplete() {
    let hosted = Hosted::new();
    hosted.git(&["tag", "-a", "-m", &format!("see {}", token(2)), "v1"]);
    hosted.git(&["push", "-q", "origin", "refs/tags/v1"]);
    let payload = json!({"ref": "refs/tags/v1", "before": NONE, "after": hosted.git(&["rev-parse", "v1"]),
        "repository": {"default_branch": "main"}});
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 1);
    hosted.sandbox().git([
        "-C",
        runner.workspace.to_str().unwrap(),
        "update-ref",
        "refs/tags/v1",
        "HEAD",
    ]);
    runner.event("push", "refs/tags/v1", &payload);
    is_incomplete(&runner.scan(&[]));
}

/// By default this event checks out the base, so the commits of the pull request are missing.
#[test]
#[ignore = "runs the action"]
fn a_pull_request_that_is_not_checked_out_is_incomplete() {
    let hosted = Hosted::new();
    let base = hosted.head();
    hosted.git(&["switch", "-q", "-c", "topic"]);
    hosted.commit("leak.txt", &token(2));
    let (payload, _) = hosted.pull_request();
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &base, 1);
    runner.event("pull_request_target", "refs/heads/main", &payload);
    is_incomplete(&runner.scan(&[]));
}

/// Not all that was asked could be done.
fn is_incomplete(outcome: &Outcome) {
    assert_eq!(
        [outcome.output("complete"), outcome.output("exit-code")],
        ["false", "2"],
        "{outcome:?}"
    );
    assert!(!outcome.succeeded, "{outcome:?}");
    tells_no_secret(outcome);
}

/// The host refuses the rest of the history: nothing is called clean.
#[test]
#[ignore = "runs the action"]
fn a_checkout_that_stays_shallow_is_incomplete() {
    let hosted = Hosted::new();
    let before = hosted.head();
    hosted.commit("one.txt", "1");
    hosted.commit("two.txt", "2");
    hosted.git(&["push", "-q", "origin", "main"]);
    let mut runner = Runner::new(hosted.sandbox());
    hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 1);
    std::fs::rename(
        hosted.sandbox().path().join("up stream.git"),
        hosted.sandbox().path().join("gone"),
    )
    .unwrap();
    let payload = json!({"ref": "refs/heads/main", "before": before, "after": hosted.head(), "deleted": false,
        "repository": {"default_branch": "main"}});
    runner.event("push", "refs/heads/main", &payload);
    let outcome = runner.scan(&[]);
    is_incomplete(&outcome);
    assert!(outcome.log.contains("fetch-depth: 0"), "{outcome:?}");
}
