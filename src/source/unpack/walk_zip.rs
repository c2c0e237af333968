//! Goes through the members of a zip.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::ops::Range;

use rawzip::{MAX_CENTRAL_DIRECTORY_RECORD_SIZE, RangeReader, ReaderAt, ZipLocator};

use crate::model::skip::SkipReason;

use super::content::{Failure, MemberContent, guarded};
use super::extents::Extents;
use super::gaps::CoveredRanges;
use super::kind::MARKS;
use super::place::StreamPlace;
use super::walk::Walk;
use super::zip::{Archive, ZipEntry};

impl Walk<'_> {
    /// A zip inside something else, held in memory: its list of members is at its end.
    pub fn held_zip(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        self.holding(stream, place, "a zip inside an archive", |walk, bytes| {
            walk.zip(&bytes, bytes.len() as u64, place);
        });
    }

    /// Holds all of a container in memory for as long as it takes to visit it.
    pub fn holding(
        &mut self,
        stream: &mut MemberContent<'_>,
        place: &StreamPlace,
        what: &str,
        visit: impl FnOnce(&mut Self, &[u8]),
    ) {
        let room = self.limits.held.saturating_sub(self.held);
        let mut bytes = Vec::new();
        let read = stream.take(room.saturating_add(1)).read_to_end(&mut bytes);
        let length = bytes.len() as u64;
        if let Some(failure) = stream.failure() {
            return self.skip(place.path(), failure);
        }
        match read {
            Err(error) => self.skip(place.path(), &self.meter.failure(error.kind(), error)),
            Ok(_) if length > room => {
                let large = format!("{what} may have {} bytes", self.limits.held);
                self.skip(place.path(), &Failure::new(SkipReason::Limit, large));
            }
            Ok(_) => {
                self.held += length;
                visit(self, &bytes);
                self.held -= length;
            }
        }
    }

    /// Visits a zip's members. Whatever is damaged is said, and those after it are visited.
    pub fn zip(&mut self, zip: &dyn ReaderAt, length: u64, place: &StreamPlace) {
        // Large enough for any record, so that no name is too long.
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let located = guarded(|| {
            let located = ZipLocator::new().locate_in_reader(zip, &mut buffer, length);
            located.map_err(|(_, error)| io::Error::other(error))
        });
        let (mut covered, mut extents) = (CoveredRanges::default(), Extents::default());
        let all = located.and_then(|archive| {
            let begin =
                self.zip_entries(&archive, &mut buffer, place, (&mut covered, &mut extents))?;
            // What the directory does not list was not read: of a truncated zip, the end may be that of a zip inside.
            let listed = begin == mark(zip)
                && ends(zip, archive.end_offset()..length)?
                && !extents.hide_another(zip, archive.directory_offset())?;
            if listed || self.meter.is_spent() {
                Ok(())
            } else {
                Err(io::Error::other("parts of it are not listed"))
            }
        });
        if let Err(error) = all {
            self.skip(place.path(), &self.meter.failure(ErrorKind::Other, error));
        }
        self.frame(&mut covered.gaps(zip, length), place);
    }

    /// Visits the members that the directory lists; where the first of them begins.
    fn zip_entries(
        &mut self,
        archive: &Archive<'_>,
        buffer: &mut [u8],
        place: &StreamPlace,
        (covered, extents): (&mut CoveredRanges, &mut Extents),
    ) -> io::Result<u64> {
        let mut begin = archive.directory_offset();
        let mut entries = archive.entries(buffer);
        while !self.meter.is_spent() {
            let next = guarded(|| match entries.next_entry() {
                Ok(record) => Ok(record.as_ref().map(ZipEntry::new)),
                Err(error) => Err(io::Error::other(error)),
            });
            let Some(entry) = next? else { break };
            begin = begin.min(entry.offset);
            extents.add(&entry, archive.get_ref());
            if !self.exceeds_members(place)
                && self.zip_entry(archive, &entry, place)
                && !place.is_outermost()
            {
                covered.add(&entry, archive.get_ref());
            }
        }
        Ok(begin)
    }

    /// Visits a member; whether it was handed over.
    fn zip_entry(&mut self, archive: &Archive<'_>, entry: &ZipEntry, place: &StreamPlace) -> bool {
        if entry.is_directory {
            return false;
        }
        let place = place.member(&entry.name);
        let meter = self.meter;
        match entry.content(archive, meter) {
            Ok(content) => self.content(&mut MemberContent::inflated(content, meter), &place),
            Err(failure) => {
                self.skip(place.path(), &failure);
                return false;
            }
        }
        true
    }
}

/// How long the mark is that a zip begins with which was made in parts, of which there is one.
fn mark(zip: &dyn ReaderAt) -> u64 {
    let mut start = [0; 4];
    let read = RangeReader::new(zip, 0..4).read_exact(&mut start);
    if read.is_ok() && MARKS.contains(&&start[..]) {
        4
    } else {
        0
    }
}

/// Whether nothing but padding follows the end.
fn ends(zip: &dyn ReaderAt, rest: Range<u64>) -> io::Result<bool> {
    let mut rest = BufReader::new(RangeReader::new(zip, rest));
    loop {
        let piece = rest.fill_buf()?;
        if !piece
            .iter()
            .all(|byte| *byte == 0 || byte.is_ascii_whitespace())
        {
            return Ok(false);
        }
        let count = piece.len();
        if count == 0 {
            return Ok(true);
        }
        rest.consume(count);
    }
}
