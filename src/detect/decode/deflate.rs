//! Compressed text in other text: gzip in base64, as Helm keeps its releases and pages keep their
//! state in an address, and the streams of a PDF.

use std::ops::Range;

use sirocco::Format;
use sirocco::inflate::Decoder;

use super::base64::VALUES;
use super::run::NONE;
use super::{Place, Text};
use crate::model::rule::Detector;

/// The literals that announce compressed text, each with the number of its layers of base64: gzip's
/// mark, the same in base64 once more, and the filter of a PDF's stream, which is in none. The two
/// bytes that zlib's data begins with are too common in base64 to be searched for.
pub const OPENINGS: [(&[u8], usize); 3] = [(b"H4sI", 1), (b"SDRzS", 2), (FILTER, 0)];

const FILTER: &[u8] = b"/FlateDecode";

/// The most bytes that one compressed text may inflate to.
pub const LARGEST: usize = 8 << 20;

/// The room for inflated bytes that one compressed text begins with.
const FIRST: usize = 4 << 10;

/// The fewest digits of base64 that hold compressed text with a credential in it.
const SHORTEST: usize = 60;

/// Returns true if compressed text may continue like this behind its opening: in base64, some of it
/// escaped, as far as a glance reaches.
pub fn may_be_deflated(layers: usize, behind: &[u8]) -> bool {
    if layers == 0 {
        return true;
    }
    let glance = behind.get(..Detector::GLANCE);
    glance.is_some_and(|glance| {
        glance
            .iter()
            .all(|byte| is_digit(byte) || matches!(byte, b'%' | b'\\'))
    })
}

/// Returns the text that is compressed behind the announcement at `place`, whose phase is the
/// number of layers of base64. `None` if there is none.
pub fn decode(bytes: &[u8], place: Place, traced: bool) -> Option<Text> {
    match place.phase {
        0 => decode_stream(bytes, place, traced),
        _ => decode_base64(bytes, place, traced),
    }
}

/// Returns the stream of a PDF behind the filter at `place`. `None` for pictures and fonts, which
/// hold no text.
fn decode_stream(bytes: &[u8], place: Place, traced: bool) -> Option<Text> {
    const DICTIONARY: usize = 400;
    let behind = &bytes[place.at..bytes.len().min(place.at + DICTIONARY)];
    let before = &bytes[place.at.saturating_sub(DICTIONARY)..place.at];
    let open = memchr::memmem::rfind(before, b" obj").unwrap_or(0);
    let end = memchr::memmem::find(behind, b"stream")?;
    let dictionary = [&before[open..], &behind[..end]].concat();
    let has = |name: &[u8]| memchr::memmem::find(&dictionary, name).is_some();
    if has(b"/Image") || has(b"/Length1") {
        return None;
    }
    let at = place.at + end + b"stream".len();
    let at = at
        + bytes[at..]
            .iter()
            .take(2)
            .take_while(|byte| b"\r\n".contains(byte))
            .count();
    let packed = &bytes[at..];
    let is_zlib = packed.len() > 2 && packed[0] == 0x78 && is_zlib(packed);
    let (inflated, ending) = is_zlib.then(|| inflate(packed, Format::Zlib)).flatten()?;
    let mut text = Text::whole(inflated, place.at..at + 1, traced);
    text.is_cut = ending == End::Limit;
    Some(text)
}

/// Returns the text that is compressed in the base64 that begins at `place`. `None` if there is
/// none.
fn decode_base64(bytes: &[u8], place: Place, traced: bool) -> Option<Text> {
    // A slash is a digit, and the end of a path.
    let is_inside = |byte: &u8| *byte != b'/' && is_digit(byte);
    if bytes[..place.at].last().is_some_and(is_inside) && !ends_escape(&bytes[..place.at]) {
        return None;
    }
    // Most of what follows an opening by chance ends soon, so no more is read than is inflated.
    let mut most = DIGITS;
    let (run, inflated, end) = loop {
        let run = digits(bytes, place.at, most);
        let (inflated, end) = inflate_base64(&run.digits, place.phase)?;
        if end != End::Source || run.is_whole {
            break (run.span, inflated, end);
        }
        most *= 4;
    };
    let mut text = Text::whole(inflated, run.clone(), traced);
    text.is_cut = end == End::Limit || end == End::Source && run.end == bytes.len();
    Some(text)
}

/// Inflates what is compressed in so many layers of base64. `None` if nothing is.
fn inflate_base64(digits: &[u8], layers: usize) -> Option<(Vec<u8>, End)> {
    if digits.len() < SHORTEST {
        return None;
    }
    let mut packed = from_base64(digits);
    for _ in 1..layers {
        packed = from_base64(&packed);
    }
    match packed.get(..3)? {
        GZIP => inflate(&packed, Format::Gzip),
        [0x78, ..] if is_zlib(&packed) => inflate(&packed, Format::Zlib),
        _ => None,
    }
}

/// The reason why inflating ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The compressed text is whole.
    Text,
    /// The source ended within the compressed text.
    Source,
    /// The text reached [`LARGEST`].
    Limit,
    /// The bytes are damaged, or were never compressed.
    Damage,
}

/// Returns true if `before` ends with an escape of a character that is not a digit: `%3D`, `\\n`.
fn ends_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'%', b'2' | b'3', digit] if digit.is_ascii_hexdigit())
        || before.ends_with(b"\\n")
}

/// Returns true if the first two bytes are a header of zlib's, which is a multiple of 31, and the
/// first block is of a known kind.
fn is_zlib(packed: &[u8]) -> bool {
    u16::from_be_bytes([packed[0], packed[1]]).is_multiple_of(31) && packed[2] & 0b110 != 0b110
}

/// The digits of base64 that are read at first.
const DIGITS: usize = 1 << 10;

/// A run of base64.
struct DigitRun {
    /// The place of its digits.
    span: Range<usize>,
    digits: Vec<u8>,
    /// True if no digit follows.
    is_whole: bool,
}

/// Returns the base64 that begins at `start`, on one line or several, up to about `most` digits. A
/// digit may be escaped for an address or a string of JSON, and so may a line break.
fn digits(bytes: &[u8], start: usize, most: usize) -> DigitRun {
    let (mut end, mut digits) = (start, Vec::new());
    loop {
        let rest = &bytes[end..];
        let room = rest.iter().take(most.saturating_sub(digits.len()));
        let run = room.take_while(|byte| is_digit(byte)).count();
        digits.extend_from_slice(&rest[..run]);
        if digits.len() >= most {
            let (span, is_whole) = (start..end + run, false);
            return DigitRun {
                span,
                digits,
                is_whole,
            };
        }
        let (escaped, length) = match &rest[run..] {
            [b'%', b'2', b'B' | b'b', ..] => (Some(b'+'), 3),
            [b'%', b'2', b'F' | b'f', ..] => (Some(b'/'), 3),
            [b'\\', b'/', ..] => (Some(b'/'), 2),
            [b'\\', b'n', ..] => (None, 2),
            [b'\\', b'r', b'\\', b'n', ..] => (None, 4),
            rest => (None, blanks(rest)),
        };
        let goes_on =
            length > 0 && (escaped.is_some() || rest.get(run + length).is_some_and(is_digit));
        if !goes_on {
            let (span, is_whole) = (start..end + run, true);
            return DigitRun {
                span,
                digits,
                is_whole,
            };
        }
        digits.extend(escaped);
        end += run + length;
    }
}

fn is_digit(byte: &u8) -> bool {
    VALUES[usize::from(*byte)] != NONE
}

/// Returns the number of blanks that `bytes` begin with, or 0 if they hold no line break.
fn blanks(bytes: &[u8]) -> usize {
    let blanks = bytes.iter().take(MOST_BLANKS);
    let count = blanks.take_while(|byte| byte.is_ascii_whitespace()).count();
    if bytes[..count].contains(&b'\n') {
        count
    } else {
        0
    }
}

/// The most blanks in a line break and the indentation of the next line.
const MOST_BLANKS: usize = 64;

/// Decodes base64. Other characters are passed over.
fn from_base64(digits: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    let values = digits.iter().map(|byte| VALUES[usize::from(*byte)]);
    for value in values.filter(|value| *value != NONE) {
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// The most times that gzip may lie in gzip.
const MOST_NESTED: usize = 3;

/// Inflates `packed` as far as it is sound, up to [`LARGEST`] bytes, and what is inside if that is
/// gzip once more. `None` if no byte can be inflated.
fn inflate(packed: &[u8], format: Format) -> Option<(Vec<u8>, End)> {
    let (mut text, mut end) = inflate_members(packed, format)?;
    for _ in 1..MOST_NESTED {
        if !text.starts_with(GZIP) {
            break;
        }
        let Some((inner, inner_end)) = inflate_members(&text, Format::Gzip) else {
            break;
        };
        text = inner;
        end = if end == End::Text { inner_end } else { end };
    }
    Some((text, end))
}

/// The bytes that gzip begins with.
const GZIP: &[u8] = &[0x1f, 0x8b, 8];

/// Inflates `packed`, and the members of gzip that follow the first.
fn inflate_members(packed: &[u8], format: Format) -> Option<(Vec<u8>, End)> {
    let (mut text, mut end, mut at) = inflate_one(packed, format, LARGEST)?;
    while end == End::Text && format == Format::Gzip && packed[at..].starts_with(GZIP) {
        let room = LARGEST - text.len();
        if room == 0 {
            return Some((text, End::Limit));
        }
        let Some((more, more_end, length)) = inflate_one(&packed[at..], format, room) else {
            break;
        };
        text.extend_from_slice(&more);
        (end, at) = (more_end, at + length);
    }
    Some((text, end))
}

/// Inflates one member, up to `room` bytes, and returns the number of packed bytes too. `None` if
/// no byte can be inflated.
fn inflate_one(packed: &[u8], format: Format, room: usize) -> Option<(Vec<u8>, End, usize)> {
    // The decoder returns nothing of a piece in which it meets an error: then smaller pieces are
    // tried.
    [packed.len(), 64].into_iter().find_map(|piece| {
        let inflated = inflate_by(packed, piece, format, room);
        (!inflated.0.is_empty()).then_some(inflated)
    })
}

/// Inflates one member in pieces of so many bytes.
fn inflate_by(packed: &[u8], piece: usize, format: Format, room: usize) -> (Vec<u8>, End, usize) {
    let mut decoder = Decoder::new(format);
    let (mut buffer, mut length, mut at) = (vec![0; FIRST.min(room)], 0, 0);
    let end = loop {
        let next = &packed[at..packed.len().min(at + piece)];
        if next.is_empty() {
            break End::Source;
        }
        let Ok(made) = decoder.decompress(next, &mut buffer, false) else {
            break End::Damage;
        };
        at += made.consumed;
        length += made.output.len();
        match (made.done, made.full) {
            (true, _) => break End::Text,
            (false, true) if buffer.len() >= room => break End::Limit,
            (false, true) => buffer.resize((buffer.len() * 2).min(room), 0),
            (false, false) => {}
        }
    };
    buffer.truncate(length);
    (buffer, end, at)
}
