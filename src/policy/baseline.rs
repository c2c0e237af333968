//! The baseline: the findings that were known when ntnguard was adopted.
//!
//! A line of the file has a fingerprint and, for human readers, a rule id. It has no path, line
//! number or date. So an entry stays valid after moves, squashes and rebases, merges without
//! conflicts, and cannot hide another secret.

use std::collections::BTreeMap;

use crate::model::secret::Fingerprint;

/// The fingerprints of the findings that were known when ntnguard was adopted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Fingerprint, BaselineLine>,
}

/// The rest of a line of the baseline file, after its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BaselineLine {
    /// The id of the rule that found the value, as it was when the line was written.
    rule: String,
    /// The line number, from 1; `None` for a fingerprint that was not read from the file.
    number: Option<usize>,
}

impl Baseline {
    /// Returns true if the baseline has this fingerprint.
    pub fn has(&self, fingerprint: &Fingerprint) -> bool {
        self.entries.contains_key(fingerprint)
    }

    /// Returns the fingerprints, sorted, each with the line number from 1 at which it was read;
    /// `None` for one that was not read from the file.
    pub fn lines(&self) -> impl Iterator<Item = (&Fingerprint, Option<usize>)> {
        self.entries
            .iter()
            .map(|(fingerprint, line)| (fingerprint, line.number))
    }

    /// Adds a fingerprint; `number` is the line that it was read from, if any. A fingerprint that
    /// the baseline already has keeps its old rule and line.
    pub fn add(&mut self, fingerprint: Fingerprint, rule: &str, number: Option<usize>) {
        self.entries
            .entry(fingerprint)
            .or_insert_with(|| BaselineLine {
                rule: rule.to_owned(),
                number,
            });
    }

    /// Keeps only the fingerprints for which `which` returns true.
    pub fn retain(&mut self, which: impl Fn(&Fingerprint) -> bool) {
        self.entries.retain(|fingerprint, _| which(fingerprint));
    }

    /// Returns the number of fingerprints.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns true if the baseline has no fingerprints.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the text of the file: one line for each fingerprint, sorted.
    pub fn text(&self) -> String {
        self.entries
            .iter()
            .map(|(fingerprint, line)| format!("{fingerprint} {}\n", line.rule))
            .collect()
    }
}
