//! The repositories and commands of the golden files.

use super::{holds, holds_format};
use crate::fake::expand;
use crate::make;
use crate::sandbox::Sandbox;

/// A fixed time in seconds since 1970, because the golden files contain ids of commits.
const WHEN: u64 = 1_780_000_000;

/// A repository with a plain secret, an encoded secret, and a tracked env file.
fn leaky() -> Sandbox {
    let sandbox = Sandbox::repository_at(WHEN);
    let line = format!(
        "export const notion = new Client({{ auth: '{}' }}) // the one of the workspace",
        expand("{ntn}", 1)
    );
    sandbox.write("src/server/notion/client.ts", format!("\n\n{line}\n"));
    let hidden = make::base64(format!("NOTION_TOKEN={}\n", expand("{ntn}", 2)).as_bytes());
    sandbox.write("deploy/secret.yaml", format!("data:\n  env: {hidden}\n"));
    sandbox.write(".gitignore", ".env\n.env.*\n");
    sandbox
}

/// A repository with more findings than a report shows in full.
fn many() -> Sandbox {
    let sandbox = Sandbox::repository_at(WHEN);
    for number in 0..24 {
        let token = expand("{ntn}", 100 + number);
        sandbox.write(format!("notes/{number:02}.md"), format!("token: {token}\n"));
    }
    sandbox
}

/// A repository whose history has three secrets: one that a remote has, one that is still in a file, and one in a message.
fn past() -> Sandbox {
    let sandbox = Sandbox::repository_at(WHEN);
    let (gone, kept) = (expand("{ntn}", 3), expand("{ntn}", 4));
    sandbox.write("config/production.yaml", format!("notion: {gone}\n"));
    sandbox.commit_all("Add the configuration");
    sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.git(["rm", "-q", "config/production.yaml"]);
    sandbox.write("scripts/sync.py", format!("TOKEN = '{kept}'\n"));
    sandbox.commit_all("Read the token from elsewhere");
    sandbox.commit_all(&format!("Use {}", expand("{ntn}", 5)));
    sandbox
}

/// A repository with files that cannot be scanned: many for the same reason, and one for another reason.
fn unseen() -> Sandbox {
    let sandbox = Sandbox::repository_at(WHEN);
    for number in 0..12 {
        let pointer = format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{number:064}\nsize 100\n"
        );
        sandbox.write(format!("media/{number:02}.bin"), pointer);
    }
    sandbox.write("backup.zip", make::encrypted_zip(b"x"));
    sandbox
}

#[test]
fn a_scan() {
    holds("scan.txt", &leaky(), &["scan"]);
    holds("clean.txt", &Sandbox::repository_at(WHEN), &["scan"]);
}

#[test]
fn a_stopped_commit() {
    let sandbox = leaky();
    sandbox.git(["add", "-A"]);
    holds("staged.txt", &sandbox, &["staged"]);
}

#[test]
fn many_findings() {
    let sandbox = many();
    holds("many.txt", &sandbox, &["scan"]);
    holds("concise.txt", &leaky(), &["scan", "--format", "concise"]);
}

#[test]
fn history() {
    holds("history.txt", &past(), &["history"]);
}

#[test]
fn unscanned_files() {
    holds("unscanned.txt", &unseen(), &["scan"]);
}

#[test]
fn env_files() {
    let sandbox = Sandbox::repository_at(WHEN);
    sandbox.write(
        "apps/web/package.json",
        r#"{"dependencies": {"next": "15"}}"#,
    );
    sandbox.write("apps/web/.gitignore", "!.env*\n");
    sandbox.write(".env", format!("NOTION_TOKEN={}\n", expand("{ntn}", 6)));
    sandbox.git(["add", "-A", "-f"]);
    holds("env.txt", &sandbox, &["env"]);
}

#[test]
fn an_error() {
    let sandbox = Sandbox::repository_at(WHEN);
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nallow:\n- paths: ['docs/**']\n  because: x\n",
    );
    holds("error.txt", &sandbox, &["scan"]);
}

#[test]
fn reports_for_programs() {
    let sandbox = past();
    // SARIF's descriptions of the rules are left out, because they are the text of the rules.
    for (format, name, part) in [
        ("json", "history.json", None),
        ("sarif", "history.sarif.json", Some("/runs/0/results")),
        ("github", "history.github.txt", None),
        ("gitlab", "history.gitlab.json", None),
    ] {
        holds_format(name, &sandbox, &["history", "--format", format], part);
    }
}
