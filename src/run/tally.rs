//! What the threads of a scan add up.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::detect::scanner::Scanner;
use crate::model::blob::{Blob, Origin};
use crate::model::finding::Finding;
use crate::model::progress::Progress;
use crate::model::rule::Confidence;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::source::Source;

use super::keep::ScanKeepers;

/// What the threads of a scan add up.
pub struct Tally<'p> {
    progress: Option<&'p Progress>,
    source: SourceKind,
    keepers: ScanKeepers<'p>,
    findings: Mutex<Vec<Finding>>,
    skips: Mutex<Vec<Skip>>,
    blobs: AtomicU64,
    bytes: AtomicU64,
}

impl<'p> Tally<'p> {
    /// Nothing yet of `source`, whose progress is told of what is found; what must outlast the texts goes to
    /// `keepers`.
    pub fn new(source: &'p dyn Source, keepers: ScanKeepers<'p>) -> Self {
        Tally {
            progress: source.progress(),
            source: source.kind(),
            keepers,
            findings: Mutex::default(),
            skips: Mutex::default(),
            blobs: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// Looks at a blob, and at its names with the first part of it.
    pub fn add(&self, blob: &Blob<'_>, scanner: &Scanner) {
        if !blob.is_named() {
            self.bytes
                .fetch_add(blob.core.len() as u64, Ordering::Relaxed);
        }
        if blob.is_last() && !blob.is_named() {
            self.blobs.fetch_add(1, Ordering::Relaxed);
        }
        let looked = scanner.look(blob, self.source, self.keepers.vault);
        if looked.is_too_large {
            self.too_large(blob.origin);
        }
        if let Some(see) = self.keepers.observer {
            see(blob, &looked.findings, scanner);
        }
        self.found(looked.findings);
    }

    /// Notes that rules about whole files did not look at one.
    fn too_large(&self, origin: &Origin) {
        let detail = "over 256 KiB";
        let skip = Skip::new(origin.clone(), SkipReason::TooLargeToReview, detail);
        let mut skips = self.skips.lock();
        skips.push(skip);
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
            self.found(scanner.look_at_names(&skip.origin, self.keepers.vault));
        }
        self.skips.lock().push(skip);
    }

    fn found(&self, mut findings: Vec<Finding>) {
        if !findings.is_empty() {
            let likely = findings
                .iter()
                .filter(|finding| finding.confidence >= Confidence::Medium)
                .count();
            self.progress
                .inspect(|progress| progress.found(likely as u64));
            self.findings.lock().append(&mut findings);
        }
    }

    /// The findings and skips, in no order, and how many blobs and bytes were scanned.
    pub fn into_parts(self) -> (Vec<Finding>, Vec<Skip>, u64, u64) {
        let findings = self.findings.into_inner();
        let skips = self.skips.into_inner();
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
