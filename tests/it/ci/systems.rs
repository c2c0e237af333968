//! CI systems other than GitHub Actions, and runs outside of CI.

use super::*;

/// A repository with `main` at the remote, and a branch `x` with two more commits, the first of which leaks. Returns it
/// with the ids of `main` and `x`.
fn branched() -> (Sandbox, String, String) {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "-b", "x"]);
    sandbox.write("a", token(1)).commit_all("leak");
    sandbox.write("a", "clean").commit_all("hide");
    push(&sandbox, "x");
    let head = sandbox.id("HEAD");
    (sandbox, base, head)
}

const LEAK: [&str; 1] = ["a:1 by leak"];

#[test]
fn each_system_names_the_commits_to_scan() {
    let (sandbox, base, head) = branched();
    let request = |target| {
        [
            ("CI_MERGE_REQUEST_IID", "1"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", target),
            ("GITLAB_CI", "true"),
            ("CI_PROJECT_ID", "12"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "12"),
        ]
    };
    let cases: &[(&str, Vec<(&str, &str)>)] = &[
        (
            "merge request: 2 commits of main..HEAD",
            [&request("main")[..], &[("CI_COMMIT_SHA", &head)]].concat(),
        ),
        (
            "push to x: 2 commits of ",
            vec![
                ("GITLAB_CI", "true"),
                ("CI_PIPELINE_SOURCE", "push"),
                ("CI_COMMIT_BRANCH", "x"),
                ("CI_COMMIT_BEFORE_SHA", &base),
                ("CI_COMMIT_SHA", &head),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
        ),
        (
            "pull request: 2 commits of main..x",
            vec![
                ("BITBUCKET_BUILD_NUMBER", "1"),
                ("BITBUCKET_COMMIT", &head),
                ("BITBUCKET_BRANCH", "x"),
                ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
                ("BITBUCKET_PR_DESTINATION_COMMIT", &base[..12]),
            ],
        ),
        (
            "pull request: 2 commits of main..HEAD",
            vec![
                ("TF_BUILD", "True"),
                ("BUILD_REASON", "PullRequest"),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
                ("SYSTEM_PULLREQUEST_SOURCECOMMITID", &head),
            ],
        ),
        (
            "pull request: 2 commits of main..HEAD",
            vec![("JENKINS_URL", "http://x"), ("CHANGE_TARGET", "main")],
        ),
        (
            "push to x: 2 commits of ",
            vec![
                ("JENKINS_URL", "http://x"),
                ("BRANCH_NAME", "x"),
                ("GIT_PREVIOUS_COMMIT", &base),
                ("GIT_COMMIT", &head),
            ],
        ),
        (
            "push to x: 2 commits not in main",
            vec![("JENKINS_URL", "http://x"), ("BRANCH_NAME", "x")],
        ),
        (
            "pull request: 2 commits of main..x",
            vec![
                ("BUILDKITE", "true"),
                ("BUILDKITE_BRANCH", "x"),
                ("BUILDKITE_COMMIT", "HEAD"),
                ("BUILDKITE_PULL_REQUEST", "5"),
                ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
            ],
        ),
        (
            "push to x: 2 commits not in main",
            vec![
                ("CIRCLECI", "true"),
                ("CIRCLE_BRANCH", "x"),
                ("CIRCLE_SHA1", &head),
            ],
        ),
        ("no CI event: 2 commits not in main", vec![]),
        (
            "web: all of history",
            vec![("GITLAB_CI", "true"), ("CI_PIPELINE_SOURCE", "web")],
        ),
    ];
    for (says, variables) in cases {
        let run = ci(&sandbox, variables, &["--format", "json"]);
        assert_eq!(
            (run.status, told(&sandbox, &run)),
            (1, LEAK.map(str::to_owned).to_vec()),
            "{says}"
        );
        assert!(
            scope(&run).starts_with(says),
            "{} is not {says}",
            scope(&run)
        );
    }
}

/// If the system does not name the previous commit, a branch is compared with the default branch. For the default branch
/// itself there is nothing to compare with, so all of history is judged.
#[test]
fn on_the_default_branch_all_of_history_is_scanned() {
    let (sandbox, ..) = branched();
    push(&sandbox, "main");
    for variables in [
        &[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main")][..],
        &[
            ("BITBUCKET_BUILD_NUMBER", "1"),
            ("BITBUCKET_BRANCH", "main"),
        ],
        &[("JENKINS_URL", "http://x")],
    ] {
        let run = ci(&sandbox, variables, &["--format", "json"]);
        assert_eq!(told(&sandbox, &run), LEAK, "{variables:?}");
    }
    let human = ci(
        &sandbox,
        &[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main")],
        &[],
    )
    .stdout;
    assert!(
        human.contains(
            "because the CI system does not report which of them are new (give --base REV to scan fewer)"
        ),
        "{human}"
    );
}

#[test]
fn the_default_branch_is_the_head_of_the_remote() {
    let (sandbox, base, _) = branched();
    sandbox.git(["update-ref", "refs/remotes/origin/trunk", &base]);
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.git([
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/trunk",
    ]);
    let circle = [("CIRCLECI", "true"), ("CIRCLE_BRANCH", "x")];
    let run = ci(&sandbox, &circle, &["--format", "json"]);
    assert!(
        scope(&run).starts_with("push to x: 2 commits not in trunk"),
        "{}",
        scope(&run)
    );
    for name in ["HEAD", "main", "trunk", "x"] {
        sandbox.git([
            "update-ref",
            "--no-deref",
            "-d",
            &format!("refs/remotes/origin/{name}"),
        ]);
    }
    let run = ci(&sandbox, &circle, &["--format", "json"]);
    assert_eq!(told(&sandbox, &run), LEAK);
    assert!(
        scope(&run).starts_with("push to x: 3 commits in the history"),
        "{}",
        scope(&run)
    );
}

/// Bitbucket fetches only the branch of a pull request, and gives an abbreviated id of the destination's commit.
#[test]
fn an_abbreviated_base_id_is_resolved() {
    let (sandbox, base, head) = branched();
    sandbox.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    sandbox.git(["branch", "-q", "-D", "main"]);
    let with = |short: &str| {
        let destination = ("BITBUCKET_PR_DESTINATION_COMMIT", short);
        let branch = ("BITBUCKET_PR_DESTINATION_BRANCH", "main");
        ci(
            &sandbox,
            &[
                ("BITBUCKET_BUILD_NUMBER", "1"),
                ("BITBUCKET_COMMIT", &head),
                destination,
                branch,
            ],
            &["--format", "json"],
        )
    };
    let run = with(&base[..12]);
    assert_eq!(
        (run.status, told(&sandbox, &run)),
        (1, LEAK.map(str::to_owned).to_vec())
    );
    assert_eq!(with("1234567890ab").status, 2);
}

#[test]
fn a_target_that_was_not_fetched_is_never_clean() {
    let (sandbox, ..) = branched();
    let run = ci(
        &sandbox,
        &[("JENKINS_URL", "http://x"), ("CHANGE_TARGET", "gone")],
        &["--format", "json"],
    );
    assert_eq!(run.status, 2, "{}", run.stdout);
    let skip = &run.json()["skipped"][0];
    assert_eq!(
        (&skip["reason"], &skip["name"]),
        (&"missing-object".into(), &Value::Null),
        "{skip}"
    );
    assert!(
        ci(
            &sandbox,
            &[("JENKINS_URL", "x"), ("CHANGE_TARGET", "gone")],
            &[]
        )
        .stdout
        .contains("refs/remotes/origin/gone")
    );
}

/// Most systems name only the commit of a tag. The tag's own message can be read only if the tag was fetched.
#[test]
fn a_tag_without_a_local_ref_is_reported() {
    let (sandbox, _, head) = branched();
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_TAG", "v1"),
        ("CI_COMMIT_REF_NAME", "v1"),
        ("CI_COMMIT_SHA", head.as_str()),
        ("CI_DEFAULT_BRANCH", "main"),
    ];
    let run = ci(&sandbox, &variables, &[]);
    assert!(
        run.status == 1 && run.stdout.contains("not scanned: ref refs/tags/v1"),
        "{}",
        run.stdout
    );
    sandbox.git(["tag", "v1"]);
    let run = ci(&sandbox, &variables, &["--format", "json"]);
    assert_eq!(
        (run.json()["complete"].as_bool(), told(&sandbox, &run)),
        (Some(true), LEAK.map(str::to_owned).to_vec())
    );
    sandbox.git(["tag", "-f", "-a", "-m", &token(2), "v1"]);
    let run = ci(&sandbox, &variables, &["--format", "json"]);
    assert!(
        told(&sandbox, &run)
            .iter()
            .any(|line| line.starts_with("tag-message:")),
        "{}",
        run.stdout
    );
}
