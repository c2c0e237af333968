//! Which objects a pack holds, where, and with which checksums: its index, or its part of a multi-pack index.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::odb::pack::{index, multi_index};

/// Which objects a pack holds, in the order of their ids.
pub enum Table {
    /// The pack's own index, and where it is.
    Own(Box<index::File>, PathBuf),
    /// What a multi-pack index has for it: the numbers of its objects there.
    Shared(Arc<multi_index::File>, Vec<u32>),
}

impl Table {
    /// The index at `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is none.
    pub fn own(path: &Path, hash: gix::hash::Kind) -> gix::Result<Self> {
        Ok(Table::Own(Box::new(index::File::at(path, hash)?), path.to_owned()))
    }

    /// Gives back the memory of what was read until now: an index is mapped, and all of it that was looked at counts as memory
    /// in use. One that was replaced meanwhile stays.
    pub fn release(&mut self) {
        let Table::Own(index, path) = self else { return };
        let again = index::File::at(path.as_path(), index.object_hash()).ok();
        if let Some(again) = again.filter(|again| again.index_checksum() == index.index_checksum()) {
            **index = again;
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
            Table::Own(index, _) => index.num_objects() as usize,
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
            Table::Own(index, _) => index.oid_at_index(at),
            Table::Shared(index, objects) => index.oid_at_index(objects[at as usize]),
        }
    }

    /// Where in the pack object number `at` begins.
    pub fn offset(&self, at: u32) -> u64 {
        match self {
            Table::Own(index, _) => index.pack_offset_at_index(at),
            // `shared` has asked for all of them.
            Table::Shared(index, objects) => {
                index.pack_id_and_pack_offset_at_index(objects[at as usize]).map_or(u64::MAX, |(_, offset)| offset)
            }
        }
    }

    /// The checksum of what the pack holds for object number `at`, if there is one.
    pub fn checksum(&self, at: u32) -> Option<u32> {
        match self {
            Table::Own(index, _) => index.crc32_at_index(at),
            Table::Shared(..) => None,
        }
    }

    /// The number of the object with this id.
    pub fn find(&self, id: &gix::oid) -> Option<u32> {
        match self {
            Table::Own(index, _) => index.lookup(id),
            Table::Shared(index, objects) => objects.binary_search(&index.lookup(id)?).ok().map(|at| at as u32),
        }
    }
}
