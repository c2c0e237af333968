//! The end of a run: its exit status.

use std::process::ExitCode;

use crate::model::rule::Severity;
use crate::report::Report;
use clap::ValueEnum;

/// The least severity of a finding that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Everything that is reported
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Note => Some(Severity::Note),
            FailOn::Never => None,
        }
    }
}

/// The exit status of a run, with a stable meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Everything asked for was scanned, and nothing was reported.
    Clean,
    /// Something was reported.
    Found,
    /// A part of the work could not be done.
    Failed,
}

impl ExitStatus {
    /// Returns the status of a report. Findings of severity `least` or above fail the run, and win
    /// over incompleteness. A flag allows incompleteness where something could not be scanned, but
    /// not where the run was interrupted.
    pub fn of(report: &Report, least: FailOn, allow_incomplete: bool) -> Self {
        if report.fails(least.severity()) {
            ExitStatus::Found
        } else if report.is_complete() || allow_incomplete && !report.is_interrupted() {
            ExitStatus::Clean
        } else {
            ExitStatus::Failed
        }
    }

    /// The number of the status.
    pub fn number(self) -> u8 {
        match self {
            ExitStatus::Clean => 0,
            ExitStatus::Found => 1,
            ExitStatus::Failed => 2,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(status.number())
    }
}
