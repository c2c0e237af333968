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
    /// Where the last one ends.
    end: u64,
}

/// An entry. All of it is needed at once, and is mostly far from what was needed before: so it is one piece.
struct ForestEntry {
    /// Where it begins.
    offset: u64,
    /// The number of its object in the table.
    object: u32,
    /// Its checksum, where the index has them.
    checksum: u32,
    node: DeltaNode,
}

/// The place of an entry in a tree of deltas.
pub struct DeltaNode {
    /// What it is built on; of a root, its kind.
    pub base: u32,
    /// The first entry that is built on it.
    pub first_child: u32,
    /// The next entry that has the same base.
    pub next_sibling: u32,
    /// How many entries are in the tree below it, itself included; 0 for what no root leads to.
    pub weight: u32,
}

/// What an entry says before its data.
pub struct EntryHeader {
    /// How many bytes the data inflates to: the object, or the delta.
    pub size: u64,
    /// What it is.
    pub content: EntryContent,
    /// How many bytes stand before the data.
    pub length: usize,
}

/// What the data of an entry is.
pub enum EntryContent {
    /// An object of this kind.
    Whole(Kind),
    /// A delta; its base begins here.
    DeltaAt(u64),
    /// A delta; this is its base.
    DeltaOf(ObjectId),
}

/// No entry.
pub const NONE: u32 = u32::MAX;

/// No entry's header is longer: a size of ten bytes, and the id of a base.
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

    /// The checksum of an entry, if the index has one.
    pub fn checksum(&self, entry: u32) -> Option<u32> {
        self.has_checksums
            .then(|| self.all[entry as usize].checksum)
    }

    /// How many there are.
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

    /// The same, to be changed.
    pub fn node_mut(&mut self, entry: u32) -> &mut DeltaNode {
        &mut self.all[entry as usize].node
    }

    /// The entry that begins at `offset`.
    pub fn at(&self, offset: u64) -> Option<u32> {
        self.all
            .binary_search_by_key(&offset, |entry| entry.offset)
            .ok()
            .map(|entry| entry as u32)
    }

    /// The entry before `entry` that begins at `offset`: mostly not far, so the search goes back in ever longer strides.
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

    /// The bytes of an entry: up to where the next one begins, or the pack ends.
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

    /// What an entry says before its data.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or makes no sense.
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

    /// What an entry says before its data, and all its bytes.
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
    /// Reads what the entry `bytes`, which lies at `offset`, begins with.
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
