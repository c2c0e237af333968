//! The entries of a pack, in the order in which they lie there.

use std::io::{Error, ErrorKind};
use std::ops::Range;

use gix::ObjectId;
use gix::object::Kind;
use gix::odb::pack::data::{self, entry};
use rayon::prelude::*;

use super::{HEAD, Pack, Window};

/// Where each entry begins and which object it is, in the order of their offsets.
pub struct Entries {
    offsets: Vec<u64>,
    objects: Vec<u32>,
    end: u64,
}

/// What an entry says before its data.
pub struct Header {
    /// How many bytes the data inflates to: the object, or the delta.
    pub size: u64,
    /// What it is.
    pub content: Content,
    /// Where its data lies.
    pub data: Range<u64>,
}

/// What the data of an entry is.
pub enum Content {
    /// An object of this kind.
    Whole(Kind),
    /// A delta; its base begins here.
    DeltaAt(u64),
    /// A delta; this is its base.
    DeltaOf(ObjectId),
}

/// No entry's header is longer: a size of ten bytes, and the id of a base.
const LONGEST: u64 = 64;

impl Entries {
    /// The entries of `pack`.
    pub fn of(pack: &Pack) -> Self {
        let table = &pack.table;
        let mut objects: Vec<u32> = (0..table.len() as u32).collect();
        objects.par_sort_unstable_by_key(|object| table.offset(*object));
        let offsets = objects.par_iter().map(|object| table.offset(*object)).collect();
        Entries { offsets, objects, end: pack.end }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// The number of the entry's object in the table.
    pub fn object(&self, entry: u32) -> u32 {
        self.objects[entry as usize]
    }

    /// The entry that begins at `offset`.
    pub fn at(&self, offset: u64) -> Option<u32> {
        self.offsets.binary_search(&offset).ok().map(|entry| entry as u32)
    }

    /// The bytes of an entry: up to where the next one begins.
    pub fn range(&self, entry: u32) -> Range<u64> {
        let entry = entry as usize;
        self.offsets[entry]..self.offsets.get(entry + 1).copied().unwrap_or(self.end)
    }

    /// What an entry says before its data.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or makes no sense.
    pub fn header(&self, entry: u32, window: &mut Window<'_>, hash: gix::hash::Kind) -> std::io::Result<Header> {
        let range = self.range(entry);
        let invalid = |what: &str| Error::new(ErrorKind::InvalidData, what);
        if range.start < HEAD || range.end > window.end() {
            return Err(invalid("the index has it where the pack has nothing"));
        }
        let head = window.bytes(range.start..range.end.min(range.start + LONGEST))?;
        let parsed = data::Entry::from_bytes(head, range.start, hash);
        let parsed = parsed.map_err(|_| invalid("what stands before its data makes no sense"))?;
        let content = match parsed.header {
            entry::Header::Commit => Content::Whole(Kind::Commit),
            entry::Header::Tree => Content::Whole(Kind::Tree),
            entry::Header::Blob => Content::Whole(Kind::Blob),
            entry::Header::Tag => Content::Whole(Kind::Tag),
            entry::Header::OfsDelta { base_distance } => {
                Content::DeltaAt(range.start.checked_sub(base_distance).ok_or_else(|| invalid("its base is nowhere"))?)
            }
            entry::Header::RefDelta { base_id } => Content::DeltaOf(base_id),
        };
        Ok(Header { size: parsed.decompressed_size, content, data: parsed.data_offset..range.end })
    }
}
