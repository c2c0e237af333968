//! Splits skips into skips that the policy accepts and skips that make the scan incomplete.

use super::group::with_path;
use crate::error::Result;
use crate::model::blob::{Origin, Part};
use crate::model::finding::Verdict;
use crate::model::skip::Skip;
use crate::policy::Policy;
use crate::source::{Placements, Source};

/// The accepted skips, each with its verdict.
type Accepted = Vec<(Skip, Verdict)>;

/// Returns the skips that make a scan incomplete, and the skips that the policy accepts, each with
/// its verdict. `rooted` returns the origin at which the policy judges a skip.
pub fn split(
    skips: Vec<Skip>,
    rooted: &dyn Fn(&Origin) -> Origin,
    policy: &Policy,
) -> (Vec<Skip>, Accepted) {
    let (mut open, mut accepted) = (Vec::new(), Vec::new());
    for skip in skips {
        let rooted = skip.clone().at(rooted(&skip.origin));
        match policy.accept(&rooted) {
            Some(verdict) => accepted.push((skip, verdict)),
            None => {
                let note = policy.note_unscanned(&rooted);
                open.push(match note {
                    Some(note) => skip.advising(note),
                    None => skip,
                });
            }
        }
    }
    (open, accepted)
}

/// Splits skips as [`split`] does, for objects without a known path. The source looks up the paths.
/// An object with several paths is accepted if the policy accepts it at each path.
///
/// # Errors
///
/// When the paths cannot be read from the repository.
pub fn placed(
    skips: Vec<Skip>,
    source: &dyn Source,
    policy: &Policy,
) -> Result<(Vec<Skip>, Accepted)> {
    let is_asked = |skip: &Skip| policy.accepts_by_path() && is_pathless(skip);
    let (asked, mut open): (Vec<Skip>, Vec<Skip>) = skips.into_iter().partition(is_asked);
    let mut accepted = Vec::new();
    if asked.is_empty() {
        return Ok((open, accepted));
    }
    let ids = asked.iter().map(|skip| skip.origin.object());
    let ids: Vec<Vec<String>> = ids
        .map(|id| id.map(str::to_owned).into_iter().collect())
        .collect();
    let Placements { groups, paths } = source.place(&ids)?;
    for (skip, placement) in asked.into_iter().zip(groups) {
        match policy.accept_placed(&skip, placement.rooted()) {
            Some(verdict) => {
                let origin = with_path(&skip.origin, &paths);
                accepted.push((skip.at(origin), verdict));
            }
            None => open.push(skip),
        }
    }
    Ok((open, accepted))
}

/// Returns true if the skip is about the content of an existing object whose path is not known.
fn is_pathless(skip: &Skip) -> bool {
    let is_content = skip.origin.part() == Some(Part::Content);
    is_content && skip.origin.path().is_none() && skip.reason.is_about_content()
}
