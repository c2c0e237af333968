//! The table of a pack's objects, with their ids, offsets and checksums. It comes from the pack's
//! index, or from a multi-pack index.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;
use gix::odb::pack::{index, multi_index};

use super::window::read_at;

/// The objects of a pack, numbered from 0 in the order of their ids.
pub enum Table {
    /// The index of this pack alone.
    Own(Box<OwnIndex>),
    /// A multi-pack index, and the numbers that the pack's objects have in it.
    Shared(Arc<multi_index::File>, Vec<u32>),
}

/// A memory-mapped index, together with its open file; no file if it was replaced meanwhile.
pub struct OwnIndex {
    index: index::File,
    file: Option<File>,
    path: PathBuf,
}

impl OwnIndex {
    fn open(path: &Path, hash: gix::hash::Kind) -> gix::Result<Self> {
        let index = index::File::at(path, hash)?;
        let file = File::open(path).ok().filter(|file| is_of(&index, file));
        Ok(OwnIndex {
            index,
            file,
            path: path.to_owned(),
        })
    }

    /// Returns the id of object number `at`, read from the file instead of the map; `None` if it
    /// cannot be read.
    fn read_id(&self, at: u32) -> Option<ObjectId> {
        const FAN_OUT: u64 = 256 * 4;
        let length = self.index.object_hash().len_in_bytes();
        let (at, stride) = (u64::from(at), length as u64);
        // Version 1 of the format has no header, and stores each object's offset before its id.
        let begin = match self.index.version() {
            index::Version::V1 => FAN_OUT + at * (4 + stride) + 4,
            index::Version::V2 => 8 + FAN_OUT + at * stride,
        };
        let mut id = ObjectId::null(self.index.object_hash());
        read_at(self.file.as_ref()?, id.as_mut_slice(), begin).ok()?;
        Some(id)
    }
}

/// Returns true if `file` is the file that is mapped as `index`: if both end with the same
/// checksum.
fn is_of(index: &index::File, file: &File) -> bool {
    let mut checksum = ObjectId::null(index.object_hash());
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let begin = length.checked_sub(checksum.as_slice().len() as u64);
    let read = begin.and_then(|begin| read_at(file, checksum.as_mut_slice(), begin).ok());
    read.is_some() && checksum == index.index_checksum()
}

impl Table {
    /// Opens the index at `path`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is not a pack index.
    pub fn own(path: &Path, hash: gix::hash::Kind) -> gix::Result<Self> {
        Ok(Table::Own(Box::new(OwnIndex::open(path, hash)?)))
    }

    /// Releases the memory of the parts of the index read so far, by mapping the file anew. The
    /// system counts all parts of a map that were read as used memory. If the file was replaced
    /// meanwhile, the old map stays.
    pub fn release(&mut self) {
        let Table::Own(own) = self else { return };
        let again = index::File::at(own.path.as_path(), own.index.object_hash()).ok();
        if let Some(again) =
            again.filter(|again| again.index_checksum() == own.index.index_checksum())
        {
            own.index = again;
        }
    }

    /// Returns the objects that the multi-pack index `index` lists in its pack number `pack`.
    pub fn shared(index: &Arc<multi_index::File>, pack: u32) -> gix::Result<Self> {
        let mut objects = Vec::new();
        for object in 0..index.num_objects() {
            if index.pack_id_and_pack_offset_at_index(object)?.0 == pack {
                objects.push(object);
            }
        }
        Ok(Table::Shared(Arc::clone(index), objects))
    }

    /// Returns the number of objects.
    pub fn len(&self) -> usize {
        match self {
            Table::Own(own) => own.index.num_objects() as usize,
            Table::Shared(_, objects) => objects.len(),
        }
    }

    /// Returns true if the table is the pack's own index, which has all objects of the pack.
    pub fn is_whole(&self) -> bool {
        matches!(self, Table::Own(..))
    }

    /// Returns the id of object number `at`.
    pub fn id(&self, at: u32) -> &gix::oid {
        match self {
            Table::Own(own) => own.index.oid_at_index(at),
            Table::Shared(index, objects) => index.oid_at_index(objects[at as usize]),
        }
    }

    /// Returns the id of object number `at`, read from the file where possible. In a memory map,
    /// reading a few scattered ids would load most of the index into memory.
    pub fn read_id(&self, at: u32) -> ObjectId {
        let read = if let Table::Own(own) = self {
            own.read_id(at)
        } else {
            None
        };
        read.unwrap_or_else(|| self.id(at).to_owned())
    }

    /// Returns the offset in the pack of object number `at`.
    pub fn offset(&self, at: u32) -> u64 {
        match self {
            Table::Own(own) => own.index.pack_offset_at_index(at),
            // `shared` has read the offsets of all these objects, so this does not fail.
            Table::Shared(index, objects) => index
                .pack_id_and_pack_offset_at_index(objects[at as usize])
                .map_or(u64::MAX, |(_, offset)| offset),
        }
    }

    /// Returns the CRC-32 of the entry of object number `at`; `None` if the table has no checksums.
    pub fn checksum(&self, at: u32) -> Option<u32> {
        match self {
            Table::Own(own) => own.index.crc32_at_index(at),
            Table::Shared(..) => None,
        }
    }

    /// Returns the number of the object with this id; `None` if the table does not have it.
    pub fn find(&self, id: &gix::oid) -> Option<u32> {
        match self {
            Table::Own(own) => own.index.lookup(id),
            Table::Shared(index, objects) => objects
                .binary_search(&index.lookup(id)?)
                .ok()
                .map(|at| at as u32),
        }
    }
}
