//! The commits that `ntnguard ci` scans for each event of GitHub.

use serde_json::json;

use super::*;

/// A repository with three leaks: `a` is added and removed within the pushed range, `b` is added and stays, `old` was there
/// before. Returns it with the ids of the range's ends.
fn planted() -> (Sandbox, String, String) {
    let sandbox = checkout();
    sandbox
        .write("old", format!("\n{}", token(9)))
        .commit_all("old");
    sandbox.write("old", "clean").commit_all("old gone");
    push(&sandbox, "main");
    let before = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "-b", "feature"]);
    sandbox.write("a", token(1)).commit_all("leak");
    sandbox
        .write("a", "clean")
        .write("b", format!("x\n{}", token(2)))
        .commit_all("hide");
    let after = sandbox.id("HEAD");
    (sandbox, before, after)
}

const BOTH: [&str; 2] = ["b:2 by hide", "a:1 by leak"];

#[test]
fn a_push_scans_the_commits_since_the_previous_head() {
    let (sandbox, before, after) = planted();
    push(&sandbox, "feature");
    let run = github_json(
        &sandbox,
        "push",
        &pushed("refs/heads/feature", &before, &after),
    );
    assert_eq!(
        (run.status, told(&sandbox, &run)),
        (1, BOTH.map(str::to_owned).to_vec()),
        "{}",
        run.stderr
    );
    assert!(
        scope(&run).starts_with("push to feature: 2 commits of "),
        "{}",
        scope(&run)
    );
    let judged = format!(
        ", the files at HEAD, the env files; judged by the configuration in commit {:.10}",
        before
    );
    assert!(scope(&run).ends_with(&judged), "{}", scope(&run));
    let finding = &run.json()["findings"][0];
    assert!(finding["object"].is_null(), "its place is the file");
    assert_eq!(
        finding["occurrences"].as_array().unwrap().len(),
        2,
        "{finding:#}"
    );
}

#[test]
fn a_new_branch_scans_commits_not_on_the_default_branch() {
    let (sandbox, _, after) = planted();
    push(&sandbox, "feature");
    let run = github_json(
        &sandbox,
        "push",
        &pushed("refs/heads/feature", ZEROS, &after),
    );
    assert_eq!(told(&sandbox, &run), BOTH);
    assert!(
        scope(&run).starts_with("first push to feature: 2 commits not in main"),
        "{}",
        scope(&run)
    );
    // Other branches and tags hide no leak, because perhaps no job ever scanned them.
    sandbox.git(["update-ref", "refs/remotes/origin/other", "HEAD~1"]);
    sandbox.git(["tag", "v0", "HEAD~1"]);
    let run = github_json(
        &sandbox,
        "push",
        &pushed("refs/heads/feature", ZEROS, &after),
    );
    assert_eq!(told(&sandbox, &run), BOTH);
}

/// Two branches that are pushed together may have the same commits. Neither branch may hide the commits from the other's
/// job.
#[test]
fn branches_pushed_together_hide_no_commits() {
    let (sandbox, before, after) = planted();
    push(&sandbox, "feature");
    push(&sandbox, "same");
    let run = github_json(
        &sandbox,
        "push",
        &pushed("refs/heads/feature", ZEROS, &after),
    );
    assert_eq!(told(&sandbox, &run), BOTH);
    sandbox.git(["tag", "v1"]);
    let run = github_json(&sandbox, "push", &pushed("refs/heads/main", ZEROS, &before));
    assert!(
        told(&sandbox, &run).contains(&"old:2 by old".to_owned()),
        "the first push of the default branch"
    );
    let run = github_json(&sandbox, "push", &pushed("refs/heads/same", ZEROS, &before));
    assert!(
        scope(&run).contains(": 0 commits"),
        "a branch that starts where the default branch is: {}",
        scope(&run)
    );
}

#[test]
fn a_forced_push_scans_only_new_commits_of_the_branch() {
    let (sandbox, base, after) = planted();
    push(&sandbox, "feature");
    let gone = "1234567890123456789012345678901234567890";
    sandbox.git(["checkout", "-q", "-b", "aside", &base]);
    let aside = sandbox.commit_all("aside");
    sandbox.git(["checkout", "-q", "feature"]);
    for before in [gone, &aside] {
        let run = github_json(
            &sandbox,
            "push",
            &pushed("refs/heads/feature", before, &after),
        );
        assert_eq!(told(&sandbox, &run), BOTH, "{before}");
        let what = if before == gone {
            "not in main".to_owned()
        } else {
            format!("of {before:.10}..")
        };
        let says = format!("forced push to feature: 2 commits {what}");
        assert!(
            scope(&run).starts_with(&says),
            "{} is not {says}",
            scope(&run)
        );
    }
}

#[test]
fn each_commit_of_a_pull_request_is_scanned() {
    let (sandbox, base, head) = planted();
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("main", token(5)).commit_all("main");
    sandbox.write("main", "clean").commit_all("main gone");
    push(&sandbox, "main");
    let tip = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "--detach"]);
    sandbox.git(["merge", "-q", "--no-ff", "-m", "merge", "feature"]);
    sandbox.git(["update-ref", "refs/remotes/pull/7/merge", "HEAD"]);
    for event in ["pull_request", "pull_request_target", "pull_request_review"] {
        let run = github_json(&sandbox, event, &pull_request(&tip, &head));
        assert_eq!(
            (run.status, told(&sandbox, &run)),
            (1, BOTH.map(str::to_owned).to_vec()),
            "{event}"
        );
        assert!(
            scope(&run).starts_with("pull request: 2 commits of main..feature, the files"),
            "{}",
            scope(&run)
        );
    }
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    assert_eq!(
        told(&sandbox, &run),
        BOTH,
        "where the base was when it was opened"
    );
    let group = json!({"action": "checks_requested", "merge_group": {
        "base_sha": tip, "base_ref": "refs/heads/main",
        "head_sha": sandbox.id("HEAD"), "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-1"
    }});
    let run = github_json(&sandbox, "merge_group", &group);
    assert_eq!(told(&sandbox, &run), BOTH);
    assert!(
        scope(&run).starts_with("merge group: 3 commits of main..gh-readonly-queue/main/pr-7-1")
    );
}

/// A merge of the base into the pull request adds nothing new, except for what the merge commit itself adds.
#[test]
fn merges_within_a_pull_request_are_compared_with_all_parents() {
    let (sandbox, _, _) = planted();
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("main", token(5)).commit_all("main");
    sandbox.write("main", "clean").commit_all("main gone");
    push(&sandbox, "main");
    let base = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "-b", "side"]);
    sandbox.write("side", token(6)).commit_all("side");
    sandbox.write("side", "clean").commit_all("side gone");
    sandbox.git(["checkout", "-q", "feature"]);
    sandbox.git(["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    sandbox.write("evil", token(7));
    sandbox.git(["add", "evil"]);
    sandbox.git(["commit", "-q", "--amend", "-m", "evil"]);
    std::fs::remove_file(sandbox.path().join("evil")).unwrap();
    let head = sandbox.commit_all("evil gone");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    let mut told = told(&sandbox, &run);
    told.sort();
    assert_eq!(
        told,
        [
            "a:1 by leak",
            "b:2 by hide",
            "evil:1 by evil",
            "side:1 by side"
        ]
    );
}

#[test]
fn each_of_sixty_commits_is_scanned() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    for number in 0..60 {
        sandbox
            .write(
                "a",
                if number == 1 {
                    token(1)
                } else {
                    format!("{number}")
                },
            )
            .commit_all(&format!("c{number}"));
    }
    let run = github_json(
        &sandbox,
        "pull_request",
        &pull_request(&base, &sandbox.id("HEAD")),
    );
    assert_eq!(
        (run.status, told(&sandbox, &run)),
        (1, vec!["a:1 by c1".to_owned()])
    );
    assert!(scope(&run).contains("60 commits"));
}

/// A pull request may be merged before its job runs. Then the base branch has all its commits, which are scanned all the
/// same.
#[test]
fn a_pull_request_that_is_already_merged_is_scanned() {
    let (sandbox, base, head) = planted();
    push(&sandbox, "main");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    assert_eq!(told(&sandbox, &run), BOTH);
}

#[test]
fn a_tag_scans_its_new_commits_and_its_message() {
    let (sandbox, base, after) = planted();
    sandbox.git(["tag", "v1"]);
    let run = github_json(&sandbox, "push", &pushed("refs/tags/v1", ZEROS, &after));
    assert_eq!(told(&sandbox, &run), BOTH);
    assert!(scope(&run).starts_with("tag v1: 2 commits not in main, and the tag's message"));
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.git([
        "tag",
        "-a",
        "v2",
        "-m",
        &format!("key {}", token(3)),
        &format!("{base}~1"),
    ]);
    let run = github_json(
        &sandbox,
        "push",
        &pushed("refs/tags/v2", ZEROS, &sandbox.id("v2")),
    );
    assert_eq!(
        told(&sandbox, &run),
        ["tag-message:6 by -"],
        "a tag on an old commit"
    );
    assert!(
        scope(&run).starts_with("tag v2: 0 commits"),
        "{}",
        scope(&run)
    );
}

#[test]
fn a_deletion_has_nothing_to_scan_and_reports_it() {
    let (sandbox, before, _) = planted();
    for (event, payload) in [
        ("push", pushed("refs/heads/feature", &before, ZEROS)),
        ("push", pushed("refs/tags/v1", &before, ZEROS)),
        ("delete", json!({"ref": "feature", "ref_type": "branch"})),
    ] {
        let run = github(&sandbox, event, &payload, &[]);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.starts_with("deletion of "), "{}", run.stdout);
        let run = github_json(&sandbox, event, &payload);
        assert!(
            run.status == 0 && scope(&run).ends_with("nothing is left to scan"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn all_other_events_scan_the_whole_history() {
    let (sandbox, ..) = planted();
    for event in ["schedule", "workflow_dispatch", "repository_dispatch"] {
        let run = ci(
            &sandbox,
            &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", event)],
            &["--format", "json"],
        );
        let told = told(&sandbox, &run);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(
            told.contains(&"b:2 by hide".to_owned()) && told.contains(&"old:2 by old".to_owned()),
            "{told:?}"
        );
        assert_eq!(
            scope(&run),
            format!("{event}: all of history, the files at HEAD, the env files")
        );
    }
    // For these events, the checked out commit may come from anybody.
    for event in ["release", "workflow_run", "issue_comment", "something_new"] {
        let run = ci(
            &sandbox,
            &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", event)],
            &["--format", "json"],
        );
        assert_eq!(told(&sandbox, &run), BOTH);
        assert!(
            scope(&run).starts_with(&format!("{event}: 2 commits not in main")),
            "{}",
            scope(&run)
        );
    }
    sandbox.git(["checkout", "-q", "main"]);
    let run = ci(
        &sandbox,
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "release")],
        &["--format", "json"],
    );
    assert!(
        scope(&run).starts_with("release: all of history"),
        "{}",
        scope(&run)
    );
}

#[test]
fn an_old_leak_in_the_tree_is_already_there() {
    let sandbox = checkout();
    sandbox.write("old", token(1)).commit_all("old");
    push(&sandbox, "main");
    let before = sandbox.id("HEAD");
    let after = sandbox.write("new", "x").commit_all("new");
    let run = github_json(
        &sandbox,
        "push",
        &pushed("refs/heads/main", &before, &after),
    );
    assert_eq!(
        (run.status, &run.json()["findings"][0]["verdict"]),
        (0, &"already-there".into()),
        "{}",
        run.stdout
    );
    let human = github(
        &sandbox,
        "push",
        &pushed("refs/heads/main", &before, &after),
        &[],
    )
    .stdout;
    assert!(
        human.contains("already there before this change: Notion integration token ntn_"),
        "{human}"
    );
    assert!(
        human.contains("::warning title=Notion integration token,file=old,line=1"),
        "{human}"
    );
    let schedule = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "schedule"),
    ];
    assert_eq!(
        ci(&sandbox, &schedule, &[]).status,
        1,
        "what judges everything fails for it"
    );
}

#[test]
fn env_files_are_audited_too() {
    let sandbox = checkout();
    let before = sandbox.write(".env.example", "A=\n").commit_all("template");
    push(&sandbox, "main");
    std::fs::remove_file(sandbox.path().join(".gitignore")).unwrap();
    let after = sandbox.commit_all("no rules");
    let run = github_json(
        &sandbox,
        "push",
        &pushed("refs/heads/main", &before, &after),
    );
    assert!(
        run.status == 1 && run.stdout.contains("env-not-ignored"),
        "{}",
        run.stdout
    );
}

#[test]
fn flags_override_the_commits_of_the_event() {
    let (sandbox, base, after) = planted();
    let event = pushed("refs/heads/feature", &sandbox.id("HEAD~1"), &after);
    let run = github(
        &sandbox,
        "push",
        &event,
        &["--base", &base, "--format", "json"],
    );
    assert_eq!(told(&sandbox, &run), BOTH);
    let run = github(
        &sandbox,
        "push",
        &event,
        &["--base", "main", "--head", "HEAD~1", "--format", "json"],
    );
    assert_eq!(told(&sandbox, &run), ["b:2 by -", "a:1 by leak"]);
    assert!(
        scope(&run).starts_with("chosen range: 1 commit of main..HEAD~1"),
        "{}",
        scope(&run)
    );
    let run = github(&sandbox, "push", &event, &["--base", "nowhere"]);
    assert!(
        run.status == 2
            && run.stderr.contains(
                "`nowhere` does not name a commit in this repository: there is no branch, tag"
            ),
        "{}",
        run.stderr
    );
}
