//! Compressed text inside other text: gzip data in base64, as in Helm's releases and in the state
//! that web pages store in URLs, and the streams of PDF files.

use std::ops::Range;

use sirocco::Format;

use super::base64::VALUES;
use super::inflate::{End, GZIP, inflate};
use super::run::NONE;
use super::{Place, Text};
use crate::model::rule::Detector;

/// The literals that announce compressed text, each with the number of its base64 layers: the first
/// bytes of gzip data in base64, the same literal encoded in base64 again, and the filter name of a
/// PDF stream, which is not in base64. The first two bytes of zlib data are too common in base64 to
/// be searched for.
pub const OPENINGS: [(&[u8], usize); 3] = [(b"H4sI", 1), (b"SDRzS", 2), (FILTER, 0)];

const FILTER: &[u8] = b"/FlateDecode";

/// The smallest number of base64 digits that can hold a compressed credential.
const SHORTEST: usize = 60;

/// Returns true if `behind`, the bytes after an opening, may continue compressed text: the next
/// [`Detector::GLANCE`] bytes are base64 digits, or the marks of escapes. Always true for text that
/// is not in base64 (`layers` is 0).
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

/// Returns the compressed text announced at `place`, whose phase is the number of base64 layers.
/// `None` if nothing can be inflated there.
pub fn decode(bytes: &[u8], place: Place, traced: bool) -> Option<Text> {
    match place.phase {
        0 => decode_stream(bytes, place, traced),
        _ => decode_base64(bytes, place, traced),
    }
}

/// Returns the inflated stream of a PDF file whose filter is named at `place`. `None` for images
/// and fonts, which contain no text, and if nothing can be inflated.
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

/// Returns the text inflated from the base64 that begins at `place`. `None` if no base64 begins
/// there, or if it contains no compressed text.
fn decode_base64(bytes: &[u8], place: Place, traced: bool) -> Option<Text> {
    // A slash is a base64 digit, but may also separate the parts of a path. So base64 may begin
    // after a slash.
    let is_inside = |byte: &u8| *byte != b'/' && is_digit(byte);
    if bytes[..place.at].last().is_some_and(is_inside) && !ends_escape(&bytes[..place.at]) {
        return None;
    }
    // Most openings occur by chance, and little base64 follows them. So more digits are read only
    // as long as the inflated data continues.
    let mut most = DIGITS;
    let (run, inflated, end) = loop {
        let run = digits(bytes, place.at, most);
        let (inflated, end) = inflate_base64(&run.digits, place.phase)?;
        if !matches!(end, End::Source | End::Member) || run.is_whole {
            break (run.span, inflated, end);
        }
        most *= 4;
    };
    let mut text = Text::whole(inflated, run.clone(), traced);
    text.is_cut = end == End::Limit || end == End::Source && run.end == bytes.len();
    Some(text)
}

/// Decodes `layers` layers of base64 and inflates the result. `None` if there are too few digits,
/// or if the result is not compressed.
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

/// Returns true if `before` ends with an escape such as `%3D` or `\n`. The last letter or digit of
/// the escape is then not a base64 digit.
fn ends_escape(before: &[u8]) -> bool {
    matches!(before, [.., b'%', b'2' | b'3', digit] if digit.is_ascii_hexdigit())
        || before.ends_with(b"\\n")
}

/// Returns true if `packed` begins like zlib data: the first two bytes, read as a big-endian
/// number, are a multiple of 31 (RFC 1950), and the first block has a valid type (RFC 1951).
fn is_zlib(packed: &[u8]) -> bool {
    u16::from_be_bytes([packed[0], packed[1]]).is_multiple_of(31) && packed[2] & 0b110 != 0b110
}

/// The number of base64 digits that are read at first. It is multiplied by four as long as
/// inflating needs more.
const DIGITS: usize = 1 << 10;

/// Base64 digits read from a text, without line breaks and escapes.
struct DigitRun {
    /// The range in the source that contains the digits.
    span: Range<usize>,
    digits: Vec<u8>,
    /// True if no digit follows the range.
    is_whole: bool,
}

/// Reads the base64 that begins at `start`, on one or several lines, up to about `most` digits.
/// Digits may be escaped as in a URL or a JSON string, and line breaks as in a JSON string.
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

/// Returns the number of whitespace bytes at the beginning of `bytes`; 0 if there is no line break
/// among them.
fn blanks(bytes: &[u8]) -> usize {
    let blanks = bytes.iter().take(MOST_BLANKS);
    let count = blanks.take_while(|byte| byte.is_ascii_whitespace()).count();
    if bytes[..count].contains(&b'\n') {
        count
    } else {
        0
    }
}

/// The largest number of whitespace bytes between two lines of base64: the line break and the
/// indentation of the next line.
const MOST_BLANKS: usize = 64;

/// Decodes base64 and skips all other characters.
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
