//! The days since which variables have their values: a team writes them down at a rotation, because
//! Notion reports them to nobody.
//!
//! A line of the file has a variable, the fingerprint of its value, and a day. A value's
//! fingerprint reveals nothing of the value.

use std::collections::BTreeMap;

use crate::model::finding::Location;
use crate::model::secret::Fingerprint;
use crate::model::time::Date;
use crate::model::variable_name::VariableName;

/// The days since which variables have their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    lines: BTreeMap<VariableName, LedgerLine>,
}

/// The record of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// The identity of the variable's value.
    pub fingerprint: Fingerprint,
    /// The day of the record.
    pub day: Date,
    /// The place in the file at which the record was read; `None` for a new record.
    pub place: Option<Location>,
}

impl Ledger {
    /// The record of a variable; `None` if there is none.
    pub fn line(&self, variable: &VariableName) -> Option<&LedgerLine> {
        self.lines.get(variable)
    }

    /// The variables, in order, with their records.
    pub fn lines(&self) -> impl Iterator<Item = (&VariableName, &LedgerLine)> {
        self.lines.iter()
    }

    /// Adds the record of a variable. Of two records of one variable, as a merge may leave, the
    /// later day counts.
    pub fn add(&mut self, variable: VariableName, line: LedgerLine) {
        let is_older = |known: &LedgerLine| known.day < line.day;
        if self.lines.get(&variable).is_none_or(is_older) {
            self.lines.insert(variable, line);
        }
    }

    /// Records that a variable has this value since `day`, unless the same value has a record of
    /// that day or an earlier one. Returns true if the record is new.
    pub fn record(
        &mut self,
        variable: &VariableName,
        fingerprint: &Fingerprint,
        day: Date,
    ) -> bool {
        let known = self.lines.get(variable);
        // A day in the future is a slip.
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
