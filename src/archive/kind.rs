//! Recognises archives and compressed files by what they begin with.

use super::header;

/// How many bytes of a file [`kind`] looks at: the header of a tar member.
pub const START: usize = 512;

/// A kind of archive or compressed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A zip, by whatever name: jar, whl, docx, xlsx, apk, vsix.
    Zip,
    /// gzip, of one member or several.
    Gzip,
    /// tar: ustar, pax and GNU.
    Tar,
    /// bzip2, of one stream or several.
    Bzip2,
    /// xz, of one stream or several.
    Xz,
    /// zstd, of one frame or several.
    Zstd,
}

/// The kind of archive that begins with `start`: its first 512 bytes, or all of it when it is shorter.
///
/// Strict, so that a text is never taken for an archive: where a format's magic number is short, what follows must be
/// plausible too, and a tar's header must have a correct checksum.
pub fn kind(start: &[u8]) -> Option<Kind> {
    match start {
        [b'P', b'K', ..] if is_zip(start) => Some(Kind::Zip),
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Kind::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if is_bzip2(rest) => Some(Kind::Bzip2),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Kind::Xz),
        _ if is_zstd(start) => Some(Kind::Zstd),
        _ if header::is_tar(start) => Some(Kind::Tar),
        _ => None,
    }
}

/// The header of a first member with a name and a known version and method, or the end of an archive without members.
fn is_zip(start: &[u8]) -> bool {
    let number = |at: usize| start.get(at..at + 2).map_or(u16::MAX, |two| u16::from_le_bytes([two[0], two[1]]));
    match start {
        // The lower byte of the version needed is 6.3 at most; methods beyond 99 are not assigned.
        [b'P', b'K', 3, 4, version, ..] => *version <= 63 && number(8) <= 99 && (1..u16::MAX).contains(&number(26)),
        [b'P', b'K', 5, 6, rest @ ..] => rest.len() >= 18 && rest[..16].iter().all(|byte| *byte == 0),
        _ => false,
    }
}

/// The magic number of a block or, in a stream without content, of the stream's end.
fn is_bzip2(rest: &[u8]) -> bool {
    rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

/// A frame, after any number of skippable ones as far as they end within `start`.
fn is_zstd(mut start: &[u8]) -> bool {
    loop {
        match start {
            // The fourth bit of the descriptor is reserved.
            [0x28, 0xb5, 0x2f, 0xfd, descriptor, ..] => return descriptor & 0x08 == 0,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] => {
                let length = u32::from_le_bytes([*a, *b, *c, *d]);
                let Some(next) = usize::try_from(length).ok().and_then(|length| rest.get(length..)) else {
                    return false;
                };
                start = next;
            }
            _ => return false,
        }
    }
}
