//! Which trees lead to which objects, and by which names.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::hashtable;
use gix::object::Kind;

use super::super::entries::touched;
use super::super::look::{EachOf, Object};
use super::super::store::Store;

/// The trees that lead to flagged objects.
///
/// Thousands of trees lead to the same objects by the same paths, so both what a tree leads to and a path are kept once, by
/// number.
#[derive(Default)]
pub struct Marks {
    set_of: hashtable::HashMap<ObjectId, u32>,
    sets: Interned<Vec<Mark>>,
    paths: Interned<Vec<u8>>,
}

/// A flagged object, by number, and the number of a path that leads to it.
type Mark = (u32, u32);

/// Values that are kept once.
#[derive(Default)]
struct Interned<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = self.values.len() as u32;
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }
}

/// No folder that anybody checks out is nested deeper.
const DEEPEST: usize = 256;

impl Marks {
    /// Goes through all trees of `store`, once for each level between a flagged object and a root.
    pub fn find(store: &Store, flagged: &[ObjectId]) -> Self {
        let mut marks = Marks::default();
        let root = marks.paths.number(Vec::new());
        let mut wanted: hashtable::HashMap<ObjectId, u32> = hashtable::HashMap::default();
        for (object, id) in flagged.iter().enumerate() {
            let set = marks.sets.number(vec![(object as u32, root)]);
            wanted.insert(*id, set);
        }
        marks.set_of.clone_from(&wanted);
        for _ in 0..DEEPEST {
            let level = Level::new(&wanted, marks);
            store.sweep(&EachOf(Kind::Tree, |tree: &Object<'_>| level.take(tree)));
            let (above, found) = level.into_parts();
            marks = above;
            if found.is_empty() {
                break;
            }
            for (tree, set) in &found {
                let both = marks.set_of.get(tree).map(|known| marks.joined(*known, *set));
                let both = both.map_or(*set, |both| marks.sets.number(both));
                marks.set_of.insert(*tree, both);
            }
            wanted = found;
        }
        marks
    }

    fn joined(&self, one: u32, other: u32) -> Vec<Mark> {
        let mut both = [self.sets.values[one as usize].clone(), self.sets.values[other as usize].clone()].concat();
        both.sort_unstable();
        both.dedup();
        both
    }

    /// The number of what an object leads to.
    pub fn set(&self, id: &ObjectId) -> Option<usize> {
        self.set_of.get(id).map(|set| *set as usize)
    }

    /// The numbers of what all trees lead to.
    pub fn sets_of_trees(&self) -> impl Iterator<Item = usize> + '_ {
        self.set_of.values().map(|set| *set as usize)
    }

    /// Which flagged objects a set has, and by which paths.
    pub fn of_set(&self, set: usize) -> impl Iterator<Item = (usize, &[u8])> + '_ {
        let marks = self.sets.values[set].iter();
        marks.map(|(object, path)| (*object as usize, self.paths.values[*path as usize].as_slice()))
    }

    /// For each set, what its objects' `bits` come to.
    pub fn bits(&self, bits: &[u64]) -> Vec<u64> {
        let of_set = |set: &Vec<Mark>| set.iter().fold(0, |all, (object, _)| all | bits[*object as usize]);
        self.sets.values.iter().map(of_set).collect()
    }

    /// The marks of a child, as seen from a tree that has it under `name`.
    fn above(&mut self, child: u32, name: &[u8]) -> Vec<Mark> {
        let marks = self.sets.values[child as usize].clone();
        let above = marks.into_iter().map(|(object, path)| {
            let below = &self.paths.values[path as usize];
            let path = if below.is_empty() { name.to_vec() } else { [name, &b"/"[..], below].concat() };
            (object, self.paths.number(path))
        });
        above.collect()
    }
}

/// One pass through all trees.
struct Level<'l> {
    wanted: &'l hashtable::HashMap<ObjectId, u32>,
    /// Whether an id that begins with these two bytes is wanted: nearly none is.
    begins: Vec<bool>,
    found: Mutex<(Marks, hashtable::HashMap<ObjectId, u32>)>,
}

impl<'l> Level<'l> {
    fn new(wanted: &'l hashtable::HashMap<ObjectId, u32>, marks: Marks) -> Self {
        let mut begins = vec![false; 1 << 16];
        wanted.keys().for_each(|id| begins[beginning(id)] = true);
        Level { wanted, begins, found: Mutex::new((marks, hashtable::HashMap::default())) }
    }

    fn into_parts(self) -> (Marks, hashtable::HashMap<ObjectId, u32>) {
        self.found.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

fn beginning(id: &gix::oid) -> usize {
    usize::from(u16::from_le_bytes([id.as_bytes()[0], id.as_bytes()[1]]))
}

impl Level<'_> {
    /// Takes note of a tree that leads to what is wanted; whether it does. One whose base does not can only do so by what
    /// is fresh in it.
    fn take(&self, tree: &Object<'_>) -> bool {
        let mut hits = Vec::new();
        touched(tree.bytes, tree.hash, tree.fresh, |entry, _| {
            if self.begins[beginning(entry.id)] && !entry.is_submodule() {
                hits.extend(self.wanted.get(entry.id).map(|child| (entry.name(), *child)));
            }
        });
        if hits.is_empty() {
            return false;
        }
        let (marks, found) = &mut *self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut above: Vec<Mark> = hits.into_iter().flat_map(|(name, child)| marks.above(child, name)).collect();
        above.sort_unstable();
        above.dedup();
        found.insert(tree.id(), marks.sets.number(above));
        true
    }
}
