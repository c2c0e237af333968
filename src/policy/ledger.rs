//! The rotation ledger: since which day each variable has had its present value. A team records the
//! day when it replaces a token, because Notion does not report it.
//!
//! A line of the file has a variable's name, the fingerprint of its value, and a day. The
//! fingerprint does not reveal the value.

use std::collections::BTreeMap;

use crate::model::finding::Location;
use crate::model::secret::Fingerprint;
use crate::model::time::Date;
use crate::model::variable_name::VariableName;

/// The rotation ledger: for each variable, the fingerprint of its value, and the day since which it
/// has this value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    lines: BTreeMap<VariableName, LedgerLine>,
}

/// The record of one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// The fingerprint of the variable's value.
    pub fingerprint: Fingerprint,
    /// The day since which the variable has the value.
    pub day: Date,
    /// The position of the record in the file it was read from; `None` for a new record.
    pub place: Option<Location>,
}

impl Ledger {
    /// Returns the record of a variable; `None` if the ledger does not have the variable.
    pub fn line(&self, variable: &VariableName) -> Option<&LedgerLine> {
        self.lines.get(variable)
    }

    /// Returns the variables, sorted by name, with their records.
    pub fn lines(&self) -> impl Iterator<Item = (&VariableName, &LedgerLine)> {
        self.lines.iter()
    }

    /// Adds the record of a variable. If the variable already has a record, as after a merge, the
    /// record with the later day stays.
    pub fn add(&mut self, variable: VariableName, line: LedgerLine) {
        let is_older = |known: &LedgerLine| known.day < line.day;
        if self.lines.get(&variable).is_none_or(is_older) {
            self.lines.insert(variable, line);
        }
    }

    /// Records that a variable has had this value since `day`. Changes nothing if the variable
    /// already has a record with this value and with `day` or an earlier day. Returns true if a new
    /// record was written.
    pub fn record(
        &mut self,
        variable: &VariableName,
        fingerprint: &Fingerprint,
        day: Date,
    ) -> bool {
        let known = self.lines.get(variable);
        // A recorded day after `day` is in the future, so it is a mistake and is replaced.
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

    /// Returns the text of the file: one line for each variable, sorted by name.
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
