//! Recognition of archives and compressed files by their first bytes.

use sirocco::Format;
use sirocco::inflate::Decoder;

use super::pack::{is_pack, is_zlib};
use super::{header, loose};

/// The number of bytes at the start of a file that [`kind`] reads: the header of a tar member.
pub const START: usize = 512;

/// A kind of archive or compressed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// A zip under any name: jar, whl, docx, xlsx, apk, vsix.
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
    /// A git pack.
    Pack,
    /// A git bundle: a pack after a list of refs.
    Bundle,
    /// A loose git object, in a file of its own.
    Loose,
}

/// The format of a compressed stream, which has one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// zstd.
    Zstd,
    /// zlib, the format of git's objects.
    Zlib,
}

/// Returns the kind of the archive that begins with `start`: its first 512 bytes, or all of a
/// shorter one. `None` if it is not an archive.
///
/// The test is strict, so that a text is never taken for an archive: where a format's magic number
/// is short, the bytes after it must be plausible too, and a tar header must have a correct
/// checksum.
pub fn kind(start: &[u8]) -> Option<ArchiveKind> {
    match start {
        [b'P', b'K', ..] if is_zip(start) => Some(ArchiveKind::Zip),
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(ArchiveKind::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if is_bzip2(rest) => Some(ArchiveKind::Bzip2),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(ArchiveKind::Xz),
        [b'P', b'A', b'C', b'K', ..] if is_pack(start) => Some(ArchiveKind::Pack),
        [b'#', b' ', b'v', ..] if is_bundle(start) => Some(ArchiveKind::Bundle),
        _ if is_zlib(start) && is_loose(start) => Some(ArchiveKind::Loose),
        _ if is_zstd(start) => Some(ArchiveKind::Zstd),
        _ if header::is_tar(start) => Some(ArchiveKind::Tar),
        _ => None,
    }
}

/// The marks at the start of a split zip: of several parts, and of a single one.
pub const MARKS: [&[u8]; 2] = [b"PK\x07\x08", b"PK00"];

/// Returns true if `start` has the header of a first member with a name and a known version and
/// method, or the end of an archive without members.
fn is_zip(start: &[u8]) -> bool {
    let start = MARKS
        .iter()
        .find_map(|mark| start.strip_prefix(*mark))
        .unwrap_or(start);
    let number = |at: usize| {
        start
            .get(at..at + 2)
            .map_or(u16::MAX, |two| u16::from_le_bytes([two[0], two[1]]))
    };
    match start {
        // The lower byte of the version needed is 6.3 at most; methods beyond 99 are not assigned.
        [b'P', b'K', 3, 4, version, ..] => {
            *version <= 63 && number(8) <= 99 && (1..u16::MAX).contains(&number(26))
        }
        [b'P', b'K', 5, 6, rest @ ..] => {
            rest.len() >= 18 && rest[..16].iter().all(|byte| *byte == 0)
        }
        _ => false,
    }
}

/// Returns true if `rest` begins with the magic number of a block or, in a stream without content,
/// of the stream's end.
fn is_bzip2(rest: &[u8]) -> bool {
    rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

/// Returns true if a known version is followed by a line with a capability, a prerequisite object
/// or a ref. An object id has at least 40 digits.
fn is_bundle(start: &[u8]) -> bool {
    let second = [&b"# v2 git bundle\n"[..], b"# v3 git bundle\n"]
        .into_iter()
        .find_map(|first| start.strip_prefix(first));
    let is_id = |text: &[u8]| text.len() >= 40 && text[..40].iter().all(u8::is_ascii_hexdigit);
    second.is_some_and(|second| match second {
        [b'@', ..] => true,
        [b'-', id @ ..] => is_id(id),
        id => is_id(id),
    })
}

/// Returns true if the inflated data begins with an object kind and a size.
fn is_loose(start: &[u8]) -> bool {
    let mut buffer = [0; loose::LONGEST];
    let inflated = Decoder::new(Format::Zlib)
        .decompress(start, &mut buffer, false)
        .map(|made| made.output.len());
    inflated.is_ok_and(|length| loose::size(&buffer[..length]).is_some())
}

/// Returns true if `start` holds a frame, after any number of skippable ones that end within
/// `start`. A skippable frame that goes past the first 512 bytes is enough.
fn is_zstd(mut start: &[u8]) -> bool {
    let whole = start.len() >= START;
    loop {
        match start {
            // The fourth bit of the descriptor is reserved.
            [0x28, 0xb5, 0x2f, 0xfd, descriptor, ..] => return descriptor & 0x08 == 0,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] => {
                let length = u32::from_le_bytes([*a, *b, *c, *d]);
                match usize::try_from(length)
                    .ok()
                    .and_then(|length| rest.get(length..))
                {
                    Some(next) => start = next,
                    // The next frame is beyond the bytes read; text has no such mark.
                    None => return whole,
                }
            }
            _ => return false,
        }
    }
}
