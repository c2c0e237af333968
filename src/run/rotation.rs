//! The survey of the age of variables' values. Each value that is due for replacement or not
//! recorded becomes a finding.

use crate::error::Result;
use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::model::rule::Rule;
use crate::model::secret::Fingerprint;
use crate::model::source_kind::SourceKind;
use crate::model::survey::Surveyed;
use crate::model::time::{Date, Days};
use crate::model::variable_name::VariableName;
use crate::policy::{Ledger, LedgerLine};
use crate::report::Report;
use crate::rules::{ROTATION_DUE, ROTATION_UNRECORDED};

use super::survey::Survey;

/// The survey of the age of variables' values.
pub struct RotationSurvey<'a> {
    /// The variables, each with the fingerprint of its value.
    pub values: &'a [(VariableName, Fingerprint)],
    /// The ledger, with the day since which each variable has its value.
    pub ledger: &'a Ledger,
    /// The path of the ledger, as messages show it.
    pub file: &'a str,
    /// The number of days after which a value is due for replacement.
    pub every: Days,
    /// The current day in UTC, from which ages are computed.
    pub today: Date,
}

impl Survey for RotationSurvey<'_> {
    fn source(&self) -> SourceKind {
        SourceKind::Rotation
    }

    fn survey(&self) -> Result<Surveyed> {
        let found = self.values.iter();
        let found = found.filter_map(|(variable, value)| self.finding(variable, value));
        Ok(Surveyed {
            findings: found.collect(),
            texts: self.values.len() as u64,
            ..Surveyed::default()
        })
    }
}

impl RotationSurvey<'_> {
    fn finding(&self, variable: &VariableName, value: &Fingerprint) -> Option<Finding> {
        let line = self.ledger.line(variable);
        let (rule, note) = match line {
            None => (
                &ROTATION_UNRECORDED,
                "The ledger has no entry for this token.".to_owned(),
            ),
            Some(line) if line.fingerprint != *value => (
                &ROTATION_UNRECORDED,
                format!("The value differs from the one recorded on {}.", line.day),
            ),
            Some(line) if line.day > self.today => (
                &ROTATION_UNRECORDED,
                format!("It is recorded for {}, a day that has not come.", line.day),
            ),
            Some(line) => {
                let age = self.today.days_since(line.day);
                let note = format!(
                    "It was recorded {age} days ago, on {}, and must be replaced every {} days.",
                    line.day, self.every.0
                );
                (age > i64::from(self.every.0)).then_some((&ROTATION_DUE, note))?
            }
        };
        Some(about(rule, variable, line, self.file, note))
    }
}

/// The survey of values that are in use and have leaked, since they are both in the ledger and
/// among the findings of a run.
pub struct LeakedSurvey<'a> {
    /// The report of the run.
    pub report: &'a Report,
    /// The ledger, with the values that are in use.
    pub ledger: &'a Ledger,
    /// The path of the ledger, as messages show it.
    pub file: &'a str,
}

impl Survey for LeakedSurvey<'_> {
    fn source(&self) -> SourceKind {
        self.report.source
    }

    fn survey(&self) -> Result<Surveyed> {
        let lines = self.ledger.lines();
        let found = lines.filter_map(|(variable, line)| {
            let is_value = |finding: &&Finding| {
                let evidence = finding.evidence.as_ref();
                evidence.is_some_and(|evidence| evidence.fingerprint == line.fingerprint)
            };
            // A suppressed finding is included: its secret has leaked, too.
            let mut found = self.report.findings.iter().map(|(finding, _)| finding);
            let rule = found.find(is_value)?.rule;
            let note = format!(
                "The value that was recorded on {} is in use, and this report has a finding of it: {}.",
                line.day, rule.id
            );
            Some(about(&ROTATION_DUE, variable, Some(line), self.file, note))
        });
        Ok(Surveyed {
            findings: found.collect(),
            ..Surveyed::default()
        })
    }
}

fn about(
    rule: &'static Rule,
    variable: &VariableName,
    line: Option<&LedgerLine>,
    file: &str,
    note: String,
) -> Finding {
    Finding {
        location: line.and_then(|line| line.place),
        variable: Some(variable.to_string()),
        note: Some(note),
        ..Finding::of_file(rule, Origin::File(file.into()))
    }
}
