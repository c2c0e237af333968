//! A reader of streams of any length in bounded memory.

use std::io::{ErrorKind, Read, Seek};

use crate::model::blob::{Blob, Origin, Position};
use crate::model::progress::Progress;
use crate::model::secret::Fingerprint;
use crate::source::unpack::{self, ArchiveEvent, ArchiveKind};

use super::Visit;
use super::stoppable::Stoppable;

/// The number of bytes read at once: few enough to stay in a core's cache, and enough that the
/// overlap costs little.
const BUFFER: usize = 1024 * 1024;

/// A buffer that is reused for one stream after another.
pub struct Reader {
    buffer: Vec<u8>,
    limits: unpack::ArchiveLimits,
    progress: Option<Progress>,
}

impl Reader {
    /// A reader with an empty buffer that follows archives within `limits`.
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

    /// Makes the reader fail between two reads, or two parts of a stream, once `progress` is
    /// stopped.
    pub fn until_stopped(self, progress: &Progress) -> Self {
        Reader {
            progress: Some(progress.clone()),
            ..self
        }
    }

    /// Visits a file or other container that can be read twice: its bytes as they are and, if it is
    /// an archive, its members.
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

    /// Visits the members of an archive. If some content cannot be read, the archive is read once
    /// more for its digest.
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
                // An error of the content is followed by a skip.
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

    /// Visits everything in `stream`: as one blob when it fits the buffer, else as blobs that
    /// overlap by [`Blob::CONTEXT`] on each side of their cores, so that every finding begins in
    /// exactly one core.
    ///
    /// `length` is the size that a file reports; once that many bytes were read, the end of the
    /// stream is not looked for. Returns the kind of archive that the stream is; `None` if it is
    /// none.
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

/// Reads until the buffer is full, holds `all` bytes, or the stream ends. Returns true in the last
/// two cases.
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

    /// Cutting a stream anywhere changes no finding: the same rules, confidences and places as in
    /// one piece.
    #[test]
    fn parts_are_scanned_as_the_whole_is() {
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
