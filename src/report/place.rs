//! The location of a finding or a skip, as text: a path with line and column, or the name of a git
//! object or of a record of git.

use std::path::Path;

use crate::detect::redact::shown_path;
use crate::model::blob::{Origin, Part};
use crate::model::finding::{Finding, Location};

/// Returns the path of an origin, or a name for an origin without a path, with a remark on its
/// kind.
pub fn name(origin: &Origin) -> String {
    format!("{}{}", path(origin), remark(origin))
}

/// Returns the name of a skipped origin, as [`name`] does. For a ref, the name is `ref NAME`,
/// because the objects that the ref leads to were skipped, not the name of the ref.
pub fn missed(origin: &Origin) -> String {
    match (origin.part(), origin.record()) {
        (Some(Part::RefName), Some(name)) => format!("ref {}", shown_path(name)),
        _ => name(origin),
    }
}

fn path(origin: &Origin) -> String {
    let path = match (origin.path(), origin.part()) {
        (Some(path), _) => shown_path(path),
        (None, Some(part)) => internal(origin, part),
        (None, None) if *origin == Origin::Notion => "Notion".to_owned(),
        (None, None) => "standard input".to_owned(),
    };
    origin.member().map_or_else(
        || path.clone(),
        |member| format!("{path}!{}", shown_path(member)),
    )
}

/// Returns a name for an origin without a path: an unreachable object, a message, a name in git's
/// data, or a record of git, such as a reflog.
fn internal(origin: &Origin, part: Part) -> String {
    let name = origin.record().map_or_else(
        || origin.object().unwrap_or_default().to_owned(),
        shown_path,
    );
    match part {
        Part::Content => format!("object {name}"),
        Part::CommitMessage if origin.record().is_some() => format!("the commit message in {name}"),
        // The secret may also be in the author's name, so this does not say "message".
        Part::CommitMessage => format!("commit {name}"),
        Part::TagMessage => format!("tag object {name}"),
        Part::PathName => format!("a name in tree {name}"),
        Part::RefName => format!("the name of ref {name}"),
        Part::Reflog | Part::GitConfig => name,
    }
}

/// Returns a remark on an origin that is not the content of a file on disk; empty for other
/// origins.
fn remark(origin: &Origin) -> &'static str {
    match origin {
        Origin::LinkTarget(_) => " (link target)",
        Origin::Index { .. } => " (staged)",
        Origin::File(path) if path == Path::new(".") => " (this folder)",
        Origin::File(path) if is_above(path) => " (the folder above)",
        Origin::Stdin | Origin::Notion | Origin::File(_) => "",
        Origin::Member { is_frame: true, .. } => " (archive header)",
        Origin::Member { container, .. } => remark(container),
        Origin::Name { .. }
        | Origin::Object {
            part: Part::PathName,
            ..
        } => " (name)",
        Origin::Object { .. } | Origin::Record { .. } => "",
    }
}

/// Returns true if all parts of a path are `..`, as in `../..`.
fn is_above(path: &Path) -> bool {
    path.iter().next().is_some() && path.iter().all(|part| part == "..")
}

/// Returns `path:line:column`, which editors and terminals can open.
pub fn of(finding: &Finding) -> String {
    at(&finding.origin, finding.location)
}

/// Returns the same text as [`of`], but with the id of a git object cut to ten characters.
pub fn brief(finding: &Finding) -> String {
    let whole = of(finding);
    match finding.origin.object() {
        Some(id) => whole.replace(id, &format!("{id:.10}")),
        None => whole,
    }
}

/// Returns the name of an excerpt's source: a path or, for the message of a commit or a tag, the
/// command that shows it.
pub fn of_lines(origin: &Origin) -> String {
    match origin.object().filter(|_| is_message(origin)) {
        Some(id) => format!("git cat-file -p {id:.10}"),
        None => path(origin),
    }
}

/// Returns true if an origin is the text of a commit or a tag. Reports show no line numbers for it.
fn is_message(origin: &Origin) -> bool {
    matches!(
        origin,
        Origin::Object {
            part: Part::CommitMessage | Part::TagMessage,
            ..
        }
    )
}

/// Returns `path:line:column` of an origin, with a remark on its kind. Line and column are left out
/// for messages, and if `location` is `None`.
pub fn at(origin: &Origin, location: Option<Location>) -> String {
    let location = location.filter(|_| !is_message(origin));
    let position = location.map_or_else(String::new, |at| {
        format!(":{}:{}", at.start.line, at.start.column)
    });
    format!("{}{position}{}", path(origin), remark(origin))
}
