//! Decoders for the encodings that hide a secret from a plain search.
//!
//! Text is decoded only where it may contain a secret: around an encoded anchor, and around a
//! `sample` that looks encoded. The decoded text is scanned like any other text.

mod base64;
mod deflate;
mod escapes;
mod forms;
mod hex;
mod inflate;
mod listed;
mod place;
mod run;
mod sample;
mod text;
mod wide;

pub use crate::model::encoding::Encoding;

pub use base64::fragments;
pub use deflate::{OPENINGS, may_be_deflated};
pub use escapes::{ESCAPES, OF_LETTERS, continues, escaped, is_of_value, stands_for_mark};
pub use forms::{forms, punctuated_forms};
pub use listed::OPENING as LIST_OPENING;
pub use place::{Place, are_in_step};
pub use sample::{REACH, SAMPLED, any_sample, looks_encoded, sample};
pub use text::{Text, Trace};

/// The byte that replaces every character beyond ASCII. Neither secrets nor the names before them
/// contain these characters.
const OTHER: u8 = 0xFF;

/// Returns an ASCII code point as a byte; [`OTHER`] for any other code point.
fn ascii(code: u32) -> u8 {
    u8::try_from(code)
        .ok()
        .filter(u8::is_ascii)
        .unwrap_or(OTHER)
}

/// Returns the number that hexadecimal `digits` stand for. `None` if one of them is not
/// hexadecimal.
fn hex_value(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, digit| {
        Some(value << 4 | u32::from(hex::DIGITS.value(*digit)?))
    })
}
