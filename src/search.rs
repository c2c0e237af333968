//! One search through the bytes of a blob, and through what is decoded from them.
//!
//! Plain bytes and decoded text are both a [`Layer`]. A layer is searched for anchors and sampled for encoded text;
//! where either says so, the text around is decoded into a layer of its own, until there are as many as may be.

use std::ops::Range;

use crate::anchors::{Anchors, Hit, Meaning};
use crate::decode::{self, Encoding, Place, Text};
use crate::known::Known;
use crate::neighbourhood::{Neighbourhood, begins_word};
use crate::placeholder;
use crate::rule::{Candidate, Confidence, Detector, Rule, Shape};
use crate::rules::KNOWN_SECRET;
use crate::secret::Secret;

/// A secret and where it lies in the blob, before it becomes a finding.
pub struct Match {
    pub rule: &'static Rule,
    pub confidence: Confidence,
    pub secret: Secret,
    /// The bytes of the blob that hold it, encoded as they are.
    pub span: Range<usize>,
    /// What it is encoded in, the outermost first.
    pub encodings: Vec<Encoding>,
    /// The variable whose value it is, if that is known.
    pub variable: Option<String>,
}

/// What is searched for.
pub struct Wanted {
    /// Each is searched for by itself; what is found by an earlier one is preferred.
    pub anchors: Vec<Anchors>,
    /// The values that some of the anchors are pieces of.
    pub known: Vec<Known>,
    /// How many encodings may lie on top of each other.
    pub decode_depth: usize,
}

/// A search in progress.
pub struct Search<'a> {
    wanted: &'a Wanted,
    path: &'a [u8],
    matches: Vec<Match>,
}

/// Bytes to search: a blob's, or what was decoded from another layer.
struct Layer<'a> {
    bytes: &'a [u8],
    origin: Option<Decoded<'a>>,
    /// How far each detector's name was searched around.
    searched: usize,
    /// How far the text of each encoding and phase was decoded.
    decoded: Vec<(Encoding, usize, usize)>,
}

/// Where a layer was decoded from.
#[derive(Clone, Copy)]
struct Decoded<'a> {
    text: &'a Text,
    place: Place,
    from: &'a Layer<'a>,
}

impl<'a> Search<'a> {
    /// A search for what is `wanted` in what lies at `path`.
    pub fn new(wanted: &'a Wanted, path: &'a [u8]) -> Self {
        Search { wanted, path, matches: Vec::new() }
    }

    /// Everything in `bytes` that a rule matches, in order.
    pub fn run(mut self, bytes: &[u8]) -> Vec<Match> {
        self.layer(Layer { bytes, origin: None, searched: 0, decoded: Vec::new() });
        best(self.matches)
    }

    /// Searches a layer; whether there was nothing in it to look at.
    fn layer(&mut self, mut layer: Layer<'_>) -> bool {
        let wanted = self.wanted;
        let mut is_empty = true;
        for anchors in &wanted.anchors {
            anchors.find(layer.bytes, |hit| {
                is_empty = false;
                self.examine(&mut layer, anchors.meanings(hit), hit);
            });
        }
        if layer.encodings().len() < self.wanted.decode_depth {
            let (bytes, decoded) = (layer.bytes, layer.decoded());
            decode::sample(&bytes[decoded.clone()], |place| {
                let place = Place { at: decoded.start + place.at, ..place };
                if !layer.is_decoded(place) && decode::looks_encoded(bytes, place) {
                    is_empty = false;
                    self.decode(&mut layer, place);
                }
            });
        }
        is_empty
    }

    /// Lets each detector that has the anchor look at its place, until one claims it; decodes what an encoded anchor
    /// stands in. Detectors that share a shape follow each other, and their shape is matched once.
    fn examine(&mut self, layer: &mut Layer<'_>, meanings: &[Meaning], hit: Hit) {
        let mut tried: Option<(&Shape, Vec<Range<usize>>)> = None;
        for meaning in meanings {
            let (rule, detector) = match meaning {
                Meaning::Plain(rule, detector) => (*rule, *detector),
                Meaning::Encoded(encoding, phase) => {
                    if layer.decoded().contains(&hit.start) {
                        self.decode(layer, hit.place(*encoding, *phase));
                    }
                    continue;
                }
                Meaning::Known(number, before) => {
                    self.examine_known(layer, &self.wanted.known[*number], *before, hit);
                    continue;
                }
            };
            if !tried.as_ref().is_some_and(|(shape, _)| shape.is_same(&detector.shape)) {
                tried = Some((&detector.shape, candidates(&detector.shape, layer, hit)));
                self.decode_rest(layer, hit, &detector.shape);
            }
            let spans = tried.iter().flat_map(|(_, spans)| spans);
            let before = self.matches.len();
            let path = self.path;
            self.matches.extend(spans.filter_map(|span| claim(rule, detector, layer, path, span.clone())));
            if self.matches.len() > before {
                return;
            }
        }
    }

    /// Compares a known value with what stands around a piece of it. Where they differ, something may be escaped.
    fn examine_known(&mut self, layer: &mut Layer<'_>, known: &Known, before: usize, hit: Hit) {
        let start = hit.start.saturating_sub(before);
        if before <= hit.start && known.value.is_at(layer.bytes, start) {
            let Some(span) = layer.source(start..start + known.value.len()) else { return };
            let (encodings, variable) = (layer.encodings(), Some(known.variable.clone()));
            let (rule, confidence, secret) = (&KNOWN_SECRET, Confidence::High, known.value.clone());
            self.matches.push(Match { rule, confidence, secret, span, encodings, variable });
        } else {
            decode::ESCAPES.iter().for_each(|escape| self.decode(layer, hit.place(*escape, 0)));
        }
    }

    /// Where the word that begins with an anchor is cut by an escape that stands for more of it, undoes the escapes.
    fn decode_rest(&mut self, layer: &mut Layer<'_>, hit: Hit, shape: &Shape) {
        let Shape::AtAnchor(_) = shape else { return };
        let end = hit.end + layer.bytes[hit.end..].iter().take_while(|byte| decode::is_of_value(byte)).count();
        if let Some(encoding) = decode::continues(layer.bytes, end) {
            self.decode(layer, hit.place(encoding, 0));
        }
    }

    /// Decodes what stands around `place`, and searches that.
    fn decode(&mut self, layer: &mut Layer<'_>, place: Place) {
        if layer.encodings().len() >= self.wanted.decode_depth || layer.is_decoded(place) {
            return;
        }
        for reading in place.readings() {
            let is_empty = self.decode_as(layer, reading);
            if is_empty && place.differs_at_edges() {
                break;
            }
        }
    }

    /// Searches one reading of a place; whether there was nothing in it to look at.
    fn decode_as(&mut self, layer: &mut Layer<'_>, place: Place) -> bool {
        let Some(text) = Text::decode(layer.bytes, place) else { return true };
        layer.note_decoded(place, text.run.end.min(Text::trusted(place).end));
        let origin = Some(Decoded { text: &text, place, from: layer });
        let is_empty = self.layer(Layer { bytes: &text.bytes, origin, searched: 0, decoded: Vec::new() });
        if let Some(other) = text.interrupted(layer.bytes, place) {
            self.decode(layer, other);
        }
        is_empty
    }
}

impl Layer<'_> {
    /// What the layer is encoded in, the outermost first.
    fn encodings(&self) -> Vec<Encoding> {
        let Some(origin) = self.origin else { return Vec::new() };
        let mut encodings = origin.from.encodings();
        encodings.push(origin.place.encoding);
        encodings
    }

    /// The part of the layer that is not only there as context.
    fn decoded(&self) -> Range<usize> {
        self.origin.map_or(0..self.bytes.len(), |origin| origin.text.decoded.clone())
    }

    /// The bytes of the blob that `span` was decoded from; nothing, when it was not decoded here at all, or only so far
    /// that it may be incomplete.
    fn source(&self, span: Range<usize>) -> Option<Range<usize>> {
        let Some(Decoded { text, place, from }) = self.origin else { return Some(span) };
        let is_decoded = span.start < text.decoded.end && span.end > text.decoded.start;
        let source = Text::source(from.bytes, place, span).filter(|_| is_decoded)?;
        if Text::trusted(place).contains(&source.start) { from.source(source) } else { None }
    }

    /// The bytes near a hit that were not searched for an earlier one, so that a blob full of anchors is searched once.
    /// Half a kilobyte is searched again: what began there did not end in the earlier window.
    fn window(&mut self, hit: Hit) -> Range<usize> {
        let start = hit.start.saturating_sub(Shape::REACH).max(self.searched.saturating_sub(512));
        let end = self.bytes.len().min(hit.end + Shape::REACH);
        self.searched = end;
        start.min(end)..end
    }

    fn is_decoded(&self, place: Place) -> bool {
        let key = key(place);
        self.decoded.iter().any(|(encoding, phase, end)| (*encoding, *phase) == key && place.at < *end)
    }

    fn note_decoded(&mut self, place: Place, end: usize) {
        let (encoding, phase) = key(place);
        self.decoded.retain(|(known, known_phase, _)| (*known, *known_phase) != (encoding, phase));
        self.decoded.push((encoding, phase, end));
    }
}

/// Two places with one key, in one run of encoded text, decode to the same.
fn key(place: Place) -> (Encoding, usize) {
    let key = match place.encoding {
        Encoding::Base64 => (place.at + 4 - place.phase) % 4,
        Encoding::Hex => (place.at + 2 - place.phase) % 2,
        Encoding::Utf16 => place.at % 2,
        Encoding::Utf32 => place.at % 4,
        _ => 0,
    };
    (place.encoding, key)
}

/// Where something of the shape lies at, or near, an anchor, as a word of its own.
fn candidates(shape: &Shape, layer: &mut Layer<'_>, hit: Hit) -> Vec<Range<usize>> {
    let bytes = layer.bytes;
    match shape {
        Shape::AtAnchor(shape) => {
            let span = shape.find(&bytes[hit.start..]).map(|shape| hit.start..hit.start + shape.end());
            span.filter(|_| begins_word(bytes, hit.start, is_joined_by_underscore(hit, bytes))).into_iter().collect()
        }
        Shape::NearAnchor(shape) => {
            let window = layer.window(hit);
            let spans = shape.find_iter(&bytes[window.clone()]);
            let spans = spans.map(|shape| window.start + shape.start()..window.start + shape.end());
            spans.filter(|span| is_word(bytes, span)).collect()
        }
    }
}

/// Whether nothing alphanumeric runs into `span` from either side.
fn is_word(bytes: &[u8], span: &Range<usize>) -> bool {
    begins_word(bytes, span.start, false) && !bytes.get(span.end).is_some_and(u8::is_ascii_alphanumeric)
}

/// `secret_` is the end of many longer names (`client_secret_…`, `sb_secret_…`); the other anchors are not.
fn is_joined_by_underscore(hit: Hit, bytes: &[u8]) -> bool {
    bytes[hit.start..hit.end].starts_with(b"secret_")
}

/// The match of `rule` at `span`, if the rule classifies it as its own. What was evidently made up, and what is
/// published, is reported low, never dropped.
fn claim(
    rule: &'static Rule,
    detector: &Detector,
    layer: &Layer<'_>,
    path: &[u8],
    span: Range<usize>,
) -> Option<Match> {
    let written = &layer.bytes[span.clone()];
    let source = layer.source(span.clone())?;
    let value = (detector.value)(written);
    let around = Neighbourhood::new(layer.bytes, span, path);
    let candidate =
        Candidate { value: &value, joined: memchr::memchr3(b'"', b'\'', b'`', written).is_some(), around: &around };
    let confidence = (detector.classify)(&candidate)?;
    let prefix = (detector.prefix)(&value);
    let body = &value[prefix..];
    let secret = Secret::new(value.clone(), prefix);
    let made_up = match detector.shape {
        Shape::AtAnchor(_) if body.len() < 100 => placeholder::is_made_up(body),
        _ => placeholder::is_monotonous(body),
    };
    let unlikely = made_up || placeholder::is_published_example(&secret);
    let confidence = if unlikely { Confidence::Low } else { confidence };
    Some(Match { rule, confidence, secret, span: source, encodings: layer.encodings(), variable: None })
}

/// Of matches that overlap, the surest; of those the longest, with the fewest encodings: a token that an encoding cuts
/// short, or runs into what follows, is found both ways. In order.
fn best(mut matches: Vec<Match>) -> Vec<Match> {
    matches.sort_by_key(|found| {
        (std::cmp::Reverse((found.confidence, found.span.len())), found.encodings.len(), found.span.start)
    });
    let mut kept: Vec<Match> = Vec::new();
    let mut taken = std::collections::BTreeMap::new();
    for found in matches {
        let span = found.span.clone();
        let before = taken.range(..span.end).next_back().is_some_and(|(_, end)| *end > span.start);
        if !before {
            taken.insert(span.start, span.end);
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| found.span.start);
    kept
}
