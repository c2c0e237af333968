//! The values in env files and templates.

use std::collections::BTreeSet;
use std::fs;

use super::{audit, covered, ignored, reported, told};
use crate::fake::{Fake, expand};
use crate::sandbox::Sandbox;

#[test]
fn every_env_file_in_the_index_is_tracked() {
    let sandbox = covered();
    sandbox
        .write(".env", "A=1")
        .write("a/.env.local", "A=1")
        .write("a/gone.env", "A=1")
        .write(".env.vault", "x");
    sandbox.git(["add", "-f", "."]);
    fs::remove_file(sandbox.path().join("a/gone.env")).unwrap();
    let expected = [
        "env-tracked .env",
        "env-tracked a/.env.local",
        "env-tracked a/gone.env",
    ];
    assert_eq!(
        reported(&sandbox),
        expected,
        "tracked although ignored, and staged then deleted on disk"
    );
    sandbox.git(["commit", "-q", "-m", "x"]);
    assert_eq!(reported(&sandbox), expected, "committed");
    let human = sandbox.run(["env"]).stdout;
    assert!(human.contains("git rm --cached -- a/gone.env"), "{human}");
    sandbox.git(["rm", "-q", "--cached", ".env", "a/.env.local", "a/gone.env"]);
    assert_eq!(reported(&sandbox), [""; 0]);
    let encrypted = expand("DOTENV_PUBLIC_KEY=\"{h:66}\"\nA=\"encrypted:{a:130}\"\n", 1);
    sandbox
        .write(".env.production", encrypted)
        .write("b/.env", "A=1");
    sandbox.git(["add", "-f", ".env.production"]);
    sandbox.git(["add", "-N", "-f", "b/.env"]);
    assert_eq!(
        reported(&sandbox),
        ["env-tracked b/.env"],
        "encrypted; meant to be added"
    );
}

/// All findings that a variable can have. None of them shows a value.
#[test]
fn variables_are_named_and_values_are_never_shown() {
    let sandbox = covered();
    let (one, other, old) = (
        expand("{ntn}", 1),
        expand("{ntn}", 2),
        expand("{secret}", 3),
    );
    let password = expand("{a:24}", 4);
    sandbox.write(
        ".env.example",
        format!("NOTION_TOKEN={one}\nDB_PASSWORD='{password}'\nMISSING=\nAPI_KEY=your-key-here\n# was {old}\nPORT=1\n"),
    );
    sandbox.write(
        ".env",
        format!(
            "NOTION_TOKEN={one}\nVITE_NOTION_TOKEN={other}\nNEXT_PUBLIC_X=$NOTION_TOKEN\nNOTION_API_KEY={password}\n\
             NOTION_WRITER_TOKEN={one}\nDB_PASSWORD={password}\nAPI_KEY=x\nPORT=1\nNOTION_SECRET=${{X}}\nNOTION_KEY=\n"
        ),
    );
    sandbox.write("a/.env.development", format!("NOTION_TOKEN={old}\n"));
    sandbox.write("b/.env.production", format!("NOTION_TOKEN={old}\n"));
    let run = audit(&sandbox);
    let lines: Vec<String> = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| {
            !finding["variable"].is_null() || finding["rule"] == "env-template-secret"
        })
        .map(|f| {
            format!(
                "{} {} {} {} {}",
                f["rule"], f["path"], f["line"], f["variable"], f["verdict"]
            )
            .replace('"', "")
        })
        .collect();
    let expected = [
        "env-public-prefix .env 2 VITE_NOTION_TOKEN reported",
        "env-public-prefix .env 3 NEXT_PUBLIC_X reported",
        "env-token-format .env 4 NOTION_API_KEY reported",
        "env-token-reused .env 5 NOTION_WRITER_TOKEN reported",
        "env-key-missing .env null MISSING reported",
        "env-template-secret .env.example 1 NOTION_TOKEN reported",
        "env-template-secret .env.example 2 DB_PASSWORD reported",
        "env-template-secret .env.example 5 null reported",
        "env-token-reused b/.env.production 1 NOTION_TOKEN reported",
    ];
    let sorted = |lines: &[String]| lines.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(sorted(&lines), sorted(&expected.map(str::to_owned)));
    assert_eq!(run.status, 1);
    for arguments in [
        &["env"][..],
        &["env", "-v"],
        &["env", "--format", "json"],
        &["env", "--fix", "--dry-run"],
    ] {
        let run = sandbox.run(arguments);
        for secret in [&one, &other, &old, &password] {
            for part in secret.as_bytes()[8..secret.len() - 4]
                .windows(6)
                .map(String::from_utf8_lossy)
            {
                assert!(
                    !run.stdout.contains(part.as_ref()) && !run.stderr.contains(part.as_ref()),
                    "{arguments:?}"
                );
            }
        }
    }
    let human = sandbox.run(["env"]).stdout;
    for part in [
        "VITE_NOTION_TOKEN=****…",
        ".env.example:3 names it",
        "NOTION_TOKEN in .env:1 holds the same",
        "4 warnings",
    ] {
        assert!(human.contains(part), "{part} is not in {human}");
    }
}

#[test]
fn ntnguard_env_fails_on_a_warning() {
    let sandbox = covered();
    sandbox
        .write(".env.example", "A=\nB=\n")
        .write(".env", "A=1\n");
    let run = sandbox.run(["env"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("Variable that is missing") && run.stdout.contains("1 warning"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("finding"), "{}", run.stdout);
    assert_eq!(sandbox.run(["env", "--fail-on", "error"]).status, 0);
    assert_eq!(sandbox.run(["env", "--exit-zero"]).status, 0);
}

#[test]
fn unusual_env_files_are_reported_and_limited() {
    let sandbox = covered();
    sandbox.write(
        ".env.local",
        [b"A=\xff\xfe\n\xc3=b\n".as_slice(), &[0xff; 300], b"\n"].concat(),
    );
    assert_eq!(
        audit(&sandbox).status,
        0,
        "bad UTF-8: {}",
        sandbox.run(["env"]).stdout
    );
    sandbox.write(".env.local", b"\0\x01\x02A=1\n");
    let run = audit(&sandbox);
    assert_eq!(
        (run.status, &run.json()["skipped"][0]["path"]),
        (2, &".env.local".into()),
        "binary"
    );
    sandbox.write(".env.local", b"\0GITCRYPT\0\x01\x02");
    assert_eq!(audit(&sandbox).status, 0, "encrypted by git-crypt");
    let many: String = (0..40_000)
        .map(|number| format!("VARIABLE_{number:06}={number:0220}\n"))
        .collect();
    assert!(many.len() > 9_000_000);
    sandbox
        .write(".env.local", &many)
        .write(".env.example", many.replace("VARIABLE", "OTHER"))
        .write("big.env", vec![b'A'; 11 << 20]);
    let run = audit(&sandbox);
    let json = run.json();
    assert_eq!(
        (run.status, &json["skipped"][0]["reason"]),
        (1, &"too-large".into())
    );
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(
        findings
            .iter()
            .filter(|finding| finding["rule"] == "env-key-missing")
            .count(),
        50
    );
    assert!(
        run.stdout.contains("39950 more findings like this one"),
        "{}",
        &run.stdout[..2000]
    );
    assert!(sandbox.run(["env"]).stdout.len() < 20_000);
}

#[test]
fn the_configuration_sets_committed_required_and_env_names() {
    let sandbox = Sandbox::repository();
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nenv:\n  committed: [{path: .env.test, reason: fixed values}]\n  require: [NOTION_TOKEN]\n  names: [secrets.ini]\n",
    );
    sandbox
        .write(".env.test", "A=1\n")
        .write("a/secrets.ini", "A=1\n")
        .write(".env.example", "A=\n");
    let run = audit(&sandbox);
    assert!(told(&run, &["suppressed"]).contains(&"env-not-ignored .env.test".to_owned()));
    assert!(told(&run, &["reported"]).contains(&"env-not-ignored a/secrets.ini".to_owned()));
    assert_eq!(
        told(&run, &["reported"])
            .iter()
            .filter(|line| line.starts_with("env-key-missing"))
            .count(),
        2
    );
    let run = sandbox.run(["env", "--fix", "--fail-on", "error"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let paths = [
        ".env.test",
        "a/secrets.ini",
        "new/secrets.ini",
        "a/.env.test",
    ]
    .map(str::to_owned);
    assert_eq!(
        ignored(&sandbox, &paths.into()),
        ["a/.env.test", "a/secrets.ini", "new/secrets.ini"]
            .map(str::to_owned)
            .into()
    );
    sandbox.git(["add", "-f", "."]);
    assert_eq!(
        sandbox.run(["staged", "--format", "json"]).findings(),
        ["env-tracked a/secrets.ini:null:null high"]
    );
    let tracked = reported(&sandbox)
        .into_iter()
        .filter(|line| line.starts_with("env-tracked "));
    assert_eq!(tracked.collect::<Vec<_>>(), ["env-tracked a/secrets.ini"]);
    sandbox.write(".ntnguard.yaml", "version: 1\nenv: {names: ['*.ini']}\n");
    let run = sandbox.run(["env"]);
    assert!(
        run.status == 2 && run.stderr.contains("is not a file name"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_credential_makes_an_envrc_sensitive() {
    let sandbox = covered();
    sandbox.write(".envrc", "use flake\n");
    assert_eq!(reported(&sandbox), [""; 0]);
    sandbox.write(
        ".envrc",
        format!("export NOTION_TOKEN={}\n", Fake::new(1).ntn(0)),
    );
    assert_eq!(reported(&sandbox), ["env-not-ignored .envrc"]);
}
