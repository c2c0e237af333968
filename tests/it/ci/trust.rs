//! A change cannot allow its own leak, and an allowance that the base has stays valid.

use super::*;

#[test]
fn a_change_cannot_allow_its_own_leak() {
    let leak = token(1);
    let (print, plain) = (print(&leak), format!("t = '{leak}'\n"));
    let cases = [
        (
            "entry",
            ".ntnguard.yaml",
            format!("version: 1\nallow: [{{fingerprint: '{print}', reason: mine}}]\n"),
            &plain,
        ),
        (
            "path",
            ".ntnguard.yaml",
            "version: 1\nallow: [{paths: ['**'], reason: mine}]\n".to_owned(),
            &plain,
        ),
        (
            "exclude",
            ".ntnguard.yaml",
            "version: 1\nexclude: ['**']\n".to_owned(),
            &plain,
        ),
        (
            "rule",
            ".ntnguard.yaml",
            "version: 1\nrules: {integration-token: {enabled: false, reason: mine}}\n".to_owned(),
            &plain,
        ),
        (
            "limit",
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 1}\n".to_owned(),
            &plain,
        ),
        ("broken", ".ntnguard.yaml", "}".to_owned(), &plain),
        (
            "baseline",
            ".ntnguard-baseline",
            format!("{print} integration-token\n"),
            &plain,
        ),
        ("ignored", ".gitignore", format!("{IGNORED}a.py\n"), &plain),
        (
            "attribute",
            ".gitattributes",
            "* -text -diff export-ignore linguist-generated\n".to_owned(),
            &plain,
        ),
        (
            "comment",
            "other",
            String::new(),
            &format!("# ntnguard: allow mine\nt = '{leak}'\n"),
        ),
    ];
    for (name, file, text, content) in cases {
        let sandbox = checkout();
        sandbox.write("a.py", "t = ''\n").commit_all("base");
        push(&sandbox, "main");
        let base = sandbox.id("HEAD");
        sandbox.git(["checkout", "-q", "-b", "feature"]);
        let head = sandbox
            .write(file, &text)
            .write("a.py", content)
            .commit_all("change");
        sandbox.git(["tag", "v1"]);
        for (event, payload) in [
            ("pull_request", pull_request(&base, &head)),
            ("push", pushed("refs/heads/feature", &base, &head)),
            ("push", pushed("refs/heads/feature", ZEROS, &head)),
            ("push", pushed("refs/tags/v1", ZEROS, &head)),
        ] {
            let run = github_json(&sandbox, event, &payload);
            let leaks: Vec<String> = run
                .paths()
                .into_iter()
                .filter(|path| path == "a.py")
                .collect();
            let is_strangers = event == "pull_request";
            // An allowance in a collaborator's change passes, and is reported. Other settings in the change do not count.
            let allows = ["entry", "path", "baseline", "comment"].contains(&name);
            let fails = is_strangers || !allows;
            assert_eq!(
                (run.status, leaks.len()),
                (i32::from(fails || name == "broken"), usize::from(fails)),
                "{name} {event}: {}",
                run.stdout
            );
            let finding = &run.json()["findings"][0];
            let note = finding["note"].as_str().unwrap_or_default();
            assert_eq!(
                note.contains("is part of the change"),
                allows && is_strangers,
                "{name} {event}: {note}"
            );
            let verdict = if fails {
                "reported"
            } else {
                "allowed-by-change"
            };
            assert_eq!(finding["verdict"], verdict, "{name} {event}");
            let told = run.json()["findings"]
                .as_array()
                .unwrap()
                .iter()
                .any(|f| f["rule"] == "configuration-changed");
            assert_eq!(told, file.starts_with(".ntnguard"), "{name} {event}");
            assert_eq!(finding["placement"]["introduced"]["commit"], head.as_str());
        }
    }
}

#[test]
fn allowances_of_the_base_stay_valid() {
    let line = format!("t = '{}'  # ntnguard: allow fixture\n", token(1));
    let sandbox = checkout();
    sandbox
        .write("kept.py", &line)
        .write("moved.py", format!("{line}#"))
        .write("changed.py", format!("{line}# 1\n"));
    sandbox.write("baselined.py", token(2));
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nallow: [{paths: [listed.py], reason: known}]\n",
    );
    sandbox.write("listed.py", token(3));
    sandbox
        .write(
            ".ntnguard-baseline",
            format!("{} integration-token\n", print(&token(2))),
        )
        .commit_all("base");
    push(&sandbox, "main");
    let base = sandbox.id("HEAD");
    sandbox.git(["checkout", "-q", "-b", "feature"]);
    sandbox.git(["mv", "moved.py", "elsewhere.py"]);
    std::fs::remove_file(sandbox.path().join(".ntnguard.yaml")).unwrap();
    std::fs::remove_file(sandbox.path().join(".ntnguard-baseline")).unwrap();
    let head = sandbox
        .write("changed.py", format!("# new\n{line}# 2\n"))
        .commit_all("change");
    let run = github_json(&sandbox, "pull_request", &own_pull_request(&base, &head));
    let changed: Vec<String> = run
        .findings()
        .iter()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        (run.status, changed),
        (0, vec!["configuration-changed".to_owned(); 2]),
        "{}",
        run.stdout
    );
    assert_eq!(run.json()["summary"]["suppressed"], 3);
    assert_eq!(
        github(&sandbox, "pull_request", &pull_request(&base, &head), &[]).status,
        1,
        "a stranger may not"
    );
    // A new comment beside an old leak that was not allowed before does not count.
    sandbox.git(["checkout", "-q", "main"]);
    sandbox
        .write("old.py", format!("t = '{}'\n", token(4)))
        .commit_all("old");
    push(&sandbox, "main");
    let base = sandbox.id("HEAD");
    let head = sandbox
        .write(
            "old.py",
            format!("t = '{}'  # ntnguard: allow mine\n", token(4)),
        )
        .commit_all("allow it");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    let verdicts = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["path"] == "old.py")
        .map(|f| f["verdict"].clone())
        .collect::<Vec<_>>();
    assert_eq!(
        (run.status, verdicts),
        (0, vec!["already-there".into()]),
        "{}",
        run.stdout
    );
    // Once the base has the comment, it counts.
    push(&sandbox, "main");
    let next = sandbox.write("new", "x").commit_all("next");
    let run = github_json(&sandbox, "push", &pushed("refs/heads/main", &head, &next));
    assert_eq!(run.status, 0, "{}", run.stdout);
}

/// The payload has the base commit from the time when the pull request was opened. The base branch may allow more by now,
/// and its present state counts. An allowance that the pull request itself adds counts as its own, even after the merge.
#[test]
fn the_base_is_the_current_state_of_the_branch() {
    let sandbox = checkout();
    let base = sandbox
        .write("a.py", format!("t = '{}'\n", token(1)))
        .commit_all("base");
    let allow = format!("{} integration-token\n", print(&token(1)));
    sandbox
        .write(".ntnguard-baseline", &allow)
        .commit_all("allow");
    push(&sandbox, "main");
    let head = sandbox.write("new", "x").commit_all("change");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert_eq!(run.json()["summary"]["suppressed"], 1, "{}", run.stdout);
    push(&sandbox, "main");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    assert_eq!(
        run.json()["summary"]["already_there"],
        1,
        "merged meanwhile: {}",
        run.stdout
    );
}

/// A fork may give its branch the same name as the base branch.
#[test]
fn a_local_branch_is_not_a_base() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    let allow = format!("{} integration-token\n", print(&token(1)));
    sandbox
        .write(".ntnguard-baseline", &allow)
        .write("a.py", format!("t = '{}'\n", token(1)))
        .commit_all("change");
    sandbox.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    let variables = [("JENKINS_URL", "x"), ("CHANGE_TARGET", "main")];
    assert_eq!(ci(&sandbox, &variables, &[]).status, 1);
    sandbox.git(["update-ref", "refs/remotes/origin/main", &base]);
    assert_eq!(ci(&sandbox, &variables, &[]).status, 1);
}

#[test]
fn a_scheduled_scan_uses_its_own_configuration() {
    let sandbox = checkout();
    sandbox.write("a.py", format!("t = '{}'\n", token(1)));
    sandbox
        .write(
            ".ntnguard-baseline",
            format!("{} integration-token\n", print(&token(1))),
        )
        .commit_all("base");
    let own = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "schedule"),
    ];
    assert_eq!(ci(&sandbox, &own, &[]).status, 0);
    let id = sandbox.id("HEAD");
    for branch in ["main", "x"] {
        sandbox.git(["update-ref", "-d", "refs/remotes/origin/main"]);
        let first = github(
            &sandbox,
            "push",
            &pushed(&format!("refs/heads/{branch}"), ZEROS, &id),
            &[],
        );
        assert!(
            first.status == 1 && first.stdout.contains("no configuration is used"),
            "{}",
            first.stdout
        );
        let trusted = ["--trust-changes", "true"];
        let first = github(
            &sandbox,
            "push",
            &pushed(&format!("refs/heads/{branch}"), ZEROS, &id),
            &trusted,
        );
        assert!(
            first.status == 0 && first.stdout.contains("allowed by this change alone"),
            "{}",
            first.stdout
        );
    }
}

#[test]
fn a_configuration_given_by_flag_wins() {
    let sandbox = checkout();
    sandbox.write(".ntnguard.yaml", "}").commit_all("broken");
    let base = sandbox.id("HEAD");
    let head = sandbox
        .write("a.py", format!("t = '{}'\n", token(1)))
        .commit_all("leak");
    let event = pull_request(&base, &head);
    let run = github(&sandbox, "pull_request", &event, &[]);
    assert!(
        run.status == 2 && run.stderr.contains(&format!(".ntnguard.yaml of {base}")),
        "{}",
        run.stderr
    );
    assert_eq!(
        github(&sandbox, "pull_request", &event, &["--no-config"]).status,
        1
    );
    let allow = "version: 1\nallow: [{paths: [a.py], reason: x}]\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.yaml");
    std::fs::write(&file, allow).unwrap();
    let run = github(
        &sandbox,
        "pull_request",
        &event,
        &["--config", file.to_str().unwrap()],
    );
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

/// If the base links to the same commit of a submodule, all comments in it are known to the base, and count.
#[test]
fn comments_in_submodules_count_if_the_base_has_their_commit() {
    let module = Sandbox::repository();
    module
        .write(
            "f.py",
            format!("t = '{}'  # ntnguard: allow fixture\n", token(1)),
        )
        .commit_all("module");
    let sandbox = checkout();
    let address = module.path().display().to_string();
    sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &address,
        "dir/module",
    ]);
    sandbox.commit_all("base");
    push(&sandbox, "main");
    let base = sandbox.id("HEAD");
    let head = sandbox.write("new", "x").commit_all("change");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    assert_eq!(
        (run.status, &run.json()["summary"]["suppressed"]),
        (0, &1.into()),
        "{}",
        run.stdout
    );
    let before = format!("{base}~1");
    sandbox.git(["update-ref", "refs/remotes/origin/main", &before]);
    let run = github_json(
        &sandbox,
        "pull_request",
        &pull_request(&sandbox.id(&before), &head),
    );
    assert_eq!(run.status, 1, "a module that is new: {}", run.stdout);
}
