//! One audit: what it finds goes through the policy into a report, as what a scan finds does.

use std::cmp::Ordering;
use std::path::Path;
use std::time::{Instant, SystemTime};

use super::{accept, order};
use crate::env::audit::{Request, WantedRules, run};
use crate::error::Result;
use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::policy::Stale;
use crate::report::Report;
use crate::rules::RULES;
use crate::source::NotCheckedOut;
use crate::source::folder::Folder;

/// Audits the env files of a repository and judges what is found; with the report comes what ignore rules should say.
///
/// # Errors
///
/// When there is no repository, or its index cannot be read. What could not be read otherwise is in [`Report::skips`].
pub fn audit(folder: Option<&Path>, request: &Request<'_>) -> Result<(Report, WantedRules)> {
    let (start, clock) = (SystemTime::now(), Instant::now());
    let mut audit = run(folder, request)?;
    let limit = &request.policy.limit;
    audit
        .findings
        .retain(|finding| limit.has_rule(finding.rule.id));
    audit.findings.sort_by(compare);
    order::skips(&mut audit.skips);
    let (skips, accepted) = accept::split(audit.skips, &Origin::clone, request.policy);
    let judged = audit.findings.into_iter().map(|finding| {
        let verdict = request.policy.judge(&finding);
        (finding, verdict)
    });
    let report = Report {
        source: "env",
        scope: None,
        advice: None,
        findings: judged.collect(),
        skips,
        accepted,
        blobs: audit.files,
        bytes: audit.bytes,
        objects: None,
        left_out: Vec::new(),
        not_checked_out: NotCheckedOut::default(),
        stale: Stale::default(),
        warnings: Vec::new(),
        start,
        time: clock.elapsed(),
        hidden: request.scanner.hidden(),
        analysis: None,
        pages: None,
        folder: Folder::default(),
        limited: limit.into(),
    };
    Ok((report, audit.wanted))
}

/// What is severe comes first, then what is in files before what ignore files should say, by path and place.
fn compare(one: &Finding, other: &Finding) -> Ordering {
    let rank = |finding: &Finding| RULES.iter().position(|rule| rule.id == finding.rule.id);
    let offset = |finding: &Finding| finding.location.map(|at| at.start.offset);
    (other.severity.cmp(&one.severity))
        .then_with(|| rank(one).cmp(&rank(other)))
        .then_with(|| one.origin.path().cmp(&other.origin.path()))
        .then_with(|| (offset(one), &one.variable).cmp(&(offset(other), &other.variable)))
}
