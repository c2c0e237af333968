//! The output of a job: the report, the annotations, the summary, and the outputs of the step.

use std::fs;
use std::path::PathBuf;

use super::*;

/// A job with files for its summary and its outputs. Both files already have content, which must stay.
struct Job {
    folder: tempfile::TempDir,
}

impl Job {
    fn new() -> Self {
        let job = Job {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(job.file("summary"), "before\n").unwrap();
        fs::write(job.file("outputs"), "before=1\n").unwrap();
        job
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        let text = fs::read_to_string(self.file(name)).unwrap();
        text.strip_prefix("before\n")
            .or(text.strip_prefix("before=1\n"))
            .expect("it is appended to")
            .to_owned()
    }

    fn run(&self, sandbox: &Sandbox, event: &str, payload: &Value, arguments: &[&str]) -> Run {
        fs::write(self.file("event"), payload.to_string()).unwrap();
        let [event_file, summary, outputs] =
            ["event", "summary", "outputs"].map(|name| self.file(name));
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", event),
            ("GITHUB_EVENT_PATH", event_file.to_str().unwrap()),
            ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
            ("GITHUB_OUTPUT", outputs.to_str().unwrap()),
        ];
        ci(sandbox, &variables, arguments)
    }
}

#[test]
fn an_unscanned_file_is_reported_once() {
    let sandbox = checkout();
    sandbox
        .write(
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 2k}\n",
        )
        .commit_all("limit");
    let base = sandbox.id("HEAD");
    sandbox.write("large", "x".repeat(3000)).commit_all("large");
    let payload = json!({"ref": "refs/heads/main", "before": base, "after": sandbox.id("HEAD")});
    let run = Job::new().run(&sandbox, "push", &payload, &["--format", "json"]);
    let json = run.json();
    let skipped = json["skipped"].as_array().unwrap();
    assert_eq!((run.status, skipped.len()), (2, 1), "{json}");
}

/// A pull request that adds two leaks: `kept` stays, `gone` is removed again. Returns the repository and the event.
fn leaking() -> (Sandbox, Value) {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    sandbox
        .write("gone", format!("\n{}", token(1)))
        .commit_all("leak");
    sandbox
        .write("gone", "")
        .write("src/kept.ts", format!("\n\n  {}", token(2)))
        .commit_all("more");
    sandbox
        .write("src/kept.ts", format!("\n\n\n  {}\n{}", token(2), token(2)))
        .commit_all("moved down");
    let event = pull_request(&base, &sandbox.id("HEAD"));
    (sandbox, event)
}

#[test]
fn annotations_follow_the_human_report() {
    let (sandbox, event) = leaking();
    let job = Job::new();
    let run = job.run(&sandbox, "pull_request", &event, &[]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let (human, annotations) = run.stdout.split_once("::error").unwrap();
    assert!(
        human.starts_with(
            "pull request: 3 commits of main..feature, the files at HEAD, the env files; judged by"
        ),
        "{human}"
    );
    assert!(
        human.contains("src/kept.ts:4:3")
            && human.contains("also in\n")
            && human.contains("src/kept.ts:5:1"),
        "{human}"
    );
    assert!(
        human.contains("2 findings · 3 commits, ") && human.contains(" 0 tags ("),
        "{human}"
    );
    let lines: Vec<&str> = annotations
        .lines()
        .filter(|line| line.contains("title="))
        .collect();
    assert_eq!(lines.len(), 2, "{annotations}");
    assert!(
        lines[0].contains("file=src/kept.ts,line=4,col=3,"),
        "{annotations}"
    );
    assert!(
        !lines[1].contains("file=") && lines[1].contains("in gone:2:1, added by commit "),
        "{annotations}"
    );
    let run = job.run(&sandbox, "pull_request", &event, &["--format", "human"]);
    assert!(!run.stdout.contains("::error"), "{}", run.stdout);
    let run = job.run(&sandbox, "pull_request", &event, &["--format", "json"]);
    assert_eq!(
        told(&sandbox, &run).len(),
        2,
        "one document, and nothing behind it"
    );
    let github = job
        .run(&sandbox, "pull_request", &event, &["--format", "github"])
        .stdout;
    assert!(
        github.starts_with("Scanned: pull request: 3 commits")
            && github.matches("::error").count() == 2,
        "{github}"
    );
    let outside = ci(&sandbox, &[], &[]);
    assert!(
        outside.status == 1 && !outside.stdout.contains("::error"),
        "{}",
        outside.stdout
    );
}

#[test]
fn one_secret_is_one_finding_with_its_place_in_the_files() {
    let (sandbox, event) = leaking();
    let run = github_json(&sandbox, "pull_request", &event);
    let json = run.json();
    let kept = &json["findings"][0];
    assert_eq!(
        (&kept["path"], &kept["line"], &kept["object"]),
        (&"src/kept.ts".into(), &4.into(), &Value::Null)
    );
    let introduced = kept["placement"]["introduced"]["commit"].as_str().unwrap();
    assert_eq!(introduced, sandbox.id("HEAD~1"));
    let places: Vec<String> = kept["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            format!(
                "{}:{}{}",
                place["path"].as_str().unwrap(),
                place["line"],
                if place["object"].is_null() {
                    ""
                } else {
                    " in git"
                }
            )
        })
        .collect();
    assert_eq!(places[..2], ["src/kept.ts:4", "src/kept.ts:5"]);
    assert!(
        places[2..].iter().all(|place| place.ends_with(" in git")) && places.len() > 2,
        "{places:?}"
    );
}

/// If an old file also has the secret, the annotation is at the new file.
#[test]
fn the_place_added_by_the_commits_comes_first() {
    let sandbox = checkout();
    sandbox
        .write("a", token(1))
        .write("b", token(2))
        .commit_all("old");
    let base = sandbox.id("HEAD");
    let head = sandbox
        .write("z", format!("\n{}", token(2)))
        .commit_all("copy");
    let run = github_json(&sandbox, "pull_request", &pull_request(&base, &head));
    let places: Vec<String> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["verdict"] != "below-confidence")
        .map(|f| {
            format!(
                "{}:{} {}",
                f["path"].as_str().unwrap(),
                f["line"],
                f["verdict"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(places, ["z:2 already-there", "a:1 already-there"]);
}

#[test]
fn an_unwritable_report_is_reported_in_the_summary() {
    let (sandbox, event) = leaking();
    let job = Job::new();
    let run = job.run(
        &sandbox,
        "pull_request",
        &event,
        &["-o", "sarif=/nowhere/out.sarif"],
    );
    assert_eq!(
        (run.status, job.read("outputs").as_str()),
        (2, "findings=0\ncomplete=false\nexit-code=2\n")
    );
    assert!(job.read("summary").contains("cannot be written"));
}

#[test]
fn the_summary_and_the_outputs_are_appended() {
    let (sandbox, event) = leaking();
    let job = Job::new();
    let sarif = job.file("out.sarif");
    let run = job.run(
        &sandbox,
        "pull_request",
        &event,
        &["-o", &format!("sarif={}", sarif.display())],
    );
    assert_eq!(run.status, 1);
    let outputs = format!(
        "findings=2\ncomplete=true\nexit-code=1\nsarif-file={}\n",
        sarif.display()
    );
    assert_eq!(job.read("outputs"), outputs);
    assert!(
        fs::read_to_string(&sarif)
            .unwrap()
            .contains("ntnguard/change/")
    );
    let summary = job.read("summary");
    let rows: Vec<&str> = summary
        .lines()
        .filter(|line| line.starts_with("| Notion"))
        .collect();
    assert_eq!(rows.len(), 2, "{summary}");
    let (first, second) = (sandbox.id("HEAD~2"), sandbox.id("HEAD~1"));
    assert!(rows[0].contains("src/kept.ts&#58;4&#58;3"), "{}", rows[0]);
    assert!(
        rows[0].contains(&second[..10]) && rows[0].contains(" UTC |"),
        "{}",
        rows[0]
    );
    assert!(
        rows[1].contains(&format!(
            "gone&#58;2&#58;1</code> in commit <code>{first}</code>"
        )),
        "{}",
        rows[1]
    );
    assert!(
        summary.contains("### What to do now")
            && summary.contains("`ntnguard rules integration-token`")
    );
    job.run(
        &sandbox,
        "push",
        &pushed("refs/heads/x", &first, ZEROS),
        &[],
    );
    assert_eq!(
        job.read("outputs"),
        outputs + "findings=0\ncomplete=true\nexit-code=0\n"
    );
    assert!(
        job.read("summary").contains(
            "## ntnguard: nothing was found\n\nScanned: <code>deletion of x&#58; nothing"
        )
    );
}

#[test]
fn missing_commits_are_reported_in_every_output() {
    let (sandbox, _) = leaking();
    let gone = "1234567890123456789012345678901234567890";
    let job = Job::new();
    sandbox.write("src/kept.ts", "");
    let run = job.run(
        &sandbox,
        "pull_request",
        &pull_request(&sandbox.id("HEAD~3"), gone),
        &[],
    );
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert_eq!(
        job.read("outputs"),
        "findings=0\ncomplete=false\nexit-code=2\n"
    );
    let summary = job.read("summary");
    assert!(
        summary.contains("incomplete")
            && summary.contains("### Not looked at")
            && summary.contains(gone),
        "{summary}"
    );
    assert!(
        run.stdout.contains("::error title=Not scanned"),
        "{}",
        run.stdout
    );
    // An event that cannot be read: nothing is scanned.
    let job = Job::new();
    let run = job.run(&sandbox, "push", &json!([]), &[]);
    assert_eq!(
        (run.status, job.read("outputs").as_str()),
        (2, "findings=0\ncomplete=false\nexit-code=2\n")
    );
    assert!(job.read("summary").contains("nothing was scanned"));
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let (sandbox, event) = leaking();
    for name in ["summary", "outputs"] {
        let job = Job::new();
        fs::remove_file(job.file(name)).unwrap();
        fs::create_dir(job.file(name)).unwrap();
        let run = job.run(&sandbox, "pull_request", &event, &[]);
        assert!(
            run.status == 2 && run.stderr.contains("cannot be written"),
            "{name}: {}",
            run.stderr
        );
    }
}

/// GitHub shows only ten errors of a step. So secrets are annotated before env files, and a notice has the number of the
/// rest.
#[test]
fn ten_findings_are_annotated_and_the_rest_is_counted() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    sandbox
        .write(".env.local", format!("NOTION_TOKEN={}\n", token(1)))
        .git(["add", "-f", "."]);
    (2..14).for_each(|number| _ = sandbox.write(format!("leaks/{number}"), token(number)));
    let head = sandbox.commit_all("leaks");
    let job = Job::new();
    let event = pull_request(&base, &head);
    let run = job.run(&sandbox, "pull_request", &event, &[]);
    let errors: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("::error "))
        .collect();
    assert_eq!(errors.len(), 10, "{}", run.stdout);
    assert!(
        errors
            .iter()
            .all(|line| line.contains("title=Notion integration token,")),
        "{errors:#?}"
    );
    assert!(
        run.stdout
            .contains("::notice title=ntnguard::4 more in the log and"),
        "{}",
        run.stdout
    );
    assert_eq!(
        job.read("summary")
            .matches("| Notion integration token <code>")
            .count(),
        13
    );
    // With `--format github` the log is the only report, so it has all annotations.
    let github = job
        .run(&sandbox, "pull_request", &event, &["--format", "github"])
        .stdout;
    assert_eq!(github.matches("::error ").count(), 14, "{github}");
}

/// The action says which repository and revision it was loaded from. Reports link to the rules' pages there.
#[test]
fn links_lead_to_the_pages_of_the_actions_revision() {
    let (sandbox, event) = leaking();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(file("event"), event.to_string()).unwrap();
    let run = |repository: &str, revision: &str| {
        let _ = fs::remove_file(file("summary"));
        let job = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "pull_request"),
            ("GITHUB_SERVER_URL", "https://github.com"),
        ];
        let files = [
            ("GITHUB_EVENT_PATH", file("event")),
            ("GITHUB_STEP_SUMMARY", file("summary")),
        ];
        let mut command = sandbox.ntnguard();
        command.arg("ci").envs(job).envs(files);
        command
            .env("NTNGUARD_ACTION_REPOSITORY", repository)
            .env("NTNGUARD_ACTION_REF", revision);
        (
            Run::of(command.output().unwrap()).stdout,
            fs::read_to_string(file("summary")).unwrap(),
        )
    };
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let page =
        format!("https://github.com/o/ntnguard/blob/{commit}/docs/rules/integration-token.md");
    let (log, summary) = run("o/ntnguard", commit);
    let errors: Vec<&str> = log
        .lines()
        .filter(|line| line.starts_with("::error "))
        .collect();
    assert!(
        errors.len() == 2 && errors.iter().all(|line| line.ends_with(&page)),
        "{errors:#?}"
    );
    assert!(
        summary.contains(&format!("[integration-token]({page})")),
        "{summary}"
    );
    for (repository, revision) in [
        ("", ""),
        ("o/ntnguard", "x\n::error::y"),
        ("o/ntnguard", "../.."),
    ] {
        let (log, summary) = run(repository, revision);
        let errors: Vec<&str> = log
            .lines()
            .filter(|line| line.starts_with("::error"))
            .collect();
        assert!(
            errors.len() == 2
                && errors
                    .iter()
                    .all(|line| line.ends_with("ntnguard rules integration-token")),
            "{log}"
        );
        assert!(
            summary.contains("`ntnguard rules integration-token`") && !summary.contains("https:"),
            "{summary}"
        );
    }
}

/// If there are more than ten warnings, the warnings about secrets are among those that GitHub shows.
#[test]
fn old_secrets_are_annotated_before_new_env_files() {
    let sandbox = checkout();
    sandbox.write("old.ts", token(1)).commit_all("old");
    let base = sandbox.id("HEAD");
    for number in 0..12 {
        sandbox.write(format!("p{number}/.env"), "PORT=1\n");
    }
    let head = sandbox.write("new.ts", token(1)).commit_all("copies");
    let run = Job::new().run(
        &sandbox,
        "pull_request",
        &own_pull_request(&base, &head),
        &[],
    );
    let warnings: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("::warning "))
        .collect();
    assert!(
        warnings[0].contains("title=Notion integration token"),
        "{warnings:#?}"
    );
}

/// The output has the path of the report file relative to the workspace, because later steps that upload it run there.
#[test]
fn the_report_path_is_relative_to_the_workspace() {
    let (sandbox, event) = leaking();
    sandbox.write("in side/x", "x");
    let job = Job::new();
    fs::write(job.file("event"), event.to_string()).unwrap();
    for (folder, name, told) in [
        (
            "in side",
            "out.sarif".to_owned(),
            "in side/out.sarif".to_owned(),
        ),
        ("in side", "../up.sarif".to_owned(), "up.sarif".to_owned()),
        (
            "",
            sandbox.path().join("src/whole.sarif").display().to_string(),
            "src/whole.sarif".to_owned(),
        ),
        (
            "",
            job.file("far.sarif").display().to_string(),
            job.file("far.sarif").display().to_string(),
        ),
    ] {
        fs::write(job.file("outputs"), "before=1\n").unwrap();
        let mut command = sandbox.ntnguard();
        command
            .args(["ci", "-o", &format!("sarif={name}")])
            .current_dir(sandbox.path().join(folder));
        command.envs([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "pull_request"),
        ]);
        command
            .env("GITHUB_EVENT_PATH", job.file("event"))
            .env("GITHUB_OUTPUT", job.file("outputs"));
        assert_eq!(
            Run::of(
                command
                    .env("GITHUB_WORKSPACE", sandbox.path())
                    .output()
                    .unwrap()
            )
            .status,
            1
        );
        assert!(
            job.read("outputs")
                .ends_with(&format!("sarif-file={told}\n")),
            "{}",
            job.read("outputs")
        );
        assert!(sandbox.path().join(&told).exists(), "{told}");
    }
}

/// The summary says what a reviewer has to check. The summary of an error says what helps.
#[test]
fn the_summary_shows_review_steps_and_help() {
    let sandbox = checkout();
    let base = sandbox.id("HEAD");
    let line = format!("t = '{}'  # ntnguard: allow fixture\n", token(1));
    let head = sandbox.write("a.py", line).commit_all("allowed");
    let job = Job::new();
    assert_eq!(
        job.run(
            &sandbox,
            "pull_request",
            &own_pull_request(&base, &head),
            &[]
        )
        .status,
        0
    );
    let summary = job.read("summary");
    assert!(
        summary.contains("1 allowed by the change itself\n"),
        "{summary}"
    );
    assert!(
        summary.contains("- **Allowed by this change alone**: Before you merge")
            && !summary.contains("Regenerate"),
        "{summary}"
    );
    assert!(job.read("outputs").starts_with("findings=0\n"));
    let failed = Job::new();
    assert_eq!(failed.run(&sandbox, "push", &json!({}), &[]).status, 2);
    assert!(
        failed.read("summary").contains("--base REV --head REV"),
        "{}",
        failed.read("summary")
    );
}
