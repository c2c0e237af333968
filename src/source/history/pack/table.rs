//! Which objects a pack holds, where, and with which checksums: its index, or its part of a multi-pack index.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;
use gix::odb::pack::{index, multi_index};

use super::window::read_at;

/// Which objects a pack holds, in the order of their ids.
pub enum Table {
    /// The pack's own index.
    Own(Box<OwnIndex>),
    /// What a multi-pack index has for it: the numbers of its objects there.
    Shared(Arc<multi_index::File>, Vec<u32>),
}

/// An index, mapped, and the file itself, unless another has taken its place.
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

    /// The id of object number `at`, read from the file.
    fn read_id(&self, at: u32) -> Option<ObjectId> {
        const FAN_OUT: u64 = 256 * 4;
        let length = self.index.object_hash().len_in_bytes();
        let (at, stride) = (u64::from(at), length as u64);
        // The first version has no head of its own, and each object's offset stands before its id.
        let begin = match self.index.version() {
            index::Version::V1 => FAN_OUT + at * (4 + stride) + 4,
            index::Version::V2 => 8 + FAN_OUT + at * stride,
        };
        let mut id = ObjectId::null(self.index.object_hash());
        read_at(self.file.as_ref()?, id.as_mut_slice(), begin).ok()?;
        Some(id)
    }
}

/// Whether `file` is that which is mapped as `index`: it ends with the same checksum.
fn is_of(index: &index::File, file: &File) -> bool {
    let mut checksum = ObjectId::null(index.object_hash());
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let begin = length.checked_sub(checksum.as_slice().len() as u64);
    let read = begin.and_then(|begin| read_at(file, checksum.as_mut_slice(), begin).ok());
    read.is_some() && checksum == index.index_checksum()
}

impl Table {
    /// The index at `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is none.
    pub fn own(path: &Path, hash: gix::hash::Kind) -> gix::Result<Self> {
        Ok(Table::Own(Box::new(OwnIndex::open(path, hash)?)))
    }

    /// Gives back the memory of what was read until now: an index is mapped, and all of it that was looked at counts as memory
    /// in use. One that was replaced meanwhile stays.
    pub fn release(&mut self) {
        let Table::Own(own) = self else { return };
        let again = index::File::at(own.path.as_path(), own.index.object_hash()).ok();
        if let Some(again) =
            again.filter(|again| again.index_checksum() == own.index.index_checksum())
        {
            own.index = again;
        }
    }

    /// What `index` has for its pack number `pack`.
    pub fn shared(index: &Arc<multi_index::File>, pack: u32) -> gix::Result<Self> {
        let mut objects = Vec::new();
        for object in 0..index.num_objects() {
            if index.pack_id_and_pack_offset_at_index(object)?.0 == pack {
                objects.push(object);
            }
        }
        Ok(Table::Shared(Arc::clone(index), objects))
    }

    /// How many objects it has.
    pub fn len(&self) -> usize {
        match self {
            Table::Own(own) => own.index.num_objects() as usize,
            Table::Shared(_, objects) => objects.len(),
        }
    }

    /// Whether it has all that the pack holds.
    pub fn is_whole(&self) -> bool {
        matches!(self, Table::Own(..))
    }

    /// The id of object number `at`.
    pub fn id(&self, at: u32) -> &gix::oid {
        match self {
            Table::Own(own) => own.index.oid_at_index(at),
            Table::Shared(index, objects) => index.oid_at_index(objects[at as usize]),
        }
    }

    /// The id of object number `at`, read from the file: in a map, a few ids that lie apart bring nearly all of them into
    /// memory.
    pub fn read_id(&self, at: u32) -> ObjectId {
        let read = if let Table::Own(own) = self {
            own.read_id(at)
        } else {
            None
        };
        read.unwrap_or_else(|| self.id(at).to_owned())
    }

    /// Where in the pack object number `at` begins.
    pub fn offset(&self, at: u32) -> u64 {
        match self {
            Table::Own(own) => own.index.pack_offset_at_index(at),
            // `shared` has asked for all of them.
            Table::Shared(index, objects) => index
                .pack_id_and_pack_offset_at_index(objects[at as usize])
                .map_or(u64::MAX, |(_, offset)| offset),
        }
    }

    /// The checksum of what the pack holds for object number `at`, if there is one.
    pub fn checksum(&self, at: u32) -> Option<u32> {
        match self {
            Table::Own(own) => own.index.crc32_at_index(at),
            Table::Shared(..) => None,
        }
    }

    /// The number of the object with this id.
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
