//! Adopting ntnguard in an old repository, and allowing a false alarm. A colleague's allowance passes the job and is
//! reported; a stranger's allowance fails the job, with the lines that a maintainer can add.

use super::*;

/// A repository with an old leak and without a configuration of ntnguard.
fn old() -> Sandbox {
    let sandbox = checkout();
    sandbox
        .write("old.py", format!("t = '{}'\n", token(1)))
        .commit_all("old");
    push(&sandbox, "main");
    sandbox
}

/// The variables of a push to `main`, for each CI system that does not say which commit the branch was at before.
const UNTOLD: [&[(&str, &str)]; 5] = [
    &[
        ("BITBUCKET_BUILD_NUMBER", "1"),
        ("BITBUCKET_BRANCH", "main"),
    ],
    &[
        ("TF_BUILD", "True"),
        ("BUILD_REASON", "IndividualCI"),
        ("BUILD_SOURCEBRANCH", "refs/heads/main"),
    ],
    &[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main")],
    &[
        ("BUILDKITE", "true"),
        ("BUILDKITE_BRANCH", "main"),
        ("BUILDKITE_PULL_REQUEST", "false"),
    ],
    &[("JENKINS_URL", "http://x"), ("BRANCH_NAME", "main")],
];

#[test]
fn adopting_passes_ci_at_every_step() {
    let sandbox = old();
    let base = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "-b", "adopt"]);
    assert_eq!(sandbox.run(["baseline"]).status, 0);
    let head = sandbox.commit_all("baseline");
    let run = github(
        &sandbox,
        "pull_request",
        &own_pull_request(&base, &head),
        &[],
    );
    assert_eq!(run.status, 0, "the pull request: {}", run.stdout);
    assert!(
        run.stdout.contains("Change to ntnguard's configuration"),
        "never silent: {}",
        run.stdout
    );
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.git(["merge", "-q", "--no-ff", "-m", "merge", "adopt"]);
    push(&sandbox, "main");
    let merge = sandbox.id("HEAD");
    let run = github(
        &sandbox,
        "push",
        &pushed("refs/heads/main", &base, &merge),
        &[],
    );
    assert_eq!(run.status, 0, "its merge: {}", run.stdout);
    for variables in UNTOLD {
        let run = ci(&sandbox, variables, &[]);
        assert_eq!(run.status, 0, "its merge, {variables:?}: {}", run.stdout);
        assert!(
            run.stdout.contains("allowed by this change alone"),
            "{variables:?}: {}",
            run.stdout
        );
    }
    let next = sandbox.write("new", "x").commit_all("next");
    push(&sandbox, "main");
    let run = github(
        &sandbox,
        "push",
        &pushed("refs/heads/main", &merge, &next),
        &[],
    );
    assert!(
        run.status == 0 && run.stdout.contains("1 suppressed"),
        "the next push: {}",
        run.stdout
    );
    for variables in UNTOLD {
        let run = ci(&sandbox, variables, &[]);
        assert_eq!(
            run.status, 0,
            "the next push, {variables:?}: {}",
            run.stdout
        );
        assert!(
            !run.stdout.contains("allowed by this change"),
            "{variables:?}: {}",
            run.stdout
        );
    }
    let schedule = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "schedule"),
    ];
    let run = ci(&sandbox, &schedule, &[]);
    assert_eq!(run.status, 0, "the schedule: {}", run.stdout);
}

/// Without a baseline, an old leak does not fail a change that does not touch it. It fails a scan of all of history.
#[test]
fn an_old_leak_fails_full_scans_but_no_change() {
    let sandbox = old();
    let base = sandbox.id("HEAD");
    let head = sandbox.write("new", "x").commit_all("change");
    for payload in [own_pull_request(&base, &head), pull_request(&base, &head)] {
        let run = github(&sandbox, "pull_request", &payload, &[]);
        assert!(
            run.status == 0 && run.stdout.contains("already there before this change"),
            "{}",
            run.stdout
        );
    }
    assert_eq!(
        ci(
            &sandbox,
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "schedule")
            ],
            &[]
        )
        .status,
        1
    );
    for variables in UNTOLD {
        assert_eq!(
            ci(&sandbox, variables, &[]).status,
            1,
            "{variables:?}: there nothing is already there"
        );
    }
}

/// A secret that the base has only where it is allowed or excluded counts as new in any other place.
#[test]
fn a_secret_allowed_in_one_place_is_new_in_another() {
    let leak = format!("t = '{}'\n", token(1));
    let cases = [
        (
            "version: 1\nallow: [{paths: ['docs/**'], reason: examples}]\n",
            leak.clone(),
        ),
        ("version: 1\nexclude: ['docs/**']\n", leak.clone()),
        (
            "version: 1\n",
            format!("{}  # ntnguard: allow example\n", leak.trim_end()),
        ),
    ];
    for (config, content) in cases {
        let sandbox = checkout();
        let base = sandbox
            .write(".ntnguard.yaml", config)
            .write("docs/a.py", content)
            .commit_all("base");
        push(&sandbox, "main");
        let head = sandbox.write("src/a.py", &leak).commit_all("copy");
        let run = github_json(&sandbox, "pull_request", &own_pull_request(&base, &head));
        assert_eq!(
            (run.status, run.paths()),
            (1, vec!["src/a.py".to_owned()]),
            "{config}: {}",
            run.stdout
        );
    }
    // A secret that the base has without an allowance is already there. The report names its new location.
    let sandbox = old();
    let base = sandbox.id("HEAD");
    let head = sandbox.write("src/a.py", &leak).commit_all("copy");
    let run = github(
        &sandbox,
        "pull_request",
        &own_pull_request(&base, &head),
        &[],
    );
    assert!(
        run.status == 0 && run.stdout.contains("file=src/a.py,line=1"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("::warning") && !run.stdout.contains("::error"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("old.py already had this secret; this place is new"),
        "{}",
        run.stdout
    );
}

#[test]
fn allowing_a_false_alarm_needs_a_colleague_or_a_maintainer() {
    for (name, file, text, content) in [
        (
            "comment",
            "other",
            String::new(),
            format!("t = '{}'  # ntnguard: allow it's a fixture\n", token(2)),
        ),
        (
            "entry",
            ".ntnguard.yaml",
            format!(
                "version: 1\nallow:\n  - {{fingerprint: '{}', reason: it''s a fixture}}\n",
                print(&token(2))
            ),
            format!("t = '{}'\n", token(2)),
        ),
    ] {
        let sandbox = checkout();
        let base = sandbox.id("HEAD");
        sandbox.git(["checkout", "-q", "-b", "feature"]);
        let text = text
            .replace("it''s", "\"it's")
            .replace("fixture}", "fixture\"}");
        let head = sandbox
            .write(file, &text)
            .write("a.py", &content)
            .commit_all("change");
        let own = github(
            &sandbox,
            "pull_request",
            &own_pull_request(&base, &head),
            &[],
        );
        assert_eq!(own.status, 0, "{name}: {}", own.stdout);
        for part in [
            "allowed by this change alone",
            "::warning title=Notion integration token",
            "1 allowed by the change",
            "Before you merge the change, check that the reason is true.",
        ] {
            assert!(
                own.stdout.contains(part),
                "{name}: {part} is not in {}",
                own.stdout
            );
        }
        let strangers = github(&sandbox, "pull_request", &pull_request(&base, &head), &[]);
        assert_eq!(strangers.status, 1, "{name}: {}", strangers.stdout);
        let lines: Vec<&str> = strangers
            .stdout
            .lines()
            .skip_while(|line| *line != "allow:")
            .take(3)
            .collect();
        assert!(
            lines.len() == 3 && lines[1].contains(&print(&token(2))),
            "{name}: {}",
            strangers.stdout
        );
        // A maintainer commits these lines to the base.
        sandbox.git(["checkout", "-q", "main"]);
        sandbox
            .write(
                ".ntnguard.yaml",
                format!("version: 1\n{}\n", lines.join("\n")),
            )
            .commit_all("agree");
        push(&sandbox, "main");
        sandbox.git(["checkout", "-q", "--detach"]);
        sandbox.git(["merge", "-q", "-X", "ours", "-m", "merge", "feature"]);
        let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
        assert_eq!(run.status, 0, "{name}: {}", run.stdout);
        assert_eq!(run.json()["summary"]["suppressed"], 1, "{name}");
    }
}

#[test]
fn the_base_can_distrust_all_changes() {
    let sandbox = checkout();
    let base = sandbox
        .write(".ntnguard.yaml", "version: 1\nci: {trust-changes: false}\n")
        .commit_all("strict");
    push(&sandbox, "main");
    let line = format!("t = '{}'  # ntnguard: allow mine\n", token(1));
    let head = sandbox
        .write(".ntnguard.yaml", "version: 1\n")
        .write("a.py", line)
        .commit_all("change");
    let event = own_pull_request(&base, &head);
    assert_eq!(github(&sandbox, "pull_request", &event, &[]).status, 1);
    assert_eq!(
        github(&sandbox, "pull_request", &event, &["--trust-changes=true"]).status,
        0
    );
    assert_eq!(
        github(&sandbox, "pull_request", &event, &["--trust-changes=false"]).status,
        1
    );
}

#[test]
fn a_base_is_a_remote_branch_and_two_ci_systems_are_refused() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    sandbox
        .write("a.py", format!("t = '{}'\n", token(1)))
        .commit_all("leak");
    sandbox.git(["tag", "main"]);
    let leak = sandbox.id("HEAD");
    sandbox.git(["update-ref", "refs/heads/main", &base]);
    sandbox.git(["checkout", "-q", "--detach", &leak]);
    assert_eq!(
        ci(&sandbox, &[], &["--base", "main"]).status,
        1,
        "a tag is called like the branch"
    );
    sandbox.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    let run = ci(&sandbox, &[], &["--base", "main"]);
    assert!(
        run.status == 2 && run.stderr.contains("is a branch and a tag here"),
        "{}",
        run.stderr
    );
    assert_eq!(ci(&sandbox, &[], &["--base", "refs/heads/main"]).status, 1);
    let both = [
        ("GITHUB_ACTIONS", "true"),
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "web"),
    ];
    let run = ci(&sandbox, &both, &[]);
    assert!(
        run.status == 2 && run.stderr.contains("--system"),
        "{}",
        run.stderr
    );
    let run = ci(&sandbox, &both, &["--system", "gitlab"]);
    assert!(
        run.status == 1 && run.stdout.starts_with("web: all of history"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

/// A merge commit made by the host shows which commit the base is. A merge commit made by a stranger does not.
#[test]
fn a_merge_by_a_stranger_is_not_a_base() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "-b", "feature"]);
    let head = sandbox
        .write("a.py", format!("t = '{}'\n", token(1)))
        .commit_all("leak");
    sandbox.git(["checkout", "-q", "-b", "evil", &base]);
    sandbox
        .write(
            ".ntnguard-baseline",
            format!("{} integration-token\n", print(&token(1))),
        )
        .commit_all("evil");
    sandbox.git(["merge", "-q", "--no-ff", "-m", "merge", "feature"]);
    let run = github(&sandbox, "pull_request", &pull_request(&base, &head), &[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
}
