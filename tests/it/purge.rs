//! `ntnguard history --purge-plan`: the content, the permissions and the location of the plan's files.

use std::fs;

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// A repository in `repo` whose history has this file.
fn leaky(name: &str, content: impl AsRef<[u8]>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "-b", "main", "repo"]);
    sandbox.write(format!("repo/{name}"), content);
    commit(&sandbox, "x");
    sandbox
}

fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git(["-C", "repo", "add", "-A"]);
    sandbox.git(["-C", "repo", "commit", "-q", "-m", message]);
}

fn plan(sandbox: &Sandbox, folder: &str) -> Run {
    sandbox.run(["history", "repo", "--purge-plan", folder])
}

fn file(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path().join("plan").join(name)).unwrap()
}

#[test]
fn the_plan_lists_replacements_renames_and_strips() {
    let sandbox = leaky("plain", format!("key = {}\n", token(1)));
    sandbox.write(
        "repo/cut.js",
        format!("t = \"{}\" +\n\"{}\"", &token(2)[..20], &token(2)[20..]),
    );
    sandbox.write("repo/binary", format!("\0{}", token(3)));
    sandbox.write(format!("repo/{}", token(4)), "x");
    commit(&sandbox, &format!("with {}", token(5)));
    let run = plan(&sandbox, "plan");
    assert_eq!(run.status, 1, "as without the flag");
    let texts = file(&sandbox, "replace-text.txt");
    assert_eq!(
        texts.lines().next(),
        Some(format!("literal:{}==>***REMOVED***", token(1)).as_str())
    );
    let pattern = format!(
        "regex:{}\\x22\\x20\\x2b\\x0a\\x22{}==>***REMOVED***",
        &token(2)[..20],
        &token(2)[20..]
    );
    assert_eq!(texts.lines().nth(1), Some(pattern.as_str()));
    assert_eq!(texts.lines().count(), 2);
    assert_eq!(
        file(&sandbox, "replace-message.txt"),
        format!("literal:{}==>***REMOVED***\n", token(5))
    );
    assert_eq!(
        file(&sandbox, "strip-blobs.txt"),
        sandbox.git(["-C", "repo", "rev-parse", "HEAD:binary"])
    );
    assert!(
        file(&sandbox, "README.md").contains("\n- `binary`\n"),
        "what is dropped whole is listed"
    );
    assert!(file(&sandbox, "rename.txt").starts_with(&format!("regex:{}==>removed-", token(4))));
}

#[test]
fn unreported_secrets_are_not_in_the_plan() {
    let sandbox = leaky("low", format!("ntn_{}\n", "x".repeat(46)));
    let run = plan(&sandbox, "plan");
    assert_eq!(run.status, 0);
    assert!(
        run.stderr.contains("no plan was written") && !sandbox.path().join("plan").exists(),
        "{}",
        run.stderr
    );
    sandbox.write("repo/high", token(1));
    commit(&sandbox, "y");
    plan(&sandbox, "plan");
    assert_eq!(file(&sandbox, "replace-text.txt").lines().count(), 1);
    sandbox.git(["init", "-q", "clean"]);
    let run = sandbox.run(["history", "clean", "--purge-plan", "plan"]);
    assert!(
        run.status == 0
            && run
                .stderr
                .contains("an earlier plan, with secrets in clear"),
        "{}",
        run.stderr
    );
}

#[test]
fn only_private_plan_files_contain_the_secret() {
    let sandbox = leaky("plain", token(1));
    let run = plan(&sandbox, "plan");
    assert!(
        run.stderr.contains("hold the secrets in clear"),
        "{}",
        run.stderr
    );
    let secret = &token(1)[4..40];
    let said = format!(
        "{}{}{}{}",
        run.stdout,
        run.stderr,
        file(&sandbox, "purge.sh"),
        file(&sandbox, "README.md")
    );
    assert!(!said.contains(secret), "{said}");
    assert_eq!(
        sandbox
            .run(["scan", "plan/purge.sh", "plan/README.md", "plan/purge.py"])
            .status,
        0
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let folder = sandbox.path().join("plan");
        assert_eq!(mode(&folder), 0o700);
        for entry in fs::read_dir(folder).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
    }
}

#[test]
fn an_unsafe_plan_folder_is_refused() {
    let sandbox = leaky("plain", token(1));
    sandbox.git([
        "-C",
        "repo",
        "worktree",
        "add",
        "-q",
        "--detach",
        "../linked",
    ]);
    sandbox.write("full/x", "x");
    #[cfg(unix)]
    std::os::unix::fs::symlink("repo", sandbox.path().join("link")).unwrap();
    let inside = [
        "repo/plan",
        "repo/a/b",
        "repo",
        "repo/.git/plan",
        "linked/plan",
        "full/../repo/plan",
    ];
    let inside = inside
        .iter()
        .chain(if cfg!(unix) { &["link/plan"][..] } else { &[] });
    for folder in inside {
        let run = plan(&sandbox, folder);
        assert_eq!(run.status, 2, "{folder}");
        assert!(
            run.stdout.is_empty() && run.stderr.contains("in the repository itself"),
            "{folder}: {}",
            run.stderr
        );
    }
    sandbox.write("readme/README.md", "mine");
    assert_eq!(
        plan(&sandbox, "readme").status,
        2,
        "one file of a plan's does not make one"
    );
    let run = plan(&sandbox, "full");
    assert!(
        run.status == 2 && run.stderr.contains("contains files that do not belong"),
        "{}",
        run.stderr
    );
    let run = plan(&sandbox, "full/x");
    assert!(
        run.status == 2 && run.stderr.contains("cannot be written"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.git(["-C", "repo", "status", "--porcelain"]), "");
}

#[test]
fn an_earlier_plan_is_replaced() {
    let sandbox = leaky("plain", token(1));
    fs::create_dir(sandbox.path().join("plan")).unwrap();
    assert_eq!(plan(&sandbox, "plan").status, 1, "an empty folder will do");
    sandbox.git([
        "-C",
        "repo",
        "commit",
        "-q",
        "--amend",
        "--allow-empty",
        "-m",
        &token(2),
    ]);
    assert_eq!(plan(&sandbox, "plan").status, 1);
    assert!(file(&sandbox, "replace-message.txt").contains(&token(2)));
}

#[test]
fn the_proof_uses_the_flags_of_the_scan() {
    let sandbox = leaky("plain", token(1));
    sandbox
        .write("my env", "MY_API_KEY=0f8fad5bd9cb469fa165708f\n")
        .write("repo/known", "0f8fad5bd9cb469fa165708f");
    commit(&sandbox, "y");
    let arguments = [
        "--min-confidence=high",
        "--known",
        "my env",
        "--no-config",
        "--purge-plan",
        "plan",
    ];
    assert_eq!(
        sandbox
            .run(["history", "repo"].iter().chain(&arguments))
            .status,
        1
    );
    let known = sandbox.path().join("my env");
    let expected = format!(
        "history '--min-confidence=high' '--no-config' '--known={}' ",
        known.display()
    );
    let script = file(&sandbox, "purge.sh");
    assert!(script.contains(&expected), "{script}");
    assert!(
        file(&sandbox, "replace-text.txt").contains("literal:0f8fad5b"),
        "a known value is removed like any other"
    );
}

#[test]
fn manual_steps_are_listed_in_the_plan() {
    let sandbox = leaky("plain", "x");
    sandbox.write("repo/.git/info/cache", format!("\0{}", token(1)));
    assert_eq!(plan(&sandbox, "plan").status, 1);
    let steps = file(&sandbox, "README.md");
    assert!(
        steps.contains("**By hand**") && steps.contains(".git/info/cache"),
        "{steps}"
    );
}
