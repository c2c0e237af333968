//! The set of the objects that are there, in little memory: nearly every object is looked up once.

use gix::ObjectId;

/// The ids of objects, four bytes of each, in a table with open addressing.
///
/// An id that is not in the table is not there. An id that is not there passes for one that is,
/// once in some billion times: it must share eight bytes with an id, but for a few bits.
pub struct Present {
    slots: Vec<u32>,
}

impl Present {
    /// A table for `count` ids.
    pub fn with_capacity(count: usize) -> Self {
        // Half full, so that a look-up ends soon.
        Present {
            slots: vec![0; 2 * count + 1],
        }
    }

    /// Adds an id. There must be no more than the table was made for.
    pub fn add(&mut self, id: &gix::oid) {
        let (mut at, mark) = self.place(id);
        while self.slots[at] != 0 && self.slots[at] != mark {
            at = (at + 1) % self.slots.len();
        }
        self.slots[at] = mark;
    }

    /// Returns true if the id is there.
    pub fn has(&self, id: &gix::oid) -> bool {
        let (mut at, mark) = self.place(id);
        while self.slots[at] != 0 {
            if self.slots[at] == mark {
                return true;
            }
            at = (at + 1) % self.slots.len();
        }
        false
    }

    /// Those of `ids` that are not there. Memory is slow to answer, so the first slots of all ids
    /// are read before any answer is used: nearly all ids are found there.
    pub fn missing<'i>(&self, ids: &'i [ObjectId]) -> impl Iterator<Item = &'i ObjectId> {
        let first = |id: &ObjectId| {
            let (at, mark) = self.place(id);
            self.slots[at] == mark
        };
        let is_first: Vec<bool> = ids.iter().map(first).collect();
        ids.iter()
            .zip(is_first)
            .filter(|(id, is_first)| !is_first && !self.has(id))
            .map(|(id, _)| id)
    }

    /// The slot where an id is looked for first, and the mark of the id; zero marks an empty slot.
    fn place(&self, id: &gix::oid) -> (usize, u32) {
        let half = |at: usize| {
            let bytes = id.as_bytes();
            u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        // As far into the slots as the id is into all ids: those of an index, which are in order,
        // fill the slots from the first to the last.
        let at = (u64::from(half(0)) * self.slots.len() as u64) >> 32;
        (at as usize, half(4).max(1))
    }
}

#[cfg(test)]
mod tests {
    use gix::ObjectId;

    use super::Present;

    #[test]
    fn what_was_added_is_there_and_nothing_else() {
        let id = |number: u32| {
            gix::objs::compute_hash(
                gix::hash::Kind::Sha1,
                gix::object::Kind::Blob,
                &number.to_le_bytes(),
            )
        };
        let ids: Vec<ObjectId> = (0..2000)
            .map(|number| id(number).expect("no collision"))
            .collect();
        let (there, gone) = ids.split_at(1000);
        let mut present = Present::with_capacity(there.len());
        there.iter().for_each(|id| present.add(id));
        assert!(there.iter().all(|id| present.has(id)));
        assert!(!gone.iter().any(|id| present.has(id)));
        assert_eq!(
            present.missing(&ids).collect::<Vec<_>>(),
            gone.iter().collect::<Vec<_>>()
        );
        assert!(!Present::with_capacity(0).has(&ids[0]));
    }
}
