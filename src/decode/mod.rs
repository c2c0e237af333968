//! Encodings that hide a secret from a plain search, and how they are undone: one file an encoding.
//!
//! Nothing is decoded until something says that it may pay: an anchor in one of its encoded forms, or a [`sample`] that
//! looks like encoded text. Then the stretch around that place is decoded, and scanned like any other text.

mod base64;
mod escapes;
mod hex;
mod run;
mod sample;
mod wide;

use std::fmt;
use std::ops::Range;

pub use base64::fragments;
pub use escapes::{ESCAPES, continues, escaped, is_of_value};
pub use sample::{SAMPLED, looks_encoded, sample};

/// A way of writing bytes as other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// Base64, in the standard or the URL-safe alphabet, padded or not, in lines or not.
    Base64,
    /// Two hexadecimal digits a byte.
    Hex,
    /// UTF-16, in either byte order.
    Utf16,
    /// UTF-32, in either byte order.
    Utf32,
    /// `%5F`, as in URLs.
    Percent,
    /// `\u005f`, `\x5f`, `\_`, as in JSON, JavaScript, Python and Markdown.
    Backslash,
    /// `&#95;`, `&#x5f;`, `&lowbar;`, as in HTML and XML.
    Html,
    /// `=5F` and lines that end in `=`, as in mail.
    QuotedPrintable,
}

impl Encoding {
    /// Its name in reports: stable.
    pub fn id(self) -> &'static str {
        match self {
            Encoding::Base64 => "base64",
            Encoding::Hex => "hex",
            Encoding::Utf16 => "utf-16",
            Encoding::Utf32 => "utf-32",
            Encoding::Percent => "percent",
            Encoding::Backslash => "backslash",
            Encoding::Html => "html",
            Encoding::QuotedPrintable => "quoted-printable",
        }
    }
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

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

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

/// Whether two places in one run of encoded text count the same units, and so decode to the same.
pub fn are_in_step(bytes: &[u8], one: Place, other: Place) -> bool {
    let (first, second) = if one.at <= other.at { (one, other) } else { (other, one) };
    let between = first.at..second.at;
    first.encoding == second.encoding
        && match first.encoding {
            Encoding::Base64 => base64::DIGITS.are_in_step(&bytes[between], first.phase, second.phase),
            Encoding::Hex => hex::DIGITS.are_in_step(&bytes[between], first.phase, second.phase),
            Encoding::Utf16 => first.at % 2 == second.at % 2,
            Encoding::Utf32 => first.at % 4 == second.at % 4,
            _ => true,
        }
}

/// Decoded text, with what stands around it.
pub struct Text {
    /// Some of what precedes the encoded text, the decoded text, some of what follows.
    pub bytes: Vec<u8>,
    /// The decoded part of `bytes`.
    pub decoded: Range<usize>,
    /// The bytes of the source that the decoded part stands for.
    pub run: Range<usize>,
    /// The place that each byte came from, if that was asked for: nearly all decoded text turns out to hold nothing.
    trace: Option<Trace>,
}

/// Where each byte of a text came from.
pub struct Trace(Vec<[u32; 2]>);

impl Trace {
    /// The bytes of the source that `span` of the text was decoded from.
    pub fn source(&self, span: Range<usize>) -> Option<Range<usize>> {
        let (first, last) = (self.0.get(span.start)?, self.0.get(span.end.checked_sub(1)?)?);
        Some(first[0] as usize..last[1] as usize)
    }
}

impl Text {
    /// How far before a place its text is decoded.
    const BEFORE: usize = 4 * 1024;
    /// How far behind a place its text is decoded.
    const AFTER: usize = 12 * 1024;
    /// How much of what surrounds a run of encoded text is kept: names that tell what the value is.
    const AROUND: usize = 512;

    /// The text around `place` in `bytes`, decoded; nothing, if it turns out not to be encoded so.
    pub fn decode(bytes: &[u8], place: Place) -> Option<Text> {
        Self::read(bytes, place, false)
    }

    /// Where each byte of the text at `place` came from.
    pub fn trace(bytes: &[u8], place: Place) -> Option<Trace> {
        Self::read(bytes, place, true)?.trace
    }

    fn read(bytes: &[u8], place: Place, traced: bool) -> Option<Text> {
        let window = place.at.saturating_sub(Self::BEFORE)..bytes.len().min(place.at + Self::AFTER);
        match place.encoding {
            Encoding::Base64 => base64::decode(bytes, window, place, traced),
            Encoding::Hex => hex::decode(bytes, window, place, traced),
            Encoding::Utf16 => Some(wide::decode(bytes, window, place.at, 2, place.reading == 0, traced)),
            Encoding::Utf32 => Some(wide::decode(bytes, window, place.at, 4, place.reading == 0, traced)),
            escape => Some(escapes::decode(bytes, window, escape, traced)),
        }
    }

    /// Which bytes of the source a finding at `place` is believed to begin in: the rest of what is decoded is context,
    /// so that nothing is taken for whole that the window cut off.
    pub fn trusted(place: Place) -> Range<usize> {
        place.at.saturating_sub(Self::BEFORE / 2)..place.at + Self::AFTER * 2 / 3
    }

    fn with_capacity(length: usize, run: Range<usize>, traced: bool) -> Self {
        let trace = traced.then(|| Trace(Vec::with_capacity(length)));
        Text { bytes: Vec::with_capacity(length), decoded: 0..0, run, trace }
    }

    /// Adds a byte that was decoded from the bytes `start` to `end`. Offsets fit: no blob is longer than 4 GiB.
    fn push(&mut self, byte: u8, start: u32, end: u32) {
        self.bytes.push(byte);
        if let Some(trace) = &mut self.trace {
            trace.0.push([start, end]);
        }
    }

    /// A run of encoded text, as decoded by `decode`, between what surrounds it. The blanks on both sides of it keep
    /// apart what the encoding kept apart: `0x` and what follows.
    fn between(
        bytes: &[u8],
        window: Range<usize>,
        run: Range<usize>,
        traced: bool,
        decode: impl FnOnce(&mut Text),
    ) -> Option<Text> {
        let mut text = Text::with_capacity(2 * Self::AROUND + 2 + run.len(), run.clone(), traced);
        let copy =
            |text: &mut Text, span: Range<usize>| span.for_each(|at| text.push(bytes[at], at as u32, at as u32 + 1));
        copy(&mut text, run.start.saturating_sub(Self::AROUND).max(window.start)..run.start);
        text.push(b' ', run.start as u32, run.start as u32);
        let start = text.bytes.len();
        decode(&mut text);
        text.decoded = start..text.bytes.len();
        text.push(b' ', run.end as u32, run.end as u32);
        copy(&mut text, run.end..(run.end + Self::AROUND).min(window.end));
        Some(text).filter(|text| !text.decoded.is_empty())
    }

    /// The escapes that have to be undone before the text at `place` can be read to its end.
    pub fn interrupted(&self, bytes: &[u8], place: Place) -> Option<Place> {
        let encoding = match place.encoding {
            Encoding::Base64 | Encoding::Hex => escapes::at_edges(bytes, &self.run)?,
            Encoding::Percent | Encoding::Backslash | Encoding::Html if escapes::is_broken_near(bytes, place.at) => {
                Encoding::QuotedPrintable
            }
            _ => return None,
        };
        Some(Place { encoding, reading: 0, ..place })
    }

    /// Marks all of the text as decoded.
    fn all_decoded(mut self) -> Text {
        self.decoded = 0..self.bytes.len();
        self
    }
}

/// `plain` in every encoding, as literals to search for, with the phase that each begins at.
pub fn forms(plain: &[u8]) -> Vec<(Vec<u8>, Encoding, usize)> {
    let each =
        |form: &dyn Fn(u8) -> String| plain.iter().flat_map(|byte| form(*byte).into_bytes()).collect::<Vec<u8>>();
    let wide = |width: usize| {
        let padded: Vec<u8> = plain.iter().flat_map(|byte| [&[*byte][..], &vec![0; width - 1]].concat()).collect();
        padded[..padded.len() - (width - 1)].to_vec()
    };
    let mut forms: Vec<(Vec<u8>, Encoding, usize)> =
        fragments(plain).map(|(fragment, phase)| (fragment, Encoding::Base64, phase)).collect();
    forms.extend([(wide(2), Encoding::Utf16, 0), (wide(4), Encoding::Utf32, 0)]);
    let escapes: [(&dyn Fn(u8) -> String, Encoding); 11] = [
        (&|byte| format!("{byte:02x}"), Encoding::Hex),
        (&|byte| format!("{byte:02X}"), Encoding::Hex),
        (&|byte| format!("%{byte:02x}"), Encoding::Percent),
        (&|byte| format!("%{byte:02X}"), Encoding::Percent),
        (&|byte| format!("\\u{byte:04x}"), Encoding::Backslash),
        (&|byte| format!("\\u{byte:04X}"), Encoding::Backslash),
        (&|byte| format!("\\x{byte:02x}"), Encoding::Backslash),
        (&|byte| format!("&#{byte};"), Encoding::Html),
        (&|byte| format!("&#x{byte:x};"), Encoding::Html),
        (&|byte| format!("&#x{byte:X};"), Encoding::Html),
        (&|byte| format!("={byte:02X}"), Encoding::QuotedPrintable),
    ];
    forms.extend(escapes.map(|(form, encoding)| (each(form), encoding, 0)));
    forms
}

/// Characters beyond ASCII decode to this byte, which no secret and no name that tells of one holds.
const OTHER: u8 = 0xFF;

/// A code point as one byte.
fn ascii(code: u32) -> u8 {
    u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(OTHER)
}

/// The value of `digits`, all hexadecimal.
fn hex_value(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, digit| Some((value << 4) | char::from(*digit).to_digit(16)?))
}
