//! The source that reads standard input, or another stream that can be read only once.

use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::Mutex;

use crate::error::{Error, Result};
use crate::model::blob::Origin;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::source::unpack;

use super::reader::Reader;
use super::{Limits, Source, Visit};

/// A source of one stream.
pub struct Stdin<R> {
    stream: Mutex<R>,
    origin: Origin,
    limits: Limits,
}

impl<R: Read + Send> Stdin<R> {
    /// Returns a source that reads `stream` to its end. Findings are reported as of standard input,
    /// unless [`Stdin::named`] sets a path.
    pub fn new(stream: R, limits: Limits) -> Self {
        Stdin {
            stream: Mutex::new(stream),
            origin: Origin::Stdin,
            limits,
        }
    }

    /// Reports findings at `path`: the file that has, or will have, the content of the stream.
    pub fn named(self, path: PathBuf) -> Self {
        Stdin {
            origin: Origin::File(path),
            ..self
        }
    }
}

impl<R: Read + Send> Source for Stdin<R> {
    fn kind(&self) -> SourceKind {
        SourceKind::Stdin
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        let mut stream = self
            .stream
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        let mut spool = Spool {
            stream: &mut *stream,
            kept: Vec::new(),
            length: 0,
            limits: &self.limits.archive,
        };
        let mut reader = Reader::new(&self.limits.archive);
        let kind = reader
            .visit(&self.origin, &mut spool, None, visit)
            .map_err(|error| {
                Error::new(format!("standard input cannot be read: {error}")).help(
                    "check the program that writes to standard input, or save its output to a \
                     file and scan the file",
                )
            })?;
        match kind {
            Some(kind) if spool.is_whole() => {
                reader.unpack(kind, Cursor::new(spool.kept), &self.origin, visit)
            }
            Some(_) => {
                let detail = "the archive is too large to be held in memory; save it to a file and scan the file";
                visit(Err(Skip::new(
                    self.origin.clone(),
                    SkipReason::Limit,
                    detail,
                )));
            }
            None => {}
        }
        Ok(())
    }
}

/// A reader that also stores the bytes it reads, as long as they may be an archive: the members of
/// an archive are read in a second pass.
struct Spool<'a, R> {
    stream: R,
    kept: Vec<u8>,
    length: u64,
    limits: &'a unpack::ArchiveLimits,
}

impl<R> Spool<'_, R> {
    fn is_whole(&self) -> bool {
        self.kept.len() as u64 == self.length
    }

    fn may_be_archive(&self) -> bool {
        self.kept.len() < 512 || self.limits.kind(&self.kept).is_some()
    }
}

impl<R: Read> Read for Spool<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        let whole = self.is_whole();
        self.length += count as u64;
        if whole && self.length <= self.limits.held && self.may_be_archive() {
            self.kept.extend_from_slice(&buffer[..count]);
        }
        Ok(count)
    }
}
