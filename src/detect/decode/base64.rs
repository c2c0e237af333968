//! Base64: three bytes are written as four characters of six bits each.

use super::run::{Digits, NONE};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value of each byte as a base64 character, in the standard or the URL-safe alphabet; [`NONE`]
/// for other bytes.
pub static VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Returns the base64 characters that `plain` alone determines, for each of the three offsets at
/// which `plain` may begin in a group of three bytes. Base64 of a text with `plain` in it contains
/// one of these fragments. The number is the position of the fragment's first character in its
/// group of four.
pub fn fragments(plain: &[u8]) -> impl Iterator<Item = (Vec<u8>, usize)> + '_ {
    (0..3).map(|before| {
        let bit = |at: usize| plain[at / 8] >> (7 - at % 8) & 1;
        let skipped = (before * 8usize).div_ceil(6);
        let characters = (before + plain.len()) * 8 / 6 - skipped;
        let value = |index: usize| {
            (0..6).fold(0, |value, at| {
                value << 1 | bit((skipped + index) * 6 + at - before * 8)
            })
        };
        let fragment = (0..characters)
            .map(|index| ALPHABET[usize::from(value(index))])
            .collect();
        (fragment, skipped % 4)
    })
}

pub const DIGITS: Digits = Digits {
    bits: 6,
    group: 4,
    values: &VALUES,
};

#[cfg(test)]
mod tests {
    use super::fragments;

    #[test]
    fn each_alignment_has_one_fragment() {
        let found: Vec<(String, usize)> = fragments(b"ntn_")
            .map(|(fragment, phase)| (String::from_utf8(fragment).expect("ASCII"), phase))
            .collect();
        assert_eq!(
            found,
            [
                ("bnRuX".to_owned(), 0),
                ("50bl".to_owned(), 2),
                ("udG5f".to_owned(), 3)
            ]
        );
    }
}
