//! Reads the parts of a zip outside its members' names and contents: comments, attributes, and any
//! bytes between members.

use std::io::{self, Read};
use std::ops::Range;
use std::vec::IntoIter;

use rawzip::{RangeReader, ReaderAt};

use super::zip::ZipEntry;

/// The number of bytes before the name, in a member's local header (`LOCAL`) and in its record in
/// the central directory (`LISTED`).
const LOCAL: u64 = 30;
const LISTED: u64 = 46;

/// The byte ranges of a zip whose names and contents were handed over.
#[derive(Default)]
pub struct CoveredRanges(Vec<Range<u64>>);

impl CoveredRanges {
    /// Adds the ranges of a member that was handed over: its headers with its name and, if the
    /// content is not compressed, the content. Compressed data is not added, because a decoder may
    /// not have read all of it.
    pub fn add(&mut self, entry: &ZipEntry, zip: &dyn ReaderAt) {
        let length = entry.name.len() as u64;
        self.0.push(entry.listed..entry.listed + LISTED + length);
        let mut head = vec![0; LOCAL as usize + entry.name.len()];
        let read = RangeReader::new(zip, entry.offset..entry.offset + LOCAL + length)
            .read_exact(&mut head);
        // The local header may have a different name, which was not handed over.
        let is_same = head.starts_with(b"PK\x03\x04")
            && u64::from(u16::from_le_bytes([head[26], head[27]])) == length
            && head[LOCAL as usize..] == *entry.name;
        if read.is_ok() && is_same {
            let name_end = entry.offset + LOCAL + length;
            self.0.push(entry.offset..name_end);
            let begin = name_end + u64::from(u16::from_le_bytes([head[28], head[29]]));
            self.0
                .extend(entry.stored.map(|size| begin..begin.saturating_add(size)));
        }
    }

    /// Returns a reader of all bytes of `zip` outside these ranges. The zip has `length` bytes.
    pub fn gaps(mut self, zip: &dyn ReaderAt, length: u64) -> GapReader<'_> {
        self.0.sort_unstable_by_key(|range| range.start);
        let (mut gaps, mut end) = (Vec::new(), 0);
        for range in self.0.into_iter().chain(std::iter::once(length..length)) {
            if end < range.start {
                gaps.push(end..range.start);
            }
            end = range.end.max(end);
        }
        GapReader {
            zip,
            gaps: gaps.into_iter(),
            gap: None,
        }
    }
}

/// A reader of the gaps between the ranges, one after another. A zero byte follows each gap, so
/// that no text spans two gaps.
pub struct GapReader<'z> {
    zip: &'z dyn ReaderAt,
    gaps: IntoIter<Range<u64>>,
    gap: Option<RangeReader<&'z dyn ReaderAt>>,
}

impl Read for GapReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(first) = buffer.first_mut() else {
            return Ok(0);
        };
        if self.gap.is_none() {
            self.gap = self.gaps.next().map(|gap| RangeReader::new(self.zip, gap));
        }
        let Some(gap) = &mut self.gap else {
            return Ok(0);
        };
        *first = 0;
        let count = gap.read(buffer)?;
        if count == 0 {
            self.gap = None;
        }
        Ok(count.max(1))
    }
}
