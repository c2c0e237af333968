//! One pass through the trees of a repository, which finds the trees that have a wanted object as
//! an entry.
//!
//! There is one pass for each directory level above an object, and most trees matter to few passes.
//! So the first pass reads all trees and notes the entries of each family of deltas. Later passes
//! read only the families that have a wanted entry.

use std::collections::HashSet;

use gix::ObjectId;
use gix::hashtable;
use gix::object::Kind;
use parking_lot::Mutex;

use crate::model::skip::SkipReason;
use crate::source::Objects;

use super::super::entries::touched;
use super::super::look::{LazyId, Object, ObjectVisitor};
use super::trees::Marks;

/// Four bytes of an id, to save memory. If two ids share these bytes, a family is read in vain.
type IdMark = u32;

fn mark(id: &gix::oid) -> IdMark {
    let bytes = id.as_bytes();
    IdMark::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]])
}

/// Sorted pairs of a tree entry's object and the root of the tree's family; `None` before the first
/// pass.
#[derive(Default)]
pub struct Families(Option<Vec<(IdMark, IdMark)>>);

impl Families {
    /// Stores the pairs that the first pass has noted. Later calls change nothing.
    pub fn learn(&mut self, met: HashSet<(IdMark, IdMark)>) {
        self.0.get_or_insert_with(|| {
            let mut met: Vec<_> = met.into_iter().collect();
            met.sort_unstable();
            met
        });
    }

    /// Returns the roots of the families in which a tree has `object` as an entry.
    fn with(&self, object: IdMark) -> impl Iterator<Item = IdMark> + '_ {
        let all = self.0.as_deref().unwrap_or_default();
        let from = all.partition_point(|(known, _)| *known < object);
        all[from..]
            .iter()
            .take_while(move |(known, _)| *known == object)
            .map(|(_, root)| *root)
    }
}

/// One pass through trees.
pub struct Level<'l> {
    /// The wanted objects, each with the number of its set of marks.
    wanted: &'l WantedObjects,
    /// For each value of two bytes, true if a wanted id begins with it: a quick test, which few ids
    /// pass.
    begins: Vec<bool>,
    /// The roots of the families to read; `None` in the first pass, which reads all.
    families: Option<HashSet<IdMark>>,
    met: Mutex<HashSet<(IdMark, IdMark)>>,
    found: Mutex<(Marks, WantedObjects)>,
}

/// Objects, each with the number of its set of marks in [`Marks`].
type WantedObjects = hashtable::HashMap<ObjectId, u32>;

impl<'l> Level<'l> {
    /// Returns a pass that looks for trees with the `wanted` objects. If `families` is still empty,
    /// this is the first pass.
    pub fn new(wanted: &'l WantedObjects, families: &Families, marks: Marks) -> Self {
        let mut begins = vec![false; 1 << 16];
        wanted.keys().for_each(|id| begins[beginning(id)] = true);
        let of_wanted = || {
            wanted
                .keys()
                .flat_map(|id| families.with(mark(id)))
                .collect()
        };
        let families = families.0.is_some().then(of_wanted);
        Level {
            wanted,
            begins,
            families,
            met: Mutex::default(),
            found: Mutex::new((marks, WantedObjects::default())),
        }
    }

    /// Returns the results of the pass: the marks with the new paths, the trees that were found,
    /// and the pairs for `Families` that the first pass noted.
    pub fn into_parts(self) -> (Marks, WantedObjects, HashSet<(IdMark, IdMark)>) {
        let (marks, found) = self.found.into_inner();
        (marks, found, self.met.into_inner())
    }
}

fn beginning(id: &gix::oid) -> usize {
    usize::from(u16::from_le_bytes([id.as_bytes()[0], id.as_bytes()[1]]))
}

impl ObjectVisitor for Level<'_> {
    type Memo = HashSet<(IdMark, IdMark)>;

    fn wants(&self, kind: Kind, root: &LazyId<'_>) -> bool {
        kind == Kind::Tree
            && self
                .families
                .as_ref()
                .is_none_or(|families| families.contains(&mark(root.get())))
    }

    /// Notes the tree if it has a wanted object as an entry, and returns true in that case. If the
    /// base of the tree has no wanted entry, only entries in the ranges that differ from the
    /// base are checked.
    fn take(&self, tree: &Object<'_>, met: &mut Self::Memo) -> bool {
        let root = self.families.is_none().then(|| mark(tree.root.get()));
        let mut children = Vec::new();
        touched(tree.bytes, tree.hash, tree.fresh, |entry, _| {
            // The mode is not checked, because git accepts several modes for a directory.
            if let Some(root) = root {
                met.insert((mark(entry.id), root));
            }
            if self.begins[beginning(entry.id)] && !entry.is_submodule() {
                children.extend(
                    self.wanted
                        .get(entry.id)
                        .map(|child| (entry.name(), *child)),
                );
            }
        });
        if children.is_empty() {
            return false;
        }
        let (marks, found) = &mut *self.found.lock();
        found.insert(tree.id(), marks.of_tree(children));
        true
    }

    fn finish(&self, met: Self::Memo) {
        self.met.lock().extend(met);
    }

    fn skip(&self, _: ObjectId, _: SkipReason, _: String) {}

    fn count(&self, _: Objects) {}

    fn is_stopped(&self) -> bool {
        false
    }
}
