//! The stream of one member in a container. It counts inflated bytes against the limits, turns
//! decoder panics into errors, and remembers its first failure.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::skip::SkipReason;

use super::ArchiveLimits;
use super::kind::START;

/// The maximum number of bytes of one read from a decoder. Some decoders drop the output of the
/// read in which they find an error, so a smaller read loses less.
const CHUNK: usize = 64 * 1024;

/// The number of bytes, 16 MiB, up to which the ratio limit is not applied.
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

/// The unused part of the limits of one outermost container. All streams in the container share it,
/// so the fields are cells.
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

    /// Counts a member. Returns true if it exceeds the limit on members, or if any limit was
    /// exceeded before.
    pub fn exceeds_members(&self) -> bool {
        match self.members.get().checked_sub(1) {
            Some(left) => self.members.set(left),
            None => self.spent.set(Some("too many members; no more were read")),
        }
        self.is_spent()
    }

    /// Returns true if a limit of the whole container was exceeded, so that nothing more may be
    /// read.
    pub fn is_spent(&self) -> bool {
        self.spent.get().is_some()
    }

    /// Notes that reading failed in the operating system. Later failures are then not reported as
    /// damage.
    pub fn note_broken(&self) {
        self.broken.set(true);
    }

    /// Counts inflated bytes against the limit.
    pub fn charge(&self, bytes: u64) {
        match self.inflated.get().checked_sub(bytes) {
            Some(left) => self.inflated.set(left),
            None => self.spent.set(Some(
                "its content is too large when inflated; no more was read",
            )),
        }
    }

    /// Converts an error to a failure. If a limit was exceeded before, that is the reason.
    /// Otherwise the reason is an earlier error of the operating system ([`Meter::note_broken`]),
    /// or else depends on `kind`.
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

/// Runs a decoder's code, and converts a panic to an error. Decoders are third-party code that
/// reads untrusted data, so a panic must only affect one stream. The decoder is not used again
/// after an error.
pub fn guarded<T>(run: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(io::Error::other("the decoder failed")))
}

/// The stream of a member's content. It remembers its first failure, and all later reads fail, too.
pub struct MemberContent<'a> {
    inner: Box<dyn Read + 'a>,
    meter: &'a Meter,
    charged: bool,
    start: Vec<u8>,
    given: usize,
    failure: Option<Failure>,
}

impl<'a> MemberContent<'a> {
    /// Creates a stream of bytes that are stored uncompressed, or were counted by another stream.
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

    /// Creates a stream of a decoder's output, whose bytes count against the limits.
    pub fn inflated(inner: impl Read + 'a, meter: &'a Meter) -> Self {
        MemberContent {
            charged: true,
            ..MemberContent::stored(inner, meter)
        }
    }

    /// Returns the first bytes of the stream, up to [`START`], without consuming them. Must be
    /// called before any read.
    pub fn start(&mut self) -> &[u8] {
        let mut piece = [0; START];
        while self.start.len() < START {
            let wanted = START - self.start.len();
            match self.pull(&mut piece[..wanted]) {
                Ok(count) if count > 0 => self.start.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The end of the stream, or an error. An error is remembered and returned by a
                // later read.
                _ => break,
            }
        }
        &self.start
    }

    /// Reads the rest of the stream, so that damage at its end is noticed.
    pub fn drain(&mut self) {
        // Usually nothing is left, so a small buffer is tried first. An error is remembered.
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
