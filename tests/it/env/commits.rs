//! Env files in commits: all commands that scan commits judge them by their content.

use serde_json::Value;

use super::{NEXT, covered};
use crate::ci::{ci, github, pushed};
use crate::fake::{Fake, expand};
use crate::sandbox::{Run, Sandbox};

/// Each finding about a committed env file as `severity path verdict`.
fn tracked(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "env-tracked");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    findings
        .map(|f| {
            format!(
                "{} {} {}",
                text(&f["severity"]),
                text(&f["path"]),
                text(&f["verdict"])
            )
        })
        .collect()
}

fn json(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(arguments.iter().copied().chain(["--format", "json"]))
}

#[test]
fn the_content_of_a_committed_env_file_decides() {
    let enc = |seed| {
        expand(
            "ENC[AES256_GCM,data:{a:40}==,iv:{a:43}=,tag:{a:22}==,type:str]",
            seed,
        )
    };
    let sops = format!(
        "NOTION_TOKEN={}\nsops_mac={}\nsops_version=3.10.2\n",
        enc(1),
        enc(2)
    );
    let cases: [(&str, Vec<u8>, &[&str]); 12] = [
        (
            ".env",
            b"PORT=3000\nNODE_ENV=production\n".to_vec(),
            &["warning .env reported"],
        ),
        (
            ".env",
            expand("API_KEY={a:24}\n", 1).into(),
            &["error .env reported"],
        ),
        (
            ".env",
            b"DB_PASSWORD=hunter2\n".to_vec(),
            &["error .env reported"],
        ),
        (
            ".env",
            format!("TOKEN={}\n", Fake::new(1).ntn(0)).into(),
            &["error .env reported"],
        ),
        (
            ".env",
            b"NEXT_PUBLIC_KEY=pk_live_0123456789\nDB_PASSWORD=postgres\n".to_vec(),
            &["warning .env reported"],
        ),
        (
            ".env.testing",
            expand("APP_KEY=base64:{a:43}=\n", 1).into(),
            &["warning .env.testing reported"],
        ),
        (
            ".env.test",
            expand("RAILS_MASTER_KEY={h:32}\n", 1).into(),
            &["error .env.test reported"],
        ),
        (
            ".env.production",
            expand(
                "DOTENV_PUBLIC_KEY=\"{h:66}\"\nA_KEY=\"encrypted:{a:40}\"\nL_PLAIN=debug\n",
                1,
            )
            .into(),
            &[],
        ),
        ("secrets.enc.env", sops.clone().into(), &[]),
        ("app.env", sops.into(), &[]),
        (".env", [&b"\0GITCRYPT\0"[..], &[7; 60]].concat(), &[]),
        (
            ".env.keys",
            expand("DOTENV_PRIVATE_KEY={h:64}\n", 1).into(),
            &["error .env.keys reported"],
        ),
    ];
    for (name, content, expected) in cases {
        let sandbox = covered();
        sandbox.commit_all("rules");
        sandbox.write(name, &content);
        sandbox.git(["add", "-f", name]);
        let run = json(&sandbox, &["staged"]);
        let shown = String::from_utf8_lossy(&content).into_owned();
        assert_eq!(tracked(&run), expected, "staged {name}: {shown}");
        let fails = i32::from(expected.iter().any(|line| line.starts_with("error")));
        assert_eq!(run.status, fails, "staged {name}: {shown}");
        assert_eq!(
            tracked(&json(&sandbox, &["env"])),
            expected,
            "env {name}: {shown}"
        );
        sandbox.git(["commit", "-q", "-m", "x"]);
        assert_eq!(
            tracked(&json(&sandbox, &["range", "HEAD~1..HEAD"])),
            expected,
            "range {name}: {shown}"
        );
    }
}

#[test]
fn a_secret_added_to_a_harmless_env_file_is_an_error() {
    let sandbox = covered();
    sandbox.write(".env", "PORT=1\n").commit_all("harmless");
    sandbox
        .write(".env", "PORT=2\n")
        .commit_all("harmless still");
    assert_eq!(
        tracked(&json(&sandbox, &["range", "HEAD~1..HEAD"])),
        [""; 0],
        "it was there before"
    );
    let secret = expand("API_KEY={a:24}\n", 1);
    sandbox
        .write(".env", format!("PORT=2\n{secret}"))
        .commit_all("secret");
    assert_eq!(
        tracked(&json(&sandbox, &["range", "HEAD~1..HEAD"])),
        ["error .env reported"]
    );
    sandbox
        .write(".env", format!("PORT=3\n{secret}"))
        .commit_all("the same secret");
    assert_eq!(
        tracked(&json(&sandbox, &["range", "HEAD~1..HEAD"])),
        [""; 0]
    );
    let expected = ["error .env reported"];
    assert_eq!(
        tracked(&json(&sandbox, &["range", "HEAD~3..HEAD"])),
        expected,
        "one finding a file"
    );
}

#[test]
fn history_warns_of_each_path_once() {
    let sandbox = covered();
    for (at, name) in [".env", "a/.env", ".env", "b/c/prod.env"]
        .iter()
        .enumerate()
    {
        sandbox
            .write(name, format!("PORT={at}\nDB_PASSWORD=hunter{at}\n"))
            .commit_all("x");
    }
    sandbox.git(["rm", "-q", ".env"]);
    sandbox
        .write(".env.example", "A=\n")
        .write("x/.env.vault", "A=1\n")
        .commit_all("gone");
    for packed in [false, true] {
        if packed {
            sandbox.git(["gc", "-q"]);
        }
        let run = json(&sandbox, &["history"]);
        let expected = [
            "warning .env reported",
            "warning a/.env reported",
            "warning b/c/prod.env reported",
        ];
        let mut found = tracked(&run);
        found.sort();
        assert_eq!(
            (run.status, found),
            (0, expected.map(str::to_owned).to_vec()),
            "{}",
            run.stdout
        );
        let gone = run.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["path"] == ".env")
            .unwrap()
            .clone();
        assert!(
            !gone["placement"]["removed"].is_null() && gone["placement"]["commits"] == 4,
            "{gone}"
        );
    }
}

#[test]
fn hooks_and_ci_see_env_files_of_commits() {
    let sandbox = covered();
    let before = sandbox.commit_all("zero");
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox
        .write(".env", expand("DB_PASSWORD={a:24}\n", 1))
        .commit_all("add");
    sandbox.git(["rm", "-q", ".env"]);
    let after = sandbox.commit_all("remove");
    let event = pushed("refs/heads/main", &before, &after);
    let run = github(&sandbox, "push", &event, &["--format", "json"]);
    assert_eq!(
        (run.status, tracked(&run)),
        (1, vec!["error .env reported".to_owned()])
    );
    let lines = format!("refs/heads/main {after} refs/heads/main {before}\n");
    let run = sandbox.run_with_input(
        ["hook", "run", "pre-push", "--format", "json"],
        lines.as_bytes(),
    );
    assert_eq!(
        (run.status, tracked(&run)),
        (1, vec!["error .env reported".to_owned()])
    );
    for (audit, status) in [("fail", 1), ("warn", 0), ("off", 0)] {
        assert_eq!(
            github(&sandbox, "push", &event, &["--env", audit]).status,
            status,
            "{audit}"
        );
        let config = format!("version: 1\nci: {{env: {audit}}}\n");
        sandbox.write("c.yaml", config);
        assert_eq!(
            github(&sandbox, "push", &event, &["--config", "c.yaml"]).status,
            status,
            "{audit}"
        );
    }
    let off = github(&sandbox, "push", &event, &["--env", "off"]).stdout;
    assert!(off.contains("the env files are not audited"), "{off}");
}

/// An env file that the base has too does not fail a change. It fails a scan of all of history.
#[test]
fn env_files_of_the_base_are_already_there() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("package.json", NEXT)
        .write(".env", expand("API_KEY={a:24}\n", 1));
    sandbox
        .write("a/.env.example", expand("DB_PASSWORD={a:24}\n", 2))
        .write(".gitignore", "/.env.local\n");
    let before = sandbox.commit_all("zero");
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let after = sandbox.write("b", "x").commit_all("one");
    let event = pushed("refs/heads/main", &before, &after);
    let run = github(&sandbox, "push", &event, &[]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert_eq!(
        run.stdout
            .lines()
            .filter(|line| line.contains("env files:"))
            .count(),
        1,
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("as before this change") && !run.stdout.contains("::error"),
        "{}",
        run.stdout
    );
    let run = github(&sandbox, "push", &event, &["--format", "json"]);
    let verdicts: Vec<String> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["verdict"].to_string())
        .collect();
    assert_eq!(verdicts, ["\"already-there\""; 3], "{}", run.stdout);
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
    let brings: [&dyn Fn(); 4] = [
        &|| _ = sandbox.write(".env", expand("API_KEY={a:24}\nOTHER_KEY={a:30}\n", 1)),
        &|| _ = sandbox.write("a/.env.example", expand("DB_PASSWORD={a:24}\n", 3)),
        &|| _ = sandbox.write("c/package.json", NEXT),
        &|| _ = sandbox.write("c/.env.production", expand("API_KEY={a:24}\n", 5)),
    ];
    for (number, bring) in brings.iter().enumerate() {
        sandbox.git(["checkout", "-q", &after, "--", "."]);
        bring();
        let new = sandbox.commit_all("brings");
        let run = github(
            &sandbox,
            "push",
            &pushed("refs/heads/main", &after, &new),
            &[],
        );
        assert_eq!(run.status, 1, "{number}: {}", run.stdout);
        sandbox.git(["reset", "-q", "--hard", &after]);
    }
}

#[test]
fn a_next_project_without_rules_fails_once_until_fixed() {
    let sandbox = Sandbox::repository();
    let before = sandbox.write("README.md", "x").commit_all("zero");
    sandbox
        .write("package.json", NEXT)
        .write("src/a.ts", "x")
        .write(".gitignore", "node_modules\n");
    let after = sandbox.commit_all("next");
    let event = pushed("refs/heads/main", &before, &after);
    let run = github(&sandbox, "push", &event, &["--format", "json"]);
    let findings = run.json()["findings"].as_array().unwrap().clone();
    assert_eq!((run.status, findings.len()), (1, 1), "{}", run.stdout);
    assert_eq!(
        (&findings[0]["severity"], &findings[0]["path"]),
        (&"error".into(), &".gitignore".into())
    );
    let human = github(&sandbox, "push", &event, &[]).stdout;
    assert_eq!(
        human
            .lines()
            .filter(|line| line.starts_with("::error"))
            .count(),
        1,
        "{human}"
    );
    assert_eq!(sandbox.run(["env", "--fix"]).status, 0);
    let mended = sandbox.commit_all("mended");
    assert_eq!(
        github(
            &sandbox,
            "push",
            &pushed("refs/heads/main", &before, &mended),
            &[]
        )
        .status,
        0
    );
}
