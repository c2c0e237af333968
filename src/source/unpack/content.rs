//! One stream inside a container: metered, guarded, and with its failure remembered.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::skip::SkipReason;

use super::ArchiveLimits;
use super::kind::START;

/// The number of bytes read from a decoder at once. Some decoders drop the output of the call in
/// which they find an error.
const CHUNK: usize = 64 * 1024;

/// The number of bytes to which any container may inflate, if its ratio is the only limit.
const FLOOR: u64 = 16 * 1024 * 1024;

/// The reason why a stream could not be read.
#[derive(Clone, Debug)]
pub struct Failure {
    pub reason: SkipReason,
    pub detail: String,
}

impl Failure {
    pub fn new(reason: SkipReason, detail: impl ToString) -> Self {
        Failure {
            reason,
            detail: detail.to_string(),
        }
    }
}

/// The remains of the limits of one outermost container. All streams in it share them, hence the
/// cells.
pub struct Meter {
    inflated: Cell<u64>,
    members: Cell<usize>,
    spent: Cell<Option<&'static str>>,
    broken: Cell<bool>,
}

impl Meter {
    /// Returns a meter with the full limits of a container of `length` bytes.
    pub fn new(limits: &ArchiveLimits, length: u64) -> Self {
        let inflated = limits
            .bytes
            .min(length.saturating_mul(limits.ratio).max(FLOOR));
        Meter {
            inflated: Cell::new(inflated),
            members: Cell::new(limits.members),
            spent: Cell::new(None),
            broken: Cell::new(false),
        }
    }

    /// Counts a member. Returns true if it is one too many, or if another limit was reached before.
    pub fn exceeds_members(&self) -> bool {
        match self.members.get().checked_sub(1) {
            Some(left) => self.members.set(left),
            None => self.spent.set(Some("too many members; no more were read")),
        }
        self.is_spent()
    }

    /// Returns true if a limit of the whole container was reached, so that nothing more may be
    /// read.
    pub fn is_spent(&self) -> bool {
        self.spent.get().is_some()
    }

    /// Notes that the operating system failed, not the format.
    pub fn note_broken(&self) {
        self.broken.set(true);
    }

    /// Counts inflated bytes.
    pub fn charge(&self, bytes: u64) {
        match self.inflated.get().checked_sub(bytes) {
            Some(left) => self.inflated.set(left),
            None => self
                .spent
                .set(Some("it inflates to too much; no more was read")),
        }
    }

    /// Turns an error into a failure, given the state of the container.
    pub fn failure(&self, kind: ErrorKind, detail: impl ToString) -> Failure {
        match (self.spent.get(), kind) {
            (Some(limit), _) => Failure::new(SkipReason::Limit, limit),
            _ if self.broken.get() => Failure::new(SkipReason::Unreadable, detail),
            (_, ErrorKind::OutOfMemory) => Failure::new(SkipReason::Limit, detail),
            (_, ErrorKind::Unsupported) => Failure::new(SkipReason::Unsupported, detail),
            _ => Failure::new(SkipReason::Corrupt, detail),
        }
    }
}

/// Runs a decoder's code. Decoders are foreign code that reads untrusted data: a panic in one is an
/// error of its stream only, and its state is not used again.
pub fn guarded<T>(run: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(io::Error::other("the decoder gave up")))
}

/// A stream that remembers its first failure, and fails in the same way in all later reads.
pub struct MemberContent<'a> {
    inner: Box<dyn Read + 'a>,
    meter: &'a Meter,
    charged: bool,
    start: Vec<u8>,
    given: usize,
    failure: Option<Failure>,
}

impl<'a> MemberContent<'a> {
    /// Creates a stream of bytes that lie in the container, or in another stream, as they are.
    pub fn stored(inner: impl Read + 'a, meter: &'a Meter) -> Self {
        MemberContent {
            inner: Box::new(inner),
            meter,
            charged: false,
            start: Vec::new(),
            given: 0,
            failure: None,
        }
    }

    /// Creates a stream of a decoder's output, which counts against the limits.
    pub fn inflated(inner: impl Read + 'a, meter: &'a Meter) -> Self {
        MemberContent {
            charged: true,
            ..MemberContent::stored(inner, meter)
        }
    }

    /// Returns the first bytes, which remain to be read. Only for a stream from which nothing was
    /// read yet.
    pub fn start(&mut self) -> &[u8] {
        let mut piece = [0; START];
        while self.start.len() < START {
            let wanted = START - self.start.len();
            match self.pull(&mut piece[..wanted]) {
                Ok(count) if count > 0 => self.start.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The end, or an error, which is remembered and returned again by a later read.
                _ => break,
            }
        }
        &self.start
    }

    /// Reads the rest, so that damage at the end is noticed.
    pub fn drain(&mut self) {
        // Nearly always nothing is left, which a small buffer is enough to find out. An error is
        // remembered.
        if !matches!(self.read(&mut [0; 64]), Ok(0)) {
            let _ = io::copy(self, &mut io::sink());
        }
    }

    /// Returns the failure of the stream; `None` if it has not failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    fn pull(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(io::Error::other(failure.detail.clone()));
        }
        let wanted = buffer.len().min(CHUNK);
        match guarded(|| self.inner.read(&mut buffer[..wanted])) {
            Ok(count) => {
                if self.charged {
                    self.meter.charge(count as u64);
                }
                if self.meter.is_spent() {
                    self.failure = Some(self.meter.failure(ErrorKind::Other, ""));
                }
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failure = Some(self.meter.failure(error.kind(), &error));
                Err(error)
            }
        }
    }
}

impl Read for MemberContent<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.start[self.given..];
        if rest.is_empty() {
            return self.pull(buffer);
        }
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}
