//! Hexadecimal: two digits a byte.

use std::ops::Range;

use super::run::Digits;
use super::{Place, Text};

pub const DIGITS: Digits =
    Digits { group: 2, value: |byte| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok()) };

/// The run of hexadecimal digits around `place`, decoded.
pub fn decode(bytes: &[u8], window: Range<usize>, place: Place, traced: bool) -> Option<Text> {
    let (run, digits) = DIGITS.around(bytes, &window, place)?;
    Text::between(bytes, window, run, traced, |text| {
        for pair in digits.chunks_exact(2) {
            text.push(pair[0].value << 4 | pair[1].value, pair[0].at, pair[1].at + 1);
        }
    })
}
