//! What the base has already: secrets that stand in its files were not brought by the change.

use std::collections::HashSet;

use ntnguard::ci::plan::Base;
use ntnguard::error::Result;
use ntnguard::finding::Verdict;
use ntnguard::git::{ObjectId, Repository};
use ntnguard::pattern::Pattern;
use ntnguard::policy::Policy;
use ntnguard::report::Report;
use ntnguard::scanner::Scanner;
use ntnguard::secret::Fingerprint;
use ntnguard::source::Limits;
use ntnguard::source::range::Range;

/// Where to look, and how.
pub struct Known<'r> {
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

impl Known<'_> {
    /// Lets what the base's files hold, suppressed by nothing, be already there. `policy` is the base's own. Nothing is read
    /// where nothing fails.
    pub fn judge(&self, report: &mut Report, policy: &Policy) -> Result<()> {
        let Base::At(base) = self.base else { return Ok(()) };
        let could_be = |verdict: &Verdict| matches!(verdict, Verdict::Reported | Verdict::AllowedByChange(_));
        let open = |report: &Report| {
            report.findings.iter().any(|(finding, verdict)| finding.evidence.is_some() && could_be(verdict))
        };
        if !open(report) {
            return Ok(());
        }
        let head = self.repository.head();
        let parted = head.and_then(|head| self.repository.merge_base(base, head)).filter(|parted| *parted != base);
        for commit in std::iter::once(base).chain(parted) {
            let known = self.in_files(commit, policy)?;
            for (finding, verdict) in report.findings.iter_mut().filter(|(_, verdict)| could_be(verdict)) {
                if finding.evidence.as_ref().is_some_and(|evidence| known.contains(&evidence.fingerprint)) {
                    *verdict = Verdict::AlreadyThere;
                    let places = finding.occurrences.iter_mut().filter(|place| could_be(&place.verdict));
                    places.for_each(|place| place.verdict = Verdict::AlreadyThere);
                }
            }
            if !open(report) {
                break;
            }
        }
        Ok(())
    }

    /// The secrets that the files of a commit hold, suppressed by nothing there.
    fn in_files(&self, commit: ObjectId, policy: &Policy) -> Result<HashSet<Fingerprint>> {
        let Some(tree) = self.repository.tree(commit) else { return Ok(HashSet::new()) };
        let source = Range::reached(self.repository, &[tree], &[], self.limits.clone())?;
        let found = ntnguard::scan(&source, self.scanner, policy)?;
        let is_left_out = |path: &[u8]| self.excluded.iter().any(|pattern| pattern.covers(path));
        let held = found.findings.into_iter().filter(|(finding, verdict)| {
            let is_seen = |verdict: &Verdict| verdict.suppression().is_none();
            let is_in_sight = |place: &ntnguard::finding::Occurrence| {
                is_seen(&place.verdict) && !place.origin.path().is_some_and(is_left_out)
            };
            is_seen(verdict) && (finding.occurrences.iter().any(is_in_sight) || finding.occurrences.is_empty())
        });
        Ok(held.filter_map(|(finding, _)| Some(finding.evidence?.fingerprint)).collect())
    }
}
