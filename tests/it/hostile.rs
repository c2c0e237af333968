//! A hostile repository on disk: ntnguard follows none of its links, overwrites and runs nothing, and shows no text from
//! files outside of it.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::fake::expand;
use crate::make::{gzip, zip};
use crate::sandbox::{Run, Sandbox};

/// A repository in the directory `repo`, and beside it a directory `home` with a private file.
fn beside_a_home(content: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("home/file", content);
    sandbox.git(["init", "-q", "-b", "main", "repo"]);
    sandbox.write("repo/a", "x");
    sandbox
}

fn link(sandbox: &Sandbox, target: &str, name: &str) {
    let place = sandbox.path().join("repo").join(name);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&place);
    symlink(target, place).unwrap();
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn hides(run: &Run, text: &str) -> bool {
    !run.stdout.contains(text) && !run.stderr.contains(text)
}

#[test]
fn linked_configuration_files_are_refused_and_not_quoted() {
    let password = expand("{a:9}/{a:9}+{a:9}", 4);
    let sandbox = beside_a_home(&format!("[default]\naws_secret_access_key = {password}\n"));
    sandbox.write("repo/real.yaml", "version: 1\n");
    let run = |arguments: &[&str]| {
        let mut command = sandbox.ntnguard();
        Run::of(
            command
                .current_dir(sandbox.path().join("repo"))
                .env("DEPLOY", &password)
                .args(arguments)
                .output()
                .unwrap(),
        )
    };
    for name in [".ntnguard.yaml", ".ntnguard-baseline"] {
        for target in [
            "../home/file",
            "/proc/self/environ",
            "../home",
            "/dev/zero",
            "nowhere",
            "real.yaml",
        ] {
            link(&sandbox, target, name);
            for command in [
                &["scan"][..],
                &["staged"],
                &["env"],
                &["config"],
                &["hook", "run", "pre-commit"],
            ] {
                let run = run(command);
                assert_eq!(
                    run.status, 2,
                    "{name} -> {target} {command:?} {}",
                    run.stdout
                );
                assert!(
                    hides(&run, &password) && run.stderr.contains("a symbolic link"),
                    "{}",
                    run.stderr
                );
            }
            fs::remove_file(sandbox.path().join("repo").join(name)).unwrap();
        }
    }
    // The same for a file that the command line names, and for a file in a linked directory.
    link(&sandbox, "../home/file", "ci/file");
    link(&sandbox, "../home", "linked");
    for file in ["ci/file", "linked/file"] {
        for flag in ["--config", "--baseline"] {
            let run = run(&["scan", flag, file]);
            assert!(
                run.status == 2 && hides(&run, &password) && run.stderr.contains("symbolic link"),
                "{}",
                run.stderr
            );
        }
    }
    // A link outside of the repository is the user's own, so it is followed.
    sandbox.write("home/mine.yaml", "version: 1\n");
    symlink(
        sandbox.path().join("home/mine.yaml"),
        sandbox.path().join("mine"),
    )
    .unwrap();
    assert_eq!(run(&["scan", "--config", "../mine"]).status, 0);
}

#[test]
fn an_error_quotes_only_the_invalid_line() {
    let sandbox = beside_a_home("");
    let word = expand("{a:14}", 6);
    sandbox.write(
        "repo/.ntnguard.yaml",
        format!("# {word}\nversion: 1\nmin-confidense: x # password: {word}\n# {word}\n"),
    );
    let run = sandbox.run_in("repo", ["scan"]);
    assert!(
        run.status == 2 && run.stderr.contains("3 │ min-confidense: x # password: "),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("version: 1"), "{}", run.stderr);
    assert!(hides(&run, &word), "{}", run.stderr);
}

#[test]
fn written_files_replace_links_and_never_follow_them() {
    let sandbox = beside_a_home("mine");
    let token = expand("{ntn}", 3);
    sandbox.write("repo/a", &token);
    let untouched = || {
        assert_eq!(
            fs::read_to_string(sandbox.path().join("home/file")).unwrap(),
            "mine"
        );
        assert_eq!(
            fs::read_dir(sandbox.path().join("home")).unwrap().count(),
            1
        );
    };
    link(&sandbox, "../home/file", "report.json");
    link(&sandbox, "../home", "linked");
    assert_eq!(
        sandbox
            .run_in("repo", ["scan", "-o", "json=report.json"])
            .status,
        1
    );
    assert!(
        fs::symlink_metadata(sandbox.path().join("repo/report.json"))
            .unwrap()
            .is_file()
    );
    for arguments in [
        &["scan", "-o", "json=linked/file"][..],
        &["scan", "-o", "linked/new"],
        &["baseline", "--baseline", "linked/file"],
        &["baseline", "--baseline", "linked/new"],
    ] {
        let run = sandbox.run_in("repo", arguments);
        assert!(
            run.status == 2 && run.stderr.contains("symbolic link"),
            "{arguments:?} {}",
            run.stderr
        );
        untouched();
    }
    link(&sandbox, "../home/file", ".ntnguard-baseline");
    assert_eq!(
        sandbox.run_in("repo", ["baseline"]).status,
        0,
        "what it leads to is no baseline of the repository"
    );
    assert!(
        fs::symlink_metadata(sandbox.path().join("repo/.ntnguard-baseline"))
            .unwrap()
            .is_file()
    );
    untouched();
    fs::remove_file(sandbox.path().join("repo/.ntnguard-baseline")).unwrap();
    sandbox
        .write("repo/.env.example", "A=")
        .write("repo/.env", "A=1");
    link(&sandbox, "../home/file", ".gitignore");
    assert_eq!(sandbox.run_in("repo", ["env", "--fix"]).status, 2);
    untouched();
    sandbox.git(["-C", "repo", "commit", "-q", "--allow-empty", "-m", &token]);
    let plan = sandbox.run_in("repo", ["history", "--purge-plan", "linked"]);
    assert!(
        plan.status == 2 && plan.stderr.contains("link inside the repository"),
        "{}",
        plan.stderr
    );
    let plan = sandbox.run_in("repo", ["history", "--purge-plan", "linked/plan"]);
    assert_eq!(plan.status, 2);
    untouched();
}

/// A named pipe that the user made is written to, not replaced.
#[test]
fn a_report_is_written_into_a_pipe_with_a_reader() {
    let sandbox = beside_a_home("");
    pipe(&sandbox.path().join("out"));
    let mut reader = sandbox
        .command("cat")
        .arg("out")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(
        sandbox.run_in("repo", ["scan", "-o", "json=../out"]).status,
        0
    );
    let mut text = String::new();
    std::io::Read::read_to_string(&mut reader.stdout.take().unwrap(), &mut text).unwrap();
    reader.wait().unwrap();
    assert!(text.contains("\"complete\": true"), "{text}");
    let run = sandbox.run_in("repo", ["scan", "-o", "json=../out"]);
    assert!(
        run.status == 2 && run.stderr.contains("cannot be written"),
        "nobody reads it: {}",
        run.stderr
    );
}

#[test]
fn two_reports_are_never_written_into_one_file() {
    let sandbox = beside_a_home("");
    sandbox.write("repo/b/c", "x");
    for two in [
        ["json=x", "sarif=x"],
        ["x", "json=./x"],
        ["json=x", "sarif=b/../x"],
    ] {
        let run = sandbox.run_in("repo", ["scan", "-o", two[0], "-o", two[1]]);
        assert!(
            run.status == 2 && run.stderr.contains("two reports"),
            "{two:?} {}",
            run.stderr
        );
        assert!(!sandbox.path().join("repo/x").exists());
    }
    for two in [["-o", "json=/dev/stdout"], ["-o", "json=-"]] {
        let run = sandbox.run_in("repo", ["scan"].iter().chain(&two));
        assert!(
            run.status == 2 && run.stderr.contains("standard output"),
            "{two:?} {}",
            run.stderr
        );
    }
    let run = sandbox.run_in("repo", ["scan", "--format", "json", "-o", "-"]);
    assert!(
        run.status == 0
            && run.json()["complete"] == true
            && !sandbox.path().join("repo/-").exists()
    );
    assert_eq!(
        sandbox
            .run_in(
                "repo",
                ["scan", "-o", "json=x", "-o", "sarif=b/x", "-o", "/dev/null"]
            )
            .status,
        0
    );
}

/// The name of an archive member is only text: no file is created at its path, and no terminal or CI job interprets it.
#[test]
fn hostile_member_names_write_and_inject_nothing() {
    let sandbox = beside_a_home("mine");
    let token = expand("{ntn}", 5);
    let outside = sandbox.path().join("outside");
    for name in [
        "../outside",
        outside.to_str().unwrap(),
        "..\\outside",
        "a/../../outside",
        "\u{1b}[2J\u{1b}]0;x\u{7}",
        "x\n::error::y",
        "##vso[task.setvariable variable=x]y",
    ] {
        sandbox
            .write("repo/a.zip", zip(name, token.as_bytes()))
            .write("repo/b.gz", gzip(&zip(name, token.as_bytes())));
        for format in ["human", "json", "sarif", "github", "gitlab"] {
            let run = sandbox.run_in("repo", ["scan", "--format", format]);
            assert_eq!(run.status, 1, "{name:?} {format}");
            let inert = !run.stdout.contains('\u{1b}') && !run.stdout.contains("##vso[");
            let commands = run
                .stdout
                .lines()
                .filter(|line| line.trim_start().starts_with("::error::y"));
            assert!(
                inert && commands.count() == 0,
                "{name:?} {format} {}",
                run.stdout
            );
        }
        let there = fs::read_dir(sandbox.path()).unwrap().count()
            + fs::read_dir(sandbox.path().join("home")).unwrap().count();
        assert_eq!(there, 3, "{name:?} was written");
    }
}

#[test]
fn a_compression_bomb_is_reported_as_a_limit() {
    let sandbox = beside_a_home("");
    let line = "head -c 134217728 /dev/zero | gzip -9 > repo/bomb.gz";
    assert!(
        sandbox
            .command("sh")
            .args(["-c", line])
            .status()
            .unwrap()
            .success()
    );
    let run = sandbox.run_in("repo", ["scan", "--format", "json"]);
    assert_eq!(
        (run.status, run.json()["skipped"][0]["reason"].as_str()),
        (2, Some("limit")),
        "{}",
        run.stdout
    );
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    for name in [".ntnguard.yaml", ".ntnguard-baseline", ".gitignore"] {
        let sandbox = beside_a_home("");
        pipe(&sandbox.path().join("repo").join(name));
        let run = sandbox.run_in("repo", ["scan"]);
        assert!(
            run.status == 2 || name == ".gitignore",
            "{name} {}{}",
            run.stdout,
            run.stderr
        );
    }
}
