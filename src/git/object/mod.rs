//! Git's objects wherever they lie: how they are inflated, built from one another, and named.

mod delta;
mod inflate;

pub use delta::{Delta, Fresh};
pub use gix::ObjectId;
pub use gix::hash::Kind as Hash;
pub use gix::object::Kind;
pub use inflate::Inflater;

/// The id of an object; nothing for one that was made to have the id of another.
pub fn id(hash: Hash, kind: Kind, content: &[u8]) -> Option<ObjectId> {
    gix::objs::compute_hash(hash, kind, content).ok()
}

/// The checksum that git's files end with.
pub fn checksum(hash: Hash, bytes: &[u8]) -> Option<ObjectId> {
    let mut hasher = gix::hash::hasher(hash);
    hasher.update(bytes);
    hasher.try_finalize().ok()
}

/// The id in bytes of the right length.
pub fn read_id(bytes: &[u8]) -> Option<ObjectId> {
    ObjectId::try_from(bytes).ok()
}
