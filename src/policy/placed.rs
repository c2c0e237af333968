//! The verdicts in history, which depend on all paths that an object has.

use crate::model::finding::{Finding, Suppression, Verdict};
use crate::model::skip::Skip;

use super::suppression::{allowed, excluded};
use super::{AllowEntry, Policy};

impl Policy {
    /// Returns the verdict on a secret in history, once its paths are known; `verdict` is the
    /// verdict so far. A reported secret becomes suppressed if each of its paths is excluded or
    /// matched by an entry.
    pub fn judge_placed(&self, finding: &Finding, verdict: Verdict) -> Verdict {
        if verdict != Verdict::Reported {
            return verdict;
        }
        let by = |path: &[u8]| {
            let mut entries = self.in_force();
            let entry = entries.find(|entry| entry.matches_at(finding, Some(path)));
            let limit = self.limit.excluding(path).map(excluded);
            limit.or_else(|| entry.map(allowed))
        };
        let paths = finding.placed_paths();
        let first = first_of_all(paths.iter().map(|path| by(path)));
        first.map_or(verdict, Verdict::Suppressed)
    }

    /// Returns the verdict on a git object that was not scanned. `paths` are all paths that the
    /// object has in history. The verdict is `Suppressed` if each path is excluded, or an entry
    /// accepts the object at that path; otherwise `None`.
    pub fn accept_placed<'p>(
        &self,
        skip: &Skip,
        paths: impl Iterator<Item = &'p [u8]>,
    ) -> Option<Verdict> {
        let by = |path: &[u8]| {
            let mut entries = self.in_force();
            let entry = entries.find(|entry| entry.accepts_at(skip, Some(path)));
            let limit = self.limit.excluding(path).map(excluded);
            limit.or_else(|| entry.map(allowed))
        };
        first_of_all(paths.map(by)).map(Verdict::Suppressed)
    }

    /// Returns true if the path of unscanned content may decide whether it is accepted.
    pub fn accepts_by_path(&self) -> bool {
        let names_paths = |entry: &AllowEntry| entry.unscanned.is_some() && !entry.paths.is_empty();
        !self.limit.exclude.is_empty() || self.in_force().any(names_paths)
    }
}

/// Returns the first suppression of a list with one item for each path; `None` if a path has no
/// suppression, or if the list is empty.
fn first_of_all(each: impl Iterator<Item = Option<Suppression>>) -> Option<Suppression> {
    let each: Option<Vec<Suppression>> = each.collect();
    each?.into_iter().next()
}
