//! What a gzip says before its content.

use std::io::{self, BufRead, Read};

use super::streams::says_too_much;

/// How many bytes of a header are the same in each and no text.
pub const FIXED: usize = 10;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

/// The name that a gzip gives to what it holds.
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

/// Reads the header of the gzip in `source` up to its checksum: attributes, a name, a comment. Of one that is cut short, what
/// there is.
///
/// # Errors
///
/// When it cannot be read, or has more than `most` bytes.
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
