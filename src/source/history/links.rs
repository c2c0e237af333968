//! Whether everything that objects refer to is there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::{CommitRefIter, TagRefIter, TreeRefIter};

use super::sweep::Object;

/// The objects that others refer to and that are not there.
pub struct Links<'l> {
    is_there: &'l (dyn Fn(&gix::oid) -> bool + Sync),
    /// Commits whose parents were left out when the repository was cloned.
    shallow: Vec<ObjectId>,
    missing: Mutex<HashMap<ObjectId, ObjectId>>,
}

/// The ids that a thread has seen to be there: from one version of a folder to the next nearly all are the same. Each has one
/// place that it may be kept in.
pub struct Seen(Vec<ObjectId>);

/// How many ids are kept: as many as fit into a core's cache.
const SEEN: usize = 1 << 14;

impl Default for Seen {
    fn default() -> Self {
        Seen(vec![ObjectId::null(gix::hash::Kind::Sha1); SEEN])
    }
}

impl Seen {
    /// Whether `id` was seen before; from now on it was.
    fn knows(&mut self, id: &gix::oid) -> bool {
        let bytes = id.as_bytes();
        let place = &mut self.0[usize::from(u16::from_le_bytes([bytes[0], bytes[1]])) % SEEN];
        let known = place.as_ref() == id;
        if !known {
            *place = id.to_owned();
        }
        known
    }
}

impl<'l> Links<'l> {
    /// Links to what `is_there` says is there; the parents of `shallow` commits are not asked for.
    pub fn new(is_there: &'l (dyn Fn(&gix::oid) -> bool + Sync), shallow: Vec<ObjectId>) -> Self {
        Links { is_there, shallow, missing: Mutex::default() }
    }

    /// Follows all links of an object. What cannot be parsed has none from there on: such an object git would not make, and
    /// its bytes are searched like any others.
    pub fn follow(&self, object: &Object<'_>, seen: &mut Seen) {
        let Object { id, kind, bytes } = object;
        let hash = id.kind();
        match kind {
            Kind::Tree => {
                let entries = TreeRefIter::from_bytes(bytes, hash).filter_map(Result::ok);
                let held = entries.filter(|entry| !entry.mode.is_commit());
                held.for_each(|entry| self.check(entry.oid, *id, seen));
            }
            Kind::Commit => {
                let mut commit = CommitRefIter::from_bytes(bytes, hash);
                if let Ok(tree) = commit.tree_id() {
                    self.check(&tree, *id, seen);
                }
                if !self.shallow.contains(id) {
                    commit.parent_ids().for_each(|parent| self.check(&parent, *id, seen));
                }
            }
            Kind::Tag => {
                if let Ok(target) = TagRefIter::from_bytes(bytes, hash).target_id() {
                    self.check(&target, *id, seen);
                }
            }
            Kind::Blob => {}
        }
    }

    fn check(&self, id: &gix::oid, from: ObjectId, seen: &mut Seen) {
        // The empty tree is everywhere, whether or not it is stored.
        if !seen.knows(id) && !id.is_empty_tree() && !(self.is_there)(id) {
            self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), from);
        }
    }

    /// The objects that are missing, each with one that refers to it, in order.
    pub fn into_missing(self) -> Vec<(ObjectId, ObjectId)> {
        let missing = self.missing.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut missing: Vec<_> = missing.into_iter().collect();
        missing.sort();
        missing
    }
}
