//! Escapes: encodings that write some characters as several, such as `%5F` for `_`, and leave all
//! other characters unchanged.

use std::ops::Range;

use super::{Encoding, Text, ascii, hex_value};

/// The encodings that consist of escapes.
pub const ESCAPES: [Encoding; 4] = [
    Encoding::Percent,
    Encoding::Backslash,
    Encoding::Html,
    Encoding::QuotedPrintable,
];

/// Returns `stem` followed by the opening of an escape, once for each encoding.
pub fn escaped(stem: &[u8]) -> impl Iterator<Item = (Vec<u8>, Encoding)> + '_ {
    ESCAPES
        .into_iter()
        .map(move |encoding| ([stem, opening(encoding)].concat(), encoding))
}

/// The first characters of escapes that may stand for a letter or an underscore, in each encoding.
pub const OF_LETTERS: [(&[u8], Encoding); 14] = [
    (b"%4", Encoding::Percent),
    (b"%5", Encoding::Percent),
    (b"%6", Encoding::Percent),
    (b"%7", Encoding::Percent),
    (b"\\u00", Encoding::Backslash),
    (b"\\u{", Encoding::Backslash),
    (b"\\U0", Encoding::Backslash),
    (b"\\x", Encoding::Backslash),
    (b"&#", Encoding::Html),
    (b"&lowbar", Encoding::Html),
    (b"=4", Encoding::QuotedPrintable),
    (b"=5", Encoding::QuotedPrintable),
    (b"=6", Encoding::QuotedPrintable),
    (b"=7", Encoding::QuotedPrintable),
];

fn opening(encoding: Encoding) -> &'static [u8] {
    match encoding {
        Encoding::Percent => b"%",
        Encoding::QuotedPrintable => b"=",
        Encoding::Html => b"&",
        _ => b"\\",
    }
}

/// Returns true if `bytes` begin with an escape of an anchor's punctuation mark, as in `ntn%5F`, or
/// of the mark that opens another escape, as in `ntn%255F`. Also true if `bytes` do not begin with
/// an opening: then the literal that was found includes its escapes.
pub fn stands_for_mark(encoding: Encoding, bytes: &[u8]) -> bool {
    !ESCAPES.contains(&encoding)
        || !bytes.starts_with(opening(encoding))
        || escape(encoding, bytes).is_some_and(|escape| {
            escape
                .code
                .is_none_or(|code| matches!(ascii(code), b'_' | b':' | b'%' | b'=' | b'&' | b'\\'))
        })
}

/// Returns the encoding of an escape at `end` that continues a value: the escape stands for a
/// character of a value, or is a soft line break before such a character. `None` if the value ends
/// at `end`.
pub fn continues(bytes: &[u8], end: usize) -> Option<Encoding> {
    let rest = bytes.get(end..)?;
    ESCAPES
        .into_iter()
        .find(|encoding| match escape(*encoding, rest) {
            Some(Escape {
                code: Some(code), ..
            }) => is_of_value(&ascii(code)),
            Some(Escape { code: None, length }) => rest.get(length).is_some_and(is_of_value),
            None => false,
        })
}

/// Returns true if a credential may contain `byte`.
pub fn is_of_value(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':')
}

/// Returns true if a soft line break of quoted-printable mail is within 80 bytes of `at`. Such a
/// break may be inside another escape.
pub fn is_broken_near(bytes: &[u8], at: usize) -> bool {
    let near = &bytes[at.saturating_sub(80)..bytes.len().min(at + 80)];
    memchr::memchr_iter(b'=', near).any(|mark| soft_break(&near[mark..]).is_some())
}

/// Returns the encoding of an escape that directly follows a run of digits, or whose last
/// characters seem to be the first digits of the run. Either way the run is misread until the
/// escape is decoded. `None` if there is no such escape.
pub fn at_edges(bytes: &[u8], run: &Range<usize>) -> Option<Encoding> {
    let begins = |at: usize| {
        ESCAPES
            .into_iter()
            .find(|encoding| escape(*encoding, &bytes[at..]).is_some())
    };
    let padded = bytes[run.end..].starts_with(b"=\n") || bytes[run.end..].starts_with(b"=\r\n");
    let ends = if padded && ends_short_line(&bytes[..run.end]) {
        None
    } else {
        begins(run.end)
    };
    ends.or_else(|| begins(run.start.checked_sub(1)?))
}

/// Returns true if the last line of `bytes` is shorter than 70 bytes. Mail programs break only
/// longer lines, so a `=` at the end of a short line is base64 padding.
fn ends_short_line(bytes: &[u8]) -> bool {
    let last = &bytes[bytes.len().saturating_sub(70)..];
    last.len() < 70 || last.contains(&b'\n')
}

/// Decodes all escapes of `encoding` in `window` of `bytes`.
pub fn decode(bytes: &[u8], window: Range<usize>, encoding: Encoding, traced: bool) -> Text {
    let mut text = Text::new(window.len(), window.start, window.clone(), traced);
    let mut at = window.start;
    while at < window.end {
        let rest = &bytes[at..window.end];
        match escape(encoding, rest) {
            Some(Escape { code, length }) => {
                let (code, length) = with_second_half(code, length, encoding, rest);
                match code {
                    // An escape for a byte gives exactly one byte, even if that byte is part of a
                    // UTF-8 character.
                    Some(code @ 0..=0xFF) if stands_for_byte(encoding, rest) => {
                        text.push(code as u8, at, at + length)
                    }
                    Some(code) => text.push_character(code, at, at + length),
                    None => {}
                }
                at += length;
            }
            None => {
                text.push(rest[0], at, at + 1);
                at += 1;
            }
        }
    }
    text.all_decoded()
}

/// Returns true if the escape that `bytes` begin with stands for a byte, not for a character.
fn stands_for_byte(encoding: Encoding, bytes: &[u8]) -> bool {
    matches!(encoding, Encoding::Percent | Encoding::QuotedPrintable) || bytes.starts_with(b"\\x")
}

/// Joins the two escapes in which JSON and JavaScript write a code point beyond 16 bits. Returns
/// the code point and the length of both escapes. Returns `code` and `length` unchanged if `code`
/// is not the first half of such a pair.
fn with_second_half(
    code: Option<u32>,
    length: usize,
    encoding: Encoding,
    bytes: &[u8],
) -> (Option<u32>, usize) {
    let Some(high @ 0xD800..0xDC00) = code else {
        return (code, length);
    };
    match escape(encoding, &bytes[length..]) {
        Some(Escape {
            code: Some(low @ 0xDC00..0xE000),
            length: second,
        }) => (
            Some(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)),
            length + second,
        ),
        _ => (code, length),
    }
}

/// An escape at the beginning of a text.
pub struct Escape {
    /// The code point or the byte that the escape stands for; `None` for a soft line break.
    pub code: Option<u32>,
    /// The length of the escape, in bytes.
    pub length: usize,
}

/// Returns the escape that `bytes` begin with. `None` if `bytes` do not begin with an escape.
pub fn escape(encoding: Encoding, bytes: &[u8]) -> Option<Escape> {
    match (encoding, bytes.first()?) {
        (Encoding::Percent, b'%') => digits(bytes, 1, 2),
        (Encoding::QuotedPrintable, b'=') => soft_break(bytes).or_else(|| digits(bytes, 1, 2)),
        (Encoding::Html, b'&') => entity(bytes),
        (Encoding::Backslash, b'\\') => backslash(bytes),
        _ => None,
    }
}

/// Reads `count` hexadecimal digits after an opening of `from` bytes. `None` if there are fewer.
fn digits(bytes: &[u8], from: usize, count: usize) -> Option<Escape> {
    let code = hex_value(bytes.get(from..from + count)?)?;
    Some(Escape {
        code: Some(code),
        length: from + count,
    })
}

/// Reads a soft line break of quoted-printable mail: a `=` at the end of a line. `None` if the line
/// continues after the `=`.
fn soft_break(bytes: &[u8]) -> Option<Escape> {
    let blanks = bytes[1..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let length = match &bytes[1 + blanks..] {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return None,
    };
    Some(Escape {
        code: None,
        length: 1 + blanks + length,
    })
}

fn entity(bytes: &[u8]) -> Option<Escape> {
    const NAMES: [(&[u8], u8); 8] = [
        (b"amp", b'&'),
        (b"lt", b'<'),
        (b"gt", b'>'),
        (b"quot", b'"'),
        (b"apos", b'\''),
        (b"lowbar", b'_'),
        (b"colon", b':'),
        (b"equals", b'='),
    ];
    let end = bytes.iter().take(12).position(|byte| *byte == b';')?;
    let code = match &bytes[1..end] {
        [b'#', b'x' | b'X', digits @ ..] if matches!(digits.len(), 1..=6) => hex_value(digits)?,
        [b'#', digits @ ..] => std::str::from_utf8(digits).ok()?.parse().ok()?,
        name => u32::from(NAMES.iter().find(|(known, _)| *known == name)?.1),
    };
    Some(Escape {
        code: Some(code),
        length: end + 1,
    })
}

fn backslash(bytes: &[u8]) -> Option<Escape> {
    let plain = |code: u8| {
        Some(Escape {
            code: Some(u32::from(code)),
            length: 2,
        })
    };
    match *bytes.get(1)? {
        b'u' if bytes.get(2) == Some(&b'{') => braced(bytes),
        b'u' => digits(bytes, 2, 4),
        b'U' => digits(bytes, 2, 8),
        b'x' => digits(bytes, 2, 2),
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        mark if mark.is_ascii_punctuation() => plain(mark),
        _ => None,
    }
}

/// Reads an escape such as `\u{5f}`. `None` if it is not closed or not hexadecimal.
fn braced(bytes: &[u8]) -> Option<Escape> {
    let end = bytes.iter().take(10).position(|byte| *byte == b'}')?;
    Some(Escape {
        code: Some(hex_value(bytes.get(3..end)?)?),
        length: end + 1,
    })
}
