//! The anchors and values that a search looks for, and the checks whose anchors it found.

use std::ops::Range;

use crate::detect::anchors::Anchors;
use crate::detect::decode;
use crate::model::known::Known;

/// The anchors and values that are searched for, and the depth of the search.
pub struct SearchTargets {
    /// Sets of anchors, each searched for separately. Of equal matches, the one from an earlier set
    /// is preferred.
    pub anchors: Vec<Anchors>,
    /// The known values. Pieces of them are among the anchors.
    pub known: Vec<Known>,
    /// The largest number of nested encodings that are decoded.
    pub decode_depth: usize,
    /// True if everything with the shape of a secret is a match, even inside a longer word, and
    /// even if the rule rejects it. Used to mask text that is about to be shown.
    pub by_shape: bool,
}

impl SearchTargets {
    /// Returns true if `bytes` contain an anchor or text that looks encoded. If false, a [`Search`]
    /// finds nothing.
    pub fn may_be_in(&self, bytes: &[u8]) -> bool {
        let anchored = self.anchors.iter().any(|anchors| anchors.is_in(bytes));
        anchored
            || self.decode_depth > 0
                && decode::any_sample(bytes, |place| decode::looks_encoded(bytes, place))
    }

    /// Returns true if `bytes` contain an anchor or encoded text that may touch one of `stretches`.
    /// An empty stretch is a position between two bytes. Reads only bytes near the stretches.
    pub fn may_touch(&self, bytes: &[u8], stretches: &[Range<usize>]) -> bool {
        let around = |stretch: &Range<usize>, reach: usize| {
            stretch.start.saturating_sub(reach)..bytes.len().min(stretch.end.saturating_add(reach))
        };
        let anchored =
            |anchors: &Anchors, stretch| anchors.is_in(&bytes[around(stretch, anchors.reach())]);
        let encoded = |stretch| {
            let part = &bytes[around(stretch, decode::REACH)];
            decode::any_sample(part, |place| decode::looks_encoded(part, place))
        };
        stretches.iter().any(|stretch| {
            self.anchors
                .iter()
                .any(|anchors| anchored(anchors, stretch))
                || self.decode_depth > 0 && encoded(stretch)
        })
    }
}

/// A set of checks, by their indices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckSet(u64);

impl CheckSet {
    /// The largest number of checks: one for each bit of the set.
    pub const MOST: usize = u64::BITS as usize;

    /// Adds a check.
    pub fn add(&mut self, number: usize) {
        self.0 |= 1 << number;
    }

    /// Returns true if the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns true if the set contains the check with index `number`.
    pub fn has(self, number: usize) -> bool {
        self.0 >> number & 1 == 1
    }
}
