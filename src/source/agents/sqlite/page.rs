//! Reads one page of a SQLite b-tree, and finds its cells whose rows continue on overflow pages.

use std::ops::Range;

/// A b-tree page of a table or an index.
pub struct TreePage<'p> {
    bytes: &'p [u8],
    /// The offset of the page's header in the page: 100 on the first page, after the file header;
    /// otherwise 0.
    start: usize,
    /// The number of bytes of the page that SQLite uses: the page size without the reserved end.
    usable: usize,
}

/// A cell whose row continues on overflow pages.
#[derive(Debug, PartialEq, Eq)]
pub struct OverflowCell {
    /// The length of the whole row in bytes.
    pub length: u64,
    /// The range of the row's first bytes, which are on this page.
    pub local: Range<usize>,
    /// The number of the first overflow page, from 1.
    pub next: u32,
}

const INDEX_INNER: u8 = 2;
const INDEX_LEAF: u8 = 10;
const TABLE_LEAF: u8 = 13;

impl<'p> TreePage<'p> {
    /// Returns the page, if it is of a kind whose cells have rows; otherwise `None`. `number` is
    /// the page number from 1.
    pub fn of(bytes: &'p [u8], number: u32, usable: usize) -> Option<Self> {
        let start = if number == 1 { 100 } else { 0 };
        let kind = *bytes.get(start)?;
        let is_tree = [INDEX_INNER, INDEX_LEAF, TABLE_LEAF].contains(&kind);
        (is_tree && usable <= bytes.len()).then_some(TreePage {
            bytes,
            start,
            usable,
        })
    }

    /// Returns the cells whose rows continue on overflow pages. Invalid cells are left out.
    pub fn overflowing(&self) -> Vec<OverflowCell> {
        let kind = self.bytes[self.start];
        let header = if kind == INDEX_INNER { 12 } else { 8 };
        let count = self.number(self.start + 3).unwrap_or(0);
        let cells = (0..usize::from(count)).map(|at| self.start + header + 2 * at);
        let pointers = cells.map_while(|at| self.number(at));
        pointers
            .filter_map(|at| self.cell(usize::from(at), kind))
            .collect()
    }

    fn number(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at + 2)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn cell(&self, mut at: usize, kind: u8) -> Option<OverflowCell> {
        if kind == INDEX_INNER {
            at += 4;
        }
        let length = varint(self.bytes, &mut at)?;
        if kind == TABLE_LEAF {
            varint(self.bytes, &mut at)?;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let most = match kind {
            TABLE_LEAF => self.usable - 35,
            _ => (self.usable - 12) * 64 / 255 - 23,
        };
        if length <= most as u64 {
            return None;
        }
        let kept = least + ((length - least as u64) % (self.usable as u64 - 4)) as usize;
        let kept = if kept <= most { kept } else { least };
        let next = self.bytes.get(at + kept..at + kept + 4)?;
        Some(OverflowCell {
            length,
            local: at..at + kept,
            next: u32::from_be_bytes([next[0], next[1], next[2], next[3]]),
        })
    }
}

/// Reads a variable-length number at `at` and moves `at` past it. Each byte has seven bits of the
/// number; a ninth byte has eight. `None` if the bytes end before the number does.
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0u64;
    for count in 1..=9 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if count == 9 {
            return Some(number << 8 | u64::from(byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
