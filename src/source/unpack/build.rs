//! Builds the objects of a pack, including objects that are stored as deltas against other objects.

use std::collections::HashMap;

use crate::git::object::{Delta, Fresh, Inflater, Kind, ObjectId};
use crate::model::skip::SkipReason;

use super::content::Failure;
use super::pack::{PackContent, ParsedPack};
use super::place::StreamPlace;

/// An object that deltas are built on.
pub struct PackBase {
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

/// The entries of a pack that are deltas, by their bases.
pub struct Built {
    /// Sorted pairs of a base's entry number and the number of a delta against it.
    on: Vec<(usize, usize)>,
    /// The deltas whose base is given by its id. The key is the id of the base.
    waiting: HashMap<ObjectId, Vec<usize>>,
}

impl Built {
    fn of(pack: &ParsedPack) -> Self {
        let mut built = Built {
            on: Vec::new(),
            waiting: HashMap::new(),
        };
        for (number, entry) in pack.entries.iter().enumerate() {
            match entry.content {
                // If no entry begins at the base's offset, the base gets a number that no entry
                // has.
                PackContent::DeltaAt(at) => built
                    .on
                    .push((pack.entry_at(at).unwrap_or(usize::MAX), number)),
                PackContent::DeltaOf(id) => built.waiting.entry(id).or_default().push(number),
                PackContent::Whole(_) => {}
            }
        }
        built.on.sort_unstable();
        built
    }

    fn on(&self, entry: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.on.partition_point(|(base, _)| *base < entry);
        self.on[first..]
            .iter()
            .take_while(move |(base, _)| *base == entry)
            .map(|(_, number)| *number)
    }

    /// Returns the deltas against `entry`, whose base is given by its offset or by `id`. Entries
    /// that are not the base of another delta come last. The caller works from the end of the list,
    /// so that it holds few bases in memory.
    pub fn take(&mut self, entry: usize, id: Option<ObjectId>) -> Vec<usize> {
        let by_id = id
            .and_then(|id| self.waiting.remove(&id))
            .unwrap_or_default();
        let mut all: Vec<usize> = self.on(entry).chain(by_id).collect();
        all.sort_by_cached_key(|number| {
            (
                self.on(*number).next().is_none(),
                std::cmp::Reverse(*number),
            )
        });
        all
    }
}

/// The state of building the objects of one pack.
pub struct PackSweep<'p> {
    bytes: &'p [u8],
    pub pack: &'p ParsedPack,
    pub built: Built,
    inflater: Inflater,
    /// The output of the last [`PackSweep::inflate`].
    pub delta: Vec<u8>,
    /// For each entry, true if its object was handed over or reported as unreadable.
    pub done: Vec<bool>,
    /// The total size in bytes of the bases that are held in memory.
    pub kept: u64,
}

impl<'p> PackSweep<'p> {
    /// Prepares to build the objects of `pack`, which was parsed from `bytes`.
    pub fn new(bytes: &'p [u8], pack: &'p ParsedPack) -> Self {
        let (built, done) = (Built::of(pack), vec![false; pack.entries.len()]);
        PackSweep {
            bytes,
            pack,
            built,
            inflater: Inflater::new(),
            delta: Vec::new(),
            done,
            kept: 0,
        }
    }

    /// Returns the place of an object in the pack at `place`. The place contains the id of the
    /// object or, if the id is not known, the offset of its entry.
    pub fn place(&self, entry: usize, id: Option<ObjectId>, place: &StreamPlace) -> StreamPlace {
        let by_place = || format!("object at {}", self.pack.entries[entry].at);
        place.member(id.map_or_else(by_place, |id| id.to_string()).as_bytes())
    }

    /// Reads the object of an entry, of up to `most` bytes: its content, and its kind. A delta is
    /// applied to `base`.
    pub fn read(
        &mut self,
        entry: usize,
        base: Option<&PackBase>,
        most: u64,
    ) -> Result<(Vec<u8>, Kind), Failure> {
        let nonsense = || Failure::new(SkipReason::Corrupt, "its delta is invalid");
        self.inflate(entry, most)?;
        match (&self.pack.entries[entry].content, base) {
            (PackContent::Whole(kind), _) => Ok((std::mem::take(&mut self.delta), *kind)),
            (_, None) => Err(nonsense()),
            (_, Some(base)) => {
                let delta = Delta::parse(&self.delta).ok_or_else(nonsense)?;
                if delta.size > most {
                    return Err(too_large(delta.size));
                }
                let mut bytes = Vec::new();
                delta
                    .build(&base.bytes, &mut bytes, &mut Fresh::default())
                    .ok_or_else(nonsense)?;
                Ok((bytes, base.kind))
            }
        }
    }

    /// Inflates the data of an entry, an object or a delta of up to `most` bytes, into `delta`.
    pub fn inflate(&mut self, entry: usize, most: u64) -> Result<(), Failure> {
        let entry = &self.pack.entries[entry];
        if entry.size > most {
            return Err(too_large(entry.size));
        }
        let packed = &self.bytes[entry.data.clone()];
        let inflated = self.inflater.inflate(packed, entry.size, &mut self.delta);
        inflated.map_err(|error| Failure::new(SkipReason::Corrupt, error))
    }
}

fn too_large(size: u64) -> Failure {
    Failure::new(
        SkipReason::Limit,
        format!("an object in a git pack is too large: {size} bytes"),
    )
}
