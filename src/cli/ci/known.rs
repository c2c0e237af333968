//! Secrets that files of the base already have, so that the change did not add them.

use std::collections::HashMap;

use crate::ci::plan::Base;
use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::git::{ObjectId, Repository};
use crate::model::finding::{Occurrence, Verdict};
use crate::model::secret::Fingerprint;
use crate::policy::Policy;
use crate::report::Report;
use crate::run::{Job, Reached, Subject};

/// Searches the files of the base for the secrets of a report.
pub struct KnownInBase<'r> {
    repository: &'r Repository,
    base: Base,
    job: &'r Job,
    /// The policy that judges the findings in the base: allowances of the change are ignored, and
    /// comments in the base take effect.
    policy: Policy,
}

impl<'r> KnownInBase<'r> {
    /// Returns a search in the files of `base`, by the scanner and the policy of `job`.
    pub fn new(repository: &'r Repository, base: Base, job: &'r Job) -> Self {
        let policy = Policy {
            change: None,
            inline: true,
            ..job.policy.clone()
        };
        KnownInBase {
            repository,
            base,
            job,
            policy,
        }
    }

    /// Marks findings as already there if a file of the base has the same secret and nothing in the
    /// base suppresses it. Reads no files if no finding could fail the run.
    pub fn judge(&self, report: &mut Report) -> Result<()> {
        let Base::At(base) = self.base else {
            return Ok(());
        };
        let could_be =
            |verdict: &Verdict| matches!(verdict, Verdict::Reported | Verdict::AllowedByChange(_));
        let open = |report: &Report| {
            report
                .findings
                .iter()
                .any(|(finding, verdict)| finding.fingerprint().is_some() && could_be(verdict))
        };
        if !open(report) {
            return Ok(());
        }
        let head = self.repository.head();
        let parted = head
            .and_then(|head| self.repository.merge_base(base, head))
            .filter(|parted| *parted != base);
        for commit in std::iter::once(base).chain(parted) {
            let known = self.in_files(commit)?;
            for (finding, verdict) in report
                .findings
                .iter_mut()
                .filter(|(_, verdict)| could_be(verdict))
            {
                let place = finding
                    .fingerprint()
                    .and_then(|fingerprint| known.get(fingerprint));
                if let Some(place) = place {
                    *verdict = Verdict::AlreadyThere;
                    if let Some(path) = place
                        .as_ref()
                        .filter(|path| finding.origin.path() != Some(path))
                    {
                        finding.note = Some(format!(
                            "{} already had this secret; this place is new",
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

    /// Returns the secrets in the files of a commit that its policy reports, each with the path of
    /// one file that has the secret.
    fn in_files(&self, commit: ObjectId) -> Result<HashMap<Fingerprint, Option<Vec<u8>>>> {
        let Some(tree) = self.repository.tree(commit) else {
            return Ok(HashMap::new());
        };
        let files = Reached::new(self.repository, vec![tree], Vec::new());
        let source = Subject::Reached(files).open(self.job)?;
        let found = crate::run::scan(&*source, &self.job.scanner, &self.policy)?;
        // The base never reported a secret in an excluded path, so the same secret elsewhere is
        // new.
        let excluded = self.policy.left_out();
        let is_left_out = |path: &[u8]| excluded.iter().any(|pattern| pattern.covers(path));
        // This also applies to a place whose finding is suppressed or below the confidence.
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
                Some((finding.fingerprint()?.clone(), place.map(<[u8]>::to_vec)))
            });
        Ok(held.collect())
    }
}
