//! Detects encoded text by looking at a few of every 32 bytes.
//!
//! Anchors cover one layer of encoding. Nested layers have too many spellings to list, but all
//! nested encodings are long, and consist of few different bytes. In base64 of ASCII, the first
//! character of each group of four is from one half of the alphabet, and the second and third are
//! restricted too. In hexadecimal of ASCII, every other digit is 0 or 2 to 7. In UTF-16, every
//! other byte is zero. Escapes consist of punctuation and digits. So a few bytes are enough to tell
//! encoded text from other text: each is looked up in a table, and the results are combined.

use super::base64::VALUES;
use super::{Encoding, Place, escapes};

/// The distance from one sample to the next, in bytes.
const STRIDE: usize = 32;
/// The number of bytes after a place that must look encoded. A smaller number of bytes would often
/// look encoded by chance.
const BEHIND: usize = 20;
/// The length of the shortest run of digits that sampling never misses, in bytes: up to 31 bytes
/// before the next sample, up to three bytes before the next group, and `BEHIND` bytes that must
/// look encoded. UTF-16, UTF-32 and escapes need longer runs. Every encoded secret has enough
/// bytes: the shortest secret has 34 bytes, and at least 67 bytes in such an encoding.
pub const SAMPLED: usize = STRIDE - 1 + 3 + BEHIND;
/// The number of bytes on either side of a stretch that must be read to detect all encoded text
/// that touches the stretch. Sampling notices a run in any part of a text that contains this many
/// bytes of the run.
pub const REACH: usize = 2 * STRIDE - 1 + SAMPLE + SPELLED;
/// The offsets of the bytes of a sample that are checked first. The offsets are far apart, so
/// that no single word covers all of them. Each remainder modulo 4 occurs. All are among the
/// [`BEHIND`] bytes that must look encoded.
const PROBES: [usize; 5] = [0, 5, 10, 15, 18];
/// The number of bytes from the first probe to the last.
const PROBED: usize = PROBES[PROBES.len() - 1] + 1;
/// The number of consecutive bytes of a sample that are checked after the probes: two characters of
/// UTF-32, the widest unit in the table.
const SAMPLE: usize = 8;

/// The encodings that a byte may be part of, one bit each, by the byte's offset in a sample (modulo
/// 4).
///
/// Bits 0–3: base64 of ASCII whose groups begin at offset 0, 1, 2 or 3. Bits 4–5: hexadecimal of
/// ASCII whose pairs begin at offset 0 or 1. Bits 6–7: UTF-16 whose characters begin at offset 0 or
/// 1. Bits 8–11: UTF-32 whose characters begin at offset 0, 1, 2 or 3. Bit 12: escapes.
static ROLES: [[u16; 256]; 4] = {
    let mut roles = [[0; 256]; 4];
    let mut cell = 0;
    while cell < 4 * 256 {
        roles[cell / 256][cell % 256] = roles_of(cell / 256, (cell % 256) as u8);
        cell += 1;
    }
    roles
};

const IN_ESCAPE: u16 = 1 << 12;

const fn roles_of(offset: usize, byte: u8) -> u16 {
    let value = VALUES[byte as usize];
    let is_text = value < 64;
    let (mut roles, mut phase) = (0, 0);
    while phase < 4 {
        // The high bit of each ASCII byte is clear. It is in one of the first three characters.
        let in_base64 = is_text
            && match (offset + 4 - phase) % 4 {
                0 => value & 0x20 == 0,
                1 => value & 0x08 == 0,
                2 => value & 0x02 == 0,
                _ => true,
            };
        let begins_pair = (offset + phase).is_multiple_of(2);
        let in_hex = if begins_pair {
            matches!(byte, b'0' | b'2'..=b'7')
        } else {
            byte.is_ascii_hexdigit()
        };
        let in_utf16 = if begins_pair {
            byte.is_ascii_graphic()
        } else {
            byte == 0
        };
        let in_utf32 = if (offset + 4 - phase).is_multiple_of(4) {
            byte.is_ascii_graphic()
        } else {
            byte == 0
        };
        roles |= (in_base64 as u16) << phase | (in_utf32 as u16) << (8 + phase);
        roles |= if phase < 2 {
            (in_hex as u16) << (4 + phase) | (in_utf16 as u16) << (6 + phase)
        } else {
            0
        };
        phase += 1;
    }
    if is_in_escape(byte) {
        roles | IN_ESCAPE
    } else {
        roles
    }
}

const fn is_in_escape(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
        || matches!(
            byte,
            b'%' | b'=' | b'\\' | b'u' | b'U' | b'x' | b'X' | b'&' | b'#' | b';' | b'{' | b'}'
        )
}

/// Calls `visit` for each sample in `bytes` that could be encoded text by its table entries.
/// [`looks_encoded`] then decides.
pub fn sample(bytes: &[u8], mut visit: impl FnMut(Place)) {
    any_sample(bytes, |place| {
        visit(place);
        false
    });
}

/// Returns true if `test` returns true for any sample in `bytes` that could be encoded text by its
/// table entries.
pub fn any_sample(bytes: &[u8], mut test: impl FnMut(Place) -> bool) -> bool {
    // An escape takes at least three bytes for one character, so every other sample is enough to
    // find escapes.
    const WANTED: [u16; 2] = [u16::MAX, !IN_ESCAPE];
    let mut is_any = |block: usize, bytes: &[u8], roles: u16| {
        let roles = (0..SAMPLE).fold(roles, |roles, at| roles & role(bytes, at));
        let place = |(offset, encoding)| Place {
            at: block * STRIDE + offset,
            encoding,
            phase: 0,
            reading: 0,
        };
        roles != 0 && suspects(roles, &bytes[..SAMPLE]).map(place).any(&mut test)
    };
    let (pairs, rest) = bytes.as_chunks::<{ 2 * STRIDE }>();
    for (pair, bytes) in pairs.iter().enumerate() {
        let [first, second] = [&bytes[..STRIDE], &bytes[STRIDE..]];
        let (one, other) = (probe(first, WANTED[0]), probe(second, WANTED[1]));
        // Usually both are zero. Testing them together costs one branch instead of two.
        if one | other != 0 && (is_any(2 * pair, first, one) || is_any(2 * pair + 1, second, other))
        {
            return true;
        }
    }
    let rest = rest
        .chunks(STRIDE)
        .zip(WANTED)
        .enumerate()
        .filter(|(_, (bytes, _))| bytes.len() >= PROBED);
    rest.map(|(block, (bytes, wanted))| (2 * pairs.len() + block, bytes, probe(bytes, wanted)))
        .any(|(block, bytes, roles)| roles != 0 && is_any(block, bytes, roles))
}

/// Returns the bits of `wanted` whose encodings every probed byte may be part of (see [`ROLES`]).
fn probe(bytes: &[u8], wanted: u16) -> u16 {
    PROBES
        .iter()
        .fold(wanted, |roles, at| roles & role(bytes, *at))
}

/// Returns the roles of the byte at offset `at` in a sample.
fn role(bytes: &[u8], at: usize) -> u16 {
    ROLES[at % 4][usize::from(bytes[at])]
}

/// Returns the offset in the sample and the encoding that each bit in `roles` stands for.
fn suspects(mut roles: u16, sample: &[u8]) -> impl Iterator<Item = (usize, Encoding)> {
    let bits = std::iter::from_fn(move || {
        let bit = roles.trailing_zeros() as usize;
        roles &= roles.checked_sub(1)?;
        Some(bit)
    });
    bits.filter_map(|bit| match bit {
        0..4 => Some((bit, Encoding::Base64)),
        4..6 => Some((bit - 4, Encoding::Hex)),
        6..8 => Some((bit - 6, Encoding::Utf16)),
        8..12 => Some((bit - 8, Encoding::Utf32)),
        _ => sample
            .iter()
            .enumerate()
            .find_map(|(at, byte)| Some((at, encoding_of_mark(*byte)?))),
    })
}

fn encoding_of_mark(byte: u8) -> Option<Encoding> {
    match byte {
        b'%' => Some(Encoding::Percent),
        b'=' => Some(Encoding::QuotedPrintable),
        b'\\' => Some(Encoding::Backslash),
        b'&' => Some(Encoding::Html),
        _ => None,
    }
}

/// Returns true if the bytes after a sampled place look like text in the place's encoding.
pub fn looks_encoded(bytes: &[u8], place: Place) -> bool {
    let behind = &bytes[place.at..];
    match place.encoding {
        Encoding::Base64 => is_base64_of_text(behind),
        Encoding::Hex => {
            let is_text = |pair: &[u8]| matches!(pair[0], b'2'..=b'7') || pair == b"00";
            begins_with(behind, 2, BEHIND / 2, |pair| {
                is_text(pair) && pair[1].is_ascii_hexdigit()
            }) && behind.chunks(2).take(8).any(|pair| pair != b"00")
        }
        Encoding::Utf16 => is_wide(behind, 2),
        Encoding::Utf32 => is_wide(behind, 4),
        escape => spells(behind, escape),
    }
}

/// Returns true if `bytes` begin with `units` units of `width` bytes that all pass `test`.
fn begins_with(bytes: &[u8], width: usize, units: usize, test: impl Fn(&[u8]) -> bool) -> bool {
    bytes
        .get(..width * units)
        .is_some_and(|bytes| bytes.chunks_exact(width).all(test))
}

/// The number of consecutive characters of UTF-16 or UTF-32 that must look like text. Tables of
/// small numbers have fewer by chance; the shortest secret has at least this many after its first
/// sample.
const WIDE: usize = 15;

/// Returns true if `bytes` begin with visible ASCII characters that take `width` bytes each, and
/// the first eight are not all the same.
fn is_wide(bytes: &[u8], width: usize) -> bool {
    begins_with(bytes, width, WIDE, |unit| {
        unit[0].is_ascii_graphic() && unit[1..].iter().all(|byte| *byte == 0)
    }) && bytes.chunks(width).take(8).any(|unit| unit[0] != bytes[0])
}

/// Returns true if `byte` occurs in text, including the zeros of UTF-16 and UTF-32. Other data that
/// is often in base64, such as certificates and tables, contains other bytes.
fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0)
}

/// Returns true if `bytes` begin with base64 of text that has a visible character.
fn is_base64_of_text(bytes: &[u8]) -> bool {
    let mut visible = false;
    for (group, characters) in bytes.chunks_exact(4).take(8).enumerate() {
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| VALUES[usize::from(characters[at])]);
        if (a | b | c | d) & 64 != 0 {
            return group * 4 >= BEHIND && visible;
        }
        let plain = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        if !plain.iter().all(|byte| is_text(*byte)) {
            return false;
        }
        visible |= plain.iter().any(u8::is_ascii_graphic);
    }
    bytes.len() >= BEHIND && visible
}

/// The number of bytes within which escapes must stand for three visible characters. It is enough
/// for three characters of UTF-32 if every byte is an escape.
const SPELLED: usize = 128;

/// Returns true if `bytes` begin with escapes that stand for text with three visible characters.
/// Between the escapes, only parts of nested escapes may occur, such as `6E` in `%256E%2574`.
fn spells(bytes: &[u8], encoding: Encoding) -> bool {
    let (mut rest, mut visible) = (&bytes[..bytes.len().min(SPELLED)], 0);
    while visible < 3 {
        let Some(first) = rest.first() else {
            return false;
        };
        match escapes::escape(encoding, rest) {
            Some(escapes::Escape {
                code: Some(code),
                length,
            }) if is_text(super::ascii(code)) => {
                visible += usize::from(super::ascii(code).is_ascii_graphic());
                rest = &rest[length..];
            }
            None if is_in_escape(*first) => rest = &rest[1..],
            _ => return false,
        }
    }
    true
}
