//! Which entry of a pack is built on which.

use gix::object::Kind;
use rayon::prelude::*;

use super::entry::{Content, Entries};
use super::{Pack, Window};

/// No entry.
pub const NONE: u32 = u32::MAX;

/// The entries of a pack as trees: an entry that is whole is a root, and a delta is a child of its base. All in all 32 bytes
/// an entry, and four more while it is made.
pub struct Forest {
    /// The entries.
    pub entries: Entries,
    /// The base of each entry; of a root, its kind, as one of [`ROOTS`]; [`NONE`] where neither is known.
    base: Vec<u32>,
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
    /// How many entries are in the tree below each entry, itself included; 0 for what no root leads to.
    weight: Vec<u32>,
}

/// What stands in the place of a base for a root.
const ROOTS: [(u32, Kind); 4] =
    [(NONE - 1, Kind::Commit), (NONE - 2, Kind::Tree), (NONE - 3, Kind::Blob), (NONE - 4, Kind::Tag)];

impl Forest {
    /// The forest of `pack`: reads the headers of all entries.
    pub fn of(pack: &Pack, hash: gix::hash::Kind) -> Self {
        let entries = Entries::of(pack);
        let base = bases(pack, &entries, hash);
        let count = entries.len();
        let (mut first_child, mut next_sibling) = (vec![NONE; count], vec![NONE; count]);
        // From the last to the first, so that siblings come to stand in the order of the pack.
        for (entry, base) in base.iter().enumerate().rev().filter(|(_, base)| **base < count as u32) {
            next_sibling[entry] = first_child[*base as usize];
            first_child[*base as usize] = entry as u32;
        }
        let mut forest = Forest { entries, base, first_child, next_sibling, weight: vec![0; count] };
        forest.weigh();
        forest
    }

    /// The entries that are whole.
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.base.len() as u32).filter(|entry| self.kind(*entry).is_some())
    }

    /// The kind of a root; `None` for what is none.
    pub fn kind(&self, root: u32) -> Option<Kind> {
        let base = self.base[root as usize];
        ROOTS.iter().find(|(mark, _)| *mark == base).map(|(_, kind)| *kind)
    }

    /// What is built on an entry.
    pub fn children(&self, entry: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |entry: u32| (entry != NONE).then_some(entry);
        std::iter::successors(some(self.first_child[entry as usize]), move |child| {
            some(self.next_sibling[*child as usize])
        })
    }

    /// Whether nothing is built on an entry.
    pub fn is_leaf(&self, entry: u32) -> bool {
        self.first_child[entry as usize] == NONE
    }

    /// How many entries are built on an entry, directly or not, with itself.
    pub fn weight(&self, entry: u32) -> u32 {
        self.weight[entry as usize]
    }

    /// The entries that no root leads to: their bases are missing, broken, or built on themselves.
    pub fn adrift(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.weight.len() as u32).filter(|entry| self.weight[*entry as usize] == 0)
    }

    /// Counts what is built on each entry. Whatever a root leads to is listed behind its base, so that from the list's end on
    /// every entry is whole when it is added to its base. What is in a cycle is led to by no root.
    fn weigh(&mut self) {
        let mut order = Vec::with_capacity(self.base.len());
        order.extend(self.roots());
        let mut at = 0;
        while let Some(&entry) = order.get(at) {
            order.extend(self.children(entry));
            at += 1;
        }
        for entry in order.into_iter().rev() {
            self.weight[entry as usize] += 1;
            let base = self.base[entry as usize] as usize;
            if base < self.weight.len() {
                self.weight[base] += self.weight[entry as usize];
            }
        }
    }
}

/// The base of each entry. Headers are read in the order of the pack, by all threads.
fn bases(pack: &Pack, entries: &Entries, hash: gix::hash::Kind) -> Vec<u32> {
    const CHUNK: u32 = 4096;
    let count = entries.len() as u32;
    let base_of = |entry, content| match content {
        Content::Whole(kind) => ROOTS.iter().find(|(_, known)| *known == kind).map(|(mark, _)| *mark),
        Content::DeltaAt(offset) => entries.before(entry, offset),
        Content::DeltaOf(id) => pack.table.find(&id).and_then(|object| entries.at(pack.table.offset(object))),
    };
    let chunks = (0..count.div_ceil(CHUNK)).into_par_iter();
    chunks
        .flat_map_iter(|chunk| {
            let mut window: Window<'_> = pack.window();
            let entries_of_chunk = chunk * CHUNK..count.min((chunk + 1) * CHUNK);
            let base = |entry| {
                let header = entries.header(entry, &mut window, hash).ok();
                header.and_then(|header| base_of(entry, header.content)).unwrap_or(NONE)
            };
            entries_of_chunk.map(base).collect::<Vec<_>>()
        })
        .collect()
}
