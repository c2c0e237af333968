//! The progress of a running scan, and the flag that stops it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The progress of a scan. Clones share the counts: one is the scan's, the others belong to its
/// watchers.
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
    /// True if files are counted, whose number nobody knows beforehand.
    pub is_open: bool,
    /// The number of objects, as far as is known.
    pub all: u64,
    /// The number of objects that were gone through.
    pub done: u64,
    /// The number of bytes that were read.
    pub bytes: u64,
    /// The number of secrets found that are more than unlikely, each place counted.
    pub found: u64,
}

impl Progress {
    /// Returns the progress through files, whose number is known only at the end.
    pub fn through_files() -> Self {
        Progress(Arc::new(Counts {
            is_open: true,
            ..Counts::default()
        }))
    }

    /// Adds `objects` to the number of objects.
    pub fn expect(&self, objects: u64) {
        self.0.all.fetch_add(objects, Ordering::Relaxed);
    }

    /// Adds `objects` to those gone through, and their `bytes` to those read.
    pub fn advance(&self, objects: u64, bytes: u64) {
        self.finish(objects);
        self.read(bytes);
    }

    /// Adds `objects` to those gone through to their end.
    pub fn finish(&self, objects: u64) {
        self.0.done.fetch_add(objects, Ordering::Relaxed);
    }

    /// Adds `bytes` to those read.
    pub fn read(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds `secrets` to those found.
    pub fn found(&self, secrets: u64) {
        self.0.found.fetch_add(secrets, Ordering::Relaxed);
    }

    /// Returns the progress until now.
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

    /// Returns the flag that stops the scan when it is set. Everything that was not scanned by then
    /// is left out, and the report says so.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0.stop)
    }

    /// Returns true if the flag that stops the scan is set.
    pub fn is_stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }
}
