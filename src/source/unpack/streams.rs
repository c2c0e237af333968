//! Reads compressed files. In gzip, bzip2, xz and zstd, several compressed streams may follow each
//! other and are read as one content.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Chain, Cursor, ErrorKind, Read};

use bzip2::bufread::BzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use sirocco::Format;

use super::gzip::{FIXED, head};
use super::inflate::InflateReader;
use super::kind::StreamKind;

/// The size in bytes of the buffer for compressed data.
const BUFFER: usize = 64 * 1024;

/// The maximum size of a decoder's dictionary in KiB: 128 MiB, for the strongest presets of xz and
/// zstd, and 4 MiB for the decoder itself.
pub const DICTIONARY_KIB: u32 = 132 * 1024;

/// The maximum number of bytes of text outside the content that are collected: 1 MiB.
const MOST_SAID: u64 = 1024 * 1024;

/// The collected text of streams outside their content: names, comments, and skippable frames.
pub type Said = RefCell<Vec<u8>>;

type StreamSource<'a> = BufReader<Box<dyn Read + 'a>>;
/// A source that first repeats bytes which were already read.
type Resumed<'a, H> = Chain<Cursor<H>, StreamSource<'a>>;
type Frame<'a> = StreamingDecoder<Resumed<'a, [u8; 4]>, FrameDecoder>;

enum Decoder<'a> {
    Inflate(Box<InflateReader<Resumed<'a, Vec<u8>>>>),
    Bzip2(BzDecoder<StreamSource<'a>>),
    Xz(Box<XzReader<StreamSource<'a>>>),
    Zstd(Box<Frame<'a>>),
}

/// A reader of the content of all streams of a compressed file. Only zeros, as padding, may follow
/// the last stream.
pub struct Streams<'a> {
    kind: StreamKind,
    first: bool,
    source: Option<StreamSource<'a>>,
    decoder: Option<Decoder<'a>>,
    said: Option<&'a Said>,
}

impl<'a> Streams<'a> {
    /// Creates a reader of the streams in `source`.
    pub fn new(kind: StreamKind, source: impl Read + 'a) -> Self {
        let source = BufReader::with_capacity(BUFFER, Box::new(source) as Box<dyn Read + 'a>);
        Streams {
            kind,
            first: true,
            source: Some(source),
            decoder: None,
            said: None,
        }
    }

    /// Makes the reader add the text outside the content to `said`.
    pub fn noting(self, said: &'a Said) -> Self {
        Streams {
            said: Some(said),
            ..self
        }
    }

    /// Begins the next stream. Returns false at the end of the source.
    fn begin(&mut self) -> io::Result<bool> {
        let Some(mut source) = self.source.take() else {
            return Ok(false);
        };
        let first = std::mem::take(&mut self.first);
        let Some(byte) = skip_padding(&mut source, first)? else {
            return Ok(false);
        };
        let expected = match self.kind {
            StreamKind::Gzip => byte == 0x1f,
            StreamKind::Bzip2 => byte == b'B',
            StreamKind::Xz => byte == 0xfd,
            StreamKind::Zlib => byte & 0x0f == 8,
            StreamKind::Zstd => byte == 0x28 || (0x50..=0x5f).contains(&byte),
        };
        if !expected {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "other data follows the end of the compressed data",
            ));
        }
        match self.kind {
            StreamKind::Gzip => {
                let head = if self.said.is_some() {
                    head(&mut source, MOST_SAID)?
                } else {
                    Vec::new()
                };
                self.note(head.get(FIXED..).unwrap_or_default())?;
                let inflater = InflateReader::new(Format::Gzip, Cursor::new(head).chain(source));
                self.decoder = Some(Decoder::Inflate(Box::new(inflater)));
            }
            StreamKind::Zlib => {
                let inflater =
                    InflateReader::new(Format::Zlib, Cursor::new(Vec::new()).chain(source));
                self.decoder = Some(Decoder::Inflate(Box::new(inflater)));
            }
            StreamKind::Bzip2 => self.decoder = Some(Decoder::Bzip2(BzDecoder::new(source))),
            StreamKind::Xz => {
                let decoder = XzReader::new_mem_limit(source, false, DICTIONARY_KIB);
                self.decoder = Some(Decoder::Xz(Box::new(decoder)));
            }
            StreamKind::Zstd => self.begin_frame(source)?,
        }
        Ok(true)
    }

    /// Begins a zstd frame, or reads past a skippable frame.
    fn begin_frame(&mut self, mut source: StreamSource<'a>) -> io::Result<()> {
        let mut magic = [0; 4];
        source.read_exact(&mut magic)?;
        if magic[1..] == [0x2a, 0x4d, 0x18] {
            let mut length = [0; 4];
            source.read_exact(&mut length)?;
            let length = u64::from(u32::from_le_bytes(length));
            let mut text = Vec::new();
            let kept = if self.said.is_some() {
                length.min(MOST_SAID)
            } else {
                0
            };
            source.by_ref().take(kept).read_to_end(&mut text)?;
            self.note(&text)?;
            if io::copy(&mut source.by_ref().take(length - kept), &mut io::sink())? < length - kept
            {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.source = Some(source);
        } else {
            let frame = StreamingDecoder::new(Cursor::new(magic).chain(source)).map_err(refused)?;
            self.decoder = Some(Decoder::Zstd(Box::new(frame)));
        }
        Ok(())
    }

    /// Adds text to `said`, if text is collected.
    fn note(&self, text: &[u8]) -> io::Result<()> {
        let Some(said) = self.said.filter(|_| !text.is_empty()) else {
            return Ok(());
        };
        let mut said = said.borrow_mut();
        // A separator, so that no match spans two texts.
        said.push(0);
        said.extend_from_slice(text);
        if said.len() as u64 >= MOST_SAID {
            Err(says_too_much())
        } else {
            Ok(())
        }
    }
}

/// Creates the error for too much text outside the content.
pub fn says_too_much() -> io::Error {
    io::Error::new(
        ErrorKind::OutOfMemory,
        "its names, comments or skippable frames are too long",
    )
}

/// Skips zeros, which may follow a stream as padding; before the first stream, skips nothing.
/// Returns the next byte without consuming it; `None` at the end of the source.
fn skip_padding(source: &mut impl BufRead, first: bool) -> io::Result<Option<u8>> {
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() && first {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let zeros = if first {
            0
        } else {
            buffer.iter().take_while(|byte| **byte == 0).count()
        };
        match buffer.get(zeros) {
            Some(byte) => {
                let byte = *byte;
                source.consume(zeros);
                return Ok(Some(byte));
            }
            None if zeros == 0 => return Ok(None),
            None => source.consume(zeros),
        }
    }
}

/// Converts a zstd error to an I/O error. Its kind tells missing memory and a missing dictionary
/// from damage, because the user can do something about these two.
fn refused(error: FrameDecoderError) -> io::Error {
    let (kind, text) = match error {
        FrameDecoderError::WindowSizeTooBig { .. } => (
            ErrorKind::OutOfMemory,
            "unpacking it needs too much memory: its window is larger than the decoder allows"
                .to_owned(),
        ),
        FrameDecoderError::DictNotProvided { .. } => (
            ErrorKind::Unsupported,
            "it was compressed with a dictionary, which is in another file".to_owned(),
        ),
        other => (ErrorKind::InvalidData, other.to_string()),
    };
    io::Error::new(kind, text)
}

impl<'a> Decoder<'a> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Inflate(decoder) => decoder.read(buffer),
            Decoder::Bzip2(decoder) => decoder.read(buffer),
            Decoder::Xz(decoder) => decoder.read(buffer),
            Decoder::Zstd(decoder) => decoder.read(buffer),
        }
    }

    /// Ends the stream. Returns the source, positioned after the stream.
    fn end(self) -> io::Result<StreamSource<'a>> {
        match self {
            Decoder::Inflate(decoder) => Ok(decoder.into_source().into_inner().1),
            Decoder::Bzip2(decoder) => Ok(decoder.into_inner()),
            Decoder::Xz(decoder) => Ok(decoder.into_inner()),
            Decoder::Zstd(frame) => {
                // The other decoders check the checksum themselves.
                let claimed = frame.decoder.get_checksum_from_data();
                if claimed.is_some() && claimed != frame.decoder.get_calculated_checksum() {
                    return Err(io::Error::new(ErrorKind::InvalidData, "wrong checksum"));
                }
                Ok(frame.into_inner().into_inner().1)
            }
        }
    }
}

impl Read for Streams<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(decoder) = &mut self.decoder {
                let count = decoder.read(buffer)?;
                if count > 0 {
                    return Ok(count);
                }
            }
            if let Some(decoder) = self.decoder.take() {
                self.source = Some(decoder.end()?);
            }
            if !self.begin()? {
                return Ok(0);
            }
        }
    }
}
