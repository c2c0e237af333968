//! From an anchor to a match: where something of the shape lies, and whether the rule claims it.

use std::ops::Range;

use crate::detect::anchors::Hit;
use crate::model::neighbourhood::{Neighbourhood, begins_word};
use crate::model::rule::{Candidate, Confidence, Detector, Rule, Shape};
use crate::model::secret::Secret;
use crate::rules::placeholder;

use super::Match;
use super::layer::Layer;

/// Where something of the shape lies at, or near, an anchor: as a word of its own, unless it may be `anywhere`.
pub fn candidates(
    detector: &Detector,
    layer: &mut Layer<'_>,
    hit: Hit,
    anywhere: bool,
) -> Vec<Range<usize>> {
    let bytes = layer.bytes;
    match &detector.shape {
        Shape::AtAnchor(shape) => {
            let span = shape
                .find(&bytes[hit.start..])
                .map(|shape| hit.start..hit.start + shape.end());
            span.filter(|_| anywhere || begins_word(bytes, hit.start, detector.ends_names))
                .into_iter()
                .collect()
        }
        Shape::NearAnchor(shape) => {
            let window = layer.window(shape, hit);
            let spans = shape.find_iter(&bytes[window.clone()]);
            let spans = spans.map(|shape| window.start + shape.start()..window.start + shape.end());
            spans
                .filter(|span| anywhere || is_word(bytes, span))
                .collect()
        }
    }
}

/// Whether nothing alphanumeric runs into `span` from either side.
fn is_word(bytes: &[u8], span: &Range<usize>) -> bool {
    begins_word(bytes, span.start, false)
        && !bytes.get(span.end).is_some_and(u8::is_ascii_alphanumeric)
}

/// The match of `rule` at `span`, if the rule classifies it as its own, or `always`. What was evidently made up, and what is
/// published, is reported low, never dropped.
pub fn claim(
    rule: &'static Rule,
    detector: &Detector,
    layer: &Layer<'_>,
    path: &[u8],
    span: Range<usize>,
    always: bool,
) -> Option<Match> {
    let written = &layer.bytes[span.clone()];
    let source = layer.source(span.clone())?;
    let value = (detector.value)(written);
    let around = Neighbourhood::new(layer.bytes, span, path);
    let candidate = Candidate {
        value: &value,
        joined: memchr::memchr3(b'"', b'\'', b'`', written).is_some(),
        around: &around,
    };
    let confidence = (detector.classify)(&candidate).or(always.then_some(Confidence::Low))?;
    let prefix = (detector.prefix)(&value);
    let body = &value[prefix..];
    let secret = Secret::new(value.clone(), prefix);
    let made_up = match detector.shape {
        Shape::AtAnchor(_) if body.len() < 100 => placeholder::is_made_up(body),
        _ => placeholder::is_monotonous(body),
    };
    let unlikely = made_up || placeholder::is_published_example(&secret);
    let confidence = if unlikely {
        Confidence::Low
    } else {
        confidence
    };
    Some(Match {
        rule,
        confidence,
        secret,
        span: source,
        encodings: layer.encodings(),
        variable: None,
        is_guessable: false,
    })
}
