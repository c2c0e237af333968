//! A reader of deflated data, up to the very byte at which it is damaged.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use sirocco::Format;
use sirocco::inflate::Decoder;

/// The size in bytes of the buffer for inflated data, with the 32 KiB before it that deflate may
/// repeat.
const BUFFER: usize = 128 * 1024;

/// A reader of the deflated stream at the beginning of a source, and of no byte after it.
pub struct InflateReader<R> {
    source: R,
    decoder: Decoder,
    buffer: Vec<u8>,
    /// The range of the buffer that was inflated and not yet read.
    unread: Range<usize>,
    is_full: bool,
    is_done: bool,
    /// True if the source is read byte by byte, since it is damaged.
    is_careful: bool,
}

impl<R: BufRead> InflateReader<R> {
    /// Creates a reader of the stream in `source`.
    pub fn new(format: Format, source: R) -> Self {
        InflateReader {
            source,
            decoder: Decoder::new(format),
            buffer: vec![0; BUFFER],
            unread: 0..0,
            is_full: false,
            is_done: false,
            is_careful: false,
        }
    }

    /// Returns the source after the stream. Only for a stream that was read to its end.
    pub fn into_source(self) -> R {
        self.source
    }

    /// Inflates some more.
    ///
    /// The decoder does not report its output for a piece of the source in which it found an error.
    /// Its earlier state is then restored, and goes through the piece again byte by byte; the
    /// output of each byte counts until one fails.
    fn inflate(&mut self) -> io::Result<()> {
        if self.is_full {
            let dropped = self.decoder.make_room(&mut self.buffer);
            self.unread = self.unread.end - dropped..self.unread.end - dropped;
        }
        let piece = self.source.fill_buf()?;
        let is_end = piece.is_empty();
        let piece = if self.is_careful {
            &piece[..piece.len().min(1)]
        } else {
            piece
        };
        let before = (!self.is_careful).then(|| self.decoder.clone());
        match (
            self.decoder.decompress(piece, &mut self.buffer, is_end),
            before,
        ) {
            (Ok(progress), _) => {
                self.unread.end += progress.output.len();
                (self.is_full, self.is_done) = (progress.full, progress.done);
                self.source.consume(progress.consumed);
            }
            (Err(_), Some(before)) => {
                (self.decoder, self.is_careful, self.is_full) = (before, true, false);
            }
            (Err(error), None) => return Err(error.into()),
        }
        Ok(())
    }
}

impl<R: BufRead> Read for InflateReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while self.unread.is_empty() && !self.is_done {
            self.inflate()?;
        }
        let count = self.unread.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.buffer[self.unread.start..][..count]);
        self.unread.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, ErrorKind, Read as _, Write as _};

    use sirocco::Format;

    use super::InflateReader;
    use crate::fake::Fake;

    /// Reads a stream as far as possible. Returns its content and the error at its end, if any.
    fn read(source: impl std::io::Read, piece: usize) -> (Vec<u8>, Option<ErrorKind>) {
        let mut content = Vec::new();
        let mut inflater =
            InflateReader::new(Format::Gzip, BufReader::with_capacity(piece, source));
        let ended = inflater.read_to_end(&mut content);
        (content, ended.err().map(|error| error.kind()))
    }

    /// Reads a gzip by zlib-rs, the oracle. Its reader keeps back the output of the call that
    /// fails, so it is asked for one byte a call.
    fn read_by_zlib(source: &[u8]) -> (Vec<u8>, Option<ErrorKind>) {
        let (mut content, mut decoder) = (Vec::new(), flate2::bufread::GzDecoder::new(source));
        loop {
            let mut byte = [0];
            match decoder.read(&mut byte) {
                Ok(0) => return (content, None),
                Ok(_) => content.extend(byte),
                Err(error) => return (content, Some(error.kind())),
            }
        }
    }

    #[test]
    fn damage_costs_nothing_that_comes_before_it() {
        for seed in 1..40 {
            let mut fake = Fake::new(seed);
            let length = 1 + fake.next() as usize % 300_000;
            let text = fake.of(b"abcdefgh \n", length).into_bytes();
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(&text).expect("into memory");
            let mut bytes = gzip.finish().expect("into memory");
            let piece = 1 + fake.next() as usize % 70_000;
            assert_eq!(read(&*bytes, piece), (text, None), "seed {seed}");
            let at = fake.next() as usize % bytes.len();
            match seed % 2 {
                0 => bytes.truncate(at),
                _ => bytes[at] ^= 1 << (seed % 8),
            }
            let ((content, error), (expected, failed)) =
                (read(&*bytes, piece), read_by_zlib(&bytes));
            assert_eq!(error.is_some(), failed.is_some(), "seed {seed}");
            let more = content.strip_prefix(&*expected).map(<[u8]>::len);
            assert!(
                matches!(more, Some(0 | 1)),
                "seed {seed}: {} bytes of {}",
                content.len(),
                expected.len()
            );
        }
    }
}
