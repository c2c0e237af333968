//! What the base has already: secrets that stand in its files were not brought by the change.

use std::collections::HashMap;

use crate::ci::plan::Base;
use crate::detect::redact::shown_path;
use crate::detect::scanner::Scanner;
use crate::error::Result;
use crate::git::{ObjectId, Repository};
use crate::model::finding::{Occurrence, Verdict};
use crate::model::secret::Fingerprint;
use crate::policy::Policy;
use crate::policy::pattern::Pattern;
use crate::report::Report;
use crate::source::Limits;
use crate::source::range::Range;

/// Where to look, and how.
pub struct KnownInBase<'r> {
    /// Where.
    pub repository: &'r Repository,
    /// What the change is compared with.
    pub base: Base,
    /// What is looked for.
    pub scanner: &'r Scanner,
    /// How much is read.
    pub limits: Limits,
    /// What the base leaves out: a secret there was never seen, so elsewhere it is new.
    pub excluded: &'r [Pattern],
}

impl KnownInBase<'_> {
    /// Lets what the base's files hold, suppressed by nothing, be already there. `policy` is the base's own. Nothing is read
    /// where nothing fails.
    pub fn judge(&self, report: &mut Report, policy: &Policy) -> Result<()> {
        let Base::At(base) = self.base else {
            return Ok(());
        };
        let could_be =
            |verdict: &Verdict| matches!(verdict, Verdict::Reported | Verdict::AllowedByChange(_));
        let open = |report: &Report| {
            report
                .findings
                .iter()
                .any(|(finding, verdict)| finding.evidence.is_some() && could_be(verdict))
        };
        if !open(report) {
            return Ok(());
        }
        let head = self.repository.head();
        let parted = head
            .and_then(|head| self.repository.merge_base(base, head))
            .filter(|parted| *parted != base);
        for commit in std::iter::once(base).chain(parted) {
            let known = self.in_files(commit, policy)?;
            for (finding, verdict) in report
                .findings
                .iter_mut()
                .filter(|(_, verdict)| could_be(verdict))
            {
                let place = finding
                    .evidence
                    .as_ref()
                    .and_then(|evidence| known.get(&evidence.fingerprint));
                if let Some(place) = place {
                    *verdict = Verdict::AlreadyThere;
                    if let Some(path) = place
                        .as_ref()
                        .filter(|path| finding.origin.path() != Some(path))
                    {
                        finding.note = Some(format!(
                            "{} had it before; this is a new place",
                            shown_path(path)
                        ));
                    }
                    let places = finding
                        .occurrences
                        .iter_mut()
                        .filter(|place| could_be(&place.verdict));
                    places.for_each(|place| place.verdict = Verdict::AlreadyThere);
                }
            }
            if !open(report) {
                break;
            }
        }
        Ok(())
    }

    /// The secrets that the files of a commit hold, suppressed by nothing there, each with the path of one such file.
    fn in_files(
        &self,
        commit: ObjectId,
        policy: &Policy,
    ) -> Result<HashMap<Fingerprint, Option<Vec<u8>>>> {
        let Some(tree) = self.repository.tree(commit) else {
            return Ok(HashMap::new());
        };
        let source = Range::reached(self.repository, &[tree], &[], self.limits.clone())?;
        let found = crate::scan(&source, self.scanner, policy)?;
        let is_left_out = |path: &[u8]| self.excluded.iter().any(|pattern| pattern.covers(path));
        // What nobody was told of there, because it is not sure or is let pass, is news.
        let is_in_sight = |place: &&Occurrence| {
            place.verdict == Verdict::Reported && !place.origin.path().is_some_and(is_left_out)
        };
        let held = found
            .findings
            .into_iter()
            .filter(|(_, verdict)| *verdict == Verdict::Reported)
            .filter_map(|(finding, _)| {
                let place = match finding.occurrences.as_slice() {
                    [] => finding.origin.path(),
                    places => places.iter().find(is_in_sight)?.origin.path(),
                };
                Some((finding.evidence?.fingerprint, place.map(<[u8]>::to_vec)))
            });
        Ok(held.collect())
    }
}
