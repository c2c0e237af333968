//! Configuration that must not count: that of a fork in the place of the repository, of a pull request that looks like a
//! push; and files that a branch did not change, and values that the base did not report.

use super::*;

/// Commits a leak and a configuration that allows it. Returns the commit's id.
fn allowed(sandbox: &Sandbox) -> String {
    let entry = format!(
        "version: 1\nallow: [{{fingerprint: '{}', reason: mine}}]\n",
        print(&token(1))
    );
    sandbox
        .write(".ntnguard.yaml", entry)
        .write("a.py", format!("t = '{}'\n", token(1)))
        .commit_all("leak")
}

/// If a job has checked out a fork, the default branch in it belongs to a stranger.
#[test]
fn a_fork_is_not_taken_for_the_repository() {
    let sandbox = checkout();
    allowed(&sandbox);
    push(&sandbox, "main");
    for event in ["workflow_run", "issue_comment"] {
        let of = |repository| {
            [
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", event),
                ("GITHUB_REPOSITORY", repository),
            ]
        };
        let strangers = ci(&sandbox, &of("upstream/r"), &["--format", "json"]);
        assert_eq!(
            (strangers.status, strangers.paths()),
            (1, vec!["a.py".to_owned()]),
            "{event}: {}",
            strangers.stdout
        );
        let own = ci(&sandbox, &of("o/r"), &["--format", "json"]);
        assert_eq!(own.status, 0, "{event}: {}", own.stdout);
    }
}

#[test]
fn a_pull_request_is_not_taken_for_a_push() {
    let cases: [&[(&str, &str)]; 4] = [
        &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_BRANCH", "main"),
            ("BUILDKITE_PULL_REQUEST", "5"),
            (
                "BUILDKITE_PULL_REQUEST_REPO",
                "git://host.example/them/r.git",
            ),
            ("BUILDKITE_REPO", "git@host.example:o/r.git"),
        ],
        &[
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "Manual"),
            ("BUILD_SOURCEBRANCH", "refs/pull/5/merge"),
        ],
        &[
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "IndividualCI"),
            ("BUILD_SOURCEBRANCH", "refs/pull/5/merge"),
        ],
        &[
            ("CIRCLECI", "true"),
            ("CIRCLE_BRANCH", "main"),
            ("CIRCLE_PR_USERNAME", "them"),
        ],
    ];
    for variables in cases {
        let sandbox = checkout();
        allowed(&sandbox);
        let run = ci(&sandbox, variables, &["--format", "json"]);
        assert!(
            run.status == 1 && run.paths().contains(&"a.py".to_owned()),
            "{variables:?}: {}",
            run.stdout
        );
    }
}

/// `--base` and `--head` set the compared commits. They do not make a stranger's change a colleague's change.
#[test]
fn base_and_head_flags_do_not_change_the_author() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    let head = allowed(&sandbox);
    let chosen = ["--base=origin/main", "--head=HEAD"];
    assert_eq!(
        github(
            &sandbox,
            "pull_request",
            &pull_request(&base, &head),
            &chosen
        )
        .status,
        1
    );
    assert_eq!(
        github(
            &sandbox,
            "pull_request",
            &own_pull_request(&base, &head),
            &chosen
        )
        .status,
        0
    );
    assert_eq!(
        github(&sandbox, "pull_request", &json!({}), &chosen).status,
        1,
        "nobody knows whose it is"
    );
    assert_eq!(ci(&sandbox, &[], &chosen).status, 0, "by hand");
}

/// A branch that began before the base had a configuration has not changed the configuration.
#[test]
fn a_change_of_the_base_is_not_attributed_to_the_branch() {
    let sandbox = checkout();
    sandbox.git(["checkout", "-q", "-b", "feature"]);
    let head = sandbox.write("b", "x").commit_all("change");
    sandbox.git(["checkout", "-q", "main"]);
    let base = sandbox
        .write(".ntnguard.yaml", "version: 1\n")
        .commit_all("adopt");
    push(&sandbox, "main");
    sandbox.git(["checkout", "-q", "feature"]);
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    assert_eq!((run.status, run.findings()), (0, vec![]), "{}", run.stdout);
    let merge_request = [
        ("GITLAB_CI", "true"),
        ("CI_MERGE_REQUEST_IID", "1"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "5"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "9"),
        ("CI_PROJECT_ID", "5"),
    ];
    assert_eq!(ci(&sandbox, &merge_request, &[]).status, 0);
    // A change that the branch makes to the configuration is reported, at the file.
    let head = sandbox
        .write(".ntnguard.yaml", "version: 1\nexclude: ['**']\n")
        .commit_all("mine");
    for arguments in [&[][..], &["--baseline", ".gitignore"]] {
        let run = github(
            &sandbox,
            "pull_request",
            &pull_request(&base, &head),
            arguments,
        );
        assert!(arguments.len() > 1 || run.status == 1, "{}", run.stdout);
        assert!(
            run.stdout.contains("Change to ntnguard's configuration") || run.status == 2,
            "{}",
            run.stdout
        );
    }
    let run = github(&sandbox, "pull_request", &pull_request(&base, &head), &[]);
    assert!(
        run.stdout.contains("configuration,file=.ntnguard.yaml"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("The author of this change is not trusted"),
        "{}",
        run.stdout
    );
}

/// The base has the value only with low confidence, so it was never reported. A variable name that makes it a secret is
/// new.
#[test]
fn a_value_unreported_in_the_base_is_new() {
    let value = format!(
        "secret_{}",
        Fake::new(9).of(
            b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
            40
        )
    );
    let sandbox = checkout();
    sandbox.write("notes.txt", format!("x {value}\n"));
    assert_eq!(
        sandbox.run(["scan"]).status,
        0,
        "it is below confidence there"
    );
    let base = sandbox.commit_all("base");
    push(&sandbox, "main");
    let head = sandbox
        .write("a.py", format!("NOTION_TOKEN = '{value}'\n"))
        .commit_all("change");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    assert_eq!(
        (run.status, run.paths()),
        (1, vec!["a.py".to_owned()]),
        "{}",
        run.stdout
    );
}

/// The name of a pushed branch or tag may itself contain the secret.
#[test]
fn names_of_pushed_branches_and_tags_are_scanned() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    let name = format!("fix-{}", token(3));
    let mut request = pull_request(&base, &base);
    request["pull_request"]["head"]["ref"] = name.as_str().into();
    for (event, payload) in [
        ("push", pushed(&format!("refs/heads/{name}"), ZEROS, &base)),
        ("push", pushed(&format!("refs/tags/{name}"), ZEROS, &base)),
        ("pull_request", request),
    ] {
        sandbox.git(["update-ref", &format!("refs/tags/{name}"), &base]);
        let run = github(&sandbox, event, &payload, &[]);
        assert_eq!(run.status, 1, "{event} {payload}: {}", run.stdout);
        assert!(
            run.stdout.contains("integration token") && !run.stdout.contains(&token(3)),
            "{}",
            run.stdout
        );
    }
}

/// The default branch is read from any payload, even from the payload of an event that names no commits.
#[test]
fn the_default_branch_is_read_from_any_payload() {
    let sandbox = checkout();
    sandbox.git(["branch", "-m", "main", "develop"]);
    push(&sandbox, "develop");
    sandbox.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    allowed(&sandbox);
    push(&sandbox, "main");
    let payload = json!({"repository": {"default_branch": "develop"}});
    let run = github_json(&sandbox, "release", &payload);
    let is_told = run.paths().contains(&"a.py".to_owned());
    assert!(
        run.status == 1 && is_told,
        "a branch that is called main: {}",
        run.stdout
    );
}

/// The lines for a maintainer are valid when they are added to the configuration of the base.
#[test]
fn the_lines_for_a_maintainer_are_a_configuration() {
    for (config, expected) in [
        (None, "version: 1\nallow:\n  - fingerprint: "),
        (Some("version: 1\n"), "\nallow:\n  - fingerprint: "),
        (
            Some("version: 1\nallow: [{paths: [x], reason: y}]\n"),
            "under `allow`:\n\n  - fingerprint: ",
        ),
    ] {
        let sandbox = checkout();
        if let Some(config) = config {
            sandbox.write(".ntnguard.yaml", config).commit_all("config");
            push(&sandbox, "main");
        }
        let base = sandbox.id("HEAD");
        let head = sandbox
            .write(
                "a.py",
                format!("t = '{}'  # ntnguard: allow mine\n", token(2)),
            )
            .commit_all("leak");
        let run = github(&sandbox, "pull_request", &pull_request(&base, &head), &[]);
        assert!(
            run.stdout
                .contains(&format!("{expected}{} # a.py\n", print(&token(2)))),
            "{config:?}: {}",
            run.stdout
        );
        assert!(
            run.stdout.contains("merge the base branch into the change"),
            "{}",
            run.stdout
        );
    }
}
