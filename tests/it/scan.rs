//! `ntnguard scan`: the files that it scans, the files that it leaves out, and the skips that it reports.

use std::fs;
use std::path::PathBuf;

use crate::fake::{Fake, expand};
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

fn scan(sandbox: &Sandbox) -> Run {
    sandbox.run(["scan", "--format", "json"])
}

#[test]
fn outside_a_repository_everything_is_scanned() {
    let sandbox = Sandbox::new();
    sandbox
        .write("a.txt", token(1))
        .write(".hidden/.b", token(2))
        .write(".gitignore", "c.txt\n")
        .write("c.txt", token(3));
    let run = scan(&sandbox);
    assert_eq!(
        (run.status, run.paths()),
        (1, vec![".hidden/.b".into(), "a.txt".into(), "c.txt".into()])
    );
}

#[test]
fn ignored_files_are_left_out_unless_tracked_or_named() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".gitignore", "*.log\nout/\n")
        .write("tracked.log", token(1))
        .write("out/tracked", token(2))
        .commit_all("x");
    sandbox
        .write("new.log", token(3))
        .write("out/deep/new", token(4))
        .write("plain", "nothing");
    assert_eq!(scan(&sandbox).paths(), ["out/tracked", "tracked.log"]);
    assert_eq!(
        sandbox.run(["scan", "--format", "json", "new.log"]).paths(),
        ["new.log"]
    );
    assert_eq!(
        sandbox.run(["scan", "--format", "json", "out"]).paths(),
        ["out/deep/new", "out/tracked"]
    );
    assert_eq!(
        sandbox
            .run(["scan", "--format", "json", "out/deep"])
            .paths(),
        ["out/deep/new"]
    );
    let from_below = sandbox.run_in("out", ["scan", "--format", "json"]);
    assert_eq!(
        from_below.paths(),
        ["out/tracked", "tracked.log"],
        "the default is the whole repository"
    );
}

#[test]
fn a_file_in_conflict_is_scanned_once() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".gitignore", "*.log\n")
        .write("a.log", "x")
        .write("deep/b.log", "x")
        .commit_all("x");
    sandbox.git(["checkout", "-q", "-b", "other"]);
    sandbox
        .write("a.log", token(1))
        .write("deep/b.log", token(2))
        .commit_all("theirs");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.git(["rm", "-q", "deep/b.log"]);
    sandbox.write("a.log", "y").commit_all("ours");
    assert!(!sandbox.try_git(["merge", "-q", "other"]).status.success());
    assert_eq!(scan(&sandbox).paths(), ["a.log", "deep/b.log"]);
    sandbox.write(".gitignore", "*.log\ndeep/\n");
    assert_eq!(scan(&sandbox).paths(), ["a.log", "deep/b.log"]);
}

#[test]
fn nested_repositories_and_submodules_are_scanned() {
    let inner = Sandbox::repository();
    inner
        .write("leak.txt", token(1))
        .write(".gitignore", "ignored\n")
        .write("ignored", token(2))
        .commit_all("x");
    let sandbox = Sandbox::repository();
    let path = inner.path().display().to_string();
    sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &path,
        "sub",
    ]);
    sandbox.git(["clone", "-q", &path, "nested"]);
    sandbox.write("nested/.git/config.bak", token(3));
    assert_eq!(
        scan(&sandbox).paths(),
        [
            "nested/ignored",
            "nested/leak.txt",
            "sub/ignored",
            "sub/leak.txt"
        ]
    );
}

#[test]
fn a_folder_of_repositories_is_scanned_by_the_rules_of_each() {
    let sandbox = Sandbox::new();
    sandbox
        .write("one/.gitignore", "*.log\n")
        .write("one/a.log", token(1))
        .write("one/b", token(2));
    sandbox.git(["init", "-q", "one"]);
    sandbox
        .write("plain/.gitignore", "*.log\n")
        .write("plain/a.log", token(3));
    assert_eq!(scan(&sandbox).paths(), ["one/b", "plain/a.log"]);
}

#[test]
fn linked_worktrees_are_scanned() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".gitignore", "*.log\n")
        .write("a.log", token(1))
        .commit_all("x");
    sandbox.git(["worktree", "add", "-q", "linked", "-b", "other"]);
    let run = sandbox.run_in("linked", ["scan", "--format", "json"]);
    assert_eq!(run.paths(), ["a.log"]);
}

#[test]
fn every_kind_of_bytes_is_scanned() {
    let sandbox = Sandbox::new();
    let secret = token(1);
    sandbox.write(
        "binary",
        [b"\0\x01\xff".as_slice(), secret.as_bytes(), b"\0"].concat(),
    );
    sandbox.write("crlf", format!("one\r\n  two {secret}\r\n"));
    sandbox
        .write("start", format!("{secret} x"))
        .write("end", format!("x {secret}"));
    sandbox.write(
        "latin1",
        [b"\xe9\xe8 = ".as_slice(), secret.as_bytes()].concat(),
    );
    sandbox.write("empty", "");
    let run = scan(&sandbox);
    let expected = [
        "binary:1:3",
        "crlf:2:7",
        "end:1:3",
        "latin1:1:6",
        "start:1:1",
    ];
    assert_eq!(
        run.findings(),
        expected.map(|at| format!("integration-token {at} high"))
    );
    assert_eq!(run.json()["summary"]["blobs"], 6);
}

#[test]
fn a_long_line_and_a_large_file_are_scanned_to_their_ends() {
    let sandbox = Sandbox::new();
    let (first, last) = (token(1), token(2));
    let mut line = format!("{first} ").into_bytes();
    line.resize(20_000_000, b'x');
    line.extend_from_slice(format!(" {last}").as_bytes());
    sandbox.write("line", &line);
    let mut lines = b"some words on a line\n".repeat(400_000);
    lines.extend_from_slice(format!("  {last}").as_bytes());
    sandbox.write("lines", &lines);
    let run = scan(&sandbox);
    let expected = ["line:1:1", "line:1:20000002", "lines:400001:3"];
    assert_eq!(
        run.findings(),
        expected.map(|at| format!("integration-token {at} high"))
    );
    assert_eq!(run.json()["summary"]["bytes"], line.len() + lines.len());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_their_targets_are_scanned() {
    use std::os::unix::fs::symlink;
    let outside = Sandbox::new();
    outside.write("leak", token(1));
    let sandbox = Sandbox::repository();
    symlink(outside.path(), sandbox.path().join("away")).unwrap();
    symlink(".", sandbox.path().join("loop")).unwrap();
    symlink(token(2), sandbox.path().join("telling")).unwrap();
    let run = scan(&sandbox);
    assert_eq!((run.status, run.paths()), (1, vec!["telling".to_owned()]));
    let named = sandbox.run(["scan", "--format", "json", "away"]);
    assert_eq!(
        named.paths(),
        ["away/leak"],
        "a link that is named means what it points to"
    );
}

#[cfg(unix)]
#[test]
fn pipes_and_sockets_are_ignored_unless_named() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "clean");
    let made = std::process::Command::new("mkfifo")
        .arg(sandbox.path().join("pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(sandbox.path().join("socket")).unwrap();
    assert_eq!(scan(&sandbox).status, 0);
    let named = sandbox.run(["scan", "--format", "json", "pipe"]);
    assert_eq!(
        (named.status, &named.json()["skipped"][0]["reason"]),
        (2, &"not-a-file".into())
    );
}

/// Runs a binary that was just written. Repeats if it is busy: a process that another test starts at the same moment may
/// still have the file open for writing.
#[cfg(unix)]
fn output_of_new(command: &mut std::process::Command) -> std::process::Output {
    loop {
        match command.output() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::yield_now()
            }
            output => return output.unwrap(),
        }
    }
}

#[cfg(unix)]
#[test]
fn ignore_files_that_are_pipes_hide_nothing_and_do_not_hang() {
    let pipe = |path: PathBuf| {
        assert!(
            std::process::Command::new("mkfifo")
                .arg(path)
                .status()
                .unwrap()
                .success()
        )
    };
    for place in [".gitignore", "a/.gitignore", ".git/info/exclude"] {
        let sandbox = Sandbox::repository();
        sandbox.write("a/leak", token(1));
        let _ = fs::remove_file(sandbox.path().join(place));
        pipe(sandbox.path().join(place));
        assert_eq!(scan(&sandbox).paths(), ["a/leak"], "{place}");
    }
}

/// Root can read every file, so the test runs as another user, if possible. Otherwise it relies on permissions.
#[cfg(unix)]
#[test]
fn an_unreadable_file_or_folder_is_never_clean() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let sandbox = Sandbox::new();
    sandbox
        .write("secret.txt", token(1))
        .write("closed/a", token(2));
    let mode = |path: &str, mode| {
        fs::set_permissions(sandbox.path().join(path), fs::Permissions::from_mode(mode)).unwrap()
    };
    mode("", 0o755);
    mode("secret.txt", 0);
    mode("closed", 0);
    let root = fs::metadata(sandbox.path().join("secret.txt")).is_ok()
        && fs::read(sandbox.path().join("secret.txt")).is_ok();
    let binary = sandbox.path().join("ntnguard");
    fs::copy(env!("CARGO_BIN_EXE_ntnguard"), &binary).unwrap();
    let mut command = std::process::Command::new(&binary);
    command.env_clear().current_dir(sandbox.path()).args([
        "scan",
        "--format",
        "json",
        "secret.txt",
        "closed",
    ]);
    if root {
        command.uid(65534).gid(65534);
    }
    let run = Run::of(output_of_new(&mut command));
    mode("closed", 0o755);
    let skipped = run.json()["skipped"].as_array().unwrap().clone();
    assert_eq!((run.status, skipped.len()), (2, 2), "{}", run.stdout);
    assert!(
        skipped
            .iter()
            .all(|skip| skip["reason"] == "unreadable" && skip["help"].is_string())
    );
    assert_eq!(run.json()["complete"], false);
}

#[test]
fn a_missing_path_is_never_clean_and_hides_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("good", token(1));
    let run = sandbox.run(["scan", "--format", "json", "no-such-file"]);
    assert_eq!(
        (run.status, &run.json()["skipped"][0]["reason"]),
        (2, &"not-found".into())
    );
    let run = sandbox.run(["scan", "--format", "json", "no-such-file", "good"]);
    assert_eq!((run.status, run.paths()), (1, vec!["good".to_owned()]));
    assert_eq!(sandbox.run(["scan", "-", "good"]).status, 2);
    assert_eq!(
        sandbox
            .run(["scan", "--format", "json", ".", "good", "./good"])
            .findings()
            .len(),
        1,
        "once is enough"
    );
}

#[test]
fn a_size_limit_makes_the_scan_incomplete() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(
            ".ntnguard.yaml",
            "version: 1\nlimits: {max-file-size: 100}\n",
        )
        .write("large", "x".repeat(101));
    let run = scan(&sandbox);
    assert_eq!(
        (run.status, &run.json()["skipped"][0]["reason"]),
        (2, &"too-large".into())
    );
    assert_eq!(sandbox.run(["scan", "--allow-incomplete"]).status, 0);
    sandbox.write("leak", token(1));
    assert_eq!(scan(&sandbox).status, 1, "findings win");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_never_clean() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    symlink("nowhere", sandbox.path().join("dangling")).unwrap();
    symlink("self", sandbox.path().join("self")).unwrap();
    for link in ["dangling", "self"] {
        assert_eq!(sandbox.run(["scan", link]).status, 2, "{link}");
    }
    assert_eq!(
        sandbox.run(["scan"]).status,
        0,
        "met on the way, its text is all it has"
    );
}

/// A file that `git status` calls untracked is scanned, even if the ignore file seems to cover it: git's patterns have no
/// braces, a trailing tab is part of a pattern, and git does not follow an ignore file that is a link.
#[cfg(unix)]
#[test]
fn files_that_git_does_not_ignore_are_scanned() {
    use std::os::unix::fs::symlink;
    for (ignore, file) in [
        ("*.{key,pem}\n", "a.key"),
        (".cred\t\n", ".cred"),
        ("[a\n", "[a"),
        ("a.key\r\n", "b.key"),
    ] {
        let sandbox = Sandbox::repository();
        sandbox.write(".gitignore", ignore).write(file, token(1));
        let untracked = sandbox.git(["ls-files", "-o", "--exclude-standard", "-z"]);
        assert!(untracked.split('\0').any(|path| path == file), "{ignore:?}");
        assert_eq!(scan(&sandbox).paths(), [file], "{ignore:?}");
    }
    let sandbox = Sandbox::repository();
    sandbox.write("rules", "*.key\n").write("a.key", token(1));
    symlink("rules", sandbox.path().join(".gitignore")).unwrap();
    assert_eq!(scan(&sandbox).paths(), ["a.key"]);
}

/// With random ignore files, the scan visits exactly the files that git lists.
#[test]
fn git_lists_the_same_files() {
    let mut fake = Fake::new(5);
    let patterns = [
        "a", "*.txt", "/b", "!a", "a/", "**/c", "b/**", "!b/a.txt", "# x", "\\#", "a*", "!*.txt",
        "?", "b/c", "/a/b/",
    ];
    for round in 0..40 {
        let sandbox = Sandbox::repository();
        for depth in 0..40 {
            let parts: Vec<_> = (0..=depth % 3)
                .map(|_| ["a", "b", "c"][fake.next() as usize % 3])
                .collect();
            let folder = parts.join("/");
            if sandbox.path().join(&folder).is_file()
                || parts
                    .iter()
                    .enumerate()
                    .any(|(n, _)| sandbox.path().join(parts[..n].join("/")).is_file())
            {
                continue;
            }
            sandbox.write(format!("{folder}/{}.txt", ["a", "b"][depth % 2]), token(1));
            if depth % 5 == 0 {
                let lines: Vec<_> = (0..3)
                    .map(|_| patterns[fake.next() as usize % patterns.len()])
                    .collect();
                let place = if depth == 0 {
                    String::new()
                } else {
                    format!("{folder}/")
                };
                sandbox.write(format!("{place}.gitignore"), lines.join("\n"));
            }
        }
        if round % 2 == 0 {
            sandbox.git(["add", "-f", "a"]);
        }
        let listed = sandbox.git(["ls-files", "-c", "-o", "--exclude-standard"]);
        let mut listed: Vec<&str> = listed
            .lines()
            .filter(|path| path.ends_with(".txt"))
            .collect();
        listed.sort_unstable();
        listed.dedup();
        assert_eq!(scan(&sandbox).paths(), listed, "round {round}");
    }
}

#[test]
fn a_repository_that_cannot_be_opened_is_never_clean() {
    for damage in ["config", "HEAD"] {
        let sandbox = Sandbox::repository();
        sandbox
            .write(".gitignore", "*.key\n")
            .write("a.key", token(1))
            .commit_all("x");
        match damage {
            "config" => _ = sandbox.write(".git/config", "[core"),
            _ => fs::remove_file(sandbox.path().join(".git/HEAD")).unwrap(),
        }
        assert_ne!(sandbox.run(["scan"]).status, 0, "{damage}");
    }
}

#[test]
fn variables_of_a_hook_do_not_affect_other_repositories() {
    let sandbox = Sandbox::repository();
    sandbox.write("x", "x").commit_all("x");
    let other = Sandbox::repository();
    other
        .write(".gitignore", "*.key\n")
        .write("a.key", token(1))
        .commit_all("x");
    let mut command = sandbox.ntnguard();
    command
        .env("GIT_DIR", ".git")
        .env("GIT_INDEX_FILE", ".git/index")
        .arg("scan")
        .arg(other.path());
    assert_eq!(Run::of(command.output().unwrap()).status, 1);
}

#[test]
fn a_submodule_in_an_ignored_folder_is_scanned() {
    let inner = Sandbox::repository();
    inner
        .write(".gitignore", ".*\n")
        .write("leak", token(1))
        .write(".cred", token(2))
        .commit_all("x");
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", "vendor/\n");
    let path = inner.path().display().to_string();
    sandbox.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "-f",
        &path,
        "vendor/sub",
    ]);
    sandbox.git(["clone", "-q", &path, "nested"]);
    assert_eq!(
        scan(&sandbox).paths(),
        [
            "nested/.cred",
            "nested/leak",
            "vendor/sub/.cred",
            "vendor/sub/leak"
        ]
    );
}

/// A sparse index has directories as entries. Such a directory may exist on disk and be ignored.
#[test]
fn an_ignored_sparse_index_folder_is_scanned_once() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("kept/a", "x")
        .write("left/b", "x")
        .write(".gitignore", "left/\ngone/\n")
        .commit_all("x");
    sandbox.git(["sparse-checkout", "set", "--cone", "--sparse-index", "kept"]);
    sandbox
        .write("left/b", token(1))
        .write("left/deep/c", token(2));
    assert_eq!(scan(&sandbox).paths(), ["left/b", "left/deep/c"]);
    // A submodule without a repository. git lists the files in its directory once it has written the index.
    let id = sandbox.id("HEAD");
    sandbox.git([
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{id},gone"),
    ]);
    sandbox.write("gone/d", token(3));
    assert_eq!(scan(&sandbox).paths(), ["gone/d", "left/b"]);
    assert_eq!(
        sandbox.run(["scan", "--format", "json", "gone"]).paths(),
        ["gone/d"]
    );
}

/// A sparse index does not say which files in such a directory are tracked, so none of them is ignored.
#[test]
fn nothing_is_ignored_in_a_sparse_index_folder() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("d/y", token(1))
        .write("e/z", "x")
        .commit_all("x");
    sandbox.git(["sparse-checkout", "set", "--cone", "--sparse-index", "e"]);
    sandbox.write("d/y", token(1)).write(".gitignore", "y\n");
    let run = scan(&sandbox);
    assert_eq!(
        (run.paths(), run.json()["summary"]["blobs"].as_u64()),
        (vec!["d/y".into()], Some(3))
    );
}

#[test]
fn tracked_files_in_ignored_submodule_folders_are_scanned() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("sm/.gitignore", "d/\n")
        .write("sm/d/x", token(1));
    sandbox.git(["init", "-q", "sm"]);
    sandbox.git(["-C", "sm", "add", "-f", "."]);
    sandbox.git(["-C", "sm", "commit", "-q", "-m", "x"]);
    sandbox.git(["add", "sm"]);
    assert_eq!(scan(&sandbox).paths(), ["sm/d/x"]);
}

/// In a merge conflict, one side may have a file at the path where the other side has a submodule. The submodule is on
/// disk.
#[test]
fn an_ignored_submodule_in_a_conflict_is_scanned() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", "sm\n").commit_all("x");
    sandbox.write("sm/x", token(1)).git(["init", "-q", "sm"]);
    sandbox.git(["-C", "sm", "add", "."]);
    sandbox.git(["-C", "sm", "commit", "-q", "-m", "x"]);
    let (blob, commit) = (sandbox.id("HEAD:.gitignore"), sandbox.id("HEAD"));
    let stages = format!("100644 {blob} 1\tsm\n160000 {commit} 2\tsm\n100644 {blob} 3\tsm\n");
    sandbox.git_with_input(["update-index", "--index-info"], stages.as_bytes());
    assert_eq!(scan(&sandbox).paths(), ["sm/x"]);
}

/// If something else is at the path of a tracked file, git treats the file as deleted, and ignore rules apply to the other.
#[test]
#[cfg(unix)]
fn a_replacement_of_a_tracked_file_is_not_tracked() {
    let sandbox = Sandbox::repository();
    sandbox
        .write(".gitignore", "a\nc\n")
        .write("a", "x")
        .write("b/c/d", "x");
    sandbox.git(["add", "-f", "."]);
    sandbox.commit_all("x");
    fs::remove_file(sandbox.path().join("a")).unwrap();
    fs::remove_dir_all(sandbox.path().join("b/c")).unwrap();
    sandbox
        .write("a/in", token(1))
        .write("elsewhere/c/d", token(2));
    std::os::unix::fs::symlink("../elsewhere/c", sandbox.path().join("b/c")).unwrap();
    assert_eq!(sandbox.git(["ls-files", "-o", "--exclude-standard"]), "");
    let run = scan(&sandbox);
    assert_eq!((run.status, run.paths()), (0, Vec::<String>::new()));
    // A file that a `!` pattern excepts is not ignored, so it is scanned.
    sandbox.write(".gitignore", "a/*\n!a/in\nc\n");
    assert_eq!(scan(&sandbox).paths(), ["a/in"]);
}

#[test]
fn a_folder_with_an_invalid_git_folder_is_scanned_once() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("f", token(1))
        .write("sub/g", "x")
        .commit_all("x");
    sandbox.write("sub/.git/empty", "");
    assert_eq!(scan(&sandbox).json()["summary"]["blobs"], 2);
}

#[test]
fn a_damaged_index_makes_the_scan_incomplete() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "x").commit_all("x");
    sandbox.write(".git/index", "DIRC and nothing that makes sense");
    let run = scan(&sandbox);
    assert_eq!(
        (run.status, &run.json()["skipped"][0]["reason"]),
        (2, &"corrupt".into())
    );
}

#[test]
fn the_kinds_of_secrets_are_distinguished() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "a/.env",
        expand("NOTION_TOKEN={secret}\nNOTION_CLIENT_SECRET={secret}\nNOTION_WEBHOOK_SECRET={secret}\n", 4),
    );
    let expected = [
        "legacy-token a/.env:1:14 high",
        "oauth-client-secret a/.env:2:22 high",
        "webhook-verification-token a/.env:3:23 high",
    ];
    assert_eq!(scan(&sandbox).findings(), expected);
}

#[test]
fn standard_input_is_scanned() {
    let sandbox = Sandbox::new();
    let input = format!("a\nb {}\n", token(1));
    for command in [
        &["stdin", "--format", "json"][..],
        &["scan", "-", "--format", "json"],
    ] {
        let run = sandbox.run_with_input(command, input.as_bytes());
        assert_eq!(
            (run.status, run.findings()),
            (1, vec!["integration-token -:2:3 high".to_owned()])
        );
    }
    assert_eq!(sandbox.run_with_input(["stdin"], b"clean").status, 0);
}
