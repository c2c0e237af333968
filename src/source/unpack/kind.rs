//! Recognises archives and compressed files by their first bytes.

use sirocco::Format;
use sirocco::inflate::Decoder;

use super::pack::{is_pack, is_zlib};
use super::{header, loose};

/// The number of bytes at the start of a file that [`kind`] examines: the size of a tar header.
pub const START: usize = 512;

/// A kind of archive or compressed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// zip, including formats based on it, such as jar, whl, docx, xlsx, apk and vsix.
    Zip,
    /// gzip, with one or several members.
    Gzip,
    /// tar, in the formats ustar, pax, GNU and the older one.
    Tar,
    /// bzip2, with one or several streams.
    Bzip2,
    /// xz, with one or several streams.
    Xz,
    /// zstd, with one or several frames.
    Zstd,
    /// A git pack.
    Pack,
    /// A git bundle: a pack after a list of refs.
    Bundle,
    /// A loose git object, which is a separate file.
    Loose,
}

/// The format of a compressed stream, which contains one file.
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

/// Returns the kind of the archive that begins with `start`, its first 512 bytes or, if it is
/// shorter, all bytes. `None` if it is not an archive.
///
/// The test is strict, so that text is never taken for an archive. If a format's magic number is
/// short, the bytes after it must be plausible, too. A tar header must have a correct checksum.
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

/// The signatures at the start of a split zip, with several parts and with a single part.
pub const MARKS: [&[u8]; 2] = [b"PK\x07\x08", b"PK00"];

/// Returns true if `start` begins with the header of a member that has a name and a known version
/// and method, or with the end record of a zip without members.
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
        // The version needed to extract is at most 63, for 6.3. Methods above 99 are not assigned.
        [b'P', b'K', 3, 4, version, ..] => {
            *version <= 63 && number(8) <= 99 && (1..u16::MAX).contains(&number(26))
        }
        [b'P', b'K', 5, 6, rest @ ..] => {
            rest.len() >= 18 && rest[..16].iter().all(|byte| *byte == 0)
        }
        _ => false,
    }
}

/// Returns true if `rest`, the bytes after the stream header, begins with the magic number of a
/// block or, for empty content, of the stream's end.
fn is_bzip2(rest: &[u8]) -> bool {
    rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
}

/// Returns true if `start` begins with the first line of a bundle of a known version, and the
/// second line begins like a capability, a prerequisite or a ref: with `@`, or with an object id of
/// at least 40 digits.
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

/// Returns true if the data inflates to the header of a loose git object: its kind and size.
fn is_loose(start: &[u8]) -> bool {
    let mut buffer = [0; loose::LONGEST];
    let inflated = Decoder::new(Format::Zlib)
        .decompress(start, &mut buffer, false)
        .map(|made| made.output.len());
    inflated.is_ok_and(|length| loose::size(&buffer[..length]).is_some())
}

/// Returns true if `start` has a zstd frame, possibly after skippable frames. Also true if it has
/// only skippable frames, the last of which extends past the first 512 bytes.
fn is_zstd(mut start: &[u8]) -> bool {
    let whole = start.len() >= START;
    loop {
        match start {
            // Bit 3 of the descriptor is reserved and must be zero.
            [0x28, 0xb5, 0x2f, 0xfd, descriptor, ..] => return descriptor & 0x08 == 0,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] => {
                let length = u32::from_le_bytes([*a, *b, *c, *d]);
                match usize::try_from(length)
                    .ok()
                    .and_then(|length| rest.get(length..))
                {
                    Some(next) => start = next,
                    // The next frame begins after the bytes of `start`. Text does not begin with
                    // the magic number of a skippable frame.
                    None => return whole,
                }
            }
            _ => return false,
        }
    }
}
