//! Env files: recognising them by name, parsing their variables, and checking that git ignores
//! them.

pub mod audit;
pub mod before;
mod content;
pub mod dotenv;
mod file;
pub mod fix;
pub mod ignore;
pub mod known;
mod role;

use crate::model::blob::{Blob, Origin, Part};
use crate::model::check::Check;
use crate::model::finding::Finding;
use crate::model::rule::{Rule, Severity};
use crate::model::secret::Fingerprint;
use crate::model::source_kind::SourceKind;
use crate::rules::{ENV_TEMPLATE_SECRET, ENV_TRACKED};

use content::{Content, HeldValue};
pub(crate) use file::name as slashed;
pub(crate) use role::{COMMITTED_NAMES, SENSITIVE_SUFFIXES, is_copy, is_other};
pub use role::{Role, could_be_env, role, role_among};

/// The largest number of variables that one finding lists.
const NAMED: usize = 5;

/// The check for env files in git, and for secrets in templates in git.
pub struct EnvFiles {
    names: Vec<String>,
}

impl EnvFiles {
    /// Creates the check. `names` are the file names that the configuration declares to be env
    /// files.
    pub fn new(names: Vec<String>) -> Self {
        EnvFiles { names }
    }
}

impl Check for EnvFiles {
    fn rules(&self) -> &'static [&'static Rule] {
        static OWN: [&Rule; 2] = [&ENV_TRACKED, &ENV_TEMPLATE_SECRET];
        &OWN
    }

    fn anchors(&self) -> &'static [&'static str] {
        &[]
    }

    fn is_about(&self, path: &[u8], source: SourceKind) -> bool {
        match role_among(path, &self.names) {
            Some(Role::Sensitive) => true,
            Some(Role::Template | Role::Committed) => source != SourceKind::History,
            None => false,
        }
    }

    fn check(&self, blob: &Blob<'_>, found: &mut Vec<Finding>) {
        let own = match blob.is_named() {
            true => in_history(blob).into_iter().collect(),
            false => committed(blob, found, &self.names),
        };
        found.extend(own);
    }
}

/// Returns the findings for `blob` if it is an env file or a template in the index or in a commit.
/// `found` are the findings of other rules in `blob`. `names` are the file names that the
/// configuration declares to be env files.
fn committed(blob: &Blob<'_>, found: &[Finding], names: &[String]) -> Vec<Finding> {
    let path = match blob.origin {
        Origin::Index { path, .. }
        | Origin::Object {
            part: Part::Content,
            path: Some(path),
            ..
        } => path,
        _ => return Vec::new(),
    };
    match role_among(path, names) {
        Some(Role::Template) => filled_in(blob, path),
        Some(role) => of_file(blob.origin.clone(), path, role, blob.bytes, found)
            .into_iter()
            .collect(),
        None => Vec::new(),
    }
}

/// Returns the findings for variables of a template that have a real value. Notion credentials are
/// left out, because other rules find them in any file.
fn filled_in(blob: &Blob<'_>, path: &[u8]) -> Vec<Finding> {
    let filled = audit::values::filled_in(path, blob.bytes.to_vec());
    filled
        .into_iter()
        .map(|finding| Finding {
            origin: blob.origin.clone(),
            ..finding
        })
        .collect()
}

/// Returns the finding for an env file in history, where only the file name is known and not the
/// path. The finding is about the file as a whole: other rules report the secrets in it. `None` for
/// any other blob, and for an encrypted file.
fn in_history(blob: &Blob<'_>) -> Option<Finding> {
    let Origin::Object {
        id,
        part,
        path: Some(name),
    } = blob.origin
    else {
        return None;
    };
    let found = of_file(blob.origin.clone(), name, Role::Sensitive, blob.bytes, &[])?;
    let origin = Origin::Object {
        id: id.clone(),
        part: *part,
        path: None,
    };
    Some(Finding {
        origin,
        severity: Severity::Warning,
        values: Vec::new(),
        note: None,
        ..found
    })
}

/// Returns the finding for a committed env file at `path` with the content `bytes`. `found` are the
/// findings of other rules in the file. `None` if the file is encrypted, or if its role allows it
/// in git and no value in it is secret.
pub(crate) fn of_file(
    origin: Origin,
    path: &[u8],
    role: Role,
    bytes: &[u8],
    found: &[Finding],
) -> Option<Finding> {
    let Content::Plain { held, tolerated } = content::judge(path, bytes, found) else {
        return None;
    };
    if held.is_empty() && role != Role::Sensitive {
        return None;
    }
    let mut values: Vec<Fingerprint> = held.iter().map(|held| held.value.clone()).collect();
    values.sort();
    values.dedup();
    let severity = if held.is_empty() {
        Severity::Warning
    } else {
        Severity::Error
    };
    Some(Finding {
        severity,
        note: Some(note(&held, &tolerated)),
        command: Some("git rm --cached --"),
        values,
        ..Finding::of_file(&ENV_TRACKED, origin)
    })
}

fn note(held: &[HeldValue], tolerated: &[String]) -> String {
    let mut names: Vec<&str> = held
        .iter()
        .map(|held| held.variable.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    names.dedup();
    match (held.is_empty(), names.is_empty(), tolerated.is_empty()) {
        (false, true, _) => "It holds a Notion credential.".to_owned(),
        (false, false, _) => format!("It holds values that look secret: {}.", shortened(&names, NAMED)),
        (true, _, true) => {
            "No value in it is recognised as a secret, so this is a warning. If the file belongs in the repository, list it under \
             `env: committed:` in .ntnguard.yaml."
                .to_owned()
        }
        (true, _, false) => {
            let mut names: Vec<&str> = tolerated.iter().map(String::as_str).collect();
            names.dedup();
            format!("Files of this name often hold random keys for tests, so this is a warning: {}.", shortened(&names, NAMED))
        }
    }
}

/// Joins the first `most` names with commas, and adds the number of the others.
fn shortened(names: &[&str], most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let names = names[..names.len() - more].join(", ");
    if more > 0 {
        format!("{names} and {more} more")
    } else {
        names
    }
}
