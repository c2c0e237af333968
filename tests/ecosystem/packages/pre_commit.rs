//! The repository for pre-commit that installs the wheel: the output of
//! `packaging/pre-commit-mirror`, committed.

use std::path::PathBuf;

use serde_yaml::Value;

use super::{Machine, PYTHON, VERSION, files, plain, release, said, succeeds};
use crate::fake::Fake;
use crate::frameworks;
use crate::sandbox::Sandbox;
use crate::tools;

/// The mirror as a repository, and the commit of its version.
fn mirror() -> (Sandbox, String) {
    let sandbox = Sandbox::repository();
    let made = release().join("pre-commit");
    for file in files(&made) {
        let name = file.strip_prefix(&made).unwrap();
        sandbox.write(name, std::fs::read(&file).unwrap());
    }
    let commit = sandbox.commit_all(VERSION);
    (sandbox, commit)
}

/// The wheels of the release and of setuptools, in place of PyPI.
fn wheels() -> PathBuf {
    let folder = tools::folder().join("setuptools");
    let python = tools::python("packages", &PYTHON);
    if files(&folder).is_empty() {
        let mut pip = plain(python);
        pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"]);
        succeeds(pip.arg(&folder).arg("setuptools==84.2.1"));
    }
    folder
}

fn guards_without_compiling(program: &str) {
    let (mirror, commit) = mirror();
    let python = tools::python("frameworks", &frameworks::PACKAGES);
    let uv = tools::python("packages", &PYTHON);
    let programs = [python, uv].map(|python| python.parent().unwrap().to_owned());
    let mut machine = Machine::new(&programs);
    let home = machine.path().join(".git/frameworks");
    for name in ["PRE_COMMIT_HOME", "PREK_HOME", "UV_CACHE_DIR"] {
        machine.set(name, home.join(name));
    }
    let config = format!(
        "repos:\n- repo: {}\n  rev: {commit}\n  hooks: [{{id: ntnguard}}, {{id: ntnguard-commit-msg}}]\n",
        mirror.path().display()
    );
    machine.sandbox.write(".pre-commit-config.yaml", config);
    machine.find_wheels(&[release().join("wheels"), wheels()]);
    let types = ["-t", "pre-commit", "-t", "commit-msg"];
    machine.succeeds(
        program,
        &[&["install", "--install-hooks"], types.as_slice()].concat(),
    );
    // From now on, nothing is installed.
    machine.find_wheels(&[]);
    machine.guards_commits();
    let message = format!("see {}", Fake::new(2).ntn(0));
    let output = machine.run("git", &["commit", "-q", "--allow-empty", "-m", &message]);
    let said = said(&output);
    let is_stopped = !output.status.success() && said.contains("Notion integration token");
    assert!(is_stopped, "{said}");
    machine.succeeds(program, &[&["uninstall"], types.as_slice()].concat());
    let hooks = files(&machine.path().join(".git/hooks"));
    assert!(
        hooks.iter().all(|hook| hook.extension().is_some()),
        "{hooks:?}"
    );
}

#[test]
#[ignore = "installs packages, and packs a release"]
fn pre_commit_installs_the_wheel() {
    guards_without_compiling("pre-commit");
}

#[test]
#[ignore = "installs packages, and packs a release"]
fn prek_installs_the_wheel() {
    guards_without_compiling("prek");
}

#[test]
#[ignore = "packs a release"]
fn the_mirror_has_the_same_hooks() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: PathBuf| -> Vec<Value> {
        serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    };
    let mut own = read(root.join(".pre-commit-hooks.yaml"));
    let mut compiled = 0;
    for hook in &mut own {
        if hook["language"] == "rust" {
            hook["language"] = "python".into();
            compiled += 1;
        }
    }
    assert_eq!(compiled, 3);
    assert_eq!(
        read(release().join("pre-commit/.pre-commit-hooks.yaml")),
        own
    );
}
