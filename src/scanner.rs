//! All chosen rules, compiled: bytes in, findings out. Pure; it cannot fail.

use crate::anchors::Anchors;
use crate::blob::Blob;
use crate::finding::Finding;
use crate::rule::Rule;
use crate::search::{Match, Search};

/// All chosen rules, compiled.
pub struct Scanner {
    anchors: Anchors,
    decode_depth: usize,
}

impl Scanner {
    /// How many encodings may lie on top of each other.
    pub const DECODE_DEPTH: usize = 3;

    /// A scanner for `rules`, which claim what they share in this order.
    pub fn new(rules: &[&'static Rule]) -> Self {
        Self::with_decode_depth(rules, Self::DECODE_DEPTH)
    }

    /// A scanner that undoes up to `decode_depth` encodings that lie on top of each other; with 0, it decodes nothing.
    pub fn with_decode_depth(rules: &[&'static Rule], decode_depth: usize) -> Self {
        Scanner { anchors: Anchors::new(rules, decode_depth > 0), decode_depth }
    }

    /// Everything in `blob` that a rule matches, in order; of a partial blob, what begins in its core.
    pub fn scan(&self, blob: &Blob<'_>) -> Vec<Finding> {
        let path = blob.origin.path().unwrap_or_default();
        let matches = Search::new(&self.anchors, path, self.decode_depth).run(blob.bytes);
        if matches.is_empty() { Vec::new() } else { into_findings(blob, &matches) }
    }
}

/// Gives each match its place and excerpt. Positions are counted from one match to the next, so that a blob is
/// walked once however much it holds.
fn into_findings(blob: &Blob<'_>, matches: &[Match]) -> Vec<Finding> {
    let secrets: Vec<_> = matches.iter().map(|found| found.span.clone()).collect();
    let mut from = (blob.start, 0);
    let mut findings = Vec::new();
    for found in matches.iter().filter(|found| blob.core.contains(&found.span.start)) {
        let finding = Finding::credential(found, blob, from, &secrets);
        if let Some(location) = finding.location {
            from = (location.start, found.span.start);
        }
        findings.push(finding);
    }
    findings
}
