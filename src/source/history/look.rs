//! The visitors of the objects of a repository, however these are stored.

use std::ops::Range;

use gix::ObjectId;
use gix::object::Kind;

use crate::model::skip::SkipReason;
use crate::source::Objects;

use super::pack::Table;

/// A visitor of the objects of a sweep.
pub trait Look: Sync {
    /// The state that a thread keeps from one object to the next.
    type Memo: Default + Send;

    /// Returns true if `root`, which is of this `kind`, and the objects built on it are wanted.
    fn wants(&self, kind: Kind, root: &LazyId<'_>) -> bool;

    /// Takes an object. Returns true if it may contain a match. Of an object built on one that does
    /// not, only the fresh stretches have to be looked at.
    fn take(&self, object: &Object<'_>, memo: &mut Self::Memo) -> bool;

    /// Takes the state of a thread that is done.
    fn finish(&self, memo: Self::Memo);

    /// Notes an object that could not be read.
    fn skip(&self, id: ObjectId, reason: SkipReason, detail: String);

    /// Notes the numbers of objects gone through.
    fn count(&self, objects: Objects);

    /// Returns true if the sweep has to stop.
    fn is_stopped(&self) -> bool;
}

/// Hands over every object of one kind, and reports nothing: objects that cannot be read were
/// reported in the first sweep. The function returns true if the object may contain a match.
pub struct EachOf<F>(pub Kind, pub F);

impl<F: Fn(&Object<'_>) -> bool + Sync> Look for EachOf<F> {
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

/// A git object.
pub struct Object<'a> {
    /// The kind of the object.
    pub kind: Kind,
    /// The content of the object.
    pub bytes: &'a [u8],
    /// The stretches to look at. Text that touches none of them lies in one piece in the base,
    /// which was taken before and contains no match. An empty stretch is a seam between two pieces
    /// of the base. Without such a base, all is fresh.
    pub fresh: &'a [Range<usize>],
    /// The hash function of ids.
    pub hash: gix::hash::Kind,
    /// The id of the object.
    pub id: LazyId<'a>,
    /// The id of the root that the object is built on, directly or not; its own id if it is built
    /// on nothing.
    pub root: LazyId<'a>,
}

impl Object<'_> {
    /// Reads the id of the object.
    pub fn id(&self) -> ObjectId {
        self.id.read()
    }
}

/// The id of an object. An id in a pack is fetched only when it is needed: that takes longer than
/// many an object does.
#[derive(Clone, Copy)]
pub enum LazyId<'a> {
    /// A known id.
    Known(&'a gix::oid),
    /// The id of the object with this number in the table.
    InTable(&'a Table, u32),
}

impl<'a> LazyId<'a> {
    /// Reads the id, for callers that need few.
    pub fn read(&self) -> ObjectId {
        match self {
            LazyId::Known(id) => (*id).to_owned(),
            LazyId::InTable(table, object) => table.read_id(*object),
        }
    }

    /// The id, for callers that need many.
    pub fn get(&self) -> &'a gix::oid {
        match self {
            LazyId::Known(id) => id,
            LazyId::InTable(table, object) => table.id(*object),
        }
    }
}
