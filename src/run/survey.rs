//! Surveys make findings from facts instead of searching texts. The policy judges these findings in
//! the same way as the findings of a scan.

use std::cmp::Ordering;
use std::path::Path;
use std::time::Instant;

use super::accept;
use super::order;
use crate::detect::scanner::Scanner;
use crate::env::audit::{EnvSurvey, WantedRules};
use crate::error::Result;
use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::model::source_kind::SourceKind;
use crate::model::survey::Surveyed;
use crate::policy::Policy;
use crate::report::Report;
use crate::rules::{RULES, ramped};

/// Compares facts, such as the env files of a repository with its ignore files, and makes findings
/// of the differences.
pub trait Survey {
    /// Returns the kind of source that the survey examines.
    fn source(&self) -> SourceKind;

    /// Returns the findings and skips.
    ///
    /// # Errors
    ///
    /// When the facts cannot be read at all.
    fn survey(&self) -> Result<Surveyed>;
}

impl Survey for EnvSurvey<'_> {
    fn source(&self) -> SourceKind {
        SourceKind::Env
    }

    fn survey(&self) -> Result<Surveyed> {
        self.run().map(|(surveyed, _)| surveyed)
    }
}

/// Audits the env files below `folder` or, if it is `None`, of the whole repository, and judges the
/// findings. Returns the report, and the lines that ignore files should have.
///
/// # Errors
///
/// When there is no repository, or its index cannot be read. Other files that could not be read are
/// in [`Report::skips`].
pub fn audit(
    folder: Option<&Path>,
    scanner: &Scanner,
    policy: &Policy,
) -> Result<(Report, WantedRules)> {
    let clock = Instant::now();
    let survey = EnvSurvey {
        folder,
        scanner,
        policy,
    };
    let (surveyed, wanted) = survey.run()?;
    let mut report = judged(surveyed, survey.source(), scanner, policy);
    report.time = clock.elapsed();
    Ok((report, wanted))
}

/// Runs a survey and judges its findings.
///
/// # Errors
///
/// When the survey fails.
pub fn made(survey: &dyn Survey, scanner: &Scanner, policy: &Policy) -> Result<Report> {
    let clock = Instant::now();
    let mut report = judged(survey.survey()?, survey.source(), scanner, policy);
    report.time = clock.elapsed();
    Ok(report)
}

/// Judges the findings and skips of a survey, and returns the report.
fn judged(
    mut surveyed: Surveyed,
    source: SourceKind,
    scanner: &Scanner,
    policy: &Policy,
) -> Report {
    let findings = &mut surveyed.findings;
    findings.retain(|finding| policy.limit.has_rule(finding.rule.id));
    for finding in findings.iter_mut() {
        finding.severity = ramped(finding.rule.id, finding.severity);
    }
    findings.sort_by(compare);
    order::skips(&mut surveyed.skips);
    let mut report = Report::new(source);
    (report.skips, report.accepted) = accept::split(surveyed.skips, &Origin::clone, policy);
    let findings = surveyed.findings.into_iter().map(|finding| {
        let verdict = policy.judge(&finding);
        (finding, verdict)
    });
    report.findings = findings.collect();
    (report.blobs, report.bytes) = (surveyed.texts, surveyed.bytes);
    report.hidden = scanner.hidden();
    report.limited = (&policy.limit).into();
    report
}

/// Orders findings by severity, the most severe first, then by the order of [`RULES`], then by path
/// and position. The rules about files come before the rules about ignore files.
fn compare(one: &Finding, other: &Finding) -> Ordering {
    let rank = |finding: &Finding| RULES.iter().position(|rule| rule.id == finding.rule.id);
    let offset = |finding: &Finding| finding.location.map(|at| at.start.offset);
    (other.severity.cmp(&one.severity))
        .then_with(|| rank(one).cmp(&rank(other)))
        .then_with(|| one.origin.path().cmp(&other.origin.path()))
        .then_with(|| (offset(one), &one.variable).cmp(&(offset(other), &other.variable)))
}
