//! UTF-16 and UTF-32: ASCII with zeros between.

use std::ops::Range;

use super::{OTHER, Text};

/// The text around `at`, the offset of an ASCII character that is written `width` bytes wide, in one byte order: the
/// zeros follow the character, or precede it. Between ASCII characters there are zeros on both sides, so that the text
/// is the same in both orders but for the characters at its edges. The zeros are no part of where a character stands, so
/// that both orders agree on that too.
pub fn decode(bytes: &[u8], window: Range<usize>, at: usize, width: usize, zeros_follow: bool, traced: bool) -> Text {
    let first = window.start + (at - window.start) % width;
    let mut text = Text::new(window.len() / width + 1, window.start, window.clone(), traced);
    for at in (first..window.end).step_by(width) {
        let zeros = if zeros_follow { at + 1..at + width } else { (at + 1).saturating_sub(width)..at };
        let is_ascii =
            bytes.get(zeros).is_some_and(|zeros| zeros.len() == width - 1 && zeros.iter().all(|byte| *byte == 0));
        text.push(if is_ascii && bytes[at].is_ascii() { bytes[at] } else { OTHER }, at, at + 1);
    }
    text.all_decoded()
}
