//! One page of a b-tree, as far as its cells go on elsewhere.

use std::ops::Range;

/// A page of a table or of an index.
pub struct TreePage<'p> {
    bytes: &'p [u8],
    /// The offset of its header: on the first page, behind that of the file.
    start: usize,
    /// The bytes of a page that are used.
    usable: usize,
}

/// A cell whose row goes on on other pages.
#[derive(Debug, PartialEq, Eq)]
pub struct OverflowCell {
    /// The length of the row in bytes.
    pub length: u64,
    /// Those that lie on this page.
    pub local: Range<usize>,
    /// The page where the others begin.
    pub next: u32,
}

const INDEX_INNER: u8 = 2;
const INDEX_LEAF: u8 = 10;
const TABLE_LEAF: u8 = 13;

impl<'p> TreePage<'p> {
    /// The page, if it has cells with rows.
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

    /// The cells whose rows go on elsewhere; what makes no sense is none.
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

/// Takes a number at `at`: seven bits a byte, the ninth byte whole.
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
