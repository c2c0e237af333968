//! How a run ends.

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
    /// Whatever is reported
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

/// How a run ends: the stable meaning of each status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Everything asked for was scanned, and nothing was reported.
    Clean,
    /// Something was reported.
    Found,
    /// Not all that was asked could be done.
    Failed,
}

impl ExitStatus {
    /// The status that a report ends with: findings of at least this severity fail it. They win over incompleteness, which
    /// a flag allows where something could not be scanned, and not where the run was ended before it came to it.
    pub fn of(report: &Report, least: FailOn, allow_incomplete: bool) -> Self {
        if report.fails(least.severity()) {
            ExitStatus::Found
        } else if report.is_complete() || allow_incomplete && !report.is_interrupted() {
            ExitStatus::Clean
        } else {
            ExitStatus::Failed
        }
    }

    /// Its number.
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
