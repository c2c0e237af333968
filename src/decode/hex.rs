//! Hexadecimal: two digits a byte.

use std::ops::Range;

use super::run::{Digits, NONE};
use super::{Place, Text};

pub const DIGITS: Digits = Digits { group: 2, values: &VALUES };

static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// The run of hexadecimal digits around `place`, decoded.
pub fn decode(bytes: &[u8], window: Range<usize>, place: Place, traced: bool) -> Option<Text> {
    let (run, digits) = DIGITS.around(bytes, &window, place)?;
    let base = window.start;
    Text::between(bytes, window, run, traced, |text| {
        for pair in digits.chunks_exact(2) {
            text.push(pair[0].value << 4 | pair[1].value, base + pair[0].at as usize, base + pair[1].at as usize + 1);
        }
    })
}
