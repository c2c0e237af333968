//! The visitors of a repository's objects, both packed and loose.

use std::ops::Range;

use gix::ObjectId;
use gix::object::Kind;

use crate::model::skip::SkipReason;
use crate::source::Objects;

use super::pack::Table;

/// A visitor, which a sweep calls with each object.
pub trait ObjectVisitor: Sync {
    /// The state of a thread, reused from one object to the next.
    type Memo: Default + Send;

    /// Returns true if the visitor wants the object `root`, which is of this `kind`, and all deltas
    /// built on it.
    fn wants(&self, kind: Kind, root: &LazyId<'_>) -> bool;

    /// Takes an object. Returns true if the object may contain a match. If it returns false, only
    /// the fresh ranges of a delta against this object have to be searched.
    fn take(&self, object: &Object<'_>, memo: &mut Self::Memo) -> bool;

    /// Takes the state of a thread that has finished.
    fn finish(&self, memo: Self::Memo);

    /// Takes the id of an object that could not be read, with the reason and details.
    fn skip(&self, id: ObjectId, reason: SkipReason, detail: String);

    /// Adds to the numbers of objects read.
    fn count(&self, objects: Objects);

    /// Returns true if the sweep must stop.
    fn is_stopped(&self) -> bool;
}

/// A visitor that calls a function with every object of one kind. The function's result is that of
/// [`ObjectVisitor::take`]. Objects that cannot be read are ignored, because the first sweep has reported
/// them.
pub struct KindVisitor<F>(pub Kind, pub F);

impl<F: Fn(&Object<'_>) -> bool + Sync> ObjectVisitor for KindVisitor<F> {
    type Memo = ();

    fn wants(&self, kind: Kind, _: &LazyId<'_>) -> bool {
        kind == self.0
    }

    fn take(&self, object: &Object<'_>, (): &mut ()) -> bool {
        (self.1)(object)
    }

    fn finish(&self, (): ()) {}

    fn skip(&self, _: ObjectId, _: SkipReason, _: String) {}

    fn count(&self, _: Objects) {}

    fn is_stopped(&self) -> bool {
        false
    }
}

/// A git object that a sweep has read.
pub struct Object<'a> {
    /// A commit, a tree, a blob or a tag.
    pub kind: Kind,
    /// The content of the object.
    pub bytes: &'a [u8],
    /// The byte ranges to search, in order. Bytes outside them are copied from the base, which was
    /// searched before and contains no match. An empty range is a seam, where two copied pieces
    /// meet. If there is no such base, the whole object is one range.
    pub fresh: &'a [Range<usize>],
    /// The hash function of the repository's ids.
    pub hash: gix::hash::Kind,
    /// The id of the object.
    pub id: LazyId<'a>,
    /// The id of the whole object at the root of the object's chain of deltas; the object's own id
    /// if it is stored whole.
    pub root: LazyId<'a>,
}

impl Object<'_> {
    /// Reads the id of the object.
    pub fn id(&self) -> ObjectId {
        self.id.read()
    }
}

/// The id of an object, which is read from a pack's index only when it is needed. Reading an id can
/// take longer than searching a small object.
#[derive(Clone, Copy)]
pub enum LazyId<'a> {
    /// An id in memory.
    Known(&'a gix::oid),
    /// The id of the object with this number, from 0, in the table of a pack.
    InTable(&'a Table, u32),
}

impl<'a> LazyId<'a> {
    /// Reads the id. Faster than `get` for callers that need the ids of few objects.
    pub fn read(&self) -> ObjectId {
        match self {
            LazyId::Known(id) => (*id).to_owned(),
            LazyId::InTable(table, object) => table.read_id(*object),
        }
    }

    /// Returns the id, from the mapped index. Faster than `read` for callers that need the ids of
    /// many objects.
    pub fn get(&self) -> &'a gix::oid {
        match self {
            LazyId::Known(id) => id,
            LazyId::InTable(table, object) => table.id(*object),
        }
    }
}
