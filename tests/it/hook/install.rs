//! `hook install` and `uninstall`: the directory of the hooks, and the fate of hooks that exist already.

use std::fs;

use super::{commit, hooks, read, said, token, with_hooks, write_hook};
use crate::sandbox::Sandbox;

const THEIRS: &str = "#!/bin/sh\necho \"theirs $# $1\" >> \"$(git rev-parse --git-dir)/log\"\n[ ! -e no ] || exit 7\n";

/// The hooks that are installed if none is named.
const ALL: [&str; 4] = ["commit-msg", "pre-commit", "pre-merge-commit", "pre-push"];

#[test]
fn installing_twice_changes_nothing_and_uninstall_removes_all() {
    let sandbox = with_hooks(&[]);
    let first = read(&sandbox, ".git/hooks/pre-commit");
    assert!(
        sandbox
            .run(["hook", "install"])
            .stdout
            .contains("pre-commit: there already")
    );
    assert_eq!(read(&sandbox, ".git/hooks/pre-commit"), first);
    assert_eq!(hooks(&sandbox, ".git/hooks"), ALL);
    assert_eq!(sandbox.run(["hook", "uninstall", "pre-push"]).status, 0);
    assert_eq!(hooks(&sandbox, ".git/hooks"), ALL[..3]);
    assert_eq!(sandbox.run(["hook", "uninstall"]).status, 0);
    assert!(hooks(&sandbox, ".git/hooks").is_empty());
    assert!(
        sandbox
            .run(["hook", "uninstall"])
            .stdout
            .contains("nothing was changed")
    );
    assert_eq!(sandbox.run(["hook", "install", "post-commit"]).status, 2);
    assert_eq!(
        Sandbox::new().run(["hook", "install"]).status,
        2,
        "in no repository"
    );
}

#[cfg(unix)]
#[test]
fn an_existing_hook_runs_first_and_is_restored_unchanged() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::repository();
    write_hook(&sandbox, ".git/hooks/pre-commit", THEIRS, 0o750);
    let said = sandbox.run(["hook", "install"]).stdout;
    assert!(
        said.contains("first runs the hook that was already there")
            && !said.contains("its own name"),
        "{said}"
    );
    assert_eq!(commit(&sandbox, "one"), (true, String::new()));
    sandbox.write("no", "");
    assert!(!commit(&sandbox, "two").0, "theirs refuses");
    fs::remove_file(sandbox.path().join("no")).unwrap();
    sandbox.write("leak", token(1));
    assert!(!commit(&sandbox, "three").0, "ours refuses");
    assert_eq!(read(&sandbox, ".git/log"), "theirs 0 \n".repeat(3));
    assert!(
        sandbox
            .run(["hook", "install"])
            .stdout
            .contains("there already")
    );
    let hook = sandbox.path().join(".git/hooks/pre-commit");
    let status = sandbox
        .command(hook.to_str().unwrap())
        .arg("an argument")
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(1));
    assert!(read(&sandbox, ".git/log").ends_with("theirs 1 an argument\n"));
    sandbox.write("no", "");
    assert_eq!(
        sandbox
            .command(hook.to_str().unwrap())
            .output()
            .unwrap()
            .status
            .code(),
        Some(7),
        "its status is kept"
    );
    assert!(
        sandbox
            .run(["hook", "uninstall"])
            .stdout
            .contains("is back")
    );
    assert_eq!(read(&sandbox, ".git/hooks/pre-commit"), THEIRS);
    assert_eq!(hook.metadata().unwrap().permissions().mode() & 0o777, 0o750);
    assert_eq!(hooks(&sandbox, ".git/hooks"), ["pre-commit"]);
    assert!(
        sandbox
            .run(["hook", "uninstall"])
            .stdout
            .contains("nothing was changed")
    );
    assert_eq!(read(&sandbox, ".git/hooks/pre-commit"), THEIRS);
}

#[cfg(unix)]
#[test]
fn a_chained_hook_runs_only_if_git_would_run_it() {
    let sandbox = Sandbox::repository();
    write_hook(
        &sandbox,
        ".git/hooks/pre-commit",
        "#!/bin/sh\nexit 1\n",
        0o644,
    );
    sandbox.run(["hook", "install"]);
    assert!(
        commit(&sandbox, "one").0,
        "what may not be executed, git does not run"
    );
    sandbox.run(["hook", "uninstall"]);
    // A hook that is a symbolic link stays one.
    write_hook(&sandbox, "scripts/hook", THEIRS, 0o755);
    let hook = sandbox.path().join(".git/hooks/pre-commit");
    fs::remove_file(&hook).unwrap();
    std::os::unix::fs::symlink("../../scripts/hook", &hook).unwrap();
    sandbox.run(["hook", "install"]);
    assert!(commit(&sandbox, "two").0 && read(&sandbox, ".git/log") == "theirs 0 \n");
    sandbox.run(["hook", "uninstall"]);
    assert_eq!(
        hook.read_link().unwrap().to_str(),
        Some("../../scripts/hook")
    );
    assert_eq!(read(&sandbox, "scripts/hook"), THEIRS);
    // A hook with Windows line breaks cannot run on this system, and could not before the installation.
    fs::remove_file(&hook).unwrap();
    write_hook(
        &sandbox,
        ".git/hooks/pre-commit",
        &THEIRS.replace('\n', "\r\n"),
        0o755,
    );
    let before = commit(&sandbox, "three").0;
    sandbox.run(["hook", "install"]);
    assert_eq!(commit(&sandbox, "four").0, before);
    sandbox.run(["hook", "uninstall"]);
    assert_eq!(
        read(&sandbox, ".git/hooks/pre-commit"),
        THEIRS.replace('\n', "\r\n")
    );
    // A directory in the place of the hook.
    fs::remove_file(&hook).unwrap();
    fs::create_dir(&hook).unwrap();
    let run = sandbox.run(["hook", "install"]);
    assert!(
        run.status == 2 && run.stderr.contains("is a folder"),
        "{}",
        run.stderr
    );
}

#[test]
fn only_the_named_hooks_are_installed() {
    let sandbox = with_hooks(&["pre-merge-commit", "commit-msg"]);
    assert_eq!(
        hooks(&sandbox, ".git/hooks"),
        ["commit-msg", "pre-merge-commit"]
    );
    let said = sandbox.run(["hook", "install"]).stdout;
    let lines: Vec<_> = said
        .lines()
        .map(|line| line.trim_start_matches(".git/hooks/"))
        .collect();
    let expected = [
        "pre-commit: installed",
        "pre-merge-commit: there already",
        "commit-msg: there already",
        "pre-push: installed",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_hook_that_replaced_ours_is_not_overwritten() {
    let sandbox = Sandbox::repository();
    write_hook(&sandbox, ".git/hooks/pre-commit", THEIRS, 0o755);
    sandbox.run(["hook", "install"]);
    write_hook(
        &sandbox,
        ".git/hooks/pre-commit",
        "#!/bin/sh\nexit 0\n",
        0o755,
    );
    let run = sandbox.run(["hook", "install"]);
    assert!(
        run.status == 2 && run.stderr.contains("somebody else's"),
        "{}",
        run.stderr
    );
    assert_eq!(
        read(&sandbox, ".git/hooks/pre-commit.before-ntnguard"),
        THEIRS
    );
    assert_eq!(
        read(&sandbox, ".git/hooks/pre-commit"),
        "#!/bin/sh\nexit 0\n"
    );
}

#[test]
fn hooks_are_installed_in_the_folder_that_git_uses() {
    // Each way to write the directory of hooks, and the directory that it means.
    for (setting, folder) in [("githooks", "githooks"), ("./a/../b", "b")] {
        let sandbox = Sandbox::repository();
        sandbox.git(["config", "core.hooksPath", setting]).clear();
        sandbox.write("sub/x", "");
        let run = sandbox.run_in("sub", ["hook", "install"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert_eq!(hooks(&sandbox, folder), ALL);
        sandbox.write("leak", token(1));
        assert!(!commit(&sandbox, "one").0);
    }
    let sandbox = Sandbox::repository();
    sandbox.git([
        "config",
        "core.hooksPath",
        sandbox.path().join("absolute").to_str().unwrap(),
    ]);
    assert_eq!(sandbox.run(["hook", "install"]).status, 0);
    assert_eq!(hooks(&sandbox, "absolute"), ALL);
}

/// The user's and the system's configuration may also set a directory of hooks, in included files too.
#[test]
fn a_shared_hook_folder_requires_the_shared_flag() {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "repo"]);
    sandbox
        .write("home/.gitconfig", "[include]\n\tpath = more\n")
        .write("home/more", "[core]\nhooksPath = ~/hooks\n");
    let home = sandbox.path().join("home");
    let run = |arguments: &[&str]| {
        let mut command = sandbox.ntnguard();
        command
            .env("HOME", &home)
            .env_remove("GIT_CONFIG_GLOBAL")
            .current_dir(sandbox.path().join("repo"));
        crate::sandbox::Run::of(command.args(arguments).output().unwrap())
    };
    let refused = run(&["hook", "install"]);
    assert!(
        refused.status == 2 && refused.stderr.contains("--shared"),
        "{}",
        refused.stderr
    );
    assert!(hooks(&sandbox, "home/hooks").is_empty());
    let agreed = run(&["hook", "install", "--shared"]);
    assert_eq!(agreed.status, 0, "{}", agreed.stderr);
    assert_eq!(hooks(&sandbox, "home/hooks"), ALL);
    sandbox.write("repo/leak", token(1));
    let mut git = sandbox.git_command();
    git.env("HOME", &home)
        .env_remove("GIT_CONFIG_GLOBAL")
        .current_dir(sandbox.path().join("repo"));
    let output = git
        .args(["-c", "alias.all=!git add -A && git commit -m one", "all"])
        .output()
        .unwrap();
    assert!(!output.status.success(), "{output:?}");
    assert_eq!(run(&["hook", "uninstall"]).status, 0);
    assert!(hooks(&sandbox, "home/hooks").is_empty());
}

#[test]
fn unsuitable_hook_folders_are_refused_with_advice() {
    let sandbox = Sandbox::repository();
    sandbox.write("file", "");
    for (setting, says) in [
        (".husky/_", "ntnguard hook run pre-commit"),
        ("/dev/null", "not to a folder"),
        ("file", "not to a folder"),
        ("", "no hooks"),
        ("~nobody/x", "does not support"),
    ] {
        sandbox.git(["config", "core.hooksPath", setting]);
        let run = sandbox.run(["hook", "install"]);
        assert!(
            run.status == 2 && run.stderr.contains(says),
            "{setting}: {}",
            run.stderr
        );
    }
    assert!(hooks(&sandbox, ".husky/_").is_empty());
}

#[test]
fn linked_work_trees_share_hooks_and_submodules_have_their_own() {
    let sandbox = with_hooks(&[]);
    sandbox.commit_all("zero");
    sandbox.git(["worktree", "add", "-q", "linked"]);
    assert!(
        sandbox
            .run_in("linked", ["hook", "install"])
            .stdout
            .contains("there already")
    );
    sandbox.write("linked/leak", token(1));
    let linked = |words: &[&str]| said(&sandbox.try_git([&["-C", "linked"], words].concat()));
    assert!(linked(&["add", "leak"]).0 && !linked(&["commit", "-q", "-m", "leak"]).0);
    let outer = Sandbox::repository();
    let url = sandbox.path();
    outer.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        url.to_str().unwrap(),
        "sub",
    ]);
    assert_eq!(outer.run_in("sub", ["hook", "install"]).status, 0);
    assert_eq!(hooks(&outer, ".git/modules/sub/hooks"), ALL);
    assert!(hooks(&outer, ".git/hooks").is_empty());
    outer.write("sub/leak", token(2));
    let inner = |words: &[&str]| said(&outer.try_git([&["-C", "sub"], words].concat()));
    assert!(inner(&["add", "leak"]).0 && !inner(&["commit", "-q", "-m", "leak"]).0);
    // A setting that only one work tree has.
    sandbox.git(["config", "extensions.worktreeConfig", "true"]);
    sandbox.git([
        "-C",
        "linked",
        "config",
        "--worktree",
        "core.hooksPath",
        "own",
    ]);
    assert_eq!(sandbox.run_in("linked", ["hook", "install"]).status, 0);
    assert_eq!(hooks(&sandbox, "linked/own"), ALL);
}

/// The hook runs a copy of the binary at a hostile path, even if PATH is nearly empty. If the copy is gone, the hook fails
/// with an error.
#[cfg(unix)]
#[test]
fn a_hook_runs_with_a_bare_path_and_fails_without_the_program() {
    let sandbox = Sandbox::repository();
    let folder = sandbox.path().join("it's $HOME `x` \"q\"\nline\\");
    fs::create_dir(&folder).unwrap();
    let program = folder.join("ntnguard");
    // Copy in another process. A process that another test thread starts inherits our open files, and a file that is open
    // for writing cannot be executed.
    assert!(
        sandbox
            .command("cp")
            .args([env!("CARGO_BIN_EXE_ntnguard").as_ref(), program.as_os_str()])
            .status()
            .unwrap()
            .success()
    );
    let run = sandbox
        .command(program.to_str().unwrap())
        .args(["hook", "install"])
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    sandbox
        .write(".gitignore", "it*\n")
        .write("leak", token(1))
        .git(["add", "leak"]);
    let commit = |path: &str| {
        let mut git = sandbox.git_command();
        git.env_clear().env("PATH", path).args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=b",
            "commit",
            "-q",
            "-m",
            "x",
        ]);
        said(&git.output().unwrap())
    };
    let (done, text) = commit("/usr/bin:/bin");
    assert!(
        !done && text.contains("Notion integration token in leak:1:1"),
        "{text}"
    );
    sandbox.write("leak", "").git(["add", "leak"]);
    assert_eq!(commit("/usr/bin:/bin"), (true, String::new()));
    fs::rename(&program, folder.join("away")).unwrap();
    sandbox.write("leak", "x").git(["add", "leak"]);
    let (done, text) = commit("/usr/bin:/bin");
    assert!(
        !done && text.contains("nothing was scanned") && text.contains(".git/hooks/pre-commit"),
        "{text}"
    );
    let mut elsewhere = std::path::PathBuf::from(env!("CARGO_BIN_EXE_ntnguard"));
    elsewhere.pop();
    assert!(
        commit(&format!("{}:/usr/bin:/bin", elsewhere.display())).0,
        "on PATH it is found"
    );
}

/// A checkout on Windows may change the line breaks of our own hook.
#[test]
fn our_hook_is_recognised_and_works_with_crlf() {
    let sandbox = Sandbox::repository();
    write_hook(
        &sandbox,
        ".git/hooks/pre-commit",
        "#!/bin/sh\nexit 0\n",
        0o755,
    );
    sandbox.run(["hook", "install"]);
    let text = read(&sandbox, ".git/hooks/pre-commit");
    write_hook(
        &sandbox,
        ".git/hooks/pre-commit",
        &text.replace('\n', "\r\n"),
        0o755,
    );
    let run = |expected: i32| {
        let mut shell = sandbox.command("sh");
        let output = shell.arg(".git/hooks/pre-commit").output().unwrap();
        assert_eq!(output.status.code(), Some(expected), "{output:?}");
    };
    run(0);
    sandbox.write("leak", token(1)).git(["add", "leak"]);
    run(1);
    assert!(
        sandbox
            .run(["hook", "install"])
            .stdout
            .contains("up to date")
    );
    assert_eq!(read(&sandbox, ".git/hooks/pre-commit"), text);
}

#[cfg(unix)]
#[test]
fn an_unwritable_hook_folder_is_reported() {
    let sandbox = Sandbox::repository();
    fs::remove_dir_all(sandbox.path().join(".git/hooks")).unwrap();
    assert_eq!(
        sandbox.run(["hook", "install"]).status,
        0,
        "a missing folder is made"
    );
    // Even root cannot create a directory in the place of a file.
    fs::remove_dir_all(sandbox.path().join(".git/hooks")).unwrap();
    sandbox.write(".git/hooks", "");
    let run = sandbox.run(["hook", "install"]);
    assert!(
        run.status == 2 && run.stderr.contains(".git/hooks"),
        "{}",
        run.stderr
    );
}

/// One script may serve all hooks and do nothing under a name that it does not know. After the installation it has another
/// name, so the command warns.
#[test]
fn a_hook_that_reads_its_own_name_causes_a_warning() {
    let sandbox = Sandbox::repository();
    write_hook(
        &sandbox,
        ".git/hooks/pre-commit",
        "#!/bin/sh\ncase $(basename \"$0\") in pre-commit) exit 1;; esac\n",
        0o755,
    );
    assert!(
        sandbox
            .run(["hook", "install"])
            .stdout
            .contains("looks at its own name")
    );
}

#[cfg(unix)]
#[test]
fn a_linked_hook_folder_requires_the_shared_flag() {
    let (sandbox, elsewhere) = (Sandbox::repository(), Sandbox::new());
    fs::remove_dir_all(sandbox.path().join(".git/hooks")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), sandbox.path().join(".git/hooks")).unwrap();
    assert_eq!(sandbox.run(["hook", "install"]).status, 2);
    assert_eq!(sandbox.run(["hook", "install", "--shared"]).status, 0);
}
