//! Detects members of a zip that its central directory does not list. Their headers lie between the
//! byte ranges, or extents, of the listed members.

use std::io::{self, Read};
use std::ops::Range;

use rawzip::{RangeReader, ReaderAt};

use super::zip::ZipEntry;

/// The length in bytes of a member's local header, without its name and extra field.
const HEADER: u64 = 30;

/// The number of bytes between extents that are read at once.
const PIECE: usize = 64 * 1024;

/// The byte ranges of the members that the directory lists, each from its local header to the end
/// of its content.
#[derive(Default)]
pub struct Extents(Vec<Range<u64>>);

impl Extents {
    /// Adds the byte range of a member, unless its local header cannot be read.
    pub fn add(&mut self, entry: &ZipEntry, zip: &dyn ReaderAt) {
        let mut header = [0; HEADER as usize];
        let read = RangeReader::new(zip, entry.offset..entry.offset.saturating_add(HEADER))
            .read_exact(&mut header);
        if read.is_ok() {
            let length = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
            let begin = entry.offset + HEADER + length(26) + length(28);
            self.0
                .push(entry.offset..begin.saturating_add(entry.compressed));
        }
    }

    /// Returns true if there is a local header of an unlisted member between the extents, or
    /// between the last extent and the directory, which begins at `end`.
    pub fn hide_another(mut self, zip: &dyn ReaderAt, end: u64) -> io::Result<bool> {
        self.0.sort_unstable_by_key(|extent| extent.start);
        let mut at = 0;
        for extent in self.0.into_iter().chain(std::iter::once(end..end)) {
            if extent.start >= at + HEADER && holds_member(zip, at..extent.start)? {
                return Ok(true);
            }
            at = at.max(extent.end);
        }
        Ok(false)
    }
}

/// Returns true if the range `part` of a zip has the local header of a member. A header without
/// name and content is padding, which some Android tools write, and is ignored.
fn holds_member(zip: &dyn ReaderAt, mut part: Range<u64>) -> io::Result<bool> {
    let mut piece = vec![0; PIECE];
    while part.end - part.start >= HEADER {
        let length = (PIECE as u64).min(part.end - part.start) as usize;
        RangeReader::new(zip, part.start..part.start + length as u64)
            .read_exact(&mut piece[..length])?;
        let headers = memchr::memmem::find_iter(&piece[..length], b"PK\x03\x04");
        let mut headers = headers.filter_map(|at| piece[..length].get(at..at + HEADER as usize));
        if headers.any(|header| {
            header[18..22] != [0; 4] || header[26..28] != [0; 2] || header[6] & 8 != 0
        }) {
            return Ok(true);
        }
        // Pieces overlap, so that a header that spans two pieces is found.
        part.start += if length < PIECE {
            length as u64
        } else {
            length as u64 - HEADER + 1
        };
    }
    Ok(false)
}
