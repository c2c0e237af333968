//! Hexadecimal: each byte is written as two digits.

use super::run::{Digits, NONE};

pub const DIGITS: Digits = Digits {
    bits: 4,
    group: 2,
    values: &VALUES,
};

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
