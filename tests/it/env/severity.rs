//! The severity of findings about env files: it depends on whether something in the project points to env files.

use super::{NEXT, audit, covered, reported, told};
use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

/// Each reported finding as `severity rule path`.
fn severities(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "reported");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    findings
        .map(|f| {
            format!(
                "{} {} {}",
                text(&f["severity"]),
                text(&f["rule"]),
                text(&f["path"])
            )
        })
        .collect()
}

#[test]
fn without_evidence_missing_names_are_a_single_warning() {
    let sandbox = Sandbox::repository();
    for folder in ["a", "b", "c"] {
        sandbox.write(
            format!("{folder}/package.json"),
            r#"{"devDependencies": {"vitest": "3"}}"#,
        );
    }
    sandbox
        .write("README.md", "cp .env.example .env")
        .write("Dockerfile", "COPY .env .");
    assert_eq!(severities(&audit(&sandbox)), ["warning env-not-ignored ."]);
    let run = sandbox.run(["env"]);
    assert_eq!(
        (run.status, run.stdout.lines().count()),
        (1, 3),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("nothing here uses env files yet"),
        "{}",
        run.stdout
    );
    for missing in [
        ".env",
        ".env.local",
        ".env.*.local",
        ".env.production",
        ".env.staging",
    ] {
        let all = [
            ".env",
            ".env.local",
            ".env.*.local",
            ".env.production",
            ".env.staging",
        ];
        let others: Vec<&str> = all.into_iter().filter(|name| *name != missing).collect();
        sandbox.write(".gitignore", others.join("\n") + "\n");
        assert_eq!((audit(&sandbox).status, missing), (1, missing));
        sandbox.write(".gitignore", all.join("\n") + "\n");
        assert_eq!(audit(&sandbox).status, 0, "{}", sandbox.run(["env"]).stdout);
    }
}

#[test]
fn with_evidence_a_missing_rule_for_dot_env_is_an_error() {
    let speaks: [(&str, &str); 9] = [
        ("package.json", NEXT),
        ("package.json", r#"{"devDependencies": {"vite": "7"}}"#),
        ("requirements.txt", "python-dotenv\n"),
        (
            "composer.json",
            r#"{"require": {"laravel/framework": "12"}}"#,
        ),
        ("Cargo.toml", "[dependencies]\ndotenvy = \"1\"\n"),
        (".env.example", "A=\n"),
        ("compose.yaml", "services:\n  a:\n    env_file: .env\n"),
        ("run.sh", "node --env-file=.env a.js\n"),
        (".envrc", "dotenv\n"),
    ];
    for (file, text) in speaks {
        let sandbox = Sandbox::repository();
        sandbox.write(file, text);
        let run = audit(&sandbox);
        assert_eq!(severities(&run), ["error env-not-ignored ."], "{file}");
        assert!(
            run.json()["findings"][0]["names"][0] == ".env",
            "{file}: what is an error comes first"
        );
        sandbox.write(".gitignore", ".env\n");
        let expected = ["warning env-not-ignored .gitignore"];
        assert_eq!(
            severities(&audit(&sandbox)),
            expected,
            "{file}: other names are a warning"
        );
        sandbox.write(".gitignore", ".env*\n!.env.example\n.envrc.local\n");
        assert_eq!(severities(&audit(&sandbox)), [""; 0], "{file}");
    }
}

#[test]
fn manifests_of_tests_and_examples_are_no_evidence() {
    for folder in ["tests/app", "packages/x/fixtures", "examples/next"] {
        let sandbox = Sandbox::repository();
        sandbox.write(format!("{folder}/package.json"), NEXT);
        sandbox.write(
            format!("{folder}/compose.yaml"),
            "services:\n  a:\n    env_file: x.conf\n",
        );
        assert_eq!(
            severities(&audit(&sandbox)),
            ["warning env-not-ignored ."],
            "{folder}"
        );
    }
    let sandbox = Sandbox::repository();
    sandbox
        .write("package.json", NEXT)
        .write("packages/a/package.json", "{}")
        .write(".gitignore", "/.env*\n");
    assert_eq!(
        severities(&audit(&sandbox)),
        [""; 0],
        "the manifest at the top speaks for the top alone"
    );
}

#[test]
fn code_that_reads_a_variable_of_notions_is_a_warning() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("app/package.json", "{}")
        .write("app/src/a.js", "const t = process.env.NOTION_TOKEN\n");
    sandbox.write(".gitignore", "/.env*\n");
    let run = audit(&sandbox);
    assert_eq!(severities(&run), ["warning env-not-ignored .gitignore"]);
    assert!(told(&run, &["reported"]).contains(&"env-not-ignored app/.env".to_owned()));
    let human = sandbox.run(["env"]).stdout;
    assert!(
        human.contains("app/src/a.js:1 reads a Notion variable"),
        "{human}"
    );
}

/// A copy of an env file on disk is an error under any usual name of copies, and `--fix` un-ignores none of them.
#[test]
fn copies_of_env_files_are_env_files() {
    let names = [
        ".env.local.bak",
        ".env.production.bak",
        ".env copy",
        ".env - Copy",
        ".env (1)",
        ".env.save.1",
        ".env.bak2",
        ".env_prod",
        ".env-prod",
        "env.local",
        ".env.vercel",
        ".env.mine",
        "Copy of .env",
        ".env.local~",
    ];
    for name in names {
        let sandbox = Sandbox::repository();
        sandbox
            .write(".gitignore", "/.env\n/.env.local\n/.env.production\n")
            .commit_all("rules");
        sandbox.write(name, expand("DB_PASSWORD={a:24}\n", 1));
        assert!(
            reported(&sandbox).contains(&format!("env-not-ignored {name}")),
            "{name}"
        );
        assert_eq!(sandbox.run(["env", "--fix"]).status, 0, "{name}");
        let rules = std::fs::read_to_string(sandbox.path().join(".gitignore")).unwrap();
        assert!(
            sandbox
                .try_git(["check-ignore", "-q", name])
                .status
                .success(),
            "{name}: {rules}"
        );
        let taken_back: Vec<&str> = rules.lines().filter(|line| line.starts_with('!')).collect();
        assert!(
            !taken_back.iter().any(|line| line.contains(name)),
            "{name}: {taken_back:?}"
        );
        sandbox.git(["add", "-f", name]);
        let run = sandbox.run(["staged"]);
        assert_eq!(run.status, 1, "{name}: {}", run.stdout);
    }
    let sandbox = covered();
    for name in [
        "env.ts",
        "env.d.ts",
        "env_utils.py",
        "src/env.js",
        ".envoy.yaml",
    ] {
        sandbox.write(name, expand("DB_PASSWORD={a:24}\n", 1));
    }
    assert_eq!(reported(&sandbox), [""; 0]);
}

#[test]
fn files_that_direnv_reads_count_before_they_exist() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", ".env*\n!.env.example\n");
    sandbox
        .write(
            ".envrc",
            "source_env_if_exists secrets.private\ndotenv_if_exists conf/dev.vars\n",
        )
        .commit_all("x");
    let expected = [
        "env-not-ignored conf/dev.vars",
        "env-not-ignored secrets.private",
    ];
    assert_eq!(
        (audit(&sandbox).status, reported(&sandbox)),
        (1, expected.map(str::to_owned).to_vec())
    );
    assert_eq!(sandbox.run(["env", "--fix"]).status, 0);
}

#[test]
fn placeholders_are_no_secrets() {
    let sandbox = covered();
    let template = "NOTION_TOKEN=ntn_your_integration_token_here\nNOTION_KEY=notion-api-key\n\
        MODEL_API_KEY=sk-your_model_api_key\nCHAT_BOT_TOKEN=xoxb-your-bot-token\n\
        SESSION_SECRET=change-me-before-you-deploy\nAUTH_SECRET=generate-with-openssl-rand-base64-32\n\
        ENCRYPTION_KEY=your_encryption_key_32_bytes_hex\n\
        SIGNING_PRIVATE_KEY=\"-----BEGIN PRIVATE KEY-----\\nYOUR_KEY_HERE\\n-----END PRIVATE KEY-----\"\n\
        API_KEY=__________FILL ME__________\nexport BEARER_WORKSPACE=$PWD/../elsewhere\nDB_PASSWORD=hunter2\n";
    sandbox.write(".env.example", template);
    assert_eq!(reported(&sandbox), [""; 0]);
}

#[test]
fn planted_random_values_are_found() {
    let kinds = [
        "{h:32}",
        "{h:64}",
        "{a:24}",
        "{a:40}",
        "sk-{a:48}",
        "base64:{a:43}=",
        "{h:8}-{h:4}-{h:4}-{h:4}-{h:12}",
    ];
    let names = [
        "API_KEY",
        "DB_PASSWORD",
        "JWT_SECRET",
        "SMTP_PASSWORD",
        "ACCESS_TOKEN",
        "APP_SECRET_KEY",
        "SIGNING_KEY",
    ];
    let planted = 210;
    let lines: String = (0..planted)
        .map(|at| {
            expand(
                &format!(
                    "{}_{at}={}\n",
                    names[at / 7 % names.len()],
                    kinds[at % kinds.len()]
                ),
                at as u64 + 1,
            )
        })
        .collect();
    let sandbox = covered();
    let files = lines
        .lines()
        .enumerate()
        .map(|(at, line)| (format!("p{at}/.env.example"), format!("{line}\n")));
    files.for_each(|(name, text)| _ = sandbox.write(name, text));
    let found = reported(&sandbox)
        .iter()
        .filter(|line| line.starts_with("env-template-secret "))
        .count();
    assert!(found * 100 >= planted * 98, "{found} of {planted}");
}
