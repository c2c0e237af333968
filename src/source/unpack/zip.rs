//! Reads the members of a zip, as its central directory lists them.

use std::io::{self, BufReader, ErrorKind, Read};

use lzma_rust2::LzmaReader;
use rawzip::{
    CompressionMethod, Crc32, ReaderAt, ZipArchiveEntryWayfinder, ZipFileHeaderRecord,
    ZipVerification,
};
use sirocco::Format;

use crate::model::skip::SkipReason;

use super::content::{Failure, Meter, guarded};
use super::inflate::InflateReader;
use super::kind::StreamKind;
use super::streams::{DICTIONARY_KIB, Streams};

/// A member, as the central directory describes it.
pub struct ZipEntry {
    pub name: Vec<u8>,
    pub is_directory: bool,
    /// The offset in the file of the member's local header.
    pub offset: u64,
    /// The offset in the file of the member's record in the central directory.
    pub listed: u64,
    /// The size in bytes of the stored content, compressed or not.
    pub compressed: u64,
    /// The size in bytes of the content if it is stored uncompressed, otherwise `None`.
    pub stored: Option<u64>,
    encrypted: bool,
    method: CompressionMethod,
    place: ZipArchiveEntryWayfinder,
}

impl ZipEntry {
    pub fn new(record: &ZipFileHeaderRecord<'_>) -> Self {
        let flags = record.flags();
        let method = record.compression_method();
        ZipEntry {
            name: record.file_path().as_bytes().to_vec(),
            // A directory entry with content is read as a file: it could be an attempt to hide
            // content.
            is_directory: record.is_dir()
                && record.compressed_size_hint() == 0
                && record.uncompressed_size_hint() == 0,
            offset: record.local_header_offset(),
            listed: record.central_directory_offset(),
            compressed: record.compressed_size_hint(),
            stored: (method == CompressionMethod::STORE).then(|| record.compressed_size_hint()),
            encrypted: flags.is_encrypted()
                || flags.is_masked()
                || method == CompressionMethod::AES,
            method,
            place: record.wayfinder(),
        }
    }

    /// Returns a reader of the member's content.
    ///
    /// # Errors
    ///
    /// When the content cannot be opened. Errors found later come from the reader.
    pub fn content<'a>(
        &self,
        archive: &'a Archive<'a>,
        meter: &Meter,
    ) -> Result<impl Read + 'a, Failure> {
        if self.encrypted {
            return Err(Failure::new(SkipReason::Encrypted, "encrypted in the zip"));
        }
        let compressed = archive
            .get_entry(self.place)
            .map_err(|error| meter.failure(ErrorKind::Other, error))?
            .reader();
        let claimed = compressed.claim_verifier();
        let inner = guarded(|| decoder(self.method, compressed, claimed.uncompressed_size))
            .map_err(|error| meter.failure(error.kind(), error))?;
        Ok(CheckedReader {
            inner,
            crc: Crc32::new(),
            size: 0,
            claimed,
        })
    }
}

/// A zip that can be read at any offset.
pub type Archive<'a> = rawzip::ZipArchive<&'a dyn ReaderAt>;

fn decoder<'a>(
    method: CompressionMethod,
    compressed: impl Read + 'a,
    size: u64,
) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match method {
        CompressionMethod::STORE => Box::new(compressed),
        CompressionMethod::DEFLATE => Box::new(InflateReader::new(
            Format::Deflate,
            BufReader::with_capacity(64 * 1024, compressed),
        )),
        CompressionMethod::BZIP2 => Box::new(Streams::new(StreamKind::Bzip2, compressed)),
        CompressionMethod::XZ => Box::new(Streams::new(StreamKind::Xz, compressed)),
        CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => {
            Box::new(Streams::new(StreamKind::Zstd, compressed))
        }
        CompressionMethod::LZMA => Box::new(lzma(BufReader::new(compressed), size)?),
        other => {
            return Err(io::Error::new(
                ErrorKind::Unsupported,
                format!("compression method {}", other.as_u16()),
            ));
        }
    })
}

/// Returns a reader of LZMA data in a zip. The data begins with two bytes of version, two bytes
/// with the length of the properties, which must be 5, and the properties.
fn lzma<R: Read>(mut compressed: R, size: u64) -> io::Result<LzmaReader<R>> {
    let mut header = [0; 9];
    compressed.read_exact(&mut header)?;
    let [_, _, 5, 0, properties, dictionary @ ..] = header else {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            "unknown LZMA properties",
        ));
    };
    let dictionary = u32::from_le_bytes(dictionary);
    if dictionary / 1024 > DICTIONARY_KIB {
        return Err(io::Error::new(
            ErrorKind::OutOfMemory,
            "its dictionary is too large",
        ));
    }
    LzmaReader::new_with_props(compressed, size, properties, dictionary, None)
}

/// A reader that compares the size and checksum of the content with the size and checksum in the
/// zip. The comparison happens only after all content was read, so that even the content of a
/// damaged member is handed over completely.
struct CheckedReader<R> {
    inner: R,
    crc: Crc32,
    size: u64,
    claimed: ZipVerification,
}

impl<R: Read> Read for CheckedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(&buffer[..count]);
        self.size += count as u64;
        if count == 0 && !buffer.is_empty() {
            let found = ZipVerification {
                crc: self.crc.checksum(),
                uncompressed_size: self.size,
            };
            self.claimed
                .valid(found)
                .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        }
        Ok(count)
    }
}
