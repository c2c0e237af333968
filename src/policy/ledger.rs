//! Since when each variable has its value: what a team writes down at a rotation, for Notion tells nobody.
//!
//! A line of the file has a variable, the fingerprint of its value, and a day. A value's fingerprint says nothing of the value.

use std::collections::BTreeMap;

use crate::model::finding::Location;
use crate::model::secret::Fingerprint;
use crate::model::time::Date;
use crate::model::variable_name::VariableName;

/// Since when each variable has its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    lines: BTreeMap<VariableName, LedgerLine>,
}

/// What is written down of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// The identity of its value.
    pub fingerprint: Fingerprint,
    /// The day on which that was recorded.
    pub day: Date,
    /// Where in the file it was read; `None` for one that is new.
    pub place: Option<Location>,
}

impl Ledger {
    /// What is written down of a variable.
    pub fn line(&self, variable: &VariableName) -> Option<&LedgerLine> {
        self.lines.get(variable)
    }

    /// The variables, in order, each with what is written down of it.
    pub fn lines(&self) -> impl Iterator<Item = (&VariableName, &LedgerLine)> {
        self.lines.iter()
    }

    /// Takes in what is written down of a variable. Of two lines about one, as a merge may leave, the later day counts.
    pub fn add(&mut self, variable: VariableName, line: LedgerLine) {
        let is_older = |known: &LedgerLine| known.day < line.day;
        if self.lines.get(&variable).is_none_or(is_older) {
            self.lines.insert(variable, line);
        }
    }

    /// Writes down that a variable has this value since `day`, unless it is known to have it; whether that is new.
    pub fn record(
        &mut self,
        variable: &VariableName,
        fingerprint: &Fingerprint,
        day: Date,
    ) -> bool {
        let known = self.lines.get(variable);
        // A day that has not come is a slip.
        let is_new = known.is_none_or(|known| known.fingerprint != *fingerprint || known.day > day);
        if is_new {
            let line = LedgerLine {
                fingerprint: fingerprint.clone(),
                day,
                place: None,
            };
            self.lines.insert(variable.clone(), line);
        }
        is_new
    }

    /// The text of the file: sorted, one line a variable.
    pub fn text(&self) -> String {
        let lines = self.lines.iter().map(|(variable, line)| {
            let LedgerLine {
                fingerprint, day, ..
            } = line;
            format!("{variable} {fingerprint} {day}\n")
        });
        lines.collect()
    }
}
