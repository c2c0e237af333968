//! Extents of a zip's members, and members between them that its directory does not list.

use std::io::{self, Read};
use std::ops::Range;

use rawzip::{RangeReader, ReaderAt};

use super::zip::ZipEntry;

/// The length in bytes of a member's own header, without its name and extra field.
const HEADER: u64 = 30;

/// The number of bytes of a gap that are read at once.
const PIECE: usize = 64 * 1024;

/// The extents of the members in the directory.
#[derive(Default)]
pub struct Extents(Vec<Range<u64>>);

impl Extents {
    /// Adds the extent of a member, unless its header cannot be read.
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

    /// Returns true if the header of another member lies between the extents, or before the
    /// directory, which begins at `end`.
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

/// Returns true if a part of a zip has a member's header. A header without name and content is
/// padding, as some programs for Android write it.
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
        // Pieces overlap, so that a header across two of them is found.
        part.start += if length < PIECE {
            length as u64
        } else {
            length as u64 - HEADER + 1
        };
    }
    Ok(false)
}
