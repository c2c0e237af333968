//! `ntnguard history`: it scans everything that git still stores.

mod any_pack;
mod contents;
mod damaged;
mod edge_scan;
mod hostile;
mod incomplete;
#[cfg(unix)]
mod interrupted;
mod leftovers;
mod odd;
mod packs;
mod places;
mod planted;
mod racing;
mod records;
mod refs;

use std::fs;
use std::path::{Path, PathBuf};

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

fn history(sandbox: &Sandbox) -> Run {
    sandbox.run(["history", "--format", "json"])
}

/// The exit status, and the reason of each skip.
fn state(run: &Run) -> (i32, Vec<String>) {
    let json = run.json();
    let skipped = json["skipped"].as_array().unwrap();
    assert_eq!(json["complete"], skipped.is_empty());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    assert!(
        skipped
            .iter()
            .all(|skip| !text(&skip["help"]).is_empty() && !text(&skip["detail"]).is_empty())
    );
    (
        run.status,
        skipped.iter().map(|skip| text(&skip["reason"])).collect(),
    )
}

/// The objects that were skipped.
fn skipped_objects(run: &Run) -> Vec<String> {
    let json = run.json();
    let skipped = json["skipped"].as_array().unwrap();
    skipped
        .iter()
        .filter_map(|skip| skip["object"].as_str().map(str::to_owned))
        .collect()
}

fn is(status: i32, reasons: &[&str]) -> (i32, Vec<String>) {
    (
        status,
        reasons.iter().map(|reason| (*reason).to_owned()).collect(),
    )
}

/// The path of a loose object.
fn loose(sandbox: &Sandbox, id: &str) -> PathBuf {
    sandbox
        .path()
        .join(".git/objects")
        .join(&id[..2])
        .join(&id[2..])
}

/// The only file with this extension in the repository's directory of packs.
fn pack_file(sandbox: &Sandbox, extension: &str) -> PathBuf {
    let entries = fs::read_dir(sandbox.path().join(".git/objects/pack")).unwrap();
    let mut files = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension));
    let file = files.next().unwrap();
    assert!(files.next().is_none());
    file
}

/// Replaces a file that git has made read-only.
fn overwrite(path: &Path, content: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, content).unwrap();
}
