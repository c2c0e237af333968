//! One search through the bytes of a blob, and through the text decoded from them.
//!
//! Plain bytes and decoded text are layers. A layer is searched for anchors and sampled for encoded
//! text. Encoded text is decoded into a layer of its own, which is searched too, up to the greatest
//! depth.

mod bounds;
mod claim;
mod layer;
mod wanted;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::detect::anchors::{Hit, Meaning};
use crate::detect::decode::{self, Encoding, Place, Text};
use crate::model::known::Known;
use crate::model::rule::{Confidence, Rule, Shape};
use crate::model::secret::Secret;
use crate::rules::KNOWN_SECRET;

use claim::{candidates, claim};
use layer::Layer;
pub use wanted::{CheckSet, SearchTargets};

/// A secret in a blob, before it becomes a finding.
pub struct Match {
    pub rule: &'static Rule,
    pub confidence: Confidence,
    pub secret: Secret,
    /// The range in the blob that contains the secret, still encoded.
    pub span: Range<usize>,
    /// The encodings of the secret, the outermost first.
    pub encodings: Vec<Encoding>,
    /// The variable that holds the secret, if it is known.
    pub variable: Option<String>,
    /// True if the secret is weak enough to be guessed. Tokens that Notion issues are not.
    pub is_guessable: bool,
}

/// The number of bytes after an anchor that are searched for an escape inside the value. No token is
/// as long. The limit bounds the time for a text that consists of anchors.
const LONGEST_WORD: usize = 256;

/// The number of bytes that are searched for anchors and then sampled: few enough to stay in the
/// cache of a processor core.
const PART: usize = 32 * 1024;

/// A search in progress.
pub struct Search<'a> {
    wanted: &'a SearchTargets,
    path: &'a [u8],
    matches: Vec<Match>,
    checks: CheckSet,
    /// The number of bytes that may still be inflated.
    inflated: usize,
    is_cut: bool,
}

/// The largest number of bytes to which all compressed text in one blob may inflate: 64 MiB.
const INFLATED: usize = 64 << 20;

/// The matches in one blob, and the checks that must look at the blob.
#[derive(Default)]
pub struct Searched {
    /// All matches of rules, in order.
    pub matches: Vec<Match>,
    /// The checks with an anchor in the undecoded bytes.
    pub checks: CheckSet,
    /// True if compressed text continues beyond the part that was inflated.
    pub is_cut: bool,
}

impl<'a> Search<'a> {
    /// Returns a search for `wanted` in the file at `path`.
    pub fn new(wanted: &'a SearchTargets, path: &'a [u8]) -> Self {
        Search {
            wanted,
            path,
            matches: Vec::new(),
            checks: CheckSet::default(),
            inflated: INFLATED,
            is_cut: false,
        }
    }

    /// Returns all matches of rules in `bytes`, in order.
    pub fn run(self, bytes: &[u8]) -> Vec<Match> {
        self.run_with_checks(bytes).matches
    }

    /// Searches `bytes` for matches and for the anchors of checks.
    pub fn run_with_checks(mut self, bytes: &[u8]) -> Searched {
        self.layer(Layer::plain(bytes));
        Searched {
            matches: best(self.matches),
            checks: self.checks,
            is_cut: self.is_cut,
        }
    }

    /// Searches a layer, part by part. Returns true if it contains no anchor and no text to decode.
    fn layer(&mut self, mut layer: Layer<'_>) -> bool {
        let wanted = self.wanted;
        let (bytes, decoded) = (layer.bytes, layer.own());
        let is_last = layer.depth() >= wanted.decode_depth;
        let mut is_empty = true;
        for start in (0..bytes.len()).step_by(PART) {
            let part = start..bytes.len().min(start + PART);
            for anchors in &wanted.anchors {
                anchors.find(bytes, part.clone(), |hit| {
                    is_empty = false;
                    self.examine(&mut layer, anchors.meanings(hit), hit);
                });
            }
            if is_last {
                continue;
            }
            let (start, end) = (part.start.max(decoded.start), part.end.min(decoded.end));
            decode::sample(bytes.get(start..end).unwrap_or_default(), |place| {
                let place = Place {
                    at: start + place.at,
                    ..place
                };
                if decode::looks_encoded(bytes, place) && !layer.is_decoded(place) {
                    is_empty = false;
                    self.decode(&mut layer, place);
                }
            });
        }
        is_empty
    }

    /// Tries the detectors of the anchor at `hit` until one finds a match, and decodes the text
    /// around an encoded anchor. The candidates of a shape are computed once if detectors with the
    /// same shape follow each other.
    fn examine(&mut self, layer: &mut Layer<'_>, meanings: &[Meaning], hit: Hit) {
        let mut tried: Option<(&Shape, Vec<Range<usize>>)> = None;
        for meaning in meanings {
            let (rule, detector) = match meaning {
                Meaning::Plain(rule, detector) => (*rule, *detector),
                Meaning::Encoded(encoding, phase) => {
                    let stands = decode::stands_for_mark(*encoding, &layer.bytes[hit.end - 1..]);
                    if stands && layer.own().contains(&hit.start) {
                        self.decode(layer, hit.place(*encoding, *phase));
                    }
                    continue;
                }
                Meaning::Known(number, before) => {
                    self.examine_known(layer, &self.wanted.known[*number], *before, hit);
                    continue;
                }
                Meaning::Check { number, .. } => {
                    if layer.is_plain() {
                        self.checks.add(*number);
                    }
                    continue;
                }
            };
            if !tried
                .as_ref()
                .is_some_and(|(shape, _)| shape.is_same(&detector.shape))
            {
                tried = Some((
                    &detector.shape,
                    candidates(detector, layer, hit, self.wanted.by_shape),
                ));
                self.decode_rest(layer, hit, &detector.shape);
            }
            let spans = tried.iter().flat_map(|(_, spans)| spans);
            let before = self.matches.len();
            let path = self.path;
            let by_shape = self.wanted.by_shape;
            self.matches.extend(
                spans.filter_map(|span| claim(rule, detector, layer, path, span.clone(), by_shape)),
            );
            if self.matches.len() > before {
                return;
            }
        }
    }

    /// Compares a known value with the text around a piece of it. If they differ, a part of the
    /// value may be escaped, so the text is decoded.
    fn examine_known(&mut self, layer: &mut Layer<'_>, known: &Known, before: usize, hit: Hit) {
        let start = hit.start.saturating_sub(before);
        if before <= hit.start && known.value.is_at(layer.bytes, start) {
            let Some(span) = layer.source(start..start + known.value.len()) else {
                return;
            };
            let (encodings, variable) = (layer.encodings(), Some(known.variable.clone()));
            let (rule, confidence, secret) = (&KNOWN_SECRET, Confidence::High, known.value.clone());
            let is_guessable = known.is_guessable;
            self.matches.push(Match {
                rule,
                confidence,
                secret,
                span,
                encodings,
                variable,
                is_guessable,
            });
        } else {
            decode::ESCAPES
                .iter()
                .for_each(|escape| self.decode(layer, hit.place(*escape, 0)));
        }
    }

    /// Decodes escapes if the word that begins with an anchor continues with an escaped character.
    fn decode_rest(&mut self, layer: &mut Layer<'_>, hit: Hit, shape: &Shape) {
        let Shape::AtAnchor(_) = shape else { return };
        let word = layer.bytes[hit.end..]
            .iter()
            .take(LONGEST_WORD)
            .take_while(|byte| decode::is_of_value(byte));
        let end = hit.end + word.count();
        if let Some(encoding) = decode::continues(layer.bytes, end) {
            self.decode(layer, hit.place(encoding, 0));
        }
    }

    /// Decodes the text around `place`, and searches the result.
    fn decode(&mut self, layer: &mut Layer<'_>, place: Place) {
        let is_packed = place.encoding == Encoding::Deflate;
        if self.wanted.decode_depth == 0 || !is_packed && layer.depth() >= self.wanted.decode_depth
        {
            return;
        }
        if is_packed && (self.inflated == 0 || layer.inflations() >= Layer::MOST_INFLATIONS) {
            self.is_cut |= self.inflated == 0 || Text::decode(layer.bytes, place).is_some();
            return;
        }
        for reading in place.readings() {
            let is_empty = layer.is_decoded(reading) || self.decode_as(layer, reading);
            if is_empty && place.differs_at_edges() {
                break;
            }
        }
    }

    /// Decodes and searches one reading of a place. Returns true if the decoded text contains no
    /// anchor and no text to decode.
    fn decode_as(&mut self, layer: &mut Layer<'_>, place: Place) -> bool {
        let Some(text) = Text::decode(layer.bytes, place) else {
            return true;
        };
        if place.encoding == Encoding::Deflate {
            // The text inside another encoding is only a window, whose edge may cut compressed
            // text. This text is not reported as cut.
            self.is_cut |= text.is_cut && layer.depth() == 0;
            self.inflated = self.inflated.saturating_sub(text.bytes.len());
        }
        layer.note_decoded(place, &text);
        let is_empty = self.layer(Layer::decoded_from(layer, place, &text));
        if let Some(other) = text.interrupted(layer.bytes, place) {
            self.decode(layer, other);
        }
        is_empty
    }
}

/// Returns the best match of each group of overlapping matches, in order of their offsets. The best
/// match has the highest confidence, then the greatest length, then the fewest encodings. A token may be
/// found twice, encoded and decoded, if its end is escaped or looks encoded.
fn best(mut matches: Vec<Match>) -> Vec<Match> {
    matches.sort_by_key(|found| {
        (
            Reverse((found.confidence, found.span.len())),
            found.encodings.len(),
            found.span.start,
        )
    });
    let mut kept: Vec<Match> = Vec::new();
    let mut taken = BTreeMap::new();
    for found in matches {
        let span = found.span.clone();
        // Taken spans do not overlap. So only the last taken span that begins before the span's end
        // can overlap it.
        let overlaps = taken
            .range(..span.end)
            .next_back()
            .is_some_and(|(_, end)| *end > span.start);
        if !overlaps {
            taken.insert(span.start, span.end);
            kept.push(found);
        }
    }
    kept.sort_by_key(|found| found.span.start);
    kept
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use regex::bytes::Regex;

    use crate::detect::scanner::Scanner;
    use crate::model::blob::{Blob, Origin};
    use crate::model::rule::{Confidence, Detector, Rule, Shape};
    use crate::rules::RULES;

    /// Returns a rule whose values are near a name.
    const fn near(id: &'static str, detectors: &'static [Detector]) -> Rule {
        Rule {
            id,
            detectors,
            masked: &[],
            evidence: &[],
            ..*RULES[0]
        }
    }

    const fn detector(name: &'static [&'static str], shape: &'static LazyLock<Regex>) -> Detector {
        Detector {
            anchors: name,
            shape: Shape::NearAnchor(shape),
            goes_on: |_| true,
            shortest: 60,
            value: <[u8]>::to_vec,
            prefix: |_| 0,
            ends_names: false,
            lengths: 60..61,
            whole: |_| None,
            in_pieces: |_, _| None,
            classify: |_| Some(Confidence::High),
        }
    }

    #[test]
    fn each_pattern_is_searched_near_its_own_names() {
        static LOW: LazyLock<Regex> = LazyLock::new(|| Regex::new("(?-u)[a-f]{60}").unwrap());
        static HIGH: LazyLock<Regex> = LazyLock::new(|| Regex::new("(?-u)[G-Z]{60}").unwrap());
        static ALPHA: Rule = near("alpha", &[detector(&["alpha_name"], &LOW)]);
        static BETA: Rule = near("beta", &[detector(&["beta_name"], &HIGH)]);
        let (low, high): (String, String) =
            ("abcdef".repeat(10), ('G'..='Z').cycle().take(60).collect());
        let text = format!("{low} {high}{}alpha_name beta_name", " ".repeat(900));
        let origin = Origin::File("a".into());
        let found = Scanner::new(&[&ALPHA, &BETA]).scan(&Blob::whole(&origin, text.as_bytes()));
        let ids: Vec<_> = found.iter().map(|finding| finding.rule.id).collect();
        assert_eq!(ids, ["alpha", "beta"]);
    }
}
