//! Env files: which names say that a file holds secrets, what such a file sets, and whether git would commit it.

pub mod audit;
pub mod before;
mod content;
pub mod dotenv;
mod file;
pub mod fix;
pub mod ignore;
mod role;

use crate::blob::{Blob, Origin, Part};
use crate::finding::Finding;
use crate::rule::Severity;
use crate::rules::ENV_TRACKED;

use content::{Content, Held};
pub(crate) use role::{COMMITTED_NAMES, SENSITIVE_SUFFIXES, is_copy, is_other};
pub use role::{Role, could_be_env, role, role_among};

/// How many variables of a file are named.
const NAMED: usize = 5;

/// The finding for an env file that a commit would record, or has recorded, although its name says that it holds secrets.
/// `found` is what rules found in it, `names` are further names of such files.
pub fn committed(blob: &Blob<'_>, found: &[Finding], names: &[String]) -> Option<Finding> {
    let path = match blob.origin {
        Origin::Index { path, .. } | Origin::Object { part: Part::Content, path: Some(path), .. } => path,
        _ => return None,
    };
    let is_sensitive = role_among(path, names) == Some(Role::Sensitive);
    is_sensitive.then(|| of_file(blob.origin.clone(), path, blob.bytes, found))?
}

/// The finding for an env file in history, of which the last part of its path is known: it is told of, and what is in it is
/// other rules' to say.
pub fn in_history(blob: &Blob<'_>) -> Option<Finding> {
    let Origin::Object { id, part, path: Some(name) } = blob.origin else { return None };
    let found = of_file(blob.origin.clone(), name, blob.bytes, &[])?;
    let origin = Origin::Object { id: id.clone(), part: *part, path: None };
    Some(Finding { origin, severity: Severity::Warning, values: Vec::new(), note: None, ..found })
}

/// What there is to say of a committed env file at `path` that has these bytes; nothing of one that is encrypted.
pub(crate) fn of_file(origin: Origin, path: &[u8], bytes: &[u8], found: &[Finding]) -> Option<Finding> {
    let Content::Plain(held) = content::judge(path, bytes, found) else { return None };
    let severity = if held.is_empty() { Severity::Warning } else { Severity::Error };
    Some(Finding {
        severity,
        note: Some(note(&held)),
        command: Some("git rm --cached --"),
        values: held.into_iter().map(|held| held.value).collect(),
        ..Finding::of_file(&ENV_TRACKED, origin)
    })
}

fn note(held: &[Held]) -> String {
    if held.is_empty() {
        return "Nothing in it looks secret today, so this is a warning.".to_owned();
    }
    let mut names: Vec<&str> = held.iter().map(|held| held.variable.as_str()).filter(|name| !name.is_empty()).collect();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    match (names.is_empty(), more) {
        (true, _) => "It holds a Notion credential.".to_owned(),
        (_, 0) => format!("It holds what looks secret: {}.", names.join(", ")),
        (_, more) => format!("It holds what looks secret: {} and {more} more.", names.join(", ")),
    }
}
