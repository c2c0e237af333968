//! The places at which text looks encoded.

use super::{Encoding, base64, hex};

/// A place at which text looks encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The offset of a byte of the encoded text.
    pub at: usize,
    /// The encoding of the text.
    pub encoding: Encoding,
    /// The position of the byte at `at` in its group of four base64 characters or of two
    /// hexadecimal digits, from 0. For compressed text, the number of base64 layers.
    pub phase: usize,
    /// The index of the [reading](Place::readings), from 0.
    pub reading: usize,
}

impl Place {
    /// Returns the place once for each way to read its encoded text. Base64 and hexadecimal digits
    /// are read from one line, from this line and those below, or from all lines around. UTF-16 and
    /// UTF-32 are read in little-endian, then in big-endian order. Other encodings have one
    /// reading.
    pub fn readings(self) -> impl Iterator<Item = Place> {
        let readings = match self.encoding {
            Encoding::Base64 | Encoding::Hex => 3,
            Encoding::Utf16 | Encoding::Utf32 => 2,
            _ => 1,
        };
        (0..readings).map(move |reading| Place { reading, ..self })
    }

    /// Returns true if the readings differ only in the characters at the edges of the text.
    pub fn differs_at_edges(self) -> bool {
        matches!(self.encoding, Encoding::Utf16 | Encoding::Utf32)
    }
}

/// Returns true if two places in one run of encoded text agree on where groups begin. Decoding at
/// either place then gives the same text.
pub fn are_in_step(bytes: &[u8], one: Place, other: Place) -> bool {
    let (first, second) = if one.at <= other.at {
        (one, other)
    } else {
        (other, one)
    };
    let between = first.at..second.at;
    first.encoding == second.encoding
        && match first.encoding {
            Encoding::Base64 => {
                base64::DIGITS.are_in_step(&bytes[between], first.phase, second.phase)
            }
            Encoding::Hex => hex::DIGITS.are_in_step(&bytes[between], first.phase, second.phase),
            Encoding::Utf16 => first.at % 2 == second.at % 2,
            Encoding::Utf32 => first.at % 4 == second.at % 4,
            _ => true,
        }
}
