//! The line about files that were not scanned because they were not checked out. It does not fail
//! the run.

use serde_json::{Value, json};

use super::Report;
use super::list::cut;
use super::summary::count;
use crate::detect::redact::shown_path;

/// The largest number of submodules that the line names.
const NAMED: usize = 5;

/// Returns the line: the number of files that were not checked out, and the commands that read
/// them. `None` if everything was checked out.
pub fn line(report: &Report) -> Option<String> {
    let what = what(report)?;
    let submodules = &report.not_checked_out.submodules;
    let names = cut(submodules.iter().map(|path| shown_path(path)), NAMED, ", ");
    let names = if names.is_empty() {
        names
    } else {
        format!(" ({names})")
    };
    Some(format!("{what}{names}; {}.", how(report)))
}

/// Returns the notification for SARIF; `None` if everything was checked out. Its text has no paths
/// from the repository, because viewers turn parts of a text into links.
pub fn notification(report: &Report) -> Option<Value> {
    let (what, absent) = (what(report)?, &report.not_checked_out);
    let names: Vec<String> = absent
        .submodules
        .iter()
        .map(|path| shown_path(path))
        .collect();
    Some(json!({
        "level": "note",
        "descriptor": {"id": "not-checked-out"},
        "message": {"text": format!("{what}; {}.", how(report))},
        "properties": {"files": absent.files, "folders": absent.folders, "submodules": names},
    }))
}

fn what(report: &Report) -> Option<String> {
    let absent = &report.not_checked_out;
    let counted = |number: u64, noun| (number > 0).then(|| count(number as usize, noun));
    let left: Vec<String> = [
        counted(absent.files, "file"),
        counted(absent.folders, "folder"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let left = (!left.is_empty()).then(|| format!("{} (sparse checkout)", left.join(" and ")));
    let parts: Vec<String> = [left, counted(absent.submodules.len() as u64, "submodule")]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| format!("Not checked out, so not scanned: {}", parts.join(", ")))
}

/// Returns the commands that read the files, or check them out.
fn how(report: &Report) -> &'static str {
    let absent = &report.not_checked_out;
    match (
        absent.files > 0 || absent.folders > 0,
        absent.submodules.is_empty(),
    ) {
        (true, true) => "`ntnguard history` scans everything that git stores",
        (false, _) => "`git submodule update --init` checks them out",
        (true, false) => {
            "`ntnguard history` scans everything that git stores, `git submodule update --init` checks out the submodules"
        }
    }
}
