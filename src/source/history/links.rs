//! The check that all objects which others refer to are there.

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::TagRefIter;
use parking_lot::Mutex;

use super::look::Object;
use super::present::Present;

/// The objects that others refer to and that are not there.
pub struct Links<'l> {
    present: &'l Present,
    /// Commits whose parents were left out when the repository was cloned.
    shallow: Vec<ObjectId>,
    missing: Mutex<BTreeSet<ObjectId>>,
}

const TREE: &[u8] = b"tree ";
const PARENT: &[u8] = b"parent ";

/// The tree and the parents of a commit, each with the name of its line. A commit begins with these
/// lines, and the rest is not read.
fn of_commit(commit: &[u8]) -> impl Iterator<Item = (&'static [u8], ObjectId)> {
    let named = |line| {
        [TREE, PARENT]
            .into_iter()
            .find_map(|name| Some((name, <[u8]>::strip_prefix(line, name)?)))
    };
    let lines = commit.split(|byte| *byte == b'\n').map_while(named);
    lines.filter_map(|(name, id)| Some((name, ObjectId::from_hex(id).ok()?)))
}

/// The ids that a thread has met: from one version of a folder to the next nearly all are the same.
pub struct SeenIds {
    /// Each id has one place that it may be kept in, by its first half, which no two ids share.
    halves: Vec<u128>,
    /// The ids that are not looked up yet.
    pending: Vec<ObjectId>,
}

/// The number of ids that are kept: as many as fit into a core's cache.
const SEEN: usize = 1 << 14;

/// The number of ids that are looked up at once.
const AT_ONCE: usize = 256;

impl Default for SeenIds {
    fn default() -> Self {
        SeenIds {
            halves: vec![0; SEEN],
            pending: Vec::with_capacity(AT_ONCE),
        }
    }
}

impl SeenIds {
    /// Returns true if `id` is remembered from before, and remembers it.
    fn knows(&mut self, id: &gix::oid) -> bool {
        let Some(half) = id
            .as_bytes()
            .first_chunk()
            .map(|half| u128::from_le_bytes(*half))
        else {
            return false;
        };
        let place = &mut self.halves[half as usize % SEEN];
        // An empty place is no id of zeros.
        std::mem::replace(place, half) == half && half != 0
    }
}

impl<'l> Links<'l> {
    /// Links that are checked against the objects `present`, but for the parents of `shallow`
    /// commits.
    pub fn new(present: &'l Present, shallow: Vec<ObjectId>) -> Self {
        Links {
            present,
            shallow,
            missing: Mutex::default(),
        }
    }

    /// Follows the links of a commit or a tag. An object that cannot be parsed has none: git would
    /// not make it, and its bytes are searched like any others.
    pub fn follow(&self, object: &Object<'_>, seen: &mut SeenIds) {
        let Object {
            kind, bytes, hash, ..
        } = *object;
        if kind == Kind::Commit {
            let is_cut = !self.shallow.is_empty() && self.shallow.contains(&object.id());
            let ids = of_commit(bytes)
                .filter(|(name, _)| !is_cut || *name != PARENT)
                .map(|(_, id)| id);
            ids.filter(|id| id.kind() == hash)
                .for_each(|id| self.check(&id, seen));
        } else if let Ok(target) = TagRefIter::from_bytes(bytes, hash).target_id() {
            self.check(&target, seen);
        }
    }

    /// Notes a link to an object.
    pub fn check(&self, id: &gix::oid, seen: &mut SeenIds) {
        if !seen.knows(id) {
            seen.pending.push(id.to_owned());
            if seen.pending.len() == AT_ONCE {
                self.settle(&mut seen.pending);
            }
        }
    }

    /// Looks up the ids that a thread has not looked up yet.
    pub fn finish(&self, mut seen: SeenIds) {
        self.settle(&mut seen.pending);
    }

    fn settle(&self, pending: &mut Vec<ObjectId>) {
        // The empty tree is everywhere, whether or not it is stored.
        let missing = self
            .present
            .missing(pending)
            .filter(|id| !id.is_empty_tree());
        let missing: Vec<ObjectId> = missing.copied().collect();
        if !missing.is_empty() {
            self.missing.lock().extend(missing);
        }
        pending.clear();
    }

    /// The objects that are missing, in order.
    pub fn into_missing(self) -> Vec<ObjectId> {
        self.missing.into_inner().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{PARENT, TREE, of_commit};

    /// As git would, but that it refuses such a commit.
    #[test]
    fn a_line_that_makes_no_sense_hides_none_that_follows() {
        let id = |digit: &str| digit.repeat(40);
        let commit = format!(
            "tree {}\nparent none\nparent {}\nauthor x\n\nparent {}\n",
            id("1"),
            id("2"),
            id("3")
        );
        let ids: Vec<_> = of_commit(commit.as_bytes())
            .map(|(name, id)| (name, id.to_string()))
            .collect();
        assert_eq!(ids, [(TREE, id("1")), (PARENT, id("2"))]);
        assert_eq!(of_commit(b"").count() + of_commit(b"no commit").count(), 0);
    }
}
