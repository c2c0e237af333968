//! Whether everything that objects refer to is there.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::{CommitRefIter, TagRefIter};

use super::look::Object;
use super::present::Present;

/// The objects that others refer to and that are not there.
pub struct Links<'l> {
    present: &'l Present,
    /// Commits whose parents were left out when the repository was cloned.
    shallow: Vec<ObjectId>,
    missing: Mutex<BTreeSet<ObjectId>>,
}

/// The ids that a thread has met: from one version of a folder to the next nearly all are the same. Each has one place that
/// it may be kept in, by its first half, which no two ids share.
pub struct Seen(Vec<u128>);

/// How many ids are kept: as many as fit into a core's cache.
const SEEN: usize = 1 << 14;

impl Default for Seen {
    fn default() -> Self {
        Seen(vec![0; SEEN])
    }
}

impl Seen {
    /// Whether `id` was met before; from now on it was.
    fn knows(&mut self, id: &gix::oid) -> bool {
        let Some(half) = id.as_bytes().first_chunk().map(|half| u128::from_le_bytes(*half)) else { return false };
        let place = &mut self.0[half as usize % SEEN];
        std::mem::replace(place, half) == half
    }
}

impl<'l> Links<'l> {
    /// Links to what is `present`; the parents of `shallow` commits are not asked for.
    pub fn new(present: &'l Present, shallow: Vec<ObjectId>) -> Self {
        Links { present, shallow, missing: Mutex::default() }
    }

    /// Follows the links of a commit or a tag. What cannot be parsed has none from there on: such an object git would not
    /// make, and its bytes are searched like any others.
    pub fn follow(&self, object: &Object<'_>, seen: &mut Seen) {
        let Object { kind, bytes, hash, .. } = *object;
        if kind == Kind::Commit {
            let mut commit = CommitRefIter::from_bytes(bytes, hash);
            if let Ok(tree) = commit.tree_id() {
                self.check(&tree, seen);
            }
            if self.shallow.is_empty() || !self.shallow.contains(&object.id()) {
                commit.parent_ids().for_each(|parent| self.check(&parent, seen));
            }
        } else if let Ok(target) = TagRefIter::from_bytes(bytes, hash).target_id() {
            self.check(&target, seen);
        }
    }

    /// Asks whether the object that a link leads to is there.
    pub fn check(&self, id: &gix::oid, seen: &mut Seen) {
        // The empty tree is everywhere, whether or not it is stored.
        if !seen.knows(id) && !self.present.has(id) && !id.is_empty_tree() {
            self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
        }
    }

    /// The objects that are missing, in order.
    pub fn into_missing(self) -> Vec<ObjectId> {
        self.missing.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }
}
