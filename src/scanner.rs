//! All chosen rules, compiled: bytes in, findings out. Pure; it cannot fail.

use std::ops::Range;

use crate::anchors::{Anchors, Hit};
use crate::blob::Blob;
use crate::finding::Finding;
use crate::neighbourhood::{Neighbourhood, begins_word};
use crate::placeholder;
use crate::rule::{Candidate, Confidence, Detector, Rule, Shape};
use crate::secret::Secret;

/// All chosen rules, compiled.
pub struct Scanner {
    anchors: Anchors,
}

/// A secret and where it lies, before it becomes a finding.
struct Match {
    rule: &'static Rule,
    confidence: Confidence,
    secret: Secret,
    span: Range<usize>,
}

impl Scanner {
    /// A scanner for `rules`, which claim what they share in this order.
    pub fn new(rules: &[&'static Rule]) -> Self {
        Scanner { anchors: Anchors::new(rules) }
    }

    /// Everything in `blob` that a rule matches, in order; of a partial blob, what begins in its core.
    pub fn scan(&self, blob: &Blob<'_>) -> Vec<Finding> {
        let mut found = Found::default();
        self.anchors.find(blob.bytes, |hit| self.examine(blob, hit, &mut found));
        let mut matches = found.matches;
        if matches.is_empty() {
            return Vec::new();
        }
        matches.sort_by_key(|found| (found.span.start, found.span.end));
        matches.dedup_by(|second, first| second.span == first.span);
        into_findings(blob, &matches)
    }

    /// Lets each detector that has the anchor look at its place, until one claims it. Detectors that share a shape
    /// follow each other, and their shape is matched once.
    fn examine(&self, blob: &Blob<'_>, hit: Hit, found: &mut Found) {
        let mut tried: Option<(&Shape, Vec<Range<usize>>)> = None;
        for (rule, detector) in self.anchors.detectors(hit) {
            let same = tried.as_ref().is_some_and(|(shape, _)| shape.is_same(&detector.shape));
            if !same {
                tried = Some((&detector.shape, candidates(&detector.shape, blob.bytes, hit, found)));
            }
            let spans = tried.iter().flat_map(|(_, spans)| spans);
            let before = found.matches.len();
            found.matches.extend(spans.filter_map(|span| claim(rule, detector, blob, span.clone())));
            if found.matches.len() > before {
                return;
            }
        }
    }
}

/// Where something of the shape lies at, or near, an anchor, as a word of its own.
fn candidates(shape: &Shape, bytes: &[u8], hit: Hit, found: &mut Found) -> Vec<Range<usize>> {
    match shape {
        Shape::AtAnchor(shape) => {
            let span = shape.find(&bytes[hit.start..]).map(|shape| hit.start..hit.start + shape.end());
            span.filter(|_| begins_word(bytes, hit.start, is_joined_by_underscore(hit, bytes))).into_iter().collect()
        }
        Shape::NearAnchor(shape) => {
            let window = found.window(hit, bytes.len());
            let spans = shape.find_iter(&bytes[window.clone()]);
            let spans = spans.map(|shape| window.start + shape.start()..window.start + shape.end());
            spans.filter(|span| is_word(bytes, span)).collect()
        }
    }
}

/// What a scan has come by so far.
#[derive(Default)]
struct Found {
    matches: Vec<Match>,
    searched: usize,
}

impl Found {
    /// The bytes near a hit that were not searched for an earlier one, so that a blob full of anchors is searched once.
    /// Half a kilobyte is searched again: what began there did not end in the earlier window.
    fn window(&mut self, hit: Hit, length: usize) -> Range<usize> {
        let start = hit.start.saturating_sub(Shape::REACH).max(self.searched.saturating_sub(512));
        let end = length.min(hit.end + Shape::REACH);
        self.searched = end;
        start.min(end)..end
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
fn claim(rule: &'static Rule, detector: &Detector, blob: &Blob<'_>, span: Range<usize>) -> Option<Match> {
    let written = &blob.bytes[span.clone()];
    let value = (detector.value)(written);
    let around = Neighbourhood::new(blob.bytes, span.clone(), blob.origin.path().unwrap_or_default());
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
    Some(Match { rule, confidence: if unlikely { Confidence::Low } else { confidence }, secret, span })
}

/// Gives each match its place and excerpt. Positions are counted from one match to the next, so that a blob is
/// walked once however much it holds.
fn into_findings(blob: &Blob<'_>, matches: &[Match]) -> Vec<Finding> {
    let secrets: Vec<_> = matches.iter().map(|found| found.span.clone()).collect();
    let mut from = (blob.start, 0);
    let mut findings = Vec::new();
    for found in matches.iter().filter(|found| blob.core.contains(&found.span.start)) {
        let finding =
            Finding::credential(found.rule, found.confidence, &found.secret, blob, found.span.clone(), from, &secrets);
        if let Some(location) = finding.location {
            from = (location.start, found.span.start);
        }
        findings.push(finding);
    }
    findings
}
