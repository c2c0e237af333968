//! Parses git packs. A pack is a sequence of compressed entries, each of which is a whole object or
//! a delta against another object.

use sirocco::Format;
use sirocco::inflate::Scanner;

use crate::git::object::{Hash, Kind, ObjectId, checksum, read_id};

use super::content::Meter;

/// The length of a pack's header in bytes: `PACK`, the version and the number of objects, four
/// bytes each.
const HEAD: usize = 12;

/// The number of bytes counted against the limits for each entry, in addition to its size: even an
/// empty entry takes memory and time.
const ENTRY: u64 = 512;

/// An entry of a pack.
pub struct PackEntry {
    /// The offset of the entry in the pack.
    pub at: usize,
    /// The range of the entry's compressed data.
    pub data: std::ops::Range<usize>,
    /// The size in bytes of the inflated data.
    pub size: u64,
    pub content: PackContent,
}

/// The kind of an entry's data: a whole object or a delta.
pub enum PackContent {
    Whole(Kind),
    /// A delta against the entry that begins at this offset.
    DeltaAt(usize),
    /// A delta against the object with this id.
    DeltaOf(ObjectId),
}

/// The entries of a pack.
pub struct ParsedPack {
    pub hash: Hash,
    pub entries: Vec<PackEntry>,
    /// A description of the pack's damage; `None` if the pack is complete and valid.
    pub damage: Option<String>,
}

/// Returns true if a file begins like a pack: with the header of a known version and, unless it has
/// no objects, with the header of a first entry and the beginning of zlib data.
pub fn is_pack(start: &[u8]) -> bool {
    let Some((_, count)) = head(start) else {
        return false;
    };
    let is_empty = count == 0
        && [Hash::Sha1, Hash::Sha256]
            .map(|hash| HEAD + hash.len_in_bytes())
            .contains(&start.len());
    let begins =
        |hash| entry_head(start, HEAD, hash).and_then(|(_, _, data)| start.get(data..data + 2));
    is_empty
        || [Hash::Sha1, Hash::Sha256]
            .into_iter()
            .filter_map(begins)
            .any(is_zlib)
}

/// Returns true if the first two bytes are the header of zlib data.
pub fn is_zlib(two: &[u8]) -> bool {
    let &[method, flags, ..] = two else {
        return false;
    };
    method & 0x8f == 8 && (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31)
}

/// Returns the version and the number of objects in a pack's header; `None` if the header is
/// invalid or the version is unknown.
fn head(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"PACK")?;
    let word = |at: usize| {
        rest.get(at..)?
            .first_chunk()
            .map(|four| u32::from_be_bytes(*four))
    };
    Some((
        word(0).filter(|version| matches!(version, 2 | 3))?,
        word(4)?,
    ))
}

impl ParsedPack {
    /// Parses the entries in `bytes`, up to the first invalid one. A pack does not say which hash
    /// function it uses, so SHA-1 is tried first, and SHA-256 if the pack then seems damaged.
    pub fn read(bytes: &[u8], meter: &Meter) -> Self {
        let pack = ParsedPack::read_as(Hash::Sha1, bytes, meter);
        let other = pack
            .damage
            .is_some()
            .then(|| ParsedPack::read_as(Hash::Sha256, bytes, meter));
        other
            .filter(|other| other.damage.is_none() || other.entries.len() > pack.entries.len())
            .unwrap_or(pack)
    }

    fn read_as(hash: Hash, bytes: &[u8], meter: &Meter) -> Self {
        let mut pack = ParsedPack {
            hash,
            entries: Vec::new(),
            damage: None,
        };
        let Some((_, count)) = head(bytes) else {
            pack.damage = Some("a git pack with an invalid header".into());
            return pack;
        };
        let (mut at, mut scanner) = (HEAD, Scanner::new(Format::Zlib));
        // A program that does not know the number of objects in advance writes it at the end. If
        // the program was interrupted, the number is 0 although entries follow.
        let goes_on = |found: usize, at| {
            found < count as usize || count == 0 && at + hash.len_in_bytes() < bytes.len()
        };
        while goes_on(pack.entries.len(), at) && !meter.is_spent() {
            let Some(entry) = entry(bytes, at, hash, &mut scanner) else {
                break;
            };
            meter.charge(entry.size.saturating_add(ENTRY));
            at = entry.data.end;
            pack.entries.push(entry);
        }
        let found = pack.entries.len();
        let is_whole = found == count as usize && bytes.len() == at + hash.len_in_bytes();
        if !is_whole {
            pack.damage = Some(format!(
                "a git pack that is not complete: it should have {count} objects, and {found} can be read"
            ));
        } else if checksum(hash, &bytes[..at])
            .is_none_or(|checksum| checksum.as_slice() != &bytes[at..])
        {
            pack.damage = Some("a git pack with a wrong checksum".into());
        }
        pack
    }

    /// Returns the index of the entry that begins at the offset `at`; `None` if no entry begins
    /// there.
    pub fn entry_at(&self, at: usize) -> Option<usize> {
        self.entries
            .binary_search_by_key(&at, |entry| entry.at)
            .ok()
    }
}

/// Parses the entry that begins at the offset `at`; `None` if it is invalid.
fn entry(bytes: &[u8], at: usize, hash: Hash, scanner: &mut Scanner) -> Option<PackEntry> {
    let (size, content, data) = entry_head(bytes, at, hash)?;
    scanner.reset();
    let length = scanner.scan(bytes.get(data..)?, true).ok()??;
    (scanner.total_out() == size).then_some(PackEntry {
        at,
        data: data..data + length,
        size,
        content,
    })
}

/// Parses the header of the entry at the offset `at`. Returns the size and kind of its data, and
/// the offset at which the data begins; `None` if the header is invalid.
fn entry_head(bytes: &[u8], at: usize, hash: Hash) -> Option<(u64, PackContent, usize)> {
    let (first, mut data) = (*bytes.get(at)?, at + 1);
    let (mut size, mut shift, mut last) = (u64::from(first & 0x0f), 4, first);
    while last & 0x80 != 0 {
        last = *bytes.get(data)?;
        // A size of more than 60 bits is invalid.
        size |= u64::from(last & 0x7f)
            .checked_shl(shift)
            .filter(|_| shift < 60)?;
        (shift, data) = (shift + 7, data + 1);
    }
    let content = match first >> 4 & 7 {
        1 => PackContent::Whole(Kind::Commit),
        2 => PackContent::Whole(Kind::Tree),
        3 => PackContent::Whole(Kind::Blob),
        4 => PackContent::Whole(Kind::Tag),
        6 => PackContent::DeltaAt(
            at.checked_sub(distance(bytes, &mut data)?)
                .filter(|base| *base < at)?,
        ),
        7 => {
            let id = bytes.get(data..data + hash.len_in_bytes())?;
            data += hash.len_in_bytes();
            PackContent::DeltaOf(read_id(id)?)
        }
        _ => return None,
    };
    Some((size, content, data))
}

/// Parses the distance in bytes from an entry back to its base, which is stored at the offset
/// `next`. Moves `next` past it. `None` if the number is incomplete or too large.
fn distance(bytes: &[u8], next: &mut usize) -> Option<usize> {
    let mut distance = 0usize;
    loop {
        let byte = *bytes.get(*next)?;
        *next += 1;
        distance = distance.checked_mul(128)? + usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(distance);
        }
        distance = distance.checked_add(1)?;
    }
}
