//! UTF-16 and UTF-32: ASCII characters with zeros between them.

use std::ops::Range;

use super::Text;

/// Decodes the text around `at`, the offset of an ASCII character that takes `WIDTH` bytes. If
/// `zeros_follow`, the text is little-endian: the zeros of a character follow it. Otherwise they
/// precede it. ASCII text reads the same in both byte orders, except for the characters at its
/// edges. The source span of a character excludes its zeros, so the spans are the same in both
/// orders too.
pub fn decode<const WIDTH: usize>(
    bytes: &[u8],
    window: Range<usize>,
    at: usize,
    zeros_follow: bool,
    traced: bool,
) -> Text {
    let first = window.start + (at - window.start) % WIDTH;
    let mut text = Text::new(
        window.len() / WIDTH + 1,
        window.start,
        window.clone(),
        traced,
    );
    let mut high = None;
    for at in (first..window.end).step_by(WIDTH) {
        let start = if zeros_follow {
            at
        } else {
            (at + 1).saturating_sub(WIDTH)
        };
        let unit = bytes
            .get(start..)
            .and_then(|bytes| bytes.first_chunk())
            .unwrap_or(&[0; WIDTH]);
        let add = |code: u32, byte: &u8| code << 8 | u32::from(*byte);
        let code = if zeros_follow {
            unit.iter().rev().fold(0, add)
        } else {
            unit.iter().fold(0, add)
        };
        match (high.take(), code) {
            (_, 0xD800..0xDC00) => high = Some(code),
            (Some(high), 0xDC00..0xE000) => {
                text.push_character(
                    0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00),
                    at - WIDTH,
                    at + 1,
                );
            }
            _ => text.push_character(code, at, at + 1),
        }
    }
    text.all_decoded()
}
