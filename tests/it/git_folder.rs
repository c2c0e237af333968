//! Hostile or unusual `.git` directories: another owner, hostile content, another location.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

const COMMANDS: [&[&str]; 8] = [
    &["scan"],
    &["staged"],
    &["env"],
    &["history"],
    &["range", "HEAD"],
    &["ci"],
    &["hook", "run", "pre-commit"],
    &["baseline"],
];

/// Runs a command with a generous time limit. Returns `None` if the command hangs.
fn in_time(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> Option<Run> {
    let mut command = sandbox.ntnguard();
    command
        .current_dir(sandbox.path().join(folder))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (mut child, start) = (command.spawn().unwrap(), Instant::now());
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Some(Run::of(child.wait_with_output().unwrap()))
}

/// Lays out a directory as a git directory with this configuration.
fn lay_out(sandbox: &Sandbox, folder: &str, config: &str) {
    for file in ["objects/info/kept", "refs/heads/kept.lock"] {
        sandbox.write(format!("{folder}/{file}"), "");
    }
    sandbox
        .write(format!("{folder}/HEAD"), "ref: refs/heads/main\n")
        .write(format!("{folder}/config"), config);
}

/// Lines of an ignore file with which `ntnguard env` reports nothing.
const COVERED: &str = ".env\n.env.*\n!.env.example\n";

const ELSEWHERE: &str =
    "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ../docs\n";
const BARE: &str = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";

#[test]
fn a_tracked_git_layout_is_never_used_as_a_repository() {
    for config in [ELSEWHERE, BARE, ""] {
        let sandbox = Sandbox::repository();
        sandbox
            .write("docs/d", "x")
            .write("app/leak", expand("{ntn}", 1))
            .write("app/sub/deep", expand("{ntn}", 2));
        sandbox.commit_all("x");
        lay_out(&sandbox, "app", config);
        sandbox.git(["add", "-A", "-f"]);
        for folder in ["app", "app/sub"] {
            let run = sandbox.run_in(folder, ["scan", "--format", "json"]);
            assert_eq!(
                run.paths(),
                ["app/leak", "app/sub/deep"],
                "{config} in {folder}"
            );
            assert_eq!(
                sandbox.run_in(folder, ["history"]).status,
                1,
                "{config} in {folder}"
            );
            assert_eq!(
                sandbox.run_in(folder, ["staged"]).status,
                0,
                "{config} in {folder}"
            );
        }
        sandbox.write("app/more", expand("{ntn}", 3));
        sandbox.git(["add", "-f", "app/more"]);
        assert_eq!(sandbox.run_in("app", ["staged"]).status, 1, "{config}");
        assert_eq!(
            sandbox.run_in("app", ["hook", "run", "pre-commit"]).status,
            1,
            "{config}"
        );
        let run = sandbox.run_in("app", ["hook", "install"]);
        assert!(
            run.status == 0 && sandbox.path().join(".git/hooks/pre-commit").exists(),
            "{}",
            run.stderr
        );
        assert!(!sandbox.path().join("app/hooks").exists());
    }
}

#[test]
fn an_untracked_git_layout_must_not_point_elsewhere() {
    let sandbox = Sandbox::repository();
    sandbox.write("docs/d", "x").commit_all("x");
    sandbox.git(["init", "-q", "--bare", "own.git"]);
    assert_eq!(sandbox.run_in("own.git", ["history"]).status, 0);
    lay_out(&sandbox, "other", ELSEWHERE);
    for command in [
        &["scan"][..],
        &["history"],
        &["env", "--fix"],
        &["range", "HEAD"],
        &["staged"],
        &["hook", "install"],
    ] {
        let run = sandbox.run_in("other", command);
        assert!(
            run.status == 2 && run.stderr.contains("GIT_WORK_TREE"),
            "{command:?} {}",
            run.stderr
        );
    }
    // Outside of any repository.
    let sandbox = Sandbox::new();
    sandbox
        .write("docs/d", "x")
        .write("other/leak", expand("{ntn}", 1));
    lay_out(&sandbox, "other", ELSEWHERE);
    assert_eq!(sandbox.run_in("other", ["scan"]).status, 2);
    assert_eq!(sandbox.run(["scan"]).status, 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_any_git_file_is_refused() {
    let files = [
        "HEAD",
        "config",
        "index",
        "packed-refs",
        "commondir",
        "shallow",
        "refs/heads/main",
        "refs/tags/deep/er",
        "sharedindex.0000000000000000000000000000000000000000",
        "worktrees/other/HEAD",
        "worktrees/other/logs/HEAD",
        "logs/refs/heads/other",
        "objects/info/alternates",
        "objects/info/commit-graph",
        "LOOSE",
    ];
    for file in files {
        let sandbox = Sandbox::repository();
        sandbox
            .write("a", "x")
            .write(".gitignore", COVERED)
            .commit_all("x");
        let commit = sandbox.id("HEAD");
        let file = if file == "LOOSE" {
            format!("objects/{}/{}", &commit[..2], &commit[2..])
        } else {
            file.to_owned()
        };
        let place = sandbox.path().join(".git").join(&file);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&place);
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&place)
                .status()
                .unwrap()
                .success()
        );
        for command in COMMANDS {
            let run = in_time(&sandbox, "", command)
                .unwrap_or_else(|| panic!("{command:?} waits for {file}"));
            // These commands read files on disk and need no git objects.
            let is_looked_up = file.starts_with("objects/") || file.starts_with("refs/");
            let needs_none = is_looked_up && ["scan", "env", "baseline"].contains(&command[0]);
            let is_elsewhere = ["refs/tags", "worktrees", "logs"]
                .iter()
                .any(|folder| file.starts_with(folder));
            let needs_none =
                needs_none || is_elsewhere && !["range", "ci", "history"].contains(&command[0]);
            assert!(
                run.status == 2 || needs_none && run.status == 0,
                "{command:?} {file} {}",
                run.stderr
            );
        }
    }
}

#[test]
fn a_format_that_is_not_known_is_an_error() {
    let refused = [
        "[core]\nrepositoryformatversion = 1\n[extensions]\nsomethingNew = true\n",
        "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectStorage = cloud\n",
        "[core]\nrepositoryformatversion = 1\n[extensions \"sub\"]\nnoop = true\n",
        "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha3\n",
        "[core]\nrepositoryformatversion = 2\n",
        "[core\nbroken",
    ];
    for config in refused {
        let sandbox = Sandbox::repository();
        sandbox.write("a", "x").commit_all("x");
        sandbox.write(".git/config", config);
        assert!(
            !sandbox.try_git(["status"]).status.success(),
            "git itself refuses {config}"
        );
        for command in COMMANDS {
            let run = sandbox.run(command);
            assert_eq!(run.status, 2, "{command:?} {config} {}", run.stdout);
            assert!(
                run.stderr.contains("config") || run.stderr.contains("repository"),
                "{}",
                run.stderr
            );
        }
    }
    let sandbox = Sandbox::repository();
    sandbox.write("a", "x").commit_all("x");
    let fine = [
        "[core]\nrepositoryformatversion = 0\n[extensions]\nsomethingNew = true\n",
        "[core]\nrepositoryformatversion = 1\n[extensions]\nnoop = true\npreciousObjects = true\npartialClone = origin\n",
        "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha1\nrefStorage = files\nworktreeConfig = true\n",
    ];
    for config in fine {
        sandbox.write(".git/config", config);
        assert_eq!(sandbox.run(["staged"]).status, 0, "{config}");
    }
    fs::remove_file(sandbox.path().join(".git/config")).unwrap();
    fs::create_dir(sandbox.path().join(".git/config")).unwrap();
    assert_eq!(
        sandbox.run(["scan"]).status,
        2,
        "a configuration that cannot be read"
    );
}

#[test]
fn every_command_respects_git_dir_and_git_work_tree() {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "--bare", "cfg"]);
    sandbox
        .write("home/.vimrc", expand("t = {ntn}", 1))
        .write("home/sub/x", "x")
        .write("home/.gitignore", COVERED);
    let named = |program: &str, folder: &str| {
        let mut command = sandbox.command(program);
        command
            .env("GIT_DIR", sandbox.path().join("cfg"))
            .env("GIT_WORK_TREE", sandbox.path().join("home"));
        command.current_dir(sandbox.path().join(folder));
        command
    };
    assert!(
        named("git", "home")
            .args(["add", ".vimrc"])
            .status()
            .unwrap()
            .success()
    );
    let run = |folder: &str, arguments: &[&str]| {
        Run::of(
            named(env!("CARGO_BIN_EXE_ntnguard"), folder)
                .args(arguments)
                .output()
                .unwrap(),
        )
    };
    assert_eq!(run("home", &["staged"]).status, 1);
    assert!(
        named("git", "home")
            .args(["commit", "-qm", "x"])
            .status()
            .unwrap()
            .success()
    );
    for folder in ["home", "home/sub", ""] {
        for command in [&["history"][..], &["range", "HEAD"], &["scan"]] {
            let run = run(folder, command);
            assert_eq!(run.status, 1, "{command:?} in {folder:?} {}", run.stderr);
        }
    }
    assert_eq!(run("home", &["env"]).status, 0);
    assert_eq!(
        run("home", &["scan", "--format", "json", "sub"]).paths(),
        [""; 0]
    );
    // A git directory is not part of the scanned files, whatever its name and location.
    fs::rename(sandbox.path().join("cfg"), sandbox.path().join("home/.cfg")).unwrap();
    fs::write(sandbox.path().join("home/.vimrc"), "x").unwrap();
    let mut command = named(env!("CARGO_BIN_EXE_ntnguard"), "home");
    command
        .env("GIT_DIR", sandbox.path().join("home/.cfg"))
        .arg("scan");
    assert_eq!(Run::of(command.output().unwrap()).status, 0);
    fs::rename(sandbox.path().join("home/.cfg"), sandbox.path().join("cfg")).unwrap();
    // A repository inside keeps its own ignore rules. The variables that git sets for hooks change nothing.
    sandbox.git(["init", "-q", "home/other"]);
    sandbox
        .write("home/other/.gitignore", "*.key\n")
        .write("home/other/a.key", expand("{ntn}", 2));
    assert_eq!(run("home", &["scan", "other"]).status, 0);
    assert_eq!(run("home", &["baseline"]).status, 0);
    assert!(Path::exists(
        &sandbox.path().join("home/.ntnguard-baseline")
    ));
}

/// Some tools keep many repositories in this layout.
#[cfg(unix)]
#[test]
fn a_link_to_a_renamed_git_directory_is_followed() {
    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "work"]);
    sandbox
        .write("work/a", "x")
        .write("work/.gitignore", COVERED);
    sandbox.git(["-C", "work", "add", "-A"]);
    sandbox.git(["-C", "work", "commit", "-q", "-m", "x"]);
    fs::create_dir(sandbox.path().join("projects")).unwrap();
    fs::rename(
        sandbox.path().join("work/.git"),
        sandbox.path().join("projects/p.git"),
    )
    .unwrap();
    std::os::unix::fs::symlink("../projects/p.git", sandbox.path().join("work/.git")).unwrap();
    for command in COMMANDS {
        let run = sandbox.run_in("work", command);
        assert_eq!(run.status, 0, "{command:?} {}{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_reftable_is_refused_before_a_hook_is_installed() {
    let sandbox = Sandbox::new();
    if !sandbox
        .try_git(["init", "-q", "-b", "main", "--ref-format=reftable", "."])
        .status
        .success()
    {
        return; // An older git.
    }
    sandbox.write("a", "fine").commit_all("x");
    for command in [
        &["hook", "install"][..],
        &["staged"],
        &["range", "HEAD"],
        &["hook", "run", "pre-commit"],
    ] {
        let run = sandbox.run(command);
        assert!(
            run.status == 2 && run.stderr.contains("git refs migrate"),
            "{command:?} {}",
            run.stderr
        );
    }
    assert!(!sandbox.path().join(".git/hooks/pre-commit").exists());
    assert_eq!(sandbox.run(["scan"]).status, 0, "files need no refs");
    for command in [&["ci"][..], &["history"]] {
        let run = sandbox.run(command);
        assert!(
            run.status == 2
                && format!("{}{}", run.stdout, run.stderr).contains("clone --ref-format=files"),
            "{command:?}"
        );
    }
}
