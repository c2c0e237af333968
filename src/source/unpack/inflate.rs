//! Inflates deflated data. If the data is damaged, all output before the damaged byte is still
//! returned.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use sirocco::Format;
use sirocco::inflate::Decoder;

/// The size in bytes of the buffer for inflated data. It includes the last 32 KiB of output, which
/// deflate may refer back to.
const BUFFER: usize = 128 * 1024;

/// A reader that inflates the stream at the beginning of a source. It consumes no bytes after the
/// end of the stream.
pub struct InflateReader<R> {
    source: R,
    decoder: Decoder,
    buffer: Vec<u8>,
    /// The range of the buffer that was inflated but not read yet.
    unread: Range<usize>,
    is_full: bool,
    is_done: bool,
    /// True if an error was found, so that the rest of the source is decoded byte by byte.
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

    /// Returns the source, positioned after the stream. Must be called only after the stream was
    /// read to its end.
    pub fn into_source(self) -> R {
        self.source
    }

    /// Inflates more data into the buffer.
    ///
    /// If the decoder finds an error in a piece of the source, it does not report its output for
    /// that piece. Then its earlier state is restored, and it decodes the piece again byte by byte,
    /// until the byte that fails.
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

    /// Reads a gzip with zlib-rs, for comparison. Its reader drops the output of a read that fails,
    /// so each read is for one byte.
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
    fn bytes_before_the_damage_are_read() {
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
