//! Reads the header of a gzip file, which may contain a name and a comment.

use std::io::{self, BufRead, Read};

use super::streams::says_too_much;

/// The length in bytes of the fixed beginning of every header, which contains no text.
pub const FIXED: usize = 10;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

/// Returns the file name in the header at the beginning of `start`; `None` if the header has no
/// name, or if `start` ends before the end of the name.
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

/// Reads the header in `source`: the fixed beginning, attributes, name and comment, without the
/// header's checksum. If `source` ends early, returns the bytes that it has.
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
