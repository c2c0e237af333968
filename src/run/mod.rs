//! One run: the scanner searches the texts of a source, the policy judges the findings, and steps
//! add further facts to the report.

mod accept;
mod access;
mod code;
mod combine;
mod group;
mod introduced;
mod job;
mod keep;
mod local;
mod merge;
mod order;
mod rotation;
mod step;
mod subject;
mod survey;
mod tally;
#[cfg(test)]
mod tests;
mod verify;
mod within;

use std::time::Instant;

use crate::detect::scanner::Scanner;
use crate::error::Result;
use crate::model::finding::{Finding, Verdict};
use crate::model::skip::Skip;
use crate::model::vault::Vault;
use crate::policy::{Policy, Stale};
use crate::report::{Judged, Report};
use crate::rules::ramped;
use crate::source::Source;

pub(crate) use access::AccessSurvey;
pub use combine::combine;
pub use job::Job;
use keep::ScanKeepers;
pub(crate) use merge::ReportMerge;
pub(crate) use rotation::{LeakedSurvey, RotationSurvey};
pub use step::Step;
pub use subject::{Files, Reached, Subject};
pub use survey::{Survey, audit};
use tally::Tally;
pub(crate) use verify::Verify;

/// Scans all of `source` and judges the findings by `policy`.
///
/// # Errors
///
/// When the source cannot be read at all. Parts of it that could not be read are in
/// [`Report::skips`].
pub fn scan(source: &dyn Source, scanner: &Scanner, policy: &Policy) -> Result<Report> {
    let keepers = ScanKeepers {
        vault: &Vault::default(),
        observer: None,
    };
    scan_into(keepers, source, scanner, policy)
}

/// Scans as [`scan`] does, and passes the secrets and texts to `keepers`.
fn scan_into(
    keepers: ScanKeepers<'_>,
    source: &dyn Source,
    scanner: &Scanner,
    policy: &Policy,
) -> Result<Report> {
    let (mut report, clock) = (Report::new(source.kind()), Instant::now());
    let (mut findings, mut skips) = visit(source, scanner, keepers, &mut report)?;
    code::bind(&mut findings, &mut skips, source);
    let paths = within::keep(&mut findings, &mut skips, source)?;
    introduced::keep(&mut findings, source);
    findings.retain(|finding| policy.limit.has_rule(finding.rule.id));
    let (skips, mut accepted) = accept::split(skips, &|origin| source.rooted(origin), policy);
    let (mut skips, by_path) = accept::placed(skips, source, policy)?;
    accepted.extend(by_path);
    order::skips(&mut skips);
    let judged = findings.into_iter();
    let mut findings: Vec<_> = judged
        .map(|finding| judge(finding, source, policy))
        .collect();
    if source.groups() {
        findings = placed(findings, source, policy, paths)?;
    }
    local::mark(&mut findings, source, scanner);
    report.stale = stale(&findings, &skips, &accepted, source, policy);
    (report.findings, report.skips, report.accepted) = (findings, skips, accepted);
    report.left_out = source.left_out();
    report.not_checked_out = source.not_checked_out();
    report.objects = source.objects();
    report.hidden = scanner.hidden();
    report.limited = (&policy.limit).into();
    report.time = clock.elapsed();
    Ok(report)
}

/// Scans all blobs of a source. Returns the findings and the skips, sorted, and writes the numbers
/// of blobs and bytes into `report`.
fn visit(
    source: &dyn Source,
    scanner: &Scanner,
    keepers: ScanKeepers<'_>,
    report: &mut Report,
) -> Result<(Vec<Finding>, Vec<Skip>)> {
    let name = source.kind().name();
    log::debug!("{name}: the scan begins");
    let tally = Tally::new(source, keepers);
    source.visit(&|blob| match blob {
        Ok(blob) => tally.add(&blob, scanner),
        Err(skip) => tally.skip(skip, scanner),
    })?;
    let (mut findings, mut skips, blobs, bytes) = tally.into_parts();
    log::debug!(
        "{name}: scanned {blobs} texts of {bytes} bytes; {} places with findings of any confidence, {} skipped",
        findings.len(),
        skips.len()
    );
    (report.blobs, report.bytes) = (blobs, bytes);
    order::findings(&mut findings);
    order::skips(&mut skips);
    Ok((findings, skips))
}

/// Returns the entries of the policy that matched nothing. Returns an empty list if a part was not
/// scanned or a limit left findings out, since an entry may be about a finding that was missed.
fn stale(
    findings: &[Judged],
    skips: &[Skip],
    accepted: &[(Skip, Verdict)],
    source: &dyn Source,
    policy: &Policy,
) -> Stale {
    if !source.is_whole() || !skips.is_empty() || !policy.limit.is_empty() {
        return Stale::default();
    }
    let accepted = accepted.iter().map(|(skip, _)| skip);
    policy.stale(findings.iter().map(|(finding, _)| finding), accepted)
}

/// Merges findings into one for each secret and one for each env file, adds their places in
/// history, and judges them again by the paths that are now known.
fn placed(
    findings: Vec<Judged>,
    source: &dyn Source,
    policy: &Policy,
    paths: within::Paths,
) -> Result<Vec<Judged>> {
    let mut findings = group::by_secret(findings);
    let pathless: Vec<bool> = findings.iter().map(group::is_pathless).collect();
    group::place(&mut findings, source, paths)?;
    let folder = source.folder();
    let at_paths = |(judged, pathless)| match pathless {
        true => group::at_each_path(judged, &policy.config.env_names, &folder),
        false => vec![judged],
    };
    let mut findings = group::by_path(
        findings
            .into_iter()
            .zip(pathless)
            .flat_map(at_paths)
            .collect(),
    );
    for (finding, verdict) in &mut findings {
        let placed = policy.judge_placed(finding, verdict.clone());
        if placed != *verdict {
            finding
                .occurrences
                .iter_mut()
                .for_each(|place| place.verdict = placed.clone());
            *verdict = placed;
        }
    }
    Ok(findings)
}

/// Returns a finding with the confidence and note that the policy gives, and its verdict. The
/// policy judges the finding at its path from the root. The path in the report stays the same.
fn judge(mut finding: Finding, source: &dyn Source, policy: &Policy) -> Judged {
    let rooted = source.rooted(&finding.origin);
    let told = std::mem::replace(&mut finding.origin, rooted);
    finding.confidence = policy.confidence(&finding);
    finding.severity = ramped(finding.rule.id, finding.severity);
    finding.note = policy.note(&finding).map(str::to_owned).or(finding.note);
    let verdict = policy.judge(&finding);
    finding.origin = told;
    (finding, verdict)
}
