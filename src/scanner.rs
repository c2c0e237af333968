//! All chosen rules, compiled: bytes in, findings out. Pure; it cannot fail.

use std::borrow::Cow;
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
        let mut matches = Vec::new();
        self.anchors.find(blob.bytes, |hit| self.examine(blob, hit, &mut matches));
        if matches.is_empty() {
            return Vec::new();
        }
        matches.sort_by_key(|found| (found.span.start, found.span.end));
        matches.dedup_by(|second, first| second.span == first.span);
        into_findings(blob, &matches)
    }

    /// Lets each detector that has the anchor look at its place, until one claims it.
    fn examine(&self, blob: &Blob<'_>, hit: Hit, matches: &mut Vec<Match>) {
        for (rule, detector) in self.anchors.detectors(hit) {
            let before = matches.len();
            match &detector.shape {
                Shape::AtAnchor(shape) => {
                    if let Some(found) = shape.find(&blob.bytes[hit.start..])
                        && begins_word(blob.bytes, hit.start, is_joined_by_underscore(hit, blob.bytes))
                    {
                        let span = hit.start..hit.start + found.end();
                        matches.extend(claim(rule, detector, blob, span));
                    }
                }
                Shape::NearAnchor(shape) => {
                    let from = hit.start.saturating_sub(Shape::REACH);
                    let to = blob.bytes.len().min(hit.end + Shape::REACH);
                    let spans =
                        shape.find_iter(&blob.bytes[from..to]).map(|found| from + found.start()..from + found.end());
                    matches.extend(spans.filter_map(|span| claim(rule, detector, blob, span)));
                }
            }
            if matches.len() > before {
                return;
            }
        }
    }
}

/// `secret_` is the end of many longer names (`client_secret_…`, `sb_secret_…`); the other anchors are not.
fn is_joined_by_underscore(hit: Hit, bytes: &[u8]) -> bool {
    bytes[hit.start..hit.end].starts_with(b"secret_")
}

/// The match of `rule` at `span`, if the rule classifies it as its own. What was evidently made up, and what is
/// published, is reported low, never dropped.
fn claim(rule: &'static Rule, detector: &Detector, blob: &Blob<'_>, span: Range<usize>) -> Option<Match> {
    let written = &blob.bytes[span.clone()];
    let value = value_of(written);
    let around = Neighbourhood::new(blob.bytes, span.clone(), blob.origin.path().unwrap_or_default());
    let candidate =
        Candidate { value: &value, joined: value.len() < written.len() && !written.contains(&b'%'), around: &around };
    let confidence = (detector.classify)(&candidate)?;
    let prefix = (detector.prefix)(&value);
    let body = &value[prefix..];
    let secret = Secret::new(value.to_vec(), prefix);
    let made_up = match detector.shape {
        Shape::AtAnchor(_) if body.len() < 100 => placeholder::is_made_up(body),
        _ => placeholder::is_monotonous(body, 3.0),
    };
    let unlikely = made_up || placeholder::is_published_example(&secret);
    Some(Match { rule, confidence: if unlikely { Confidence::Low } else { confidence }, secret, span })
}

/// The value as its owner knows it: the halves of a split literal joined, an encoded colon decoded.
fn value_of(written: &[u8]) -> Cow<'_, [u8]> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'.');
    if written.iter().all(plain) {
        return Cow::Borrowed(written);
    }
    if let Some(decoded) = percent_decoded(written) {
        return Cow::Owned(decoded);
    }
    Cow::Owned(written.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').collect())
}

fn percent_decoded(written: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'%', written)?;
    let text = std::str::from_utf8(written).ok()?;
    Some(text.replace("%3A", ":").replace("%3D", "=").into_bytes())
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
