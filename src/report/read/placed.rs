//! The placement in history of a saved finding.

use super::document::{SavedCommit, SavedPlacement};
use super::finding::shown;
use super::text::SavedText;
use crate::model::placement::{Commit, KeptBy, Placement};
use crate::model::time::seconds_of;

/// Returns the placement; `None` if a commit in it is invalid.
pub fn placed(saved: &SavedPlacement) -> Option<Placement> {
    let commit = |saved: &Option<SavedCommit>| match saved {
        Some(saved) => commit(saved).map(Some),
        None => Some(None),
    };
    Some(Placement {
        introduced: commit(&saved.introduced)?,
        or_before: saved.or_before,
        removed: commit(&saved.removed)?,
        tips: shown(&saved.tips),
        commits: saved.commits,
        paths: saved.paths.kept.iter().map(SavedText::path).collect(),
        from_root: Vec::new(),
        tops: Vec::new(),
        kept_by: shown(&saved.kept_by).into_iter().map(keeper).collect(),
        published: saved.published,
    })
}

fn commit(saved: &SavedCommit) -> Option<Commit> {
    Some(Commit {
        id: saved.commit.id()?,
        seconds: seconds_of(saved.time.raw())?,
        author: saved.author.shown(),
    })
}

/// Parses the text of a keeper: a ref or record, or `unreachable`.
fn keeper(text: String) -> KeptBy {
    match text.strip_suffix("unreachable") {
        Some(place) if place.is_empty() || place.ends_with(':') => KeptBy::Nothing {
            repository: place.to_owned(),
        },
        _ => KeptBy::Named(text),
    }
}
