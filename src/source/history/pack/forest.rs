//! Arranges the entries of a pack as trees of deltas.

use std::ops::Range;

use gix::object::Kind;
use rayon::prelude::*;

use super::entry::{Entries, EntryContent, NONE};
use super::{Pack, Window};

/// The entries of a pack as trees: a whole object is a root, and a delta is a child of its base.
/// Uses 32 bytes of memory for each entry.
pub struct Forest {
    /// The entries.
    pub entries: Entries,
}

/// The values that roots have as their base, one for each kind of object.
const ROOTS: [(u32, Kind); 4] = [
    (NONE - 1, Kind::Commit),
    (NONE - 2, Kind::Tree),
    (NONE - 3, Kind::Blob),
    (NONE - 4, Kind::Tag),
];

impl Forest {
    /// Reads the headers of all entries of `pack`, and builds the forest.
    pub fn of(pack: &mut Pack, hash: gix::hash::Kind) -> Self {
        let mut entries = Entries::of(pack);
        pack.table.release();
        let bases = bases(pack, &entries, hash);
        // From the last entry to the first, so that siblings are linked in the order of the pack.
        for (entry, base) in (0..bases.len() as u32).zip(&bases).rev() {
            entries.node_mut(entry).base = *base;
            if (*base as usize) < bases.len() {
                let first = std::mem::replace(&mut entries.node_mut(*base).first_child, entry);
                entries.node_mut(entry).next_sibling = first;
            }
        }
        drop(bases);
        let mut forest = Forest { entries };
        forest.weigh();
        forest
    }

    fn all(&self) -> Range<u32> {
        0..self.entries.len() as u32
    }

    /// Returns the entries that are whole objects.
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        self.all().filter(|entry| self.kind(*entry).is_some())
    }

    /// Returns the kind of a root's object; `None` if the entry is not a root.
    pub fn kind(&self, root: u32) -> Option<Kind> {
        let base = self.entries.node(root).base;
        ROOTS
            .iter()
            .find(|(mark, _)| *mark == base)
            .map(|(_, kind)| *kind)
    }

    /// Returns the entries whose base is `entry`.
    pub fn children(&self, entry: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |entry: u32| (entry != NONE).then_some(entry);
        let first = some(self.entries.node(entry).first_child);
        std::iter::successors(first, move |child| {
            some(self.entries.node(*child).next_sibling)
        })
    }

    /// Returns true if no entry has `entry` as its base.
    pub fn is_leaf(&self, entry: u32) -> bool {
        self.entries.node(entry).first_child == NONE
    }

    /// Returns the number of entries in the subtree of an entry, including itself; 0 if no root
    /// leads to it.
    pub fn weight(&self, entry: u32) -> u32 {
        self.entries.node(entry).weight
    }

    /// Returns the entries that no root leads to: a base in their chain is missing or damaged, or
    /// the chain is a cycle.
    pub fn adrift(&self) -> impl Iterator<Item = u32> + '_ {
        self.all().filter(|entry| self.weight(*entry) == 0)
    }

    /// Computes the weight of each entry.
    fn weigh(&mut self) {
        let order = self.bases_first();
        for &entry in &order {
            let is_led_to = self
                .base(entry)
                .map_or(self.kind(entry).is_some(), |base| self.weight(base) > 0);
            self.entries.node_mut(entry).weight = is_led_to.into();
        }
        // In reverse order, the weight of an entry is complete before it is added to its base.
        for &entry in order.iter().rev() {
            let weight = self.weight(entry);
            if let Some(base) = self.base(entry).filter(|_| weight > 0) {
                self.entries.node_mut(base).weight += weight;
            }
        }
    }

    /// Returns the entries in an order in which each base comes before its deltas. This is the
    /// order of the pack, if bases come first there, as in packs that git writes. Otherwise the
    /// result has only the entries that a root leads to.
    fn bases_first(&self) -> Vec<u32> {
        if self
            .all()
            .all(|entry| self.base(entry).is_none_or(|base| base < entry))
        {
            return self.all().collect();
        }
        let mut order: Vec<u32> = self.roots().collect();
        let mut at = 0;
        while let Some(&entry) = order.get(at) {
            order.extend(self.children(entry));
            at += 1;
        }
        order
    }

    /// Returns the base of an entry; `None` if the entry is a root, or if its base is missing.
    fn base(&self, entry: u32) -> Option<u32> {
        Some(self.entries.node(entry).base).filter(|base| self.all().contains(base))
    }
}

/// Returns the base of each entry, or the mark of a root. All threads read the headers, in the
/// order of the pack.
fn bases(pack: &Pack, entries: &Entries, hash: gix::hash::Kind) -> Vec<u32> {
    const CHUNK: usize = 4096;
    let count = entries.len() as u32;
    let base_of = |entry, content| match content {
        EntryContent::Whole(kind) => ROOTS
            .iter()
            .find(|(_, known)| *known == kind)
            .map(|(mark, _)| *mark),
        EntryContent::DeltaAt(offset) => entries.before(entry, offset),
        EntryContent::DeltaOf(id) => pack
            .table
            .find(&id)
            .and_then(|object| entries.at(pack.table.offset(object))),
    };
    let base = |window: &mut Window<'_>, entry| {
        let header = entries.header(entry, window, hash).ok();
        header
            .and_then(|header| base_of(entry, header.content))
            .unwrap_or(NONE)
    };
    let all = (0..count).into_par_iter().with_min_len(CHUNK);
    all.map_init(|| pack.window(), base).collect()
}
