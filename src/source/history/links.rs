//! Whether everything that objects refer to is there.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::{CommitRefIter, TagRefIter};

use super::sweep::Object;

/// The objects that others refer to and that are not there.
pub struct Links<'l> {
    is_there: &'l (dyn Fn(&gix::oid) -> bool + Sync),
    /// Commits whose parents were left out when the repository was cloned.
    shallow: Vec<ObjectId>,
    missing: Mutex<BTreeSet<ObjectId>>,
}

/// The ids that a thread has met: from one version of a folder to the next nearly all are the same.
pub struct Seen {
    /// Each id has one place that it may be kept in, by its first half, which no two ids share.
    recent: Vec<u128>,
    /// Those that are still to be looked up. Many are looked up at once and in order, so that what one look-up has brought
    /// into the processor's cache is there for the next.
    pending: Vec<ObjectId>,
}

/// How many recent ids are kept: as many as fit into a core's cache.
const RECENT: usize = 1 << 14;

/// How many ids are looked up at once.
const PENDING: usize = 1 << 15;

impl Default for Seen {
    fn default() -> Self {
        Seen { recent: vec![0; RECENT], pending: Vec::new() }
    }
}

impl Seen {
    /// Whether `id` was seen before; from now on it was.
    fn knows(&mut self, id: &gix::oid) -> bool {
        let Some(half) = id.as_bytes().first_chunk().map(|half| u128::from_le_bytes(*half)) else { return false };
        let place = &mut self.recent[half as usize % RECENT];
        std::mem::replace(place, half) == half
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
                let held = entries(bytes, hash).filter(|(name, _)| !name.starts_with(SUBMODULE));
                held.for_each(|(_, held)| self.check(held, seen));
            }
            Kind::Commit => {
                let mut commit = CommitRefIter::from_bytes(bytes, hash);
                if let Ok(tree) = commit.tree_id() {
                    self.check(&tree, seen);
                }
                if !self.shallow.contains(id) {
                    commit.parent_ids().for_each(|parent| self.check(&parent, seen));
                }
            }
            Kind::Tag => {
                if let Ok(target) = TagRefIter::from_bytes(bytes, hash).target_id() {
                    self.check(&target, seen);
                }
            }
            Kind::Blob => {}
        }
    }

    fn check(&self, id: &gix::oid, seen: &mut Seen) {
        if !seen.knows(id) {
            seen.pending.push(id.to_owned());
            if seen.pending.len() == PENDING {
                self.look_up(seen);
            }
        }
    }

    /// Looks up what is pending.
    pub fn look_up(&self, seen: &mut Seen) {
        seen.pending.sort_unstable();
        seen.pending.dedup();
        // The empty tree is everywhere, whether or not it is stored.
        let missing = seen.pending.drain(..).filter(|id| !(self.is_there)(id) && !id.is_empty_tree());
        let missing: Vec<ObjectId> = missing.collect();
        if !missing.is_empty() {
            self.missing.lock().unwrap_or_else(PoisonError::into_inner).extend(missing);
        }
    }

    /// The objects that are missing, in order.
    pub fn into_missing(self) -> Vec<ObjectId> {
        self.missing.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }
}

/// What the entry of a submodule begins with: its commit is in another repository.
const SUBMODULE: &[u8] = b"160000 ";

/// The entries of a tree, as far as it makes sense: the mode with the name, and the id.
pub fn entries(tree: &[u8], hash: gix::hash::Kind) -> impl Iterator<Item = (&[u8], &gix::oid)> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        let end = memchr::memchr(0, rest)?;
        let (id, tail) = rest[end + 1..].split_at_checked(hash.len_in_bytes())?;
        let name = &rest[..end];
        rest = tail;
        Some((name, gix::oid::from_bytes_unchecked(id)))
    })
}
