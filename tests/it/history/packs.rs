//! Writes packs and their indexes, valid ones and invalid ones.

use std::io::Write;
use std::path::Path;

use gix::ObjectId;

/// An entry to write to a pack.
pub struct Entry {
    /// The type number: 1 commit, 2 tree, 3 blob, 4 tag.
    pub kind: u8,
    /// The size of its inflated data in bytes, as the entry claims.
    pub size: u64,
    pub base: Option<Base>,
    pub data: Vec<u8>,
}

/// The base that a delta names.
pub enum Base {
    /// The entry that begins this number of bytes earlier.
    Back(u64),
    /// The earlier entry with this number.
    Entry(usize),
    /// The object of the entry with this number.
    Object(usize),
}

/// A pack, and the content of its index.
pub struct Made {
    pub pack: Vec<u8>,
    pub offsets: Vec<u64>,
    pub checksums: Vec<u32>,
    pub ids: Vec<ObjectId>,
}

/// An entry with a whole blob.
pub fn blob(data: &[u8]) -> Entry {
    Entry {
        kind: 3,
        size: data.len() as u64,
        base: None,
        data: data.to_vec(),
    }
}

/// An entry with a delta.
pub fn delta(base: Base, data: Vec<u8>) -> Entry {
    Entry {
        kind: 0,
        size: data.len() as u64,
        base: Some(base),
        data,
    }
}

/// The data of a delta with these instructions, for a base of `base` bytes and a result of `result` bytes.
pub fn steps(base: u64, result: u64, steps: &[&[u8]]) -> Vec<u8> {
    [&number(base)[..], &number(result), &steps.concat()].concat()
}

/// The instruction that copies a part of the base.
pub fn copy(offset: u32, length: u32) -> [u8; 8] {
    let ([a, b, c, d], [e, f, g, _]) = (offset.to_le_bytes(), length.to_le_bytes());
    [0xFF, a, b, c, d, e, f, g]
}

/// The instruction that inserts up to 127 bytes.
pub fn insert(bytes: &[u8]) -> Vec<u8> {
    [&[bytes.len() as u8], bytes].concat()
}

/// The id of the object of entry `number`. It is made up: a pack does not contain the ids of its objects.
pub fn id(number: usize) -> ObjectId {
    let four = (number as u32).wrapping_mul(0x9E37_79B1).to_be_bytes();
    ObjectId::from_bytes_or_panic(&[&four[..], &(number as u32).to_be_bytes(), &[7; 12]].concat())
}

/// A number in groups of seven bits, the lowest group first.
fn number(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7F {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// The distance to a base in bytes: groups of seven bits, the highest group first. All groups but the last are less by one.
fn distance(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![value as u8 & 0x7F];
    while value > 0x7F {
        value = (value >> 7) - 1;
        bytes.insert(0, value as u8 | 0x80);
    }
    bytes
}

fn checksum(bytes: &[u8]) -> Vec<u8> {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().unwrap().as_slice().to_vec()
}

impl Made {
    /// Builds a pack from these entries.
    pub fn new(entries: &[Entry]) -> Self {
        let mut pack = [
            &b"PACK\0\0\0\x02"[..],
            &(entries.len() as u32).to_be_bytes(),
        ]
        .concat();
        let (mut offsets, mut checksums) = (Vec::new(), Vec::new());
        for entry in entries {
            let start = pack.len();
            pack.extend(entry.head(start as u64, &offsets));
            let mut deflated =
                flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            deflated.write_all(&entry.data).unwrap();
            pack.extend(deflated.finish().unwrap());
            offsets.push(start as u64);
            checksums.push(crc32fast::hash(&pack[start..]));
        }
        pack.extend(checksum(&pack));
        Made {
            pack,
            offsets,
            checksums,
            ids: (0..entries.len()).map(id).collect(),
        }
    }

    /// The index of the pack, version 2.
    pub fn index(&self) -> Vec<u8> {
        let mut order: Vec<usize> = (0..self.ids.len()).collect();
        order.sort_by_key(|at| self.ids[*at]);
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255 {
            let upto = self
                .ids
                .iter()
                .filter(|id| id.as_bytes()[0] <= first)
                .count() as u32;
            index.extend(upto.to_be_bytes());
        }
        order
            .iter()
            .for_each(|at| index.extend_from_slice(self.ids[*at].as_bytes()));
        order
            .iter()
            .for_each(|at| index.extend(self.checksums[*at].to_be_bytes()));
        let mut large = Vec::new();
        for at in &order {
            let offset = self.offsets[*at];
            if offset < 1 << 31 {
                index.extend((offset as u32).to_be_bytes());
            } else {
                index.extend((1 << 31 | large.len() as u32).to_be_bytes());
                large.push(offset);
            }
        }
        large
            .iter()
            .for_each(|offset| index.extend(offset.to_be_bytes()));
        index.extend_from_slice(&self.pack[self.pack.len() - 20..]);
        index.extend(checksum(&index));
        index
    }

    /// Writes the pack and the index to a repository's directory of packs.
    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("pack-made.pack"), &self.pack).unwrap();
        std::fs::write(folder.join("pack-made.idx"), self.index()).unwrap();
    }
}

impl Entry {
    /// The header of the entry, which begins at byte `start` of the pack.
    fn head(&self, start: u64, offsets: &[u64]) -> Vec<u8> {
        let (kind, base) = match &self.base {
            None => (self.kind, Vec::new()),
            Some(Base::Back(bytes)) => (6, distance(*bytes)),
            Some(Base::Entry(number)) => (6, distance(start - offsets[*number])),
            Some(Base::Object(number)) => (7, id(*number).as_bytes().to_vec()),
        };
        let more = self.size >> 4;
        let first = kind << 4 | (self.size & 0x0F) as u8;
        let size = if more == 0 {
            vec![first]
        } else {
            [vec![first | 0x80], number(more)].concat()
        };
        [size, base].concat()
    }
}
