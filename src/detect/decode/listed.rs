//! Pairs of hexadecimal digits separated by commas, as in exported Windows registry files:
//! `hex(1):6e,00,\`.

use std::ops::Range;

use super::{Text, hex_value};

/// The literal that a list begins with. The number of the value's type, a bracket and a colon
/// follow it: `=hex(1):`.
pub const OPENING: &[u8] = b"=hex(";

/// Decodes the list after the opening at `at`. `None` if there is no list.
pub fn decode(bytes: &[u8], window: Range<usize>, at: usize, traced: bool) -> Option<Text> {
    let start = first_pair(bytes, at)?;
    let mut text = Text::new(window.len() / 3, at, at..window.end, traced);
    let mut next = start;
    while let Some(code) = pair(bytes, next, window.end) {
        text.push(code, next, next + 2);
        next += 2;
        match behind_comma(&bytes[next..window.end]) {
            Some(length) => next += length,
            None => break,
        }
    }
    text.run.end = next;
    Some(text.all_decoded()).filter(|text| !text.bytes.is_empty())
}

/// Returns the offset of the first pair, which follows `=hex(`, a type of one or two digits, and
/// `):`. `None` if the opening is incomplete.
fn first_pair(bytes: &[u8], at: usize) -> Option<usize> {
    let kind = bytes.get(at + OPENING.len()..)?;
    let digits = kind
        .iter()
        .take(2)
        .take_while(|byte| byte.is_ascii_hexdigit());
    let digits = digits.count();
    let begins = digits > 0 && kind[digits..].starts_with(b"):");
    begins.then_some(at + OPENING.len() + digits + 2)
}

fn pair(bytes: &[u8], at: usize, end: usize) -> Option<u8> {
    let digits = bytes[..end].get(at..at + 2)?;
    hex_value(digits).and_then(|value| u8::try_from(value).ok())
}

/// Returns the length of the comma at the beginning of `bytes`. If the list continues on the next
/// line, the length includes the backslash, the line break and the indentation after the comma.
/// `None` if there is no comma.
fn behind_comma(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(b",")?;
    let Some(broken) = rest.strip_prefix(b"\\") else {
        return Some(1);
    };
    let blanks = broken.iter().take_while(|byte| byte.is_ascii_whitespace());
    Some(2 + blanks.count())
}
