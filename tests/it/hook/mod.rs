//! `ntnguard hook`: installing hooks, and running them with real git.

mod commit;
mod install;
mod managers;
mod message;
mod push;
mod receive;
mod shared;
mod status;

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// An empty repository with these hooks installed.
fn with_hooks(hooks: &[&str]) -> Sandbox {
    let sandbox = Sandbox::repository();
    let run = sandbox.run([&["hook", "install"], hooks].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    sandbox
}

/// True if git succeeded, and its output.
fn said(output: &Output) -> (bool, String) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    (output.status.success(), text)
}

/// Stages everything and commits it. Returns true if git succeeded, and its output.
fn commit(sandbox: &Sandbox, message: &str) -> (bool, String) {
    sandbox.git(["add", "-A", "-f"]);
    said(&sandbox.try_git(["commit", "-q", "--allow-empty", "-m", message]))
}

/// Writes a hook that ntnguard did not install.
fn write_hook(sandbox: &Sandbox, path: impl AsRef<Path>, text: &str, mode: u32) {
    sandbox.write(&path, text);
    set_mode(&sandbox.path().join(path), mode);
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) {}

/// The location of each finding in a JSON report.
fn places(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "reported");
    let place = |finding: &serde_json::Value| {
        let place = if finding["path"].is_null() {
            &finding["where"]
        } else {
            &finding["path"]
        };
        place.as_str().unwrap_or("object").to_owned()
    };
    findings.map(place).collect()
}

fn read(sandbox: &Sandbox, path: &str) -> String {
    fs::read_to_string(sandbox.path().join(path)).unwrap_or_default()
}

/// The names of the files in a directory of hooks, without git's samples.
fn hooks(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let names = fs::read_dir(sandbox.path().join(folder))
        .into_iter()
        .flatten();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.ends_with(".sample"));
    names.sort();
    names
}
