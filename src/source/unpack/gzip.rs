//! The header of a gzip, with the text before its content.

use std::io::{self, BufRead, Read};

use super::streams::says_too_much;

/// The number of bytes at the beginning of a header that have the same layout in each, and no text.
pub const FIXED: usize = 10;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

/// Returns the name that a gzip gives to its content; `None` if it gives none, or `start` ends
/// before.
pub fn gzip_name(start: &[u8]) -> Option<&[u8]> {
    let flags = *start.get(3)?;
    let mut rest = start.get(FIXED..)?;
    if flags & EXTRA != 0 {
        let length = usize::from(u16::from_le_bytes(*rest.first_chunk()?));
        rest = rest.get(2 + length..)?;
    }
    let name = if flags & NAME != 0 {
        &rest[..rest.iter().position(|byte| *byte == 0)?]
    } else {
        b""
    };
    (!name.is_empty()).then_some(name)
}

/// Reads the header of the gzip in `source` up to its checksum: attributes, a name, a comment. A
/// header that is cut short is returned as far as it goes.
///
/// # Errors
///
/// When the header cannot be read, or has `most` bytes or more.
pub fn head(source: &mut impl BufRead, most: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.by_ref().take(FIXED as u64).read_to_end(&mut head)?;
    let flags = head.get(3).copied().unwrap_or_default();
    if flags & EXTRA != 0 {
        let at = head.len();
        source.by_ref().take(2).read_to_end(&mut head)?;
        let length = head
            .get(at..)
            .and_then(<[u8]>::first_chunk)
            .map_or(0, |two| u16::from_le_bytes(*two));
        source.by_ref().take(length.into()).read_to_end(&mut head)?;
    }
    for _ in [NAME, COMMENT].iter().filter(|flag| flags & **flag != 0) {
        source.by_ref().take(most).read_until(0, &mut head)?;
    }
    if head.len() as u64 >= most {
        Err(says_too_much())
    } else {
        Ok(head)
    }
}
