//! The entries of a pack, in the order in which they lie there.

use std::io::{Error, ErrorKind};
use std::ops::Range;

use gix::ObjectId;
use gix::object::Kind;
use gix::odb::pack::data::{self, entry};
use rayon::prelude::*;

use super::{HEAD, Pack, Window};

/// The entries of a pack, in the order of their offsets.
pub struct Entries {
    all: Vec<ForestEntry>,
    has_checksums: bool,
    /// The offset at which the last entry ends.
    end: u64,
}

/// An entry. All of its parts are needed at once, and mostly far from those needed before, so they
/// are one piece.
struct ForestEntry {
    /// The offset at which the entry begins.
    offset: u64,
    /// The number of its object in the table.
    object: u32,
    /// The checksum of the entry; 0 if the index has none.
    checksum: u32,
    node: DeltaNode,
}

/// The place of an entry in a tree of deltas.
pub struct DeltaNode {
    /// The entry that it is built on; of a root, its kind.
    pub base: u32,
    /// The first entry that is built on it.
    pub first_child: u32,
    /// The next entry that has the same base.
    pub next_sibling: u32,
    /// The number of entries in the tree below it, itself included; 0 if no root leads to it.
    pub weight: u32,
}

/// The header of an entry, which precedes its data.
pub struct EntryHeader {
    /// The size of the inflated data in bytes: the object, or the delta.
    pub size: u64,
    /// The kind of the data.
    pub content: EntryContent,
    /// The length of the header in bytes.
    pub length: usize,
}

/// The kind of an entry's data.
pub enum EntryContent {
    /// An object of this kind.
    Whole(Kind),
    /// A delta, with the offset of its base.
    DeltaAt(u64),
    /// A delta, with the id of its base.
    DeltaOf(ObjectId),
}

/// The number that stands for no entry.
pub const NONE: u32 = u32::MAX;

/// A bound on the length of an entry's header in bytes: a size of ten bytes, and the id of a base.
const LONGEST: u64 = 64;

impl Entries {
    /// The entries of `pack`.
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

    /// The checksum of an entry; `None` if the index has none.
    pub fn checksum(&self, entry: u32) -> Option<u32> {
        self.has_checksums
            .then(|| self.all[entry as usize].checksum)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// The number of the entry's object in the table.
    pub fn object(&self, entry: u32) -> u32 {
        self.all[entry as usize].object
    }

    /// The place of an entry in a tree of deltas.
    pub fn node(&self, entry: u32) -> &DeltaNode {
        &self.all[entry as usize].node
    }

    /// The place of an entry in a tree of deltas, to be changed.
    pub fn node_mut(&mut self, entry: u32) -> &mut DeltaNode {
        &mut self.all[entry as usize].node
    }

    /// The entry that begins at `offset`; `None` if there is none.
    pub fn at(&self, offset: u64) -> Option<u32> {
        self.all
            .binary_search_by_key(&offset, |entry| entry.offset)
            .ok()
            .map(|entry| entry as u32)
    }

    /// The entry before `entry` that begins at `offset`; `None` if there is none. Mostly it is not
    /// far, so the search goes back in ever longer strides.
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

    /// The range of an entry's bytes: up to where the next one begins, or the pack ends.
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
            .ok_or_else(|| invalid("the index has it where the pack has nothing"))
    }

    /// The header of an entry, which precedes its data.
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

    /// Reads the header of an entry, and all its bytes.
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
    /// Parses the header of the entry `bytes`, which lies at `offset`.
    fn parse(bytes: &[u8], offset: u64, hash: gix::hash::Kind) -> std::io::Result<Self> {
        let parsed = data::Entry::from_bytes(bytes, offset, hash);
        let parsed = parsed.map_err(|_| invalid("what stands before its data makes no sense"))?;
        let content = match parsed.header {
            entry::Header::Commit => EntryContent::Whole(Kind::Commit),
            entry::Header::Tree => EntryContent::Whole(Kind::Tree),
            entry::Header::Blob => EntryContent::Whole(Kind::Blob),
            entry::Header::Tag => EntryContent::Whole(Kind::Tag),
            entry::Header::OfsDelta { base_distance } => EntryContent::DeltaAt(
                offset
                    .checked_sub(base_distance)
                    .ok_or_else(|| invalid("its base is nowhere"))?,
            ),
            entry::Header::RefDelta { base_id } => EntryContent::DeltaOf(base_id),
        };
        Ok(EntryHeader {
            size: parsed.decompressed_size,
            content,
            length: parsed.header_size(),
        })
    }
}
