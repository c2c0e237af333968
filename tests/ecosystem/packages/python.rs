//! The wheel: pip, uvx, and what PyPI checks.

use std::path::{Path, PathBuf};

use super::{Machine, PYTHON, VERSION, artefact, files, plain, release, succeeds};
use crate::tools;

/// The wheel for this machine. The release has no other here.
pub fn wheel() -> PathBuf {
    artefact("wheels", ".whl")
}

/// An empty environment of Python, in the part of the machine that git does not see.
pub fn environment(machine: &Machine) -> PathBuf {
    let environment = machine.path().join(".git/environment");
    succeeds(plain("python3").args(["-m", "venv"]).arg(&environment));
    environment
}

#[test]
#[ignore = "packs a release"]
fn pip_installs_the_wheel_and_removes_it() {
    let mut machine = Machine::new(&[]);
    let environment = environment(&machine);
    machine.programs = vec![environment.join("bin")];
    let before = files(&environment);
    let wheels = release().join("wheels");
    let named = format!("ntnguard=={VERSION}");
    let from = [
        "--quiet",
        "--no-index",
        "--find-links",
        wheels.to_str().unwrap(),
    ];
    machine.succeeds("pip", &[&["install"], from.as_slice(), &[&named]].concat());
    for text in [
        "man/man1/ntnguard.1",
        "bash-completion/completions/ntnguard",
    ] {
        assert!(environment.join("share").join(text).exists(), "{text}");
    }
    machine.guards("ntnguard", &[]);
    machine.succeeds("pip", &["uninstall", "--quiet", "--yes", "ntnguard"]);
    let left = files(&environment);
    assert_eq!(
        left.difference(&before).collect::<Vec<_>>(),
        Vec::<&PathBuf>::new()
    );
}

#[test]
#[ignore = "installs packages, and packs a release"]
fn uvx_runs_the_wheel() {
    let uv = tools::python("packages", &PYTHON);
    let machine = Machine::new(&[uv.parent().unwrap().to_owned()]);
    let mut uvx = machine.command("uvx");
    uvx.args(["--offline", "--no-config", "--cache-dir"])
        .arg(machine.path().join(".git/uv"));
    uvx.arg("--python").arg(&uv).arg("--from").arg(wheel());
    let version = succeeds(uvx.args(["ntnguard", "--version"]));
    assert_eq!(version, format!("ntnguard {VERSION}\n"));
}

#[test]
#[ignore = "installs packages, and packs a release"]
fn the_wheel_passes_the_checks_of_pypi() {
    let python = tools::python("packages", &PYTHON);
    tools::run(
        python.with_file_name("twine"),
        [Path::new("check"), Path::new("--strict"), &wheel()],
    );
    let check = python.with_file_name("check-wheel-contents");
    // It has no module of Python, only a program.
    tools::run(check, [Path::new("--ignore=W007"), &wheel()]);
}
