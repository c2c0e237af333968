//! One scan: what a source has goes through the scanner and the policy into a report.

mod accept;
mod audit;
mod brought;
mod combine;
mod group;
mod local;
mod order;
mod tally;
mod within;

use std::time::{Instant, SystemTime};

use crate::detect::scanner::Scanner;
use crate::error::Result;
use crate::model::finding::Finding;
use crate::policy::{Policy, Stale};
use crate::report::{Judged, Report};
use crate::source::Source;
use crate::source::folder::Folder;

pub use audit::audit;
pub use combine::combine;
use tally::Tally;

/// Scans everything that `source` has and judges what is found.
///
/// # Errors
///
/// When the source itself is broken. What could not be read of a working source is in [`Report::skips`].
pub fn scan(source: &dyn Source, scanner: &Scanner, policy: &Policy) -> Result<Report> {
    let (start, clock) = (SystemTime::now(), Instant::now());
    log::debug!("{}: the scan begins", source.name());
    let tally = Tally::new(source.progress());
    source.visit(&|blob| match blob {
        Ok(blob) => tally.add(&blob, scanner, &policy.env_names),
        Err(skip) => tally.skip(skip, scanner),
    })?;
    let (mut findings, mut skips, blobs, bytes) = tally.into_parts();
    log::debug!(
        "{}: scanned {blobs} texts of {bytes} bytes; {} places with findings of any confidence, {} skipped",
        source.name(),
        findings.len(),
        skips.len()
    );
    order::findings(&mut findings);
    order::skips(&mut skips);
    let paths = within::keep(&mut findings, &mut skips, source)?;
    brought::keep(&mut findings, source);
    findings.retain(|finding| policy.limit.has_rule(finding.rule.id));
    let (skips, mut accepted) = accept::split(skips, &|origin| source.rooted(origin), policy);
    let (mut skips, by_path) = accept::placed(skips, source, policy)?;
    accepted.extend(by_path);
    order::skips(&mut skips);
    let mut findings: Vec<_> = findings
        .into_iter()
        .map(|finding| judged(finding, source, policy))
        .collect();
    if source.groups() {
        findings = placed(findings, source, policy, paths)?;
    }
    // What a limit leaves out may be what an entry is for.
    let saw_all = source.is_whole() && skips.is_empty() && policy.limit.is_empty();
    let stale = if saw_all {
        let accepted = accepted.iter().map(|(skip, _)| skip);
        policy.stale(findings.iter().map(|(finding, _)| finding), accepted)
    } else {
        Stale::default()
    };
    local::mark(&mut findings, source, scanner);
    let hidden = scanner.hidden();
    let (objects, left_out, not_checked_out) = (
        source.objects(),
        source.left_out(),
        source.not_checked_out(),
    );
    let (source, time) = (source.name(), clock.elapsed());
    Ok(Report {
        source,
        scope: None,
        advice: None,
        findings,
        skips,
        accepted,
        left_out,
        not_checked_out,
        stale,
        warnings: Vec::new(),
        blobs,
        bytes,
        objects,
        start,
        time,
        hidden,
        analysis: None,
        pages: None,
        folder: Folder::default(),
        limited: (&policy.limit).into(),
    })
}

/// One finding a secret and one an env file, with their places in history, judged by the paths that are known by now.
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
        true => group::at_each_path(judged, &policy.env_names, &folder),
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

/// A finding as the policy has it, and its verdict. It is judged by its path from the root, and
/// told at the one it has.
fn judged(mut finding: Finding, source: &dyn Source, policy: &Policy) -> Judged {
    let rooted = source.rooted(&finding.origin);
    let told = std::mem::replace(&mut finding.origin, rooted);
    finding.confidence = policy.confidence(&finding);
    finding.note = policy.note(&finding).map(str::to_owned).or(finding.note);
    let verdict = policy.judge(&finding);
    finding.origin = told;
    (finding, verdict)
}
