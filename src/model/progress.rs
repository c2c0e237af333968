//! How far a scan has come, told while it runs; and a word to it to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far a scan has come. Clones share it: one is the scan's, the others belong to whoever watches.
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

/// What a scan had done at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Whether files are counted, of which nobody knows beforehand how many there are.
    pub is_open: bool,
    /// How many objects there are, as far as is known.
    pub all: u64,
    /// How many of them were gone through.
    pub done: u64,
    /// How many bytes these have.
    pub bytes: u64,
    /// How many secrets were found that are more than unlikely, each place counted.
    pub found: u64,
}

impl Progress {
    /// The progress through files: how many there are turns out at the end.
    pub fn through_files() -> Self {
        Progress(Arc::new(Counts {
            is_open: true,
            ..Counts::default()
        }))
    }

    /// So many more objects are there.
    pub fn expect(&self, objects: u64) {
        self.0.all.fetch_add(objects, Ordering::Relaxed);
    }

    /// So many more objects, of so many bytes together, were gone through.
    pub fn advance(&self, objects: u64, bytes: u64) {
        self.finish(objects);
        self.read(bytes);
    }

    /// So many more objects were gone through to their end.
    pub fn finish(&self, objects: u64) {
        self.0.done.fetch_add(objects, Ordering::Relaxed);
    }

    /// So many more bytes were read.
    pub fn read(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many more secrets were found.
    pub fn found(&self, secrets: u64) {
        self.0.found.fetch_add(secrets, Ordering::Relaxed);
    }

    /// What was done until now.
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

    /// What tells the scan to stop, when it is set: whatever was not scanned by then is left out, and the report says so.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0.stop)
    }

    /// Whether the scan was told to stop.
    pub fn is_stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }
}
