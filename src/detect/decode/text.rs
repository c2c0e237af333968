//! Text decoded from encoded text.

use std::ops::Range;

use super::{Encoding, Place, base64, deflate, escapes, hex, listed, wide};

/// Decoded text, with some of the bytes around it.
pub struct Text {
    /// Some bytes before the encoded text, the decoded text, some bytes behind it.
    pub bytes: Vec<u8>,
    /// The decoded part of `bytes`.
    pub decoded: Range<usize>,
    /// The bytes of the source that the decoded part stands for.
    pub run: Range<usize>,
    /// True if not all was decoded: the source ended, or a limit was reached.
    pub is_cut: bool,
    /// The place that each byte came from, if asked for: nearly all decoded text turns out to hold
    /// nothing.
    trace: Option<Trace>,
}

/// The origin of each byte of a text.
pub struct Trace {
    /// The beginning of the window that was decoded; the spans are counted from there, so that they
    /// are small.
    base: usize,
    spans: Vec<[u32; 2]>,
    /// The length of the window, if each byte came from all of it.
    whole: Option<usize>,
}

impl Trace {
    /// Returns the bytes of the source that `span` of the text was decoded from. `None` if `span`
    /// is empty or beyond the text.
    pub fn source(&self, span: Range<usize>) -> Option<Range<usize>> {
        if let Some(length) = self.whole {
            return Some(self.base..self.base + length);
        }
        let (first, last) = (
            self.spans.get(span.start)?,
            self.spans.get(span.end.checked_sub(1)?)?,
        );
        Some(self.base + first[0] as usize..self.base + last[1] as usize)
    }
}

impl Text {
    /// The number of bytes before a place that are decoded.
    const BEFORE: usize = 4 * 1024;
    /// The number of bytes behind a place that are decoded.
    const AFTER: usize = 12 * 1024;
    /// The number of bytes kept on either side of a run of encoded text: names there say what the
    /// value is.
    const AROUND: usize = 512;

    /// Returns the decoded text around `place` in `bytes`. `None` if it turns out not to be encoded
    /// so.
    pub fn decode(bytes: &[u8], place: Place) -> Option<Text> {
        Self::read(bytes, place, false)
    }

    /// Returns the origin of each byte of the text at `place`. `None` if it is not encoded so.
    pub fn trace(bytes: &[u8], place: Place) -> Option<Trace> {
        Self::read(bytes, place, true)?.trace
    }

    fn read(bytes: &[u8], place: Place, traced: bool) -> Option<Text> {
        let window = place.at.saturating_sub(Self::BEFORE)..bytes.len().min(place.at + Self::AFTER);
        match place.encoding {
            Encoding::Base64 => base64::DIGITS.decode(bytes, window, place, traced),
            Encoding::Hex => hex::DIGITS.decode(bytes, window, place, traced),
            Encoding::Utf16 => Some(wide::decode::<2>(
                bytes,
                window,
                place.at,
                place.reading == 0,
                traced,
            )),
            Encoding::Utf32 => Some(wide::decode::<4>(
                bytes,
                window,
                place.at,
                place.reading == 0,
                traced,
            )),
            Encoding::HexList => listed::decode(bytes, window, place.at, traced),
            Encoding::Deflate => deflate::decode(bytes, place, traced),
            Encoding::Percent
            | Encoding::Backslash
            | Encoding::Html
            | Encoding::QuotedPrintable => {
                Some(escapes::decode(bytes, window, place.encoding, traced))
            }
        }
    }

    /// Returns the bytes of the source in which a finding at `place` may begin: the rest of the
    /// decoded text is context, so that nothing is taken for whole that the window cut off.
    pub fn trusted(place: Place) -> Range<usize> {
        place.at.saturating_sub(Self::BEFORE / 2)..place.at + Self::AFTER * 2 / 3
    }

    /// Returns an empty text, decoded from `run` in a window that begins at `base`.
    pub(super) fn new(length: usize, base: usize, run: Range<usize>, traced: bool) -> Self {
        let trace = traced.then(|| Trace {
            base,
            spans: Vec::with_capacity(length),
            whole: None,
        });
        Text {
            bytes: Vec::with_capacity(length),
            decoded: 0..0,
            run,
            is_cut: false,
            trace,
        }
    }

    /// Returns a text of which each byte was decoded from all of `run`.
    pub(super) fn whole(bytes: Vec<u8>, run: Range<usize>, traced: bool) -> Self {
        let trace = traced.then(|| Trace {
            base: run.start,
            spans: Vec::new(),
            whole: Some(run.len()),
        });
        Text {
            decoded: 0..bytes.len(),
            bytes,
            run,
            is_cut: false,
            trace,
        }
    }

    /// Adds a byte that was decoded from the bytes `start` to `end`.
    pub(super) fn push(&mut self, byte: u8, start: usize, end: usize) {
        self.bytes.push(byte);
        if let Some(Trace { base, spans, .. }) = &mut self.trace {
            spans.push([(start - *base) as u32, (end - *base) as u32]);
        }
    }

    /// Adds a character, in UTF-8, that was decoded from the bytes `start` to `end`.
    pub(super) fn push_character(&mut self, code: u32, start: usize, end: usize) {
        if code < 0x80 {
            return self.push(code as u8, start, end);
        }
        let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        character
            .encode_utf8(&mut [0; 4])
            .bytes()
            .for_each(|byte| self.push(byte, start, end));
    }

    /// Adds bytes that stand for themselves.
    fn copy(&mut self, bytes: &[u8], span: Range<usize>) {
        self.bytes.extend_from_slice(&bytes[span.clone()]);
        if let Some(Trace { base, spans, .. }) = &mut self.trace {
            spans.extend(span.map(|at| [(at - *base) as u32, (at - *base) as u32 + 1]));
        }
    }

    /// Returns a run of encoded text, as decoded by `decode`, between the bytes around it. The
    /// blanks on both sides of it keep apart what the encoding kept apart, such as `0x` and the
    /// digits behind. `None` if nothing was decoded.
    pub(super) fn between(
        bytes: &[u8],
        window: Range<usize>,
        run: Range<usize>,
        traced: bool,
        decode: impl FnOnce(&mut Text),
    ) -> Option<Text> {
        let mut text = Text::new(
            2 * Self::AROUND + 2 + run.len(),
            window.start,
            run.clone(),
            traced,
        );
        text.copy(
            bytes,
            run.start.saturating_sub(Self::AROUND).max(window.start)..run.start,
        );
        text.push(b' ', run.start, run.start);
        let start = text.bytes.len();
        decode(&mut text);
        text.decoded = start..text.bytes.len();
        text.push(b' ', run.end, run.end);
        text.copy(bytes, run.end..(run.end + Self::AROUND).min(window.end));
        Some(text).filter(|text| !text.decoded.is_empty())
    }

    /// Returns the place of the escapes that have to be undone before the text at `place` can be
    /// read to its end. `None` if there are none.
    pub fn interrupted(&self, bytes: &[u8], place: Place) -> Option<Place> {
        let encoding = match place.encoding {
            Encoding::Base64 | Encoding::Hex => escapes::at_edges(bytes, &self.run)?,
            Encoding::Percent | Encoding::Backslash | Encoding::Html
                if escapes::is_broken_near(bytes, place.at) =>
            {
                Encoding::QuotedPrintable
            }
            _ => return None,
        };
        Some(Place {
            encoding,
            reading: 0,
            ..place
        })
    }

    /// Marks all of the text as decoded.
    pub(super) fn all_decoded(mut self) -> Text {
        self.decoded = 0..self.bytes.len();
        self
    }
}
