//! Git's objects, loose and packed: inflating, building from one another, and ids.

mod delta;
mod inflate;

pub use delta::{Delta, Fresh};
pub use gix::ObjectId;
pub use gix::hash::Kind as Hash;
pub use gix::object::Kind;
pub use inflate::Inflater;

/// The id of an object; `None` for an object that was made to have the id of another.
pub fn id(hash: Hash, kind: Kind, content: &[u8]) -> Option<ObjectId> {
    gix::objs::compute_hash(hash, kind, content).ok()
}

/// The checksum at the end of git's files; `None` if `bytes` were made to have that of others.
pub fn checksum(hash: Hash, bytes: &[u8]) -> Option<ObjectId> {
    let mut hasher = gix::hash::hasher(hash);
    hasher.update(bytes);
    hasher.try_finalize().ok()
}

/// Reads an id from its bytes; `None` if their number is not that of an id.
pub fn read_id(bytes: &[u8]) -> Option<ObjectId> {
    ObjectId::try_from(bytes).ok()
}
