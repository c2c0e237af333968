//! Checkouts that lack commits which the event names: shallow clones, merge commits, branches that were not fetched.

use super::*;

/// A shallow clone of `remote` with `depth` commits. `main` is checked out as CI systems do it.
fn clone(remote: &Sandbox, depth: &str) -> Sandbox {
    let clone = Sandbox::new();
    let address = format!("file://{}", remote.path().display());
    clone.git([
        "clone",
        "-q",
        "--depth",
        depth,
        "--no-single-branch",
        &address,
        ".",
    ]);
    clone
}

fn reasons(run: &Run) -> Vec<String> {
    let json = run.json();
    let skipped = json["skipped"].as_array().unwrap();
    skipped
        .iter()
        .map(|skip| skip["reason"].as_str().unwrap().to_owned())
        .collect()
}

/// A remote with three commits after the commit `before`, the second of which leaks. Returns it with both ends' ids.
fn remote() -> (Sandbox, String, String) {
    let sandbox = checkout();
    let before = sandbox.id("HEAD");
    sandbox.write("a", "1").commit_all("one");
    sandbox.write("a", token(1)).commit_all("leak");
    sandbox.write("a", "3").commit_all("three");
    let after = sandbox.id("HEAD");
    (sandbox, before, after)
}

#[test]
fn a_too_shallow_checkout_is_never_clean() {
    let (remote, before, after) = remote();
    let push = pushed("refs/heads/main", &before, &after);
    for depth in ["1", "2"] {
        let clone = clone(&remote, depth);
        for event in [&push, &pushed("refs/heads/main", ZEROS, &after)] {
            let run = github_json(&clone, "push", event);
            assert!(
                reasons(&run).iter().all(|reason| reason == "shallow"),
                "{depth}: {}",
                run.stdout
            );
            assert!(!reasons(&run).is_empty(), "{depth}: {}", run.stdout);
            let human = github(&clone, "push", event, &[]);
            assert!(
                human.stdout.contains("    with:\n      fetch-depth: 0\n"),
                "{}",
                human.stdout
            );
            assert_eq!((run.status, human.status), (2, 2), "{}", run.stdout);
            let run = github(
                &clone,
                "push",
                event,
                &["--allow-incomplete", "--exit-zero"],
            );
            assert!(
                run.status == 0 && run.stdout.contains("INCOMPLETE"),
                "{}",
                run.stdout
            );
        }
        let schedule = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "schedule"),
        ];
        let run = ci(&clone, &schedule, &["--format", "json"]);
        assert!(run.status == 2 || depth == "2", "{}", run.stdout);
        assert_eq!(reasons(&run), ["shallow"]);
    }
    // A clone that is deep enough; then a full clone, made with the command that the action uses.
    let clone = clone(&remote, "4");
    let run = github_json(&clone, "push", &push);
    assert_eq!(
        (run.status, told(&clone, &run)),
        (1, vec!["a:1 by leak".to_owned()])
    );
    let clone = self::clone(&remote, "1");
    clone.git(["fetch", "-q", "--unshallow"]);
    let run = github_json(&clone, "push", &push);
    assert_eq!(
        (run.status, told(&clone, &run), reasons(&run).len()),
        (1, vec!["a:1 by leak".to_owned()], 0)
    );
}

/// For a pull request, CI checks out the merge commit. In a clone with one commit, the head is missing.
#[test]
fn a_checkout_of_only_the_merge_commit_is_incomplete() {
    let (remote, base, head) = remote();
    remote.git(["checkout", "-q", "-b", "merge", &base]);
    remote.git(["merge", "-q", "--no-ff", "-m", "merge", "main"]);
    remote.git(["branch", "-q", "-f", "main", &base]);
    let event = pull_request(&base, &head);
    for depth in ["1", "2"] {
        let clone = Sandbox::new();
        let address = format!("file://{}", remote.path().display());
        clone.git([
            "clone", "-q", "--depth", depth, "--branch", "merge", &address, ".",
        ]);
        let run = github(&clone, "pull_request", &event, &[]);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(
            run.stdout.contains("    with:\n      fetch-depth: 0\n")
                && run.stdout.contains("INCOMPLETE"),
            "{}",
            run.stdout
        );
    }
    // All of history is there, as in the checkout of a fork's pull request, but only the merge commit leads to the head.
    let clone = Sandbox::new();
    clone.git(["init", "-q", "."]);
    let address = format!("file://{}", remote.path().display());
    clone.git([
        "fetch",
        "-q",
        &address,
        "merge:refs/remotes/pull/7/merge",
        "main:refs/remotes/origin/main",
    ]);
    clone.git(["checkout", "-q", "--detach", "refs/remotes/pull/7/merge"]);
    let run = github_json(&clone, "pull_request", &event);
    assert_eq!(
        (run.status, told(&clone, &run)),
        (1, vec!["a:1 by leak".to_owned()])
    );
}

#[test]
fn missing_commits_are_reported_with_the_fetch_command() {
    let (remote, base, head) = remote();
    // For pull_request_target the base is checked out, and the head is missing.
    let clone = Sandbox::new();
    remote.git(["branch", "-q", "base", &base]);
    let address = format!("file://{}", remote.path().display());
    clone.git([
        "clone",
        "-q",
        "--single-branch",
        "--branch",
        "base",
        &address,
        ".",
    ]);
    let event = pull_request(&base, &head);
    let run = github(&clone, "pull_request_target", &event, &[]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(
        run.stdout.contains("git fetch origin refs/pull/7/head"),
        "{}",
        run.stdout
    );
    assert_eq!(
        reasons(&github_json(&clone, "pull_request_target", &event)),
        ["missing-object"]
    );
    // The base is missing.
    let gone = "1234567890123456789012345678901234567890";
    let run = github_json(&remote, "pull_request", &pull_request(gone, &head));
    assert_eq!(
        reasons(&run).len(),
        0,
        "where the branch is now: {}",
        run.stdout
    );
    remote.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    remote.git(["branch", "-q", "-m", "main", "feature"]);
    let run = github_json(&remote, "pull_request", &pull_request(gone, &head));
    assert_eq!(
        (run.status, reasons(&run)),
        (2, vec!["missing-object".to_owned()]),
        "{}",
        run.stdout
    );
    let run = github_json(&remote, "push", &pushed("refs/heads/main", &base, gone));
    assert_eq!(
        (run.status, reasons(&run)),
        (2, vec!["missing-object".to_owned()]),
        "{}",
        run.stdout
    );
    // For an annotated tag, only its commit is there.
    remote.git(["tag", "v1"]);
    let run = github_json(&remote, "push", &pushed("refs/tags/v1", ZEROS, gone));
    assert_eq!(
        (run.status, reasons(&run)),
        (1, vec!["missing-object".to_owned()]),
        "{}",
        run.stdout
    );
    assert_eq!(told(&remote, &run), ["a:1 by leak"]);
}

#[test]
fn a_repository_with_a_work_tree_and_a_commit_is_required() {
    let run = ci(&Sandbox::new(), &[], &[]);
    assert!(
        run.status == 2 && run.stderr.contains("no git repository"),
        "{}",
        run.stderr
    );
    let bare = Sandbox::bare();
    assert_eq!(ci(&bare, &[], &[]).status, 2);
    let empty = Sandbox::repository();
    empty.write(".gitignore", IGNORED);
    let run = ci(&empty, &[], &["--format", "json"]);
    assert_eq!(
        (run.status, reasons(&run)),
        (2, vec!["missing-object".to_owned()]),
        "before the first commit: {}",
        run.stderr
    );
}
