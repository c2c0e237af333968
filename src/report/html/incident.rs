//! The findings of a report, grouped for the page: one incident for each secret, the most urgent
//! first.

use crate::model::finding::{Finding, Verdict};
use crate::model::liveness::SecretState;
use crate::report::Report;
use crate::report::judged::{Judged, grouped};

/// A secret with all its findings.
pub struct Incident<'r> {
    /// The findings of the secret. The first finding represents all of them.
    pub findings: Vec<&'r Judged>,
}

impl<'r> Incident<'r> {
    /// Returns the finding that represents the incident.
    pub fn first(&self) -> &'r Finding {
        &self.findings[0].0
    }

    /// Returns the verdict on the finding that represents the incident.
    pub fn verdict(&self) -> &'r Verdict {
        &self.findings[0].1
    }

    /// Returns true if a remote has the secret.
    pub fn is_published(&self) -> bool {
        let mut placements = self
            .findings
            .iter()
            .filter_map(|(one, _)| one.placement.as_deref());
        placements.any(|placement| placement.published)
    }

    /// Returns true if files still have the secret, as far as is known. A finding without a
    /// placement in history is always in a file.
    pub fn is_in_files(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|(one, _)| match one.placement.as_deref() {
            Some(placement) => !placement.tips.is_empty(),
            None => true,
        })
    }

    /// Returns the time of the first commit that has the secret, in seconds since 1970-01-01 00:00
    /// UTC; `None` if that commit is not known.
    pub fn since(&self) -> Option<i64> {
        let placements = self
            .findings
            .iter()
            .filter_map(|(one, _)| one.placement.as_deref());
        let first = placements.filter_map(|placement| placement.introduced.as_ref());
        first.map(|commit| commit.seconds).min()
    }
}

/// The findings of a report, grouped for the page.
pub struct Incidents<'r> {
    /// The secrets, sorted: reported secrets first, then live secrets, then secrets on a remote,
    /// then secrets still in files, then the oldest.
    pub secrets: Vec<Incident<'r>>,
    /// The findings that are not about a secret.
    pub others: Vec<&'r Judged>,
}

impl<'r> Incidents<'r> {
    /// Groups the findings of a report that the page shows.
    pub fn of(report: &'r Report) -> Self {
        let loud = report
            .findings
            .iter()
            .filter(|(_, verdict)| verdict.is_loud());
        let (secrets, others): (Vec<_>, Vec<_>) =
            loud.partition(|(finding, _)| finding.evidence.is_some());
        let groups = grouped(secrets.into_iter()).into_iter();
        let mut secrets: Vec<_> = groups.map(|findings| Incident { findings }).collect();
        secrets.sort_by_key(|secret| {
            (
                *secret.verdict() != Verdict::Reported,
                secret.first().secret_state(),
                !secret.is_published(),
                !secret.is_in_files(),
                secret.since().unwrap_or(i64::MAX),
            )
        });
        Incidents { secrets, others }
    }

    /// Returns the number of reported secrets for which `is` is true.
    pub fn count(&self, is: impl Fn(&Incident<'r>) -> bool) -> usize {
        let reported = self
            .secrets
            .iter()
            .filter(|one| *one.verdict() == Verdict::Reported);
        reported.filter(|one| is(one)).count()
    }

    /// Returns the number of reported secrets that are live.
    pub fn live(&self) -> usize {
        self.count(|one| one.first().secret_state() == SecretState::Live)
    }
}
