//! Decoded text, and the origin of its bytes.

use std::ops::Range;

use super::{Encoding, Place, base64, deflate, escapes, hex, listed, wide};

/// Decoded text, with some of the bytes around it.
pub struct Text {
    /// Some source bytes before the encoded text, the decoded text, and some source bytes after it.
    pub bytes: Vec<u8>,
    /// The decoded part of `bytes`.
    pub decoded: Range<usize>,
    /// The range in the source that was decoded.
    pub run: Range<usize>,
    /// True if compressed text was not decoded to its end, because the source ended or a limit was
    /// reached.
    pub is_cut: bool,
    /// The origin of each byte, if it was requested. Most decoded text contains no secret and needs
    /// no trace.
    trace: Option<Trace>,
}

/// The origin of each byte of a decoded text.
pub struct Trace {
    /// The offset of the decoded window in the source. Spans are relative to it, so that they fit
    /// into 32 bits.
    base: usize,
    /// The start and the end of the source bytes of each decoded byte, relative to `base`.
    spans: Vec<[u32; 2]>,
    /// The length of the window if every byte comes from all of it, as in compressed text.
    whole: Option<usize>,
}

impl Trace {
    /// Returns the range in the source from which `span` of the text was decoded. `None` if `span`
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
    /// The number of bytes after a place that are decoded.
    const AFTER: usize = 12 * 1024;
    /// The number of source bytes copied from either side of a run of encoded text. Names in them
    /// show the kind of the value.
    const AROUND: usize = 512;

    /// Decodes the text around `place` in `bytes`. `None` if the text is not in the place's
    /// encoding.
    pub fn decode(bytes: &[u8], place: Place) -> Option<Text> {
        Self::read(bytes, place, false)
    }

    /// Decodes the text around `place` and returns the origin of each byte. `None` if the text is
    /// not in the place's encoding.
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

    /// Returns the range in the source in which a finding in the text decoded at `place` may begin.
    /// The rest of the decoded text is only context: a value there may be cut off by the edge of
    /// the window.
    pub fn trusted(place: Place) -> Range<usize> {
        place.at.saturating_sub(Self::BEFORE / 2)..place.at + Self::AFTER * 2 / 3
    }

    /// Returns an empty text, to be filled with about `length` bytes decoded from `run`. `base` is
    /// the beginning of the decoded window.
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

    /// Returns a text whose every byte was decoded from all of `run`.
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

    /// Adds the bytes at `span` unchanged.
    fn copy(&mut self, bytes: &[u8], span: Range<usize>) {
        self.bytes.extend_from_slice(&bytes[span.clone()]);
        if let Some(Trace { base, spans, .. }) = &mut self.trace {
            spans.extend(span.map(|at| [(at - *base) as u32, (at - *base) as u32 + 1]));
        }
    }

    /// Returns the text that `decode` makes of `run`, between the source bytes around the run. A
    /// blank on either side separates the decoded text from its neighbours, such as the `0x` before
    /// hexadecimal digits. `None` if nothing was decoded.
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

    /// Returns the place at which to decode the escapes that interrupt the text at `place`. `None`
    /// if no escape interrupts it.
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
