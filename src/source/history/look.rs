//! What may be done with the objects of a repository, however they are come by.

use std::ops::Range;

use gix::ObjectId;
use gix::object::Kind;

use crate::model::skip::SkipReason;
use crate::source::Objects;

use super::pack::Table;

/// What is done with the objects that a sweep comes by.
pub trait Look: Sync {
    /// What a thread remembers from one object to the next.
    type Memo: Default + Send;

    /// Whether objects of this kind that are built on `root`, and it itself, are looked at.
    fn wants(&self, kind: Kind, root: &LazyId<'_>) -> bool;

    /// Takes an object; whether it may hold what is looked for. Of what is built on one that may not, only what is fresh in
    /// it has to be looked at.
    fn take(&self, object: &Object<'_>, memo: &mut Self::Memo) -> bool;

    /// Takes what a thread still remembers when it is done.
    fn finish(&self, memo: Self::Memo);

    /// Takes note of an object that could not be read.
    fn skip(&self, id: ObjectId, reason: SkipReason, detail: String);

    /// Takes note of how many objects were gone through.
    fn count(&self, objects: Objects);

    /// Whether to stop.
    fn is_stopped(&self) -> bool;
}

/// Hands over every object of one kind, and tells of nothing: what cannot be read was told in the first sweep. The function
/// says whether there is anything to find in the object.
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

/// An object of git's.
pub struct Object<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its content.
    pub bytes: &'a [u8],
    /// Whatever touches none of these stretches lies in one piece in its base, which was taken before and holds nothing. A
    /// stretch without bytes is a place between two. Where there is no such base, all is fresh.
    pub fresh: &'a [Range<usize>],
    /// What ids are made with.
    pub hash: gix::hash::Kind,
    /// Where its id is.
    pub id: LazyId<'a>,
    /// Where the id is of what it is built on, directly or not: its own, where it is built on nothing.
    pub root: LazyId<'a>,
}

impl Object<'_> {
    /// Its id.
    pub fn id(&self) -> ObjectId {
        self.id.read()
    }
}

/// The id of an object. One in a pack is fetched only when it is asked for: that takes longer than many an object does.
#[derive(Clone, Copy)]
pub enum LazyId<'a> {
    /// It is known.
    Known(&'a gix::oid),
    /// It is that of this object of the table.
    InTable(&'a Table, u32),
}

impl<'a> LazyId<'a> {
    /// The id, for whoever needs few.
    pub fn read(&self) -> ObjectId {
        match self {
            LazyId::Known(id) => (*id).to_owned(),
            LazyId::InTable(table, object) => table.read_id(*object),
        }
    }

    /// The id, for whoever needs many.
    pub fn get(&self) -> &'a gix::oid {
        match self {
            LazyId::Known(id) => id,
            LazyId::InTable(table, object) => table.id(*object),
        }
    }
}
