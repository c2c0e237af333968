//! Checks that every object which another object refers to exists.

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::TagRefIter;
use parking_lot::Mutex;

use super::look::Object;
use super::present::Present;

/// A collector of missing objects: objects that other objects refer to but that the repository does
/// not have.
pub struct Links<'l> {
    present: &'l Present,
    /// Commits whose parents a shallow clone left out. Their parents are not checked.
    shallow: Vec<ObjectId>,
    missing: Mutex<BTreeSet<ObjectId>>,
}

const TREE: &[u8] = b"tree ";
const PARENT: &[u8] = b"parent ";

/// Returns the ids of a commit's tree and parents, each with the keyword of its line. A commit
/// begins with these lines; the rest is not read.
fn of_commit(commit: &[u8]) -> impl Iterator<Item = (&'static [u8], ObjectId)> {
    let named = |line| {
        [TREE, PARENT]
            .into_iter()
            .find_map(|name| Some((name, <[u8]>::strip_prefix(line, name)?)))
    };
    let lines = commit.split(|byte| *byte == b'\n').map_while(named);
    lines.filter_map(|(name, id)| Some((name, ObjectId::from_hex(id).ok()?)))
}

/// The ids that a thread has checked recently. From one version of a directory to the next, nearly
/// all ids are the same, so they need not be looked up again.
pub struct SeenIds {
    /// A cache in which each id has one possible slot. Stores the first 16 bytes of the id, which
    /// are practically unique.
    halves: Vec<u128>,
    /// The ids that are still to be looked up.
    pending: Vec<ObjectId>,
}

/// The number of slots in the cache: 16384, so that the cache fits in a core's own cache.
const SEEN: usize = 1 << 14;

/// The number of ids that are looked up together.
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
    /// Returns true if `id` is in the cache. Otherwise adds it.
    fn knows(&mut self, id: &gix::oid) -> bool {
        let Some(half) = id
            .as_bytes()
            .first_chunk()
            .map(|half| u128::from_le_bytes(*half))
        else {
            return false;
        };
        let place = &mut self.halves[half as usize % SEEN];
        // Zero marks an empty slot, so an id that begins with zeros is always looked up.
        std::mem::replace(place, half) == half && half != 0
    }
}

impl<'l> Links<'l> {
    /// Creates a collector. Links are checked against `present`, the objects of the repository,
    /// except links to parents of `shallow` commits.
    pub fn new(present: &'l Present, shallow: Vec<ObjectId>) -> Self {
        Links {
            present,
            shallow,
            missing: Mutex::default(),
        }
    }

    /// Checks the links of a commit or annotated tag. In an object that cannot be parsed, no links
    /// are checked: git does not create such objects, and their bytes are searched anyway.
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

    /// Checks a link to the object `id`, now or later in a batch.
    pub fn check(&self, id: &gix::oid, seen: &mut SeenIds) {
        if !seen.knows(id) {
            seen.pending.push(id.to_owned());
            if seen.pending.len() == AT_ONCE {
                self.settle(&mut seen.pending);
            }
        }
    }

    /// Looks up the pending ids of a thread that is finished.
    pub fn finish(&self, mut seen: SeenIds) {
        self.settle(&mut seen.pending);
    }

    fn settle(&self, pending: &mut Vec<ObjectId>) {
        // Git knows the empty tree even if it is not stored.
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

    /// Returns the ids of the missing objects, sorted.
    pub fn into_missing(self) -> Vec<ObjectId> {
        self.missing.into_inner().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{PARENT, TREE, of_commit};

    /// Checks that an invalid parent line does not hide the parents after it.
    #[test]
    fn an_invalid_line_hides_no_later_line() {
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
