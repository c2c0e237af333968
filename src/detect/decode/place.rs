//! Where encoded text was noticed.

use super::{Encoding, base64, hex};

/// A place at which encoded text was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The offset of a byte of the encoded text.
    pub at: usize,
    /// How the text is encoded.
    pub encoding: Encoding,
    /// Which part of its unit the byte at `at` is: of four base64 characters, of two hexadecimal digits.
    pub phase: usize,
    /// Which of its [readings](Place::readings) it is.
    pub reading: usize,
}

impl Place {
    /// The ways to read what stands here, where it alone does not tell: digits on one line, on the lines from this one on,
    /// or on all lines; wide characters with their zeros behind or before them.
    pub fn readings(self) -> impl Iterator<Item = Place> {
        let readings = match self.encoding {
            Encoding::Base64 | Encoding::Hex => 3,
            Encoding::Utf16 | Encoding::Utf32 => 2,
            _ => 1,
        };
        (0..readings).map(move |reading| Place { reading, ..self })
    }

    /// Whether the readings are the same but for the characters at the edges of the text.
    pub fn differs_at_edges(self) -> bool {
        matches!(self.encoding, Encoding::Utf16 | Encoding::Utf32)
    }
}

/// Whether two places in one run of encoded text count the same units, and so decode to the same.
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
