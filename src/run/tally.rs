//! Collects the findings, skips and counts of a scan from its threads.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::detect::scanner::Scanner;
use crate::model::blob::{Blob, Origin};
use crate::model::finding::Finding;
use crate::model::progress::Progress;
use crate::model::rule::Confidence;
use crate::model::secret::Fingerprint;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::source::Source;

use super::keep::ScanKeepers;

/// The findings, skips and counts of a scan, which several threads add to.
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
    /// Returns an empty tally for a scan of `source`. Secrets and texts go to `keepers`, and the
    /// number of findings goes to the progress of the source.
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

    /// Scans a blob. The names of a file are scanned with the first part of its content.
    pub fn add(&self, blob: &Blob<'_>, scanner: &Scanner) {
        if !blob.is_named() {
            self.bytes
                .fetch_add(blob.core.len() as u64, Ordering::Relaxed);
        }
        if blob.is_last() && !blob.is_named() {
            self.blobs.fetch_add(1, Ordering::Relaxed);
        }
        let looked = scanner.look(blob, self.source, self.keepers.vault);
        if let Some(size) = looked.too_large {
            self.too_large(blob.origin, size);
        }
        if looked.is_cut {
            self.cut(blob);
        }
        if let Some(see) = self.keepers.observer {
            see(blob, &looked.findings, scanner);
        }
        self.found(looked.findings);
    }

    /// Adds a skip for a file that is too large for rules about whole files.
    fn too_large(&self, origin: &Origin, size: usize) {
        let detail = format!("over {} KiB", size / 1024);
        let skip = Skip::new(origin.clone(), SkipReason::TooLargeToReview, detail);
        let mut skips = self.skips.lock();
        skips.push(skip);
    }

    /// Adds a skip for compressed text in a blob that was not inflated to its end. The skip has the
    /// digest of the file only if the blob is the whole file.
    fn cut(&self, blob: &Blob<'_>) {
        let detail = "it contains compressed text (in base64, or a stream of a PDF) that was not decompressed completely";
        let is_whole = blob.is_first() && blob.is_last();
        let digest = is_whole
            .then(|| Fingerprint::of_object(blob.bytes).ok())
            .flatten();
        let skip = Skip::new(blob.origin.clone(), SkipReason::Limit, detail).of_object(digest);
        self.skips.lock().push(skip);
    }

    /// Adds a skip. If the file exists, its names are scanned even though its content was not.
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

    /// Returns the findings and skips, unsorted, and the numbers of blobs and bytes scanned.
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

/// Returns the path of an origin or, without a path, its object, for the log.
fn named(origin: &Origin) -> String {
    let path = origin.path().map(String::from_utf8_lossy);
    let object = || origin.object().unwrap_or("an object without a name");
    path.map_or_else(|| object().to_owned(), |path| path.into_owned())
}
