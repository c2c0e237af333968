//! Turns anchors into matches: finds the candidates that have a detector's shape, and lets the rule
//! classify them.

use std::ops::Range;

use crate::detect::anchors::Hit;
use crate::model::neighbourhood::{Neighbourhood, begins_word};
use crate::model::rule::{Candidate, Confidence, Detector, Rule, Shape};
use crate::model::secret::Secret;
use crate::rules::placeholder;

use super::Match;
use super::bounds::{begins, bounded, follows_name};
use super::layer::Layer;

/// Returns the spans at or near an anchor that have the detector's shape: only whole words, or all
/// spans if `anywhere` is true.
pub fn candidates(
    detector: &Detector,
    layer: &mut Layer<'_>,
    hit: Hit,
    anywhere: bool,
) -> Vec<Range<usize>> {
    let bytes = layer.bytes;
    match &detector.shape {
        Shape::AtAnchor(shape) => {
            if let Some(end) = (detector.in_pieces)(bytes, hit.start) {
                let begins = anywhere || begins(bytes, hit.start, detector);
                return begins.then_some(hit.start..end).into_iter().collect();
            }
            let span = shape
                .find(&bytes[hit.start..])
                .map(|shape| hit.start..hit.start + shape.end());
            let bounded = |span: Range<usize>| match anywhere {
                true => Some(span),
                false => bounded(bytes, span, detector),
            };
            span.and_then(bounded).into_iter().collect()
        }
        Shape::NearAnchor(shape) => {
            let window = layer.window(shape, hit);
            let spans = shape.find_iter(&bytes[window.clone()]);
            let spans = spans.map(|shape| window.start + shape.start()..window.start + shape.end());
            spans
                .map(|span| behind_name(span, &hit))
                .filter(|span| {
                    anywhere || is_word(bytes, span) || follows_name(bytes, span, hit.end)
                })
                .collect()
        }
    }
}

/// Returns `span` without the end of the name that it overlaps: the end of a name may look like a
/// part of the value.
fn behind_name(span: Range<usize>, name: &Hit) -> Range<usize> {
    let touches = (name.start..name.end).contains(&span.start) && name.end < span.end;
    if touches { name.end..span.end } else { span }
}

/// Returns true if no letter or digit touches `span` on either side.
fn is_word(bytes: &[u8], span: &Range<usize>) -> bool {
    begins_word(bytes, span.start, false)
        && !bytes.get(span.end).is_some_and(u8::is_ascii_alphanumeric)
}

/// Returns the match of `rule` at `span`. `None` if the span has no [source](Layer::source), or if
/// the rule rejects the value and `always` is false. A value that was made up or published is a
/// match with low confidence.
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
        joined: value.len() < written.len(),
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
