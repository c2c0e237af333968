//! The advice on findings, which depends on the situation in which a user reads it.

use crate::fake::expand;
use crate::make::zip;
use crate::sandbox::Sandbox;

/// The output of a run as one line, with single spaces.
fn said(run: &crate::sandbox::Run) -> String {
    format!("{}{}", run.stdout, run.stderr)
        .split_whitespace()
        .filter(|word| *word != "│")
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn advice_on_a_commit_fits_the_language_of_the_file() {
    let token = expand("{ntn}", 1);
    for (path, line, read, comment) in [
        (
            "src/a.ts",
            "const t = 'T'",
            "Put the value into .env.local, read `process.env.NOTION_TOKEN` in this file",
            "// ntnguard: allow",
        ),
        (
            "a.py",
            "t = 'T'",
            "Put the value into .env, read `os.environ[\"NOTION_TOKEN\"]` in this file",
            "# ntnguard: allow",
        ),
        (
            ".github/workflows/a.yml",
            "t: T",
            "read `${{ secrets.NOTION_TOKEN }}` in this file",
            "# ntnguard: allow",
        ),
        (
            ".mcp.json",
            "{\"t\": \"T\"}",
            "read `${NOTION_TOKEN}` in this file",
            "run `ntnguard allow v1:",
        ),
        (
            "notes.md",
            "T",
            "read it from the variable `NOTION_TOKEN` in this file",
            "run `ntnguard allow v1:",
        ),
    ] {
        let sandbox = Sandbox::repository();
        sandbox.write("README", "x").commit_all("x");
        sandbox.write(path, line.replace('T', &token));
        sandbox.git(["add", "-A"]);
        let run = sandbox.run(["hook", "run", "pre-commit"]);
        let said = said(&run);
        assert!(
            run.status == 1 && said.contains("Nothing has left this machine"),
            "{path} {said}"
        );
        assert!(
            said.contains(read) && said.contains(comment) && !said.contains("Regenerate"),
            "{path} {said}"
        );
        let json = sandbox.run(["staged", "--format", "json"]).json();
        let fingerprint = json["findings"][0]["fingerprint"].as_str().unwrap();
        assert!(
            said.contains(&format!("`ntnguard allow {fingerprint} --reason TEXT`")),
            "{path} {said}"
        );
        assert!(
            json["findings"][0]["advice"]
                .as_str()
                .unwrap()
                .starts_with("Nothing has left this machine")
        );
        // The entry works when it is pasted without a change.
        let entry =
            format!("version: 1\nallow:\n- fingerprint: {fingerprint}\n  reason: not a secret\n");
        sandbox.write(".ntnguard.yaml", entry);
        assert_eq!(sandbox.run(["staged"]).status, 0, "{path}");
    }
}

/// A template stays in git, a name is changed, and an archive is made again.
#[test]
fn advice_on_a_commit_fits_the_kind_of_file() {
    let token = expand("{ntn}", 1);
    for (path, content, advice) in [
        (
            ".env.example".to_owned(),
            format!("NOTION_TOKEN={token}\n").into_bytes(),
            "Keep only the name in the template (`NOTION_TOKEN=`)",
        ),
        (
            format!("x-{token}"),
            b"x".to_vec(),
            "Rename the file or its folder",
        ),
        (
            ".env_sample".to_owned(),
            format!("NOTION_TOKEN={token}\n").into_bytes(),
            "Keep only the name in the template (`NOTION_TOKEN=`)",
        ),
        (
            "a.zip".to_owned(),
            zip("in.txt", token.as_bytes()),
            "Make the file again without the credential",
        ),
    ] {
        let sandbox = Sandbox::repository();
        sandbox.write("README", "x").commit_all("x");
        sandbox.write(&path, content).git(["add", "-A"]);
        let said = said(&sandbox.run(["hook", "run", "pre-commit"]));
        assert!(
            said.contains("Nothing has left this machine") && said.contains(advice),
            "{path}: {said}"
        );
        assert!(!said.contains("git rm --cached"), "{path}: {said}");
    }
    // A name that a commit has already is not new, in whatever folder.
    let sandbox = Sandbox::repository();
    sandbox.write(format!("a/{token}"), "x").commit_all("x");
    sandbox.git(["mv", "a", "b"]);
    let said = said(&sandbox.run(["staged"]));
    assert!(!said.contains("Nothing has left"), "{said}");
}

#[test]
fn a_committed_secret_must_be_replaced() {
    let sandbox = Sandbox::repository();
    let token = expand("{ntn}", 2);
    sandbox
        .write("a.ts", format!("t = '{token}'\n"))
        .commit_all("x");
    sandbox.write("a.ts", format!("t = '{token}' // more\n"));
    sandbox.git(["add", "-A"]);
    assert!(said(&sandbox.run(["staged"])).contains("Regenerate the token"));
    sandbox.git(["mv", "a.ts", "b.ts"]);
    sandbox.write("b.ts", format!("t = '{token}'\n"));
    sandbox.git(["add", "-A"]);
    assert!(
        said(&sandbox.run(["staged"])).contains("Regenerate the token"),
        "it was only moved"
    );
    // The advice on an env file does not mention code.
    let sandbox = Sandbox::repository();
    sandbox.write(".env", format!("NOTION_TOKEN={token}\n"));
    sandbox.git(["add", "-f", ".env"]);
    assert!(said(&sandbox.run(["staged"])).contains("`git rm --cached -- .env`"));
}

#[test]
fn stopped_messages_and_pushes_get_fitting_advice() {
    let sandbox = Sandbox::repository();
    let token = expand("{ntn}", 3);
    sandbox.write("message", format!("use {token}\n"));
    let run = sandbox.run(["hook", "run", "commit-msg", "message"]);
    assert!(
        run.status == 1 && said(&run).contains("write the message again without the credential"),
        "{}",
        run.stdout
    );
    sandbox
        .write("a.go", format!("t := \"{token}\"\n"))
        .commit_all("x");
    let push = |remote: &str| {
        let update = format!(
            "refs/heads/main {} refs/heads/main {}\n",
            sandbox.id("HEAD"),
            "0".repeat(40)
        );
        said(&sandbox.run_with_input(
            ["hook", "run", "pre-push", remote, "url"],
            update.as_bytes(),
        ))
    };
    let first = push("origin");
    assert!(
        first.contains("read `os.Getenv(\"NOTION_TOKEN\")` in this file")
            && first.contains("git commit --amend"),
        "{first}"
    );
    // Another remote has the secret.
    sandbox.git(["update-ref", "refs/remotes/other/main", "HEAD"]);
    assert!(push("origin").contains("Regenerate the token"));
}

#[test]
fn advice_on_a_removed_env_file_does_not_mention_the_index() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "x").commit_all("first");
    let lines = expand("DB_PASSWORD={a:24}\nNOTION_TOKEN={ntn}\n", 4);
    sandbox.write("app/.env", lines).commit_all("add");
    sandbox.git(["rm", "-q", "--cached", "app/.env"]);
    sandbox.git(["commit", "-qm", "remove"]);
    let zeros = "0".repeat(40);
    let update = format!(
        "refs/heads/main {} refs/heads/main {zeros}\n",
        sandbox.id("HEAD")
    );
    let push = |format: &str| {
        let arguments = [
            "hook", "run", "pre-push", "origin", "url", "--format", format,
        ];
        sandbox.run_with_input(arguments, update.as_bytes())
    };
    let ci = [
        "ci",
        "--system",
        "none",
        "--base",
        "HEAD~2",
        "--head",
        "HEAD",
        "--env=off",
    ];
    for run in [
        push("human"),
        push("concise"),
        push("github"),
        push("json"),
        sandbox.run(["range", "HEAD~2..HEAD"]),
        sandbox.run(ci),
        sandbox.run(["history", "--fail-on", "warning"]),
    ] {
        assert_eq!(run.status, 1, "{}", run.stderr);
        let said = said(&run);
        assert!(
            !said.contains("in the index") && !said.contains("rm --cached"),
            "{said}"
        );
    }
    let human = said(&push("human"));
    assert_eq!(
        human.matches("out of the commits that contain it").count(),
        2,
        "{human}"
    );
    // A staged file is in the index, so the advice is to remove it there.
    sandbox.git(["add", "-f", "app/.env"]);
    assert!(said(&sandbox.run(["staged"])).contains("`git rm --cached`"));
}

#[test]
fn ci_marks_secrets_that_only_commits_contain() {
    let sandbox = Sandbox::repository();
    let [gone, kept] = [5, 6].map(|seed| expand("{ntn}", seed));
    sandbox.write("a.txt", "x").commit_all("first");
    sandbox
        .write("gone.ts", &gone)
        .write("kept.ts", &kept)
        .commit_all("add");
    sandbox.write("gone.ts", "x").commit_all("remove");
    let ci = [
        "ci",
        "--system",
        "none",
        "--base",
        "HEAD~2",
        "--head",
        "HEAD",
        "--env=off",
    ];
    let note = "No file that is checked out has the secret any more: only commits have it";
    let human = said(&sandbox.run(ci));
    assert_eq!(human.matches(note).count(), 1, "{human}");
    let run = sandbox.run(ci.iter().chain(&["--format", "json"]));
    for finding in run.json()["findings"].as_array().unwrap() {
        let said = finding["note"].as_str().unwrap_or_default();
        assert_eq!(said.starts_with(note), finding["path"] == "gone.ts");
    }
    // The secret may be in a file that is excluded.
    let exclude = "version: 1\nexclude: [a.txt]\n";
    sandbox.git(["checkout", "-q", "HEAD~2"]);
    sandbox
        .write(".ntnguard.yaml", exclude)
        .commit_all("exclude");
    sandbox.write("gone.ts", &gone).commit_all("add");
    sandbox.write("gone.ts", "x").commit_all("remove");
    let human = said(&sandbox.run(ci));
    assert!(
        human.contains("gone.ts") && !human.contains(note),
        "{human}"
    );
}

/// A repository with `count` leaks of different tokens.
fn leaking(count: u64) -> Sandbox {
    let sandbox = Sandbox::repository();
    for seed in 0..count {
        sandbox.write(
            format!("src/{seed:03}.ts"),
            format!("export const t = '{}'\n", expand("{ntn}", 100 + seed)),
        );
    }
    sandbox
}

#[test]
fn many_findings_get_one_line_each() {
    let sandbox = leaking(300);
    for (arguments, most) in [
        (&["scan"][..], 400),
        (&["scan", "--format", "concise"], 300),
        (&["scan", "-q"], 310),
    ] {
        let run = sandbox.run(arguments);
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert!(
            run.status == 1 && lines.len() <= most,
            "{arguments:?}: {} lines",
            lines.len()
        );
        let line = lines
            .iter()
            .find(|line| line.starts_with("src/007.ts:1:19: "))
            .unwrap();
        assert!(
            line.contains(": error[integration-token] Notion integration token, ntn_…"),
            "{line}"
        );
    }
    let human = sandbox.run(["scan"]).stdout;
    assert!(
        human.contains("300 integration-token.") && human.contains("-v shows all"),
        "{human}"
    );
    assert!(sandbox.run(["scan", "-v"]).stdout.lines().count() > 1000);
    // A few findings are shown in full.
    assert!(
        !leaking(20)
            .run(["scan"])
            .stdout
            .contains("Each finding has only one line here")
    );
}

#[test]
fn the_format_follows_from_the_name_of_the_report_file() {
    let sandbox = leaking(1);
    let read = |name: &str| std::fs::read_to_string(sandbox.path().join(name)).unwrap();
    assert_eq!(
        sandbox
            .run(["scan", "-o", "report.json", "-o", "r.sarif", "-o", "r.txt"])
            .stdout,
        ""
    );
    assert!(read("report.json").contains("\"findings\"") && read("r.sarif").contains("\"runs\""));
    assert!(read("r.txt").contains("Notion integration token in src/000.ts:1:19"));
    sandbox.run(["scan", "--format", "concise", "-o", "x.json"]);
    assert!(
        read("x.json").starts_with("src/000.ts:1:19: error["),
        "what is asked for counts first"
    );
}

#[test]
fn history_begins_with_a_table_sorted_by_urgency() {
    let sandbox = Sandbox::repository();
    let [old, kept, remote] = [1, 2, 3].map(|seed| expand("{ntn}", 500 + seed));
    sandbox.write("old.ts", &old).commit_all("one");
    sandbox
        .write("old.ts", "x")
        .write("remote.ts", &remote)
        .commit_all("two");
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.write("remote.ts", "x").commit_all("three");
    sandbox.git(["checkout", "-q", "--orphan", "other"]);
    sandbox.write("kept.ts", &kept).commit_all("four");
    sandbox.git(["branch", "-q", "-D", "main"]);
    let human = sandbox.run(["history"]).stdout;
    let rows: Vec<&str> = human.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), 4, "{human}");
    assert!(
        rows[0].starts_with("secret") && rows[0].ends_with("remote"),
        "{human}"
    );
    let end = |row: usize, token: &str| rows[row].contains(&token[token.len() - 4..]);
    assert!(
        rows.iter()
            .skip(1)
            .filter(|row| row.ends_with("yes"))
            .count()
            >= 2,
        "{human}"
    );
    assert!(rows.iter().all(|row| row.chars().count() <= 100), "{human}");
    let order: Vec<bool> = [(1, &remote), (2, &old), (3, &kept)]
        .map(|(row, token)| end(row, token))
        .to_vec();
    assert_eq!(
        order, [true; 3],
        "what a remote has, of that what files still hold, then the rest: {human}"
    );
    // The report of forty secrets fits on one screen.
    let many = leaking(40);
    many.commit_all("x");
    let human = many.run(["history"]).stdout;
    assert!(
        human.lines().count() <= 48 && human.contains("40 integration-token."),
        "{human}"
    );
}

/// With only one secret there is no table, so the secret gets a line among the many env files.
#[test]
fn one_secret_among_many_env_files_is_shown() {
    let sandbox = leaking(1);
    for number in 0..30 {
        sandbox.write(
            format!("app{number}/.env"),
            format!("DB_PASSWORD={}\n", expand("{a:24}", number)),
        );
    }
    sandbox.commit_all("x");
    let human = sandbox.run(["history"]).stdout;
    let token = expand("{ntn}", 100);
    assert!(
        human.contains(&token[token.len() - 4..]) && human.contains("src/000.ts:1:19"),
        "{human}"
    );
}
