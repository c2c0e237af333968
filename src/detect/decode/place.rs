//! The places at which encoded text is noticed.

use super::{Encoding, base64, hex};

/// A place at which encoded text was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The offset of a byte of the encoded text.
    pub at: usize,
    /// The encoding of the text.
    pub encoding: Encoding,
    /// The index of the byte at `at` in its unit: of four base64 characters, of two hexadecimal
    /// digits. For compressed text, the number of layers of base64.
    pub phase: usize,
    /// The index of the [reading](Place::readings).
    pub reading: usize,
}

impl Place {
    /// Returns the possible readings, several where the place alone does not decide: digits on one
    /// line, on the lines from this one on, or on all lines; wide characters with their zeros
    /// behind or before them.
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

/// Returns true if two places in one run of encoded text count the same units, and so decode to the
/// same text.
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
