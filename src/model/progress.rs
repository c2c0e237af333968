//! The progress of a running scan, and the flag that stops it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The progress of a scan. Clones share the counts: the scan updates them through one clone, and
/// watchers read them through others.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    is_open: bool,
    all: AtomicU64,
    done: AtomicU64,
    bytes: AtomicU64,
    found: AtomicU64,
    stop: Arc<AtomicBool>,
}

/// The progress of a scan at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// True if the total number is unknown until the end of the scan, as for files on disk.
    pub is_open: bool,
    /// The total number of objects known so far.
    pub all: u64,
    /// The number of objects that have been processed.
    pub done: u64,
    /// The number of bytes that have been read.
    pub bytes: u64,
    /// The number of secrets found with at least medium confidence. Each occurrence is counted.
    pub found: u64,
}

impl Progress {
    /// Returns the progress of a scan of files. The total number of files is known only at the end.
    pub fn through_files() -> Self {
        Progress(Arc::new(Counts {
            is_open: true,
            ..Counts::default()
        }))
    }

    /// Adds `objects` to the total number of objects.
    pub fn expect(&self, objects: u64) {
        self.0.all.fetch_add(objects, Ordering::Relaxed);
    }

    /// Adds `objects` to the number of processed objects, and `bytes` to the number of bytes read.
    pub fn advance(&self, objects: u64, bytes: u64) {
        self.finish(objects);
        self.read(bytes);
    }

    /// Adds `objects` to the number of processed objects.
    pub fn finish(&self, objects: u64) {
        self.0.done.fetch_add(objects, Ordering::Relaxed);
    }

    /// Adds `bytes` to the number of bytes read.
    pub fn read(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds `secrets` to the number of secrets found.
    pub fn found(&self, secrets: u64) {
        self.0.found.fetch_add(secrets, Ordering::Relaxed);
    }

    /// Returns the current counts.
    pub fn now(&self) -> Moment {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = &self.0;
        Moment {
            is_open: counts.is_open,
            all: read(&counts.all),
            done: read(&counts.done),
            bytes: read(&counts.bytes),
            found: read(&counts.found),
        }
    }

    /// Returns the flag that stops the scan when it is set. A stopped scan leaves out everything
    /// that it has not scanned yet, and the report says so.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0.stop)
    }

    /// Returns true if the flag that stops the scan is set.
    pub fn is_stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }
}
