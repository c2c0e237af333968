//! `--path`: a job of a monorepo scans one directory of the repository.

use super::*;

/// A repository with the packages `app`, `app2` (its name begins like the first) and `web`; and the id of the base commit.
fn monorepo() -> (Sandbox, String) {
    let sandbox = checkout();
    for name in ["app", "app2", "web"] {
        sandbox.write(format!("packages/{name}/README"), name);
    }
    sandbox.commit_all("packages");
    push(&sandbox, "main");
    let base = sandbox.id("HEAD");
    (sandbox, base)
}

/// Runs `ntnguard ci` for a pull request, limited to a folder.
fn proposed(sandbox: &Sandbox, base: &str, path: &str) -> Run {
    let event = pull_request(base, &sandbox.id("HEAD"));
    github(
        sandbox,
        "pull_request",
        &event,
        &["--format", "json", "--path", path],
    )
}

fn schedule(sandbox: &Sandbox, path: &str) -> Run {
    github(
        sandbox,
        "schedule",
        &json!({}),
        &["--format", "json", "--path", path],
    )
}

/// The path of each reported finding, or its other location if it has no path.
fn places(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "reported");
    let place = |finding: &Value| {
        finding["path"]
            .as_str()
            .or(finding["where"].as_str())
            .unwrap_or("-")
            .to_owned()
    };
    let mut places: Vec<String> = findings.map(place).collect();
    places.sort();
    places
}

#[test]
fn only_one_folder_of_a_change_is_scanned() {
    let (sandbox, base) = monorepo();
    for (seed, name) in [(1, "app"), (2, "web"), (3, "app2")] {
        sandbox
            .write(format!("packages/{name}/kept"), token(seed))
            .write(format!("packages/{name}/gone"), token(seed + 10));
    }
    sandbox.write("root", token(4)).commit_all("leaks");
    ["app", "web", "app2"]
        .iter()
        .for_each(|name| _ = sandbox.write(format!("packages/{name}/gone"), ""));
    sandbox.commit_all("clean");
    let run = proposed(&sandbox, &base, "packages/app");
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert_eq!(
        told(&sandbox, &run),
        [
            "packages/app/kept:1 by leaks",
            "packages/app/gone:1 by leaks"
        ]
    );
    assert!(
        scope(&run).contains("; only the files in packages/app;"),
        "{}",
        scope(&run)
    );
    assert_eq!(places(&proposed(&sandbox, &base, "packages")).len(), 6);
    let all = proposed(&sandbox, &base, ".");
    assert!(
        places(&all).len() == 7 && !scope(&all).contains("only the files in"),
        "{}",
        scope(&all)
    );
    // The result is the same if the command runs inside the directory.
    let event = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        event.path(),
        pull_request(&base, &sandbox.id("HEAD")).to_string(),
    )
    .unwrap();
    let mut command = sandbox.ntnguard();
    command
        .args(["ci", "--format", "json", "--path", "."])
        .current_dir(sandbox.path().join("packages/app"));
    command
        .envs([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "pull_request"),
        ])
        .env("GITHUB_EVENT_PATH", event.path());
    assert_eq!(
        places(&Run::of(command.output().unwrap())),
        ["packages/app/gone", "packages/app/kept"]
    );
}

/// A directory without a leak is clean, even if other directories leak. The report names the scanned directory.
#[test]
fn leaks_in_other_folders_are_left_to_other_jobs() {
    let (sandbox, base) = monorepo();
    sandbox.write("packages/web/leak", token(1)).write(
        "packages/web/package.json",
        r#"{"dependencies": {"dotenv": "1"}}"#,
    );
    sandbox
        .write("packages/web/.gitignore", "!.env*\n")
        .write("packages/web/.env", format!("TOKEN={}\n", token(2)));
    sandbox.commit_all("leaks");
    let run = proposed(&sandbox, &base, "packages/app");
    assert_eq!((run.status, places(&run).len()), (0, 0), "{}", run.stdout);
    assert_eq!(run.json()["complete"], true);
    let web = places(&proposed(&sandbox, &base, "packages/web"));
    assert!(
        web.len() > 2 && web.iter().all(|path| path.starts_with("packages/web")),
        "{web:?}"
    );
    let event = pull_request(&base, &sandbox.id("HEAD"));
    let run = github(
        &sandbox,
        "pull_request",
        &event,
        &["--path", "packages/app"],
    );
    assert!(
        run.status == 0 && run.stdout.contains("only the files in packages/app"),
        "{}",
        run.stdout
    );
}

/// A commit message belongs to no directory. Each job scans it, because a job cannot know whether another one does.
#[test]
fn every_job_scans_messages_and_branch_names() {
    let (sandbox, base) = monorepo();
    sandbox
        .write("packages/web/x", "x")
        .commit_all(&format!("use {}", token(1)));
    let mut event = pull_request(&base, &sandbox.id("HEAD"));
    event["pull_request"]["head"]["ref"] = format!("try-{}", token(2)).into();
    let run = github(
        &sandbox,
        "pull_request",
        &event,
        &["--format", "json", "--path", "packages/app"],
    );
    assert_eq!(
        places(&run),
        ["commit-message", "ref-name"],
        "{}",
        run.stdout
    );
}

/// A secret that the base has somewhere else is not new when it is moved into the directory. A secret that the change
/// itself added somewhere else and moves there is new.
#[test]
fn moved_secrets_are_compared_with_the_base() {
    let (sandbox, _) = monorepo();
    sandbox
        .write("packages/web/old", token(1))
        .commit_all("old leak");
    let base = sandbox.id("HEAD");
    sandbox.git(["mv", "packages/web/old", "packages/app/old"]);
    sandbox
        .write("packages/web/new", token(2))
        .commit_all("leak elsewhere");
    sandbox.git(["mv", "packages/web/new", "packages/app/new"]);
    sandbox.commit_all("move");
    std::fs::remove_file(sandbox.path().join("packages/app/new")).unwrap();
    sandbox.commit_all("remove");
    let run = proposed(&sandbox, &base, "packages/app");
    assert_eq!(told(&sandbox, &run), ["packages/app/new:1 by move"]);
    let old = &run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["path"] == "packages/app/old")
        .cloned();
    assert_eq!(old.as_ref().unwrap()["verdict"], "already-there");
}

#[test]
fn only_one_folder_of_history_is_scanned() {
    let (sandbox, _) = monorepo();
    for (seed, name) in [(1, "app"), (2, "web")] {
        sandbox.write(
            format!("packages/{name}/gone"),
            format!("\n{}", token(seed)),
        );
        sandbox.write(format!("packages/{name}/.env"), "DB_PASSWORD=hunter2\n");
        sandbox.write(format!("packages/{name}/dir-{}/x", token(seed + 10)), "x");
    }
    // One blob that is inside and outside of the directory is reported at its path inside. A name at the root is not
    // reported.
    sandbox
        .write("packages/app/zz", token(3))
        .write("aa", token(3))
        .write(format!("root-{}", token(4)), "x");
    sandbox.commit_all("leaks");
    sandbox.git(["rm", "-rq", "--cached", "."]);
    sandbox.git([
        "add",
        ".gitignore",
        "packages/app/README",
        "packages/web/README",
    ]);
    sandbox.git(["commit", "-qm", "clean"]);
    sandbox.git(["clean", "-fdxq"]);
    let run = schedule(&sandbox, "packages/app");
    let found = places(&run);
    assert_eq!(found.len(), 4, "{found:#?} {}", run.stderr);
    assert!(found[1].starts_with("packages/app/dir-ntn_"), "{found:?}");
    assert_eq!(
        [&found[0], &found[2], &found[3]],
        ["packages/app/.env", "packages/app/gone", "packages/app/zz"]
    );
    assert!(
        run.json()["complete"] == true && scope(&run).contains("only the files in packages/app"),
        "{}",
        scope(&run)
    );
}

/// An unreachable object belongs to no directory, so it is scanned. A file outside of the directory that is too large does
/// not make the scan incomplete.
#[test]
fn only_skips_in_the_folder_make_history_incomplete() {
    let (sandbox, _) = monorepo();
    sandbox
        .write(
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 1k}\n",
        )
        .write("packages/web/large", "x".repeat(3000));
    sandbox.commit_all("large");
    let run = schedule(&sandbox, "packages/app");
    assert_eq!(
        (run.status, run.json()["skipped"].as_array().unwrap().len()),
        (0, 0),
        "{}",
        run.stdout
    );
    assert_eq!(schedule(&sandbox, "packages/web").status, 2);
    sandbox
        .write("lost", token(1))
        .git(["hash-object", "-w", "lost"]);
    std::fs::remove_file(sandbox.path().join("lost")).unwrap();
    assert_eq!(places(&schedule(&sandbox, "packages/app")), ["-"]);
}

#[test]
fn content_in_git_lfs_belongs_to_the_folder_of_its_pointer() {
    let (sandbox, _) = monorepo();
    for (number, name) in [(1, "app"), (2, "web")] {
        let (oid, secret) = (format!("{number:064x}"), token(number));
        let pointer = format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {}\n",
            secret.len()
        );
        sandbox.write(format!("packages/{name}/kept"), pointer);
        sandbox.write(
            format!(".git/lfs/objects/{}/{}/{oid}", &oid[..2], &oid[2..4]),
            &secret,
        );
    }
    sandbox.commit_all("pointers");
    assert_eq!(
        places(&schedule(&sandbox, "packages/app")),
        ["packages/app/kept"]
    );
    std::fs::remove_file(
        sandbox
            .path()
            .join(format!(".git/lfs/objects/00/00/{:064x}", 2)),
    )
    .unwrap();
    let run = schedule(&sandbox, "packages/app");
    assert_eq!(
        (run.status, run.json()["complete"].clone()),
        (1, true.into()),
        "{}",
        run.stdout
    );
    assert_eq!(schedule(&sandbox, "packages/web").status, 2);
}

/// A run that scanned nothing is never clean.
#[test]
fn an_invalid_folder_is_refused() {
    let (sandbox, base) = monorepo();
    let other = Sandbox::repository();
    sandbox.git(["init", "-q", "inner"]);
    sandbox.write("inner/sub/x", "x");
    let outside = other.path();
    for (path, why) in [
        ("packages/none", "cannot be scanned"),
        ("packages/app/README", "cannot be scanned"),
        (outside.to_str().unwrap(), "outside of the repository"),
        ("..", "outside of the repository"),
        ("inner", "belongs to another repository"),
        ("inner/sub", "belongs to another repository"),
    ] {
        let run = proposed(&sandbox, &base, path);
        assert!(
            run.status == 2 && run.stderr.contains(why),
            "{path}: {} {}",
            run.status,
            run.stderr
        );
    }
}

/// A change could replace the directory by a link, so that the scan would read the directory that the link leads to.
#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_folder_is_refused() {
    let (sandbox, base) = monorepo();
    std::os::unix::fs::symlink("web", sandbox.path().join("packages/link")).unwrap();
    std::os::unix::fs::symlink("packages", sandbox.path().join("on the way")).unwrap();
    sandbox.commit_all("links");
    for path in [
        "packages/link",
        "packages/link/",
        "on the way/app",
        "packages/../on the way/app",
    ] {
        let run = proposed(&sandbox, &base, path);
        assert!(
            run.status == 2 && run.stderr.contains("symbolic link"),
            "{path}: {} {}",
            run.status,
            run.stderr
        );
    }
    assert_eq!(
        proposed(&sandbox, &base, "packages/../packages/app").status,
        0
    );
}

/// GitHub's code scanning closes the alerts of a category that its newest analysis does not list. So each directory has its
/// own category.
#[test]
fn each_folder_has_its_own_sarif_category() {
    let (sandbox, base) = monorepo();
    sandbox.write("packages/a b/x", token(1)).commit_all("leak");
    let event = pull_request(&base, &sandbox.id("HEAD"));
    let id = |path: &str| {
        let run = github(
            &sandbox,
            "pull_request",
            &event,
            &["-o", "sarif=../out.sarif", "--path", path],
        );
        let text = std::fs::read_to_string(sandbox.path().join("../out.sarif"))
            .unwrap_or_else(|_| panic!("{}", run.stderr));
        serde_json::from_str::<Value>(&text).unwrap()["runs"][0]["automationDetails"]["id"].clone()
    };
    assert_eq!(id("packages/a b"), "ntnguard/change/packages/a%20b/");
    assert_eq!(id("packages/app"), "ntnguard/change/packages/app/");
    assert_eq!(id("."), "ntnguard/change/");
}
