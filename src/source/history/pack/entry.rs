//! Reads the entries of a pack. An entry stores one object, whole or as a delta.

use std::io::{Error, ErrorKind};
use std::ops::Range;

use gix::ObjectId;
use gix::object::Kind;
use gix::odb::pack::data::{self, entry};
use rayon::prelude::*;

use super::{HEAD, Pack, Window};

/// The entries of a pack, sorted by offset. Entries are numbered from 0 in this order.
pub struct Entries {
    all: Vec<ForestEntry>,
    has_checksums: bool,
    /// The offset in the pack at which the last entry ends.
    end: u64,
}

/// An entry. Its fields are used together, and the next entry to be used is usually far away in
/// memory. So they are one struct instead of separate vectors.
struct ForestEntry {
    /// The offset in the pack at which the entry begins.
    offset: u64,
    /// The number of the entry's object in the pack's table.
    object: u32,
    /// The CRC-32 of the entry; 0 if the index has no checksums.
    checksum: u32,
    node: DeltaNode,
}

/// The place of an entry in a tree of deltas.
pub struct DeltaNode {
    /// The number of the entry's base. For a root, a mark for the root's kind. [`NONE`] if the base
    /// is missing.
    pub base: u32,
    /// The number of the first delta against this entry; [`NONE`] if no entry is a delta against
    /// this entry.
    pub first_child: u32,
    /// The number of the next entry with the same base; [`NONE`] if this entry is the last.
    pub next_sibling: u32,
    /// The number of entries in the subtree of this entry, including itself; 0 if no root leads to
    /// it.
    pub weight: u32,
}

/// The header of an entry, which precedes its data.
pub struct EntryHeader {
    /// The size in bytes of the inflated data, which is the object or the delta.
    pub size: u64,
    /// A whole object, or a delta against another object.
    pub content: EntryContent,
    /// The length of the header in bytes.
    pub length: usize,
}

/// The kind of an entry's data. A delta needs its base before it can be read.
pub enum EntryContent {
    /// A whole object of this kind.
    Whole(Kind),
    /// A delta against the entry at this offset in the pack.
    DeltaAt(u64),
    /// A delta against the object with this id.
    DeltaOf(ObjectId),
}

/// The number that means "no entry".
pub const NONE: u32 = u32::MAX;

/// The maximum length of an entry's header in bytes: up to ten bytes for the size, and up to 32 for
/// the id of the base, rounded up.
const LONGEST: u64 = 64;

impl Entries {
    /// Returns the entries of `pack`.
    pub fn of(pack: &Pack) -> Self {
        let table = &pack.table;
        let entry = |object| {
            let checksum = table.checksum(object).unwrap_or_default();
            let node = DeltaNode {
                base: NONE,
                first_child: NONE,
                next_sibling: NONE,
                weight: 0,
            };
            ForestEntry {
                offset: table.offset(object),
                object,
                checksum,
                node,
            }
        };
        let mut all: Vec<ForestEntry> =
            (0..table.len() as u32).into_par_iter().map(entry).collect();
        all.par_sort_unstable_by_key(|entry| entry.offset);
        let has_checksums = !all.is_empty() && table.checksum(0).is_some();
        Entries {
            all,
            has_checksums,
            end: pack.end,
        }
    }

    /// Returns the CRC-32 of an entry; `None` if the index has no checksums.
    pub fn checksum(&self, entry: u32) -> Option<u32> {
        self.has_checksums
            .then(|| self.all[entry as usize].checksum)
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns the number of the entry's object in the pack's table.
    pub fn object(&self, entry: u32) -> u32 {
        self.all[entry as usize].object
    }

    /// Returns the place of an entry in a tree of deltas.
    pub fn node(&self, entry: u32) -> &DeltaNode {
        &self.all[entry as usize].node
    }

    /// Returns the place of an entry in a tree of deltas, for modification.
    pub fn node_mut(&mut self, entry: u32) -> &mut DeltaNode {
        &mut self.all[entry as usize].node
    }

    /// Returns the number of the entry that begins at `offset`; `None` if no entry begins there.
    pub fn at(&self, offset: u64) -> Option<u32> {
        self.all
            .binary_search_by_key(&offset, |entry| entry.offset)
            .ok()
            .map(|entry| entry as u32)
    }

    /// Returns the number of the entry that begins at `offset` and precedes `entry`; `None` if
    /// there is no such entry. A base is usually close, so the search goes back from `entry` in
    /// strides of doubling length.
    pub fn before(&self, entry: u32, offset: u64) -> Option<u32> {
        let (mut end, mut stride) = (entry as usize, 1);
        while end > 0 && self.all[end.saturating_sub(stride)].offset > offset {
            end = end.saturating_sub(stride);
            stride *= 2;
        }
        let start = end.saturating_sub(stride);
        let found = self.all[start..end].binary_search_by_key(&offset, |entry| entry.offset);
        found.ok().map(|at| (start + at) as u32)
    }

    /// Returns the range of an entry's bytes in the pack: up to the next entry, or to the end of
    /// the entries.
    fn range(&self, entry: u32) -> std::io::Result<Range<u64>> {
        let entry = entry as usize;
        let end = self
            .all
            .get(entry + 1)
            .map_or(self.end, |next| self.end.min(next.offset));
        let range = self.all[entry].offset..end;
        let is_inside = range.start >= HEAD && !range.is_empty();
        is_inside
            .then_some(range)
            .ok_or_else(|| invalid("its offset in the index is wrong"))
    }

    /// Returns the header of an entry, which precedes its data.
    ///
    /// # Errors
    ///
    /// When the header cannot be read, or is malformed.
    pub fn header(
        &self,
        entry: u32,
        window: &mut Window<'_>,
        hash: gix::hash::Kind,
    ) -> std::io::Result<EntryHeader> {
        let range = self.range(entry)?;
        let head = window.bytes(range.start..range.end.min(range.start + LONGEST))?;
        EntryHeader::parse(head, range.start, hash)
    }

    /// Reads an entry. Returns its header, and all its bytes including the header.
    ///
    /// # Errors
    ///
    /// As [`Entries::header`].
    pub fn read<'w>(
        &self,
        entry: u32,
        window: &'w mut Window<'_>,
        hash: gix::hash::Kind,
    ) -> std::io::Result<(EntryHeader, &'w [u8])> {
        let range = self.range(entry)?;
        let bytes = window.bytes(range.clone())?;
        Ok((EntryHeader::parse(bytes, range.start, hash)?, bytes))
    }
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

impl EntryHeader {
    /// Parses the header at the front of `bytes`, an entry at `offset` in the pack.
    fn parse(bytes: &[u8], offset: u64, hash: gix::hash::Kind) -> std::io::Result<Self> {
        let parsed = data::Entry::from_bytes(bytes, offset, hash);
        let parsed = parsed.map_err(|_| invalid("its header in the pack is invalid"))?;
        let content = match parsed.header {
            entry::Header::Commit => EntryContent::Whole(Kind::Commit),
            entry::Header::Tree => EntryContent::Whole(Kind::Tree),
            entry::Header::Blob => EntryContent::Whole(Kind::Blob),
            entry::Header::Tag => EntryContent::Whole(Kind::Tag),
            entry::Header::OfsDelta { base_distance } => {
                EntryContent::DeltaAt(offset.checked_sub(base_distance).ok_or_else(|| {
                    invalid("the offset of its base is before the start of the pack")
                })?)
            }
            entry::Header::RefDelta { base_id } => EntryContent::DeltaOf(base_id),
        };
        Ok(EntryHeader {
            size: parsed.decompressed_size,
            content,
            length: parsed.header_size(),
        })
    }
}
