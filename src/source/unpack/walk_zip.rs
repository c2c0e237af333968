//! Walks through the members of a zip.

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
    /// Visits a zip inside another container. The zip is held in memory, because its directory is
    /// at its end.
    pub fn held_zip(&mut self, stream: &mut MemberContent<'_>, place: &StreamPlace) {
        self.holding(stream, place, "a zip inside an archive", |walk, bytes| {
            walk.zip(&bytes, bytes.len() as u64, place);
        });
    }

    /// Reads a whole container into memory and calls `visit` with its bytes. If the container is
    /// too large, `what` describes it in the skip.
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
                let large = format!(
                    "{what} is too large: the limit is {} bytes",
                    self.limits.held
                );
                self.skip(place.path(), &Failure::new(SkipReason::Limit, large));
            }
            Ok(_) => {
                self.held += length;
                visit(self, &bytes);
                self.held -= length;
            }
        }
    }

    /// Visits the members of a zip. Damage is reported, and the visit continues with the members
    /// after it.
    pub fn zip(&mut self, zip: &dyn ReaderAt, length: u64, place: &StreamPlace) {
        // The buffer is large enough for the longest record that the format allows.
        let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
        let located = guarded(|| {
            let located = ZipLocator::new().locate_in_reader(zip, &mut buffer, length);
            located.map_err(|(_, error)| match error.kind() {
                rawzip::ErrorKind::MissingEndOfCentralDirectory => io::Error::other(
                    "the list of members at its end is missing: the file is cut off or damaged",
                ),
                _ => io::Error::other(error),
            })
        });
        let (mut covered, mut extents) = (CoveredRanges::default(), Extents::default());
        let all = located.and_then(|archive| {
            let begin =
                self.zip_entries(&archive, &mut buffer, place, (&mut covered, &mut extents))?;
            // Parts of the zip that its directory does not list were not read. It may even be the
            // wrong directory: that found in a truncated zip may belong to a zip inside it.
            let listed = begin == mark(zip)
                && ends(zip, archive.end_offset()..length)?
                && !extents.hide_another(zip, archive.directory_offset())?;
            if listed || self.meter.is_spent() {
                Ok(())
            } else {
                Err(io::Error::other(
                    "parts of the zip are not listed in its directory",
                ))
            }
        });
        if let Err(error) = all {
            self.skip(place.path(), &self.meter.failure(ErrorKind::Other, error));
        }
        self.frame(&mut covered.gaps(zip, length), place);
    }

    /// Visits the members in the directory. Returns the lowest offset of a member, or the
    /// directory's offset if there are no members.
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

    /// Visits a member. Returns true if its content could be opened.
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

/// Returns the length in bytes of the split-zip signature at the start of `zip`: 4, or 0 if `zip`
/// has no signature.
fn mark(zip: &dyn ReaderAt) -> u64 {
    let mut start = [0; 4];
    let read = RangeReader::new(zip, 0..4).read_exact(&mut start);
    if read.is_ok() && MARKS.contains(&&start[..]) {
        4
    } else {
        0
    }
}

/// Returns true if `rest`, the range after the end of the zip, has only padding: zeros or
/// whitespace.
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
