//! What may be done with the objects of a repository, however they are come by.

use std::ops::Range;

use gix::ObjectId;
use gix::object::Kind;

use crate::skip::Reason;
use crate::source::Objects;

use super::pack::Table;

/// What is done with the objects that a sweep comes by.
pub trait Look: Sync {
    /// What a thread remembers from one object to the next.
    type Memo: Default + Send;

    /// Whether objects of this kind are looked at.
    fn wants(&self, kind: Kind) -> bool;

    /// Whether objects of this kind are taken whatever they hold.
    fn wants_all(&self, kind: Kind) -> bool;

    /// Whether an object that begins with `head` is taken whatever it holds.
    fn wants_begun(&self, head: &[u8]) -> bool;

    /// Whether `bytes` may hold anything that is looked for.
    fn may_hold(&self, bytes: &[u8]) -> bool;

    /// Whether `bytes` may hold anything that is looked for and that touches one of `stretches`.
    fn may_touch(&self, bytes: &[u8], stretches: &[Range<usize>]) -> bool;

    /// Takes an object; `is_hot` when it may hold what is looked for.
    fn take(&self, object: &Object<'_>, is_hot: bool, memo: &mut Self::Memo);

    /// Takes note of an object that could not be read.
    fn skip(&self, id: ObjectId, reason: Reason, detail: String);

    /// Takes note of how many objects were gone through.
    fn count(&self, objects: Objects);

    /// Whether to stop.
    fn is_stopped(&self) -> bool;
}

/// Takes every object of one kind, and tells of nothing: what cannot be read was told in the first sweep.
pub struct EachOf<F>(pub Kind, pub F);

impl<F: Fn(&Object<'_>) + Sync> Look for EachOf<F> {
    type Memo = ();

    fn wants(&self, kind: Kind) -> bool {
        kind == self.0
    }

    fn wants_all(&self, kind: Kind) -> bool {
        kind == self.0
    }

    fn wants_begun(&self, _: &[u8]) -> bool {
        false
    }

    fn may_hold(&self, _: &[u8]) -> bool {
        false
    }

    fn may_touch(&self, _: &[u8], _: &[Range<usize>]) -> bool {
        false
    }

    fn take(&self, object: &Object<'_>, _: bool, _: &mut ()) {
        (self.1)(object);
    }

    fn skip(&self, _: ObjectId, _: Reason, _: String) {}

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
    /// The bytes that its base, which was taken before, does not have at its beginning or its end: all, of one without.
    pub fresh: Range<usize>,
    /// What ids are made with.
    pub hash: gix::hash::Kind,
    /// Where its id is.
    pub id: Id<'a>,
}

/// The id of an object. One in a pack is fetched only when it is asked for: that takes longer than many an object does.
pub enum Id<'a> {
    /// It is known.
    Known(ObjectId),
    /// It is that of this object of the table.
    InTable(&'a Table, u32),
}

impl<'a> Object<'a> {
    /// An object that lies in a file of its own.
    pub fn loose(id: ObjectId, kind: Kind, bytes: &'a [u8]) -> Self {
        Object { kind, bytes, fresh: 0..bytes.len(), hash: id.kind(), id: Id::Known(id) }
    }

    /// Its id.
    pub fn id(&self) -> ObjectId {
        match self.id {
            Id::Known(id) => id,
            Id::InTable(table, object) => table.id(object).to_owned(),
        }
    }
}

/// How much of an object's beginning tells what kind of file it is.
pub const HEAD: usize = 512;
