//! Finds the trees that lead to objects with secrets, and the paths from these trees to the
//! objects.

use std::collections::HashMap;

use gix::ObjectId;
use gix::hashtable;

use super::super::store::Store;
use super::level::{Families, Level};

/// The trees that lead to flagged objects, which are the objects with secrets.
///
/// Thousands of trees lead to the same objects by the same paths. So each distinct path and each
/// distinct set of marks is stored once, and referred to by its number.
#[derive(Default)]
pub struct Marks {
    set_of: hashtable::HashMap<ObjectId, u32>,
    sets: Interned<Vec<PathMark>>,
    paths: Interned<Vec<u8>>,
}

/// A mark: the number of a flagged object, and the number of a path that leads to it.
type PathMark = (u32, u32);

/// Distinct values, each stored once and numbered from 0.
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

/// The maximum depth of nested directories. No real repository is deeper.
const DEEPEST: usize = 256;

impl Marks {
    /// Sweeps through the trees of `store`, once for each directory level above a flagged object.
    pub fn find(store: &Store, flagged: &[ObjectId]) -> Self {
        let mut marks = Marks::default();
        let root = marks.paths.number(Vec::new());
        let mut wanted: hashtable::HashMap<ObjectId, u32> = hashtable::HashMap::default();
        for (object, id) in flagged.iter().enumerate() {
            let set = marks.sets.number(vec![(object as u32, root)]);
            wanted.insert(*id, set);
        }
        marks.set_of.clone_from(&wanted);
        let mut families = Families::default();
        for _ in 0..DEEPEST {
            let level = Level::new(&wanted, &families, marks);
            store.sweep(&level);
            let (above, found, met) = level.into_parts();
            marks = above;
            families.learn(met);
            if found.is_empty() {
                break;
            }
            for (tree, set) in &found {
                let both = marks
                    .set_of
                    .get(tree)
                    .map(|known| marks.joined(*known, *set));
                let both = both.map_or(*set, |both| marks.sets.number(both));
                marks.set_of.insert(*tree, both);
            }
            wanted = found;
        }
        marks
    }

    fn joined(&self, one: u32, other: u32) -> Vec<PathMark> {
        let mut both = [
            self.sets.values[one as usize].clone(),
            self.sets.values[other as usize].clone(),
        ]
        .concat();
        both.sort_unstable();
        both.dedup();
        both
    }

    /// Returns the number of an object's set of marks; `None` if the object does not lead to a
    /// flagged object.
    pub fn set(&self, id: &ObjectId) -> Option<usize> {
        self.set_of.get(id).map(|set| *set as usize)
    }

    /// Returns the number of the set of marks of each known object.
    pub fn sets_of_trees(&self) -> impl Iterator<Item = usize> + '_ {
        self.set_of.values().map(|set| *set as usize)
    }

    /// Returns the marks of a set: the number of each flagged object, with its path.
    pub fn of_set(&self, set: usize) -> impl Iterator<Item = (usize, &[u8])> + '_ {
        let marks = self.sets.values[set].iter();
        marks.map(|(object, path)| {
            (
                *object as usize,
                self.paths.values[*path as usize].as_slice(),
            )
        })
    }

    /// Returns, for each set of marks, the union of the bits of its objects. `bits` has one value
    /// for each flagged object.
    pub fn bits(&self, bits: &[u64]) -> Vec<u64> {
        let of_set = |set: &Vec<PathMark>| {
            set.iter()
                .fold(0, |all, (object, _)| all | bits[*object as usize])
        };
        self.sets.values.iter().map(of_set).collect()
    }

    /// Returns the number of the set of marks of a tree. `children` are the names of its entries
    /// that lead to flagged objects, each with the number of the entry's set.
    pub fn of_tree(&mut self, children: Vec<(&[u8], u32)>) -> u32 {
        let mut above: Vec<PathMark> = children
            .into_iter()
            .flat_map(|(name, child)| self.above(child, name))
            .collect();
        above.sort_unstable();
        above.dedup();
        self.sets.number(above)
    }

    /// Returns the marks of a child, with `name` put before each path: the marks of a tree that has
    /// the child under `name`.
    fn above(&mut self, child: u32, name: &[u8]) -> Vec<PathMark> {
        let marks = self.sets.values[child as usize].clone();
        let above = marks.into_iter().map(|(object, path)| {
            let below = &self.paths.values[path as usize];
            let path = if below.is_empty() {
                name.to_vec()
            } else {
                [name, &b"/"[..], below].concat()
            };
            (object, self.paths.number(path))
        });
        above.collect()
    }
}
