//! Secrets that the base's files already have: these were not added by the change.

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

/// The search for the secrets of a report in the files of the base.
pub struct KnownInBase<'r> {
    repository: &'r Repository,
    base: Base,
    job: &'r Job,
    /// The policy that judges the base: the allowances of the change are ignored, and the base's
    /// own comments count.
    policy: Policy,
}

impl<'r> KnownInBase<'r> {
    /// Returns the search of `job` in the files of `base`.
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

    /// Marks findings whose secret a file of the base has, with nothing that suppresses it, as
    /// already there. Reads nothing if no finding could fail the run.
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

    /// Returns the secrets in the files of a commit that nothing there suppresses, each with the
    /// path of one such file.
    fn in_files(&self, commit: ObjectId) -> Result<HashMap<Fingerprint, Option<Vec<u8>>>> {
        let Some(tree) = self.repository.tree(commit) else {
            return Ok(HashMap::new());
        };
        let files = Reached::new(self.repository, vec![tree], Vec::new());
        let source = Subject::Reached(files).open(self.job)?;
        let found = crate::run::scan(&*source, &self.job.scanner, &self.policy)?;
        // A secret that the base leaves out was never seen, so elsewhere it is new.
        let excluded = self.policy.left_out();
        let is_left_out = |path: &[u8]| excluded.iter().any(|pattern| pattern.covers(path));
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
                Some((finding.fingerprint()?.clone(), place.map(<[u8]>::to_vec)))
            });
        Ok(held.collect())
    }
}
