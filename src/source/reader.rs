//! Reads streams of any length in bounded memory, and hands them over as blobs.

use std::io::{ErrorKind, Read, Seek};

use crate::model::blob::{Blob, Origin, Position};
use crate::model::progress::Progress;
use crate::model::secret::Fingerprint;
use crate::source::unpack::{self, ArchiveEvent, ArchiveKind};

use super::Visit;
use super::stoppable::Stoppable;

/// The size of the buffer in bytes, 1 MiB: small enough for a core's cache, and large enough that
/// scanning the overlap between parts twice costs little.
const BUFFER: usize = 1024 * 1024;

/// A reader with a buffer that is reused for one stream after another.
pub struct Reader {
    buffer: Vec<u8>,
    limits: unpack::ArchiveLimits,
    progress: Option<Progress>,
}

impl Reader {
    /// Returns a reader that opens archives within `limits`, with a buffer of 1 MiB.
    pub fn new(limits: &unpack::ArchiveLimits) -> Self {
        Reader::with_buffer(BUFFER, limits)
    }

    fn with_buffer(size: usize, limits: &unpack::ArchiveLimits) -> Self {
        Reader {
            buffer: vec![0; size],
            limits: limits.clone(),
            progress: None,
        }
    }

    /// Makes all reads fail once `progress` is stopped.
    pub fn until_stopped(self, progress: &Progress) -> Self {
        Reader {
            progress: Some(progress.clone()),
            ..self
        }
    }

    /// Visits a file: its bytes as they are and, if it is an archive, its members. The file is read
    /// a second time for the members. `length` is its size in bytes.
    ///
    /// # Errors
    ///
    /// When reading fails; the bytes read before have been visited.
    pub fn visit_container(
        &mut self,
        origin: &Origin,
        mut container: impl Read + Seek,
        length: u64,
        visit: &Visit<'_>,
    ) -> std::io::Result<()> {
        if let Some(kind) = self.visit(origin, &mut container, Some(length), visit)? {
            self.unpack(kind, container, origin, visit);
        }
        Ok(())
    }

    /// Visits the members of an archive. If some members cannot be read, reads the whole archive
    /// once more to compute its digest for their skips.
    pub fn unpack(
        &mut self,
        kind: ArchiveKind,
        container: impl Read + Seek,
        origin: &Origin,
        visit: &Visit<'_>,
    ) {
        let progress = self.progress.clone();
        let mut container = Stoppable::new(container, progress.as_ref());
        if log::log_enabled!(log::Level::Debug) {
            let path = origin.path().map(String::from_utf8_lossy);
            log::debug!("archive ({kind:?}): {}", path.unwrap_or_default());
        }
        let (limits, mut skips) = (self.limits.clone(), Vec::new());
        unpack::open(
            kind,
            &mut container,
            origin,
            &limits,
            &mut |event| match event {
                // If reading the content fails, a skip event follows, so the error is dropped here.
                ArchiveEvent::Member { origin, content } => {
                    drop(self.visit(origin, content, None, visit))
                }
                ArchiveEvent::Skip(skip) => skips.push(skip),
            },
        );
        let is_wanted = skips.iter().any(|skip| skip.reason.is_about_content());
        let digest = is_wanted.then(|| {
            container
                .rewind()
                .and_then(|()| Fingerprint::of_object(&mut container))
        });
        let digest = digest.and_then(Result::ok);
        skips
            .into_iter()
            .for_each(|skip| visit(Err(skip.of_object(digest.clone()))));
    }

    /// Visits everything in `stream`. A stream that fits in the buffer is one blob. A longer stream
    /// is split into blobs that overlap by [`Blob::CONTEXT`] bytes on each side of their cores. The
    /// cores do not overlap, so every finding begins in exactly one core.
    ///
    /// `length` is the size in bytes of a file. After that many bytes, the reader stops without
    /// another read for the end of the stream. Returns the kind of archive that the stream is;
    /// `None` if it is not an archive.
    ///
    /// # Errors
    ///
    /// When reading fails; the bytes read before have been visited.
    pub fn visit(
        &mut self,
        origin: &Origin,
        stream: impl Read,
        length: Option<u64>,
        visit: &Visit<'_>,
    ) -> std::io::Result<Option<ArchiveKind>> {
        let mut stream = Stoppable::new(stream, self.progress.as_ref());
        let mut kind = None;
        let mut start = Position::START;
        let mut filled = 0;
        let mut core = 0;
        loop {
            let all = length
                .filter(|length| *length > 0 && start.offset == 0)
                .map(|length| length as usize);
            let end = fill(&mut stream, &mut self.buffer, &mut filled, all)?;
            if start.offset == 0 && core == 0 {
                kind = self.limits.kind(&self.buffer[..filled]);
            }
            let core_end = if end { filled } else { filled - Blob::CONTEXT };
            visit(Ok(Blob {
                origin,
                bytes: &self.buffer[..filled],
                start,
                core: core..core_end,
            }));
            if end {
                return Ok(kind);
            }
            let keep = core_end - Blob::CONTEXT;
            start = start.after(&self.buffer[..keep]);
            self.buffer.copy_within(keep..filled, 0);
            filled -= keep;
            core = Blob::CONTEXT;
        }
    }
}

/// Reads until the buffer is full, holds `all` bytes, or the stream ends. Returns true if the
/// stream has ended or `all` bytes were read.
fn fill(
    stream: &mut impl Read,
    buffer: &mut [u8],
    filled: &mut usize,
    all: Option<usize>,
) -> std::io::Result<bool> {
    while *filled < buffer.len() {
        match stream.read(&mut buffer[*filled..]) {
            Ok(0) => return Ok(true),
            Ok(count) => {
                *filled += count;
                if Some(*filled) == all {
                    return Ok(true);
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::Reader;
    use crate::detect::scanner::Scanner;
    use crate::fake::{Fake, expand};
    use crate::model::blob::{Blob, Origin};
    use crate::model::finding::Finding;
    use crate::rules::RULES;

    fn described(finding: &Finding) -> String {
        format!(
            "{} {} {:?} {:?}",
            finding.rule.id, finding.confidence, finding.location, finding.evidence
        )
    }

    /// Checks that splitting a stream at any point gives the same findings as scanning it whole:
    /// the same rules, confidences and locations.
    #[test]
    fn a_split_stream_gives_the_same_findings() {
        let scanner = Scanner::new(RULES);
        let kinds = [
            "{ntn}",
            "{secret}",
            "notion {secret}",
            "client_secret={secret}",
            "{v03}",
            "token_v2 {h:156}",
            "é\n",
        ];
        for seed in 1..40 {
            let mut fake = Fake::new(seed);
            let mut text = String::new();
            while text.len() < 300_000 {
                let gap = fake.next() as usize % 20_000;
                let filler = fake.of(if seed % 2 == 0 { b"abc \n" } else { b"abc " }, gap);
                text += &filler;
                text += &format!(
                    " {} ",
                    expand(
                        kinds[fake.next() as usize % kinds.len()],
                        u64::from(fake.next())
                    )
                );
            }
            let whole: Vec<_> = scanner
                .scan(&Blob::whole(&Origin::Stdin, text.as_bytes()))
                .iter()
                .map(described)
                .collect();
            let parts = Mutex::new(Vec::new());
            let buffer = 3 * Blob::CONTEXT + fake.next() as usize % 10_000;
            Reader::with_buffer(buffer, &Default::default())
                .visit(&Origin::Stdin, text.as_bytes(), None, &|blob| {
                    let found = scanner.scan(&blob.expect("no skip"));
                    parts
                        .lock()
                        .expect("no panic")
                        .extend(found.iter().map(described));
                })
                .expect("reading from memory");
            assert_eq!(whole, parts.into_inner().expect("no panic"), "seed {seed}");
        }
    }
}
