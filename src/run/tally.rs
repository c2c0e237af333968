//! What the threads of a scan add up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::detect::scanner::Scanner;
use crate::env;
use crate::model::blob::{Blob, Origin};
use crate::model::finding::Finding;
use crate::model::progress::Progress;
use crate::model::rule::Confidence;
use crate::model::skip::{Skip, SkipReason};

/// What the threads of a scan add up.
#[derive(Default)]
pub struct Tally<'p> {
    progress: Option<&'p Progress>,
    findings: Mutex<Vec<Finding>>,
    skips: Mutex<Vec<Skip>>,
    blobs: AtomicU64,
    bytes: AtomicU64,
}

impl<'p> Tally<'p> {
    /// Nothing yet; `progress` is told of what is found.
    pub fn new(progress: Option<&'p Progress>) -> Self {
        Tally {
            progress,
            ..Tally::default()
        }
    }

    /// Scans a blob, and its names with the first part of it. `env_names` are further names of files that hold secrets.
    pub fn add(&self, blob: &Blob<'_>, scanner: &Scanner, env_names: &[String]) {
        if blob.is_named() {
            return self.found(env::in_history(blob).into_iter().collect());
        }
        let mut findings = scanner.scan(blob);
        self.bytes
            .fetch_add(blob.core.len() as u64, Ordering::Relaxed);
        if blob.is_last() {
            self.blobs.fetch_add(1, Ordering::Relaxed);
        }
        if blob.is_first() {
            findings.append(&mut env::committed(blob, &findings, env_names));
            findings.extend(scanner.scan_names(blob.origin));
        }
        self.found(findings);
    }

    /// What cannot be read has a name all the same, if it is there.
    pub fn skip(&self, skip: Skip, scanner: &Scanner) {
        log::debug!(
            "skipped {}: {}: {}",
            named(&skip.origin),
            skip.reason.id(),
            skip.detail
        );
        if skip.reason != SkipReason::NotFound {
            self.found(scanner.scan_names(&skip.origin));
        }
        self.skips
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(skip);
    }

    fn found(&self, mut findings: Vec<Finding>) {
        if !findings.is_empty() {
            let likely = findings
                .iter()
                .filter(|finding| finding.confidence >= Confidence::Medium)
                .count();
            self.progress
                .inspect(|progress| progress.found(likely as u64));
            self.findings
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .append(&mut findings);
        }
    }

    /// The findings and skips, in no order, and how many blobs and bytes were scanned.
    pub fn into_parts(self) -> (Vec<Finding>, Vec<Skip>, u64, u64) {
        let findings = self
            .findings
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let skips = self
            .skips
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        (
            findings,
            skips,
            self.blobs.into_inner(),
            self.bytes.into_inner(),
        )
    }
}

/// The path, or else the object, of an origin.
fn named(origin: &Origin) -> String {
    let path = origin.path().map(String::from_utf8_lossy);
    let object = || origin.object().unwrap_or("what has no name");
    path.map_or_else(|| object().to_owned(), |path| path.into_owned())
}
