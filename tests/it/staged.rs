//! `ntnguard staged`: scans exactly the lines that the next commit would add, whichever command makes the commit.

use std::fs;

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

fn staged(sandbox: &Sandbox) -> Run {
    sandbox.run(["staged", "--format", "json"])
}

#[test]
fn staged_content_is_scanned_instead_of_files_on_disk() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "clean").commit_all("x");
    sandbox.write("a", token(1));
    sandbox.git(["add", "a"]);
    sandbox.write("a", "clean again");
    assert_eq!(
        staged(&sandbox).findings(),
        ["integration-token a:1:1 high"]
    );
    sandbox.git(["add", "a"]);
    sandbox.write("a", token(1));
    assert_eq!(staged(&sandbox).status, 0, "on disk but not staged");
}

#[test]
fn only_added_and_changed_files_are_scanned() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("old/leak", token(1))
        .write("old/b", "b")
        .write("c", "c")
        .commit_all("x");
    assert_eq!(staged(&sandbox).json()["summary"]["blobs"], 0);
    sandbox
        .write("old/b", "b2")
        .write("deep/er/new", token(2))
        .write("z", token(3));
    sandbox.git(["add", "."]);
    let run = staged(&sandbox);
    assert_eq!(
        (run.paths(), &run.json()["summary"]["blobs"]),
        (vec!["deep/er/new".into(), "z".into()], &3.into())
    );
    sandbox.git(["mv", "old/leak", "moved"]);
    assert_eq!(
        staged(&sandbox).paths(),
        ["deep/er/new", "moved", "z"],
        "a rename adds its new path"
    );
    sandbox.git(["rm", "-q", "--cached", "z", "deep/er/new", "moved"]);
    assert_eq!(staged(&sandbox).status, 0, "a deletion adds nothing");
}

#[test]
fn the_first_commit_is_scanned() {
    let sandbox = Sandbox::repository();
    assert_eq!(
        staged(&sandbox).status,
        0,
        "nothing is staged, and there is no index"
    );
    sandbox.write("a", token(1));
    sandbox.git(["add", "a"]);
    assert_eq!(staged(&sandbox).paths(), ["a"]);
}

/// In many random states of the index, the scan visits exactly the blobs that git lists as staged.
#[test]
fn git_names_the_same_files() {
    let sandbox = Sandbox::repository();
    let mut fake = Fake::new(11);
    let name = |fake: &mut Fake| {
        let depth = fake.next() % 4;
        (0..=depth)
            .map(|level| {
                format!(
                    "{}{}",
                    ["a", "b", "a-", "a.b"][fake.next() as usize % 4],
                    if level == depth { ".txt" } else { "" }
                )
            })
            .collect::<Vec<_>>()
            .join("/")
    };
    for round in 0..30 {
        for _ in 0..8 {
            let file = name(&mut fake);
            match fake.next() % 4 {
                0 => {
                    drop(sandbox.try_git(["rm", "-q", "-r", "--cached", "--ignore-unmatch", &file]))
                }
                1 => drop(sandbox.try_git(["mv", &file, &name(&mut fake)])),
                _ => drop(sandbox.write(
                    &file,
                    format!("{} {}", fake.next(), token(u64::from(fake.next()))),
                )),
            }
        }
        let _ = sandbox.try_git(["add", "-A", if round % 3 == 0 { "a" } else { "." }]);
        if round % 5 == 4 {
            sandbox.git(["read-tree", sandbox.git(["write-tree"]).trim()]);
        }
        let expected = sandbox.git([
            "diff",
            "--cached",
            "--name-only",
            "--no-renames",
            "--diff-filter=AMT",
        ]);
        let mut expected: Vec<&str> = expected.lines().collect();
        expected.sort_unstable();
        assert_eq!(staged(&sandbox).paths(), expected, "round {round}");
        if round % 4 == 3 {
            sandbox.git(["commit", "-q", "--allow-empty", "-m", "x"]);
        }
    }
}

#[cfg(unix)]
#[test]
fn type_changes_are_scanned_and_intents_to_add_are_not() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::repository();
    sandbox.write("was-file", "x").commit_all("x");
    fs::remove_file(sandbox.path().join("was-file")).unwrap();
    symlink(token(1), sandbox.path().join("was-file")).unwrap();
    sandbox.write("later", token(2));
    sandbox.git(["add", "was-file"]);
    sandbox.git(["add", "-N", "later"]);
    assert_eq!(
        staged(&sandbox).paths(),
        ["was-file"],
        "an intention to add stages no content"
    );
}

#[test]
fn real_commits_are_stopped() {
    let sandbox = Sandbox::repository();
    sandbox.install_hook();
    let refused = |arguments: &[&str]| {
        let output = sandbox.try_git(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(
            !output.status.success() && text.contains("Notion integration token"),
            "{arguments:?}: {text}"
        );
    };
    sandbox.write("a", token(1));
    sandbox.git(["add", "a"]);
    refused(&["commit", "-m", "the first"]);
    sandbox.write("a", "clean").write("b", "clean");
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-q", "-m", "the first"]);
    sandbox.write("a", token(1));
    refused(&["commit", "-a", "-m", "x"]);
    refused(&["commit", "-m", "x", "a"]);
    refused(&["commit", "-o", "a", "-m", "x"]);
    sandbox.write("b", "changed");
    sandbox.git(["commit", "-q", "-o", "b", "-m", "only the clean file"]);
    sandbox.git(["add", "a"]);
    sandbox.write("b", "changed again");
    sandbox.git([
        "commit",
        "-q",
        "-o",
        "b",
        "-m",
        "what is staged besides is not part of this commit",
    ]);
    refused(&["commit", "--amend", "-m", "x"]);
}

#[test]
fn linked_worktrees_and_subdirectories_work() {
    let sandbox = Sandbox::repository();
    sandbox.write("sub/a", "clean").commit_all("x");
    sandbox.install_hook();
    sandbox.git(["worktree", "add", "-q", "linked", "-b", "other"]);
    sandbox.write("linked/sub/leak", token(1));
    sandbox.git(["-C", "linked/sub", "add", "leak"]);
    assert!(
        !sandbox
            .try_git(["-C", "linked/sub", "commit", "-m", "x"])
            .status
            .success()
    );
    assert_eq!(
        staged(&sandbox).status,
        0,
        "the main work tree has an index of its own"
    );
    assert_eq!(
        sandbox
            .run_in("linked/sub", ["staged", "--format", "json"])
            .paths(),
        ["sub/leak"]
    );
}

#[test]
fn sparse_and_split_indexes_are_read() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("in/a", "x")
        .write("out/b", "x")
        .write("out/deep/c", "x")
        .commit_all("x");
    sandbox.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    sandbox.write("in/a", token(1));
    sandbox.git(["add", "in/a"]);
    assert_eq!(staged(&sandbox).paths(), ["in/a"]);
    let other = Sandbox::repository();
    other.write("a", "x").write("b", "x").commit_all("x");
    other.git(["update-index", "--split-index"]);
    other.write("b", token(1));
    other.git(["add", "b"]);
    assert_eq!(staged(&other).paths(), ["b"]);
}

#[test]
fn a_sparse_directory_that_differs_from_head_is_opened() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("in/a", "x")
        .write("out/b", "x")
        .commit_all("clean");
    sandbox.write("out/deep/leak", token(1)).commit_all("leaks");
    sandbox.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    sandbox.git(["update-ref", "HEAD", "HEAD~1"]);
    assert_eq!(staged(&sandbox).paths(), ["out/deep/leak"]);
}

#[test]
fn a_sensitive_env_file_is_stopped_by_its_name() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("app/.env.production", "A=1")
        .write(".env.example", "A=")
        .write(".env.vault", "x");
    sandbox.git(["add", "-f", "."]);
    let run = staged(&sandbox);
    assert_eq!(
        run.findings(),
        ["env-tracked app/.env.production:null:null high"]
    );
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nenv: {committed: [{path: 'app/.env.*', reason: fixed values}]}\n",
    );
    let run = staged(&sandbox);
    assert_eq!(
        (
            run.status,
            &run.json()["findings"][0]["suppression"]["reason"]
        ),
        (0, &"fixed values".into())
    );
}

#[test]
fn unreadable_repositories_and_objects_are_never_clean() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(["staged"]).status, 2, "not a repository");
    sandbox.git(["init", "-q", "--bare", "."]);
    for command in ["staged", "scan"] {
        assert_eq!(
            sandbox.run([command]).status,
            2,
            "a bare repository has neither an index nor files"
        );
    }
    let sandbox = Sandbox::repository();
    sandbox.write("a", "one").commit_all("x");
    sandbox.write("a", "two");
    sandbox.git(["add", "a"]);
    let id = sandbox.git(["rev-parse", ":a"]);
    fs::remove_file(
        sandbox
            .path()
            .join(".git/objects")
            .join(&id[..2])
            .join(id[2..].trim()),
    )
    .unwrap();
    let run = staged(&sandbox);
    assert_eq!(
        (run.status, &run.json()["skipped"][0]["reason"]),
        (2, &"missing-object".into())
    );
    assert_eq!(run.json()["skipped"][0]["object"], id.trim());
    sandbox.write(".git/index", "DIRC nonsense");
    let run = sandbox.run(["staged"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("index") && run.stderr.contains("read-tree"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_missing_commit_or_tree_is_an_error() {
    for what in ["HEAD", "HEAD^{tree}"] {
        let sandbox = Sandbox::repository();
        sandbox.write("a", "one").commit_all("x");
        sandbox.write("b", "two");
        sandbox.git(["add", "b"]);
        let id = sandbox.git(["rev-parse", what]);
        fs::remove_file(
            sandbox
                .path()
                .join(".git/objects")
                .join(&id[..2])
                .join(id[2..].trim()),
        )
        .unwrap();
        let run = sandbox.run(["staged"]);
        assert_eq!(run.status, 2, "{what}: {}", run.stdout);
        assert!(run.stderr.contains("HEAD"), "{}", run.stderr);
    }
}

#[test]
fn sha256_repositories_are_read() {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "--object-format=sha256", "."]);
    sandbox.write("a", "x").commit_all("x");
    sandbox.write("b", token(1));
    sandbox.git(["add", "b"]);
    assert_eq!(staged(&sandbox).paths(), ["b"]);
}

/// Programs that the repository's configuration names (filters, fsmonitor, hooks and so on) are never run, and change
/// nothing.
#[test]
fn nothing_from_the_repository_is_executed() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "x").commit_all("x");
    sandbox.write("b.txt", token(1));
    sandbox.git(["add", "b.txt"]);
    let trap = format!("touch '{}'", sandbox.path().join("sprung").display());
    for key in [
        "core.fsmonitor",
        "filter.x.clean",
        "filter.x.smudge",
        "diff.x.textconv",
        "core.sshCommand",
        "credential.helper",
        "core.pager",
    ] {
        sandbox.git(["config", key, &trap]);
    }
    sandbox.git(["config", "color.ui", "always"]);
    sandbox.git(["config", "diff.orderFile", "missing"]);
    sandbox.write(".gitattributes", "*.txt filter=x diff=x -diff\n");
    assert_eq!(staged(&sandbox).paths(), ["b.txt"]);
    assert_eq!(sandbox.run(["scan", "--format", "json"]).paths(), ["b.txt"]);
    assert!(!sandbox.path().join("sprung").exists());
}

/// A hook may change the current directory before it runs ntnguard. The staged files are the same, as for git's own
/// commands.
#[test]
fn a_hook_may_run_in_a_subdirectory() {
    let sandbox = Sandbox::repository();
    sandbox.write("sub/a", token(1));
    sandbox.git(["add", "."]);
    let run = |index: &str| {
        let mut command = sandbox.ntnguard();
        command
            .current_dir(sandbox.path().join("sub"))
            .env("GIT_INDEX_FILE", index)
            .args(["staged"]);
        Run::of(command.output().unwrap()).status
    };
    assert_eq!(run(".git/index"), 1);
    assert_eq!(
        run("no/such/index"),
        2,
        "an index that is named must be there"
    );
}

#[test]
fn a_replacement_does_not_hide_what_will_be_committed() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", token(1)).write("b", "clean");
    sandbox.git(["add", "."]);
    let (leak, clean) = (
        sandbox.git(["rev-parse", ":a"]),
        sandbox.git(["rev-parse", ":b"]),
    );
    sandbox.git(["replace", leak.trim(), clean.trim()]);
    assert_eq!(staged(&sandbox).paths(), ["a"]);
}

#[test]
fn an_index_that_nests_without_end_is_an_error() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "x");
    sandbox.git(["add", "a"]);
    let id = sandbox.git(["rev-parse", ":a"]);
    let info = format!("100644 {} 0\t{}f\n", id.trim(), "a/".repeat(5000));
    sandbox.write("info", info);
    let shell = std::process::Command::new("sh")
        .current_dir(sandbox.path())
        .args(["-c", "git update-index --add --index-info < info"])
        .status();
    assert!(shell.unwrap().success());
    assert_eq!(sandbox.run(["staged"]).status, 2);
}

/// The files of a submodule belong to another repository. The name of the submodule belongs to this repository.
#[test]
fn the_name_of_a_new_submodule_is_scanned() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "1").commit_all("zero");
    let name = crate::fake::Fake::new(1).ntn(0);
    sandbox.git([
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{},{name}", "1".repeat(40)),
    ]);
    assert_eq!(sandbox.run(["staged"]).status, 1);
    sandbox.git(["commit", "-q", "-m", "one"]);
    assert_eq!(sandbox.run(["range", "HEAD"]).status, 1);
    // A new commit of a known submodule adds nothing to scan.
    sandbox.git([
        "update-index",
        "--cacheinfo",
        &format!("160000,{},{name}", "2".repeat(40)),
    ]);
    assert_eq!(sandbox.run(["staged"]).status, 0);
    sandbox.git(["commit", "-q", "-m", "two"]);
    assert_eq!(sandbox.run(["range", "HEAD"]).status, 0);
}
