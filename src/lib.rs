//! Finds Notion credentials in files, in what is staged for a commit, and in streams.
//!
//! Data flows one way; each arrow is one type:
//!
//! ```text
//! Source ──Blob──► Scanner ──Finding──► Policy ──Verdict──► Report ──► Format
//!    └───────────────────── Skip ──────────────────────────────┘
//! ```
//!
//! Read the modules in that order: [`blob`] is what a [`source`] hands over; [`rule`] and [`rules`] say what is looked
//! for; [`scanner`] looks; [`finding`] is what it found, [`secret`]s already masked; [`policy`] decides; [`report`] tells.
//!
//! The library is silent: it returns values and writes to a writer it is given.

pub mod archive;
pub mod blob;
pub mod skip;
pub mod source;

pub mod rule;
pub mod rules;

mod anchors;
pub mod decode;
mod neighbourhood;
mod placeholder;
pub mod scanner;
mod search;

pub mod finding;
pub mod redact;
pub mod secret;

pub mod config;
pub mod env;
pub mod known;
pub mod policy;
pub mod report;

pub mod error;
pub mod git;

#[cfg(test)]
mod fake;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use blob::{Blob, Origin};
use finding::Finding;
use policy::Policy;
use report::Report;
use scanner::Scanner;
use secret::Fingerprint;
use skip::{Reason, Skip};
use source::Source;

/// Scans everything that `source` has and judges what is found.
///
/// # Errors
///
/// When the source itself is broken. What could not be read of a working source is in [`Report::skips`].
pub fn scan(source: &dyn Source, scanner: &Scanner, policy: &Policy) -> error::Result<Report> {
    let start = Instant::now();
    let tally = Tally::default();
    source.visit(&|blob| match blob {
        Ok(blob) => tally.add(&blob, scanner),
        Err(skip) => tally.skip(skip, scanner),
    })?;
    let mut findings = tally.findings.into_inner().unwrap_or_else(PoisonError::into_inner);
    findings.sort_by(|one, other| order(one).cmp(&order(other)));
    // Who names a folder and a file in it gets what is in the file once.
    findings.dedup_by(|one, other| order(one) == order(other) && one.origin == other.origin);
    without_containers(&mut findings);
    let mut skips = tally.skips.into_inner().unwrap_or_else(PoisonError::into_inner);
    skips.sort_by(|one, other| (place(&one.origin), one.reason).cmp(&(place(&other.origin), other.reason)));
    let hidden = scanner.hidden();
    if !hidden.is_empty() {
        let origins = findings.iter_mut().map(|finding| &mut finding.origin);
        let origins = origins.chain(skips.iter_mut().map(|skip| &mut skip.origin));
        origins.for_each(|origin| *origin = origin.with_paths(&|path| hidden.mask(path).into_owned()));
    }
    let judged = findings.into_iter().map(|finding| {
        let verdict = policy.judge(&finding);
        (finding, verdict)
    });
    Ok(Report {
        source: source.name(),
        findings: judged.collect(),
        skips,
        blobs: tally.blobs.into_inner(),
        bytes: tally.bytes.into_inner(),
        time: start.elapsed(),
        hidden,
    })
}

/// Findings are reported by path, member of an archive, then place, whatever thread came first.
fn order(finding: &Finding) -> (Place<'_>, Option<usize>, &str, Option<&Fingerprint>) {
    let fingerprint = finding.evidence.as_ref().map(|evidence| &evidence.fingerprint);
    (place(&finding.origin), finding.location.map(|at| at.start.offset), finding.rule.id, fingerprint)
}

/// Drops what was found in the bytes of an archive as they lie there, where a member holds one of the same rule that is
/// as sure: it is the same, or a part of it with what the archive has behind it.
fn without_containers(findings: &mut Vec<Finding>) {
    let name = |finding: &Finding| (finding.origin.path().map(<[u8]>::to_vec), finding.rule.id);
    let mut in_members = HashMap::new();
    for finding in findings.iter().filter(|finding| finding.origin.member().is_some()) {
        let surest = in_members.entry(name(finding)).or_insert(finding.confidence);
        *surest = finding.confidence.max(*surest);
    }
    if in_members.is_empty() {
        return;
    }
    let is_inside = |finding: &Finding| finding.origin.member().is_none() && finding.location.is_some();
    findings.retain(|finding| {
        !is_inside(finding) || in_members.get(&name(finding)).is_none_or(|surest| finding.confidence > *surest)
    });
}

/// A path, and a path in the archive that is there.
type Place<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

fn place(origin: &Origin) -> Place<'_> {
    (origin.path(), origin.member())
}

/// What the threads of a scan add up.
#[derive(Default)]
struct Tally {
    findings: Mutex<Vec<Finding>>,
    skips: Mutex<Vec<Skip>>,
    blobs: AtomicU64,
    bytes: AtomicU64,
}

impl Tally {
    fn add(&self, blob: &Blob<'_>, scanner: &Scanner) {
        let mut findings = scanner.scan(blob);
        self.bytes.fetch_add(blob.core.len() as u64, Ordering::Relaxed);
        if blob.is_first() {
            self.blobs.fetch_add(1, Ordering::Relaxed);
            findings.extend(env::staged(blob));
            findings.extend(scanner.scan_names(blob.origin));
        }
        self.found(findings);
    }

    /// What cannot be read has a name all the same, if it is there.
    fn skip(&self, skip: Skip, scanner: &Scanner) {
        if skip.reason != Reason::NotFound {
            self.found(scanner.scan_names(&skip.origin));
        }
        self.skips.lock().unwrap_or_else(PoisonError::into_inner).push(skip);
    }

    fn found(&self, mut findings: Vec<Finding>) {
        if !findings.is_empty() {
            self.findings.lock().unwrap_or_else(PoisonError::into_inner).append(&mut findings);
        }
    }
}
