//! A compact set of object ids, to check that no object is missing. Nearly every object of a
//! repository is looked up once.

use gix::ObjectId;

/// A set of object ids: a hash table with open addressing, which stores four bytes of each id.
///
/// The set never misses an id that was added. It may wrongly find an id that was not added, about
/// once in some billion look-ups: the id would have to share nearly eight bytes with an added id.
pub struct Present {
    slots: Vec<u32>,
}

impl Present {
    /// Returns an empty set for up to `count` ids.
    pub fn with_capacity(count: usize) -> Self {
        // Twice as many slots as ids, so that a look-up ends soon.
        Present {
            slots: vec![0; 2 * count + 1],
        }
    }

    /// Adds an id. No more ids may be added than the set was made for.
    pub fn add(&mut self, id: &gix::oid) {
        let (mut at, mark) = self.place(id);
        while self.slots[at] != 0 && self.slots[at] != mark {
            at = (at + 1) % self.slots.len();
        }
        self.slots[at] = mark;
    }

    /// Returns true if the id is in the set.
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

    /// Returns the ids that are not in the set. Reads the first slots of all ids before it uses any
    /// of them, so that the memory accesses overlap. Nearly all ids are found in their first slot.
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

    /// Returns the first slot of an id, and the four bytes to store there, which are never zero.
    /// Zero marks an empty slot.
    fn place(&self, id: &gix::oid) -> (usize, u32) {
        let half = |at: usize| {
            let bytes = id.as_bytes();
            u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        // The slot is proportional to the id. So the sorted ids of a pack's index fill the slots
        // from the first to the last, which is fast.
        let at = (u64::from(half(0)) * self.slots.len() as u64) >> 32;
        (at as usize, half(4).max(1))
    }
}

#[cfg(test)]
mod tests {
    use gix::ObjectId;

    use super::Present;

    #[test]
    fn only_added_ids_are_present() {
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
