//! Git's objects, loose and packed: decompression, deltas and ids.

mod delta;
mod inflate;

pub use delta::{Delta, Fresh};
pub use gix::ObjectId;
pub use gix::hash::Kind as Hash;
pub use gix::object::Kind;
pub use inflate::Inflater;

/// Computes the id of an object; `None` if its content is an attempt at a hash collision.
pub fn id(hash: Hash, kind: Kind, content: &[u8]) -> Option<ObjectId> {
    gix::objs::compute_hash(hash, kind, content).ok()
}

/// Computes the checksum that git writes at the end of its files; `None` if `bytes` are an attempt
/// at a hash collision.
pub fn checksum(hash: Hash, bytes: &[u8]) -> Option<ObjectId> {
    let mut hasher = gix::hash::hasher(hash);
    hasher.update(bytes);
    hasher.try_finalize().ok()
}

/// Reads an id from its bytes; `None` if the number of bytes is not that of an id.
pub fn read_id(bytes: &[u8]) -> Option<ObjectId> {
    ObjectId::try_from(bytes).ok()
}
