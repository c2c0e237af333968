//! `ntnguard hook status`.

use std::fs;
use std::path::Path;

use super::{set_mode, with_hooks, write_hook};
use crate::sandbox::{Run, Sandbox};

/// The lines of the output that are about hooks.
fn lines(run: &Run) -> Vec<String> {
    let is_hook = |line: &&str| line.starts_with("pre-") || line.starts_with("commit-msg: ");
    run.stdout
        .lines()
        .filter(is_hook)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_status_names_each_hook_and_the_folder() {
    let sandbox = with_hooks(&["pre-commit", "commit-msg"]);
    write_hook(
        &sandbox,
        ".git/hooks/pre-push",
        "#!/bin/sh\nexec ntnguard hook run pre-push \"$@\"\n",
        0o755,
    );
    let run = sandbox.run(["hook", "status"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    assert!(
        run.stdout.contains("hooks in .git/hooks\n")
            && run.stdout.contains("not guarded: pre-merge-commit."),
        "{}",
        run.stdout
    );
    let lines = lines(&run);
    let ours = format!(
        "runs {} (this program, {})",
        env!("CARGO_BIN_EXE_ntnguard"),
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(lines[0], format!("pre-commit: ntnguard's; {ours}"));
    assert_eq!(lines[1], "pre-merge-commit: absent");
    assert_eq!(lines[3], "pre-push: somebody else's; calls ntnguard");
    write_hook(
        &sandbox,
        ".git/hooks/pre-push",
        "#!/bin/sh\n# ntnguard hook run pre-push\n",
        0o755,
    );
    let run = sandbox.run(["hook", "status", "pre-push"]);
    assert_eq!(
        (run.status, run.stdout.contains("does not call ntnguard")),
        (1, true)
    );
    fs::remove_file(sandbox.path().join(".git/hooks/pre-push")).unwrap();
    assert_eq!(sandbox.run(["hook", "install"]).status, 0);
    let run = sandbox.run(["hook", "status"]);
    assert!(
        run.status == 0 && !run.stdout.contains("not guarded"),
        "{}",
        run.stdout
    );
    assert_eq!(
        Sandbox::new().run(["hook", "status"]).status,
        2,
        "in no repository"
    );
}

#[cfg(unix)]
#[test]
fn a_hook_that_is_not_executable_guards_nothing() {
    let sandbox = with_hooks(&["pre-commit"]);
    set_mode(&sandbox.path().join(".git/hooks/pre-commit"), 0o644);
    let run = sandbox.run(["hook", "status", "pre-commit"]);
    assert!(
        run.status == 1 && run.stdout.contains("not executable"),
        "{}",
        run.stdout
    );
}

/// The command looks for the program's file. It does not start the program.
#[cfg(unix)]
#[test]
fn the_status_checks_that_the_program_of_a_hook_exists() {
    let sandbox = Sandbox::repository();
    let program = sandbox.path().join("it's here/ntnguard");
    fs::create_dir(program.parent().unwrap()).unwrap();
    let copied = sandbox
        .command("cp")
        .args([env!("CARGO_BIN_EXE_ntnguard").as_ref(), program.as_os_str()])
        .status();
    assert!(copied.unwrap().success());
    let installed = sandbox
        .command(program.to_str().unwrap())
        .args(["hook", "install", "pre-commit"])
        .output();
    assert!(installed.unwrap().status.success());
    let status = || sandbox.run(["hook", "status", "pre-commit"]);
    let other = status();
    assert!(
        other.status == 0 && other.stdout.contains("it's here/ntnguard (another program"),
        "{}",
        other.stdout
    );
    fs::remove_file(&program).unwrap();
    let gone = status();
    assert!(
        gone.status == 1
            && gone
                .stdout
                .contains("does not exist, so it needs ntnguard on PATH"),
        "{}",
        gone.stdout
    );
    let mut on_path = sandbox.ntnguard();
    let folder = Path::new(env!("CARGO_BIN_EXE_ntnguard")).parent().unwrap();
    let on_path = Run::of(
        on_path
            .env("PATH", folder)
            .args(["hook", "status", "pre-commit"])
            .output()
            .unwrap(),
    );
    assert!(
        on_path.status == 0 && on_path.stdout.contains("it runs the ntnguard on PATH, "),
        "{}",
        on_path.stdout
    );
}
