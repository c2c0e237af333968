//! The values that were known when the tool was adopted.
//!
//! A line of the file has a fingerprint and, for its reader, a rule: no path, line or date. So it
//! survives moves, squashes and rebases, merges without conflicts, and cannot hide another secret.

use std::collections::BTreeMap;

use crate::model::secret::Fingerprint;

/// The values that were known when the tool was adopted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Fingerprint, BaselineLine>,
}

/// A line of the file without its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BaselineLine {
    /// The id that the rule had when it found the value.
    rule: String,
    /// The number of the line, from 1; `None` for a value that was not read from the file.
    number: Option<usize>,
}

impl Baseline {
    /// Returns true if the baseline has this value.
    pub fn has(&self, fingerprint: &Fingerprint) -> bool {
        self.entries.contains_key(fingerprint)
    }

    /// The values, in order, each with the line on which it was read.
    pub fn lines(&self) -> impl Iterator<Item = (&Fingerprint, Option<usize>)> {
        self.entries
            .iter()
            .map(|(fingerprint, line)| (fingerprint, line.number))
    }

    /// Adds a value, with the number of its line if it was read. A value that is known stays as it
    /// is.
    pub fn add(&mut self, fingerprint: Fingerprint, rule: &str, number: Option<usize>) {
        self.entries
            .entry(fingerprint)
            .or_insert_with(|| BaselineLine {
                rule: rule.to_owned(),
                number,
            });
    }

    /// Keeps the values for which `which` returns true.
    pub fn retain(&mut self, which: impl Fn(&Fingerprint) -> bool) {
        self.entries.retain(|fingerprint, _| which(fingerprint));
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns true if the baseline has no values.
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
