//! Bytes to search, and their origin.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::detect::anchors::Hit;
use crate::detect::decode::{self, Encoding, Place, Text, Trace};
use crate::model::rule::Shape;

/// Bytes to search: the bytes of a blob, or text decoded from another layer.
pub struct Layer<'a> {
    pub bytes: &'a [u8],
    origin: Option<LayerOrigin<'a>>,
    /// The shapes searched for near anchors so far, each with the end of the last range searched.
    searched: Vec<(&'static LazyLock<Regex>, usize)>,
    covered: Vec<Covered>,
}

/// The origin of a decoded layer.
struct LayerOrigin<'a> {
    text: &'a Text,
    place: Place,
    from: &'a Layer<'a>,
    /// The origin of each byte, computed when the first match in the layer is found.
    trace: OnceCell<Option<Trace>>,
}

/// A range that was decoded already. Decoding at another place in it gives the same text if the
/// place is [in step](decode::are_in_step) with `last`.
struct Covered {
    span: Range<usize>,
    last: Place,
}

impl<'a> Layer<'a> {
    /// Returns the layer of a blob's bytes.
    pub fn plain(bytes: &'a [u8]) -> Self {
        Layer {
            bytes,
            origin: None,
            searched: Vec::new(),
            covered: Vec::new(),
        }
    }

    /// Returns the layer of the text decoded at a place of another layer.
    pub fn decoded_from(from: &'a Layer<'a>, place: Place, text: &'a Text) -> Self {
        let origin = Some(LayerOrigin {
            text,
            place,
            from,
            trace: OnceCell::new(),
        });
        Layer {
            bytes: &text.bytes,
            origin,
            searched: Vec::new(),
            covered: Vec::new(),
        }
    }

    /// Returns true if the layer is the undecoded bytes of a blob.
    pub fn is_plain(&self) -> bool {
        self.origin.is_none()
    }

    /// The largest number of compressed texts inside one another that are inflated.
    pub const MOST_INFLATIONS: usize = 2;

    /// Returns the number of encodings that were decoded to get the layer. Encodings around a
    /// compressed text are not counted for the text inside.
    pub fn depth(&self) -> usize {
        let mut encodings = self.encodings().into_iter().rev();
        encodings
            .position(|encoding| encoding == Encoding::Deflate)
            .unwrap_or(self.encodings().len())
    }

    /// Returns the number of compressed texts that were inflated to get the layer.
    pub fn inflations(&self) -> usize {
        let encodings = self.encodings().into_iter();
        encodings
            .filter(|encoding| *encoding == Encoding::Deflate)
            .count()
    }

    /// Returns the encodings of the layer, the outermost first.
    pub fn encodings(&self) -> Vec<Encoding> {
        let Some(origin) = &self.origin else {
            return Vec::new();
        };
        let mut encodings = origin.from.encodings();
        encodings.push(origin.place.encoding);
        encodings
    }

    /// Returns the decoded part of the layer, without the context around it. Returns all of a plain
    /// layer.
    pub fn own(&self) -> Range<usize> {
        self.origin
            .as_ref()
            .map_or(0..self.bytes.len(), |origin| origin.text.decoded.clone())
    }

    /// Returns the range in the blob from which `span` was decoded. `None` if `span` is only
    /// context, or so near the edge of the window that it may be incomplete.
    pub fn source(&self, span: Range<usize>) -> Option<Range<usize>> {
        let Some(LayerOrigin {
            place, from, trace, ..
        }) = &self.origin
        else {
            return Some(span);
        };
        let own = self.own();
        if span.start >= own.end || span.end <= own.start {
            return None;
        }
        let trace = trace
            .get_or_init(|| Text::trace(from.bytes, *place))
            .as_ref()?;
        let source = trace.source(span)?;
        if Text::trusted(*place).contains(&source.start) {
            from.source(source)
        } else {
            None
        }
    }

    /// Returns the range around `hit` to search for `shape`, without the range searched around an
    /// earlier hit. So a blob full of anchors is searched only once for each shape. The last 512
    /// bytes of the earlier range are searched again: a value that begins there may end after it.
    pub fn window(&mut self, shape: &'static LazyLock<Regex>, hit: Hit) -> Range<usize> {
        let end = self.bytes.len().min(hit.end + Shape::REACH);
        let is_same =
            |(known, _): &&mut (&'static LazyLock<Regex>, usize)| std::ptr::eq(*known, shape);
        let before = match self.searched.iter_mut().find(is_same) {
            Some((_, searched)) => std::mem::replace(searched, end),
            None => {
                self.searched.push((shape, end));
                0
            }
        };
        let start = hit.start.saturating_sub(Shape::REACH);
        start.max(before.saturating_sub(512)).min(end)..end
    }

    /// Returns true if the text at `place` was already decoded at an earlier place.
    pub fn is_decoded(&mut self, place: Place) -> bool {
        let bytes = self.bytes;
        let covers = |covered: &&mut Covered| {
            covered.last.reading == place.reading
                && covered.span.contains(&place.at)
                && decode::are_in_step(bytes, covered.last, place)
        };
        let covered = self.covered.iter_mut().find(covers);
        covered.map(|covered| covered.last = place).is_some()
    }

    /// Records that `text` was decoded at `place`.
    pub fn note_decoded(&mut self, place: Place, text: &Text) {
        let until = text.run.end.min(Text::trusted(place).end);
        self.covered.retain(|covered| covered.span.end > place.at);
        self.covered.push(Covered {
            span: place.at..until,
            last: place,
        });
    }
}
