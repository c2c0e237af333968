//! The values that were known when the tool was adopted.
//!
//! A line of the file has a fingerprint and, for its reader, a rule: no path, line or date. So it survives moves, squashes
//! and rebases, merges without conflicts, and cannot hide another secret.

use std::collections::BTreeMap;

use crate::model::secret::Fingerprint;

/// The values that were known when the tool was adopted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Fingerprint, BaselineLine>,
}

/// What there is to say about a value.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BaselineLine {
    /// The rule that found it, as it was called then.
    rule: String,
    /// The line on which it was read, from 1.
    number: Option<usize>,
}

impl Baseline {
    /// Whether this value is known.
    pub fn has(&self, fingerprint: &Fingerprint) -> bool {
        self.entries.contains_key(fingerprint)
    }

    /// The values, in order, each with the line on which it was read.
    pub fn lines(&self) -> impl Iterator<Item = (&Fingerprint, Option<usize>)> {
        self.entries
            .iter()
            .map(|(fingerprint, line)| (fingerprint, line.number))
    }

    /// Takes in one more, read on a line or found by now. One that is known stays as it is.
    pub fn add(&mut self, fingerprint: Fingerprint, rule: &str, number: Option<usize>) {
        self.entries
            .entry(fingerprint)
            .or_insert_with(|| BaselineLine {
                rule: rule.to_owned(),
                number,
            });
    }

    /// Keeps those that `which` is true of.
    pub fn retain(&mut self, which: impl Fn(&Fingerprint) -> bool) {
        self.entries.retain(|fingerprint, _| which(fingerprint));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of the file: sorted, one line an entry.
    pub fn text(&self) -> String {
        self.entries
            .iter()
            .map(|(fingerprint, line)| format!("{fingerprint} {}\n", line.rule))
            .collect()
    }
}
