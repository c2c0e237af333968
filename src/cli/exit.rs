//! The exit status of a run.

use std::process::ExitCode;

use crate::model::rule::Severity;
use crate::report::{FailureThreshold, Report};
use clap::ValueEnum;

/// The lowest severity of a finding that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Findings of severity error
    Error,
    /// Findings of severity error or warning
    Warning,
    /// All findings that are reported
    Note,
    /// No findings
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

impl From<FailOn> for FailureThreshold {
    fn from(least: FailOn) -> Self {
        least.severity().into()
    }
}

/// The exit status of a run. Its numbers are stable, because scripts depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Exit code 0: no finding fails the run, and the scan is complete, or `--allow-incomplete` is
    /// given.
    Clean,
    /// Exit code 1: a finding fails the run.
    Found,
    /// Exit code 2: a part of the work could not be done.
    Failed,
}

impl ExitStatus {
    /// Returns the status of a report: `Found` if it has a finding of severity `least` or above,
    /// else `Failed` if something was not scanned, else `Clean`. With `allow_incomplete`, parts
    /// that were not scanned do not matter, unless the user interrupted the run.
    pub fn of(report: &Report, least: FailOn, allow_incomplete: bool) -> Self {
        if report.fails(least.severity()) {
            ExitStatus::Found
        } else if report.is_complete() || allow_incomplete && !report.is_interrupted() {
            ExitStatus::Clean
        } else {
            ExitStatus::Failed
        }
    }

    /// Returns the exit code of the process: 0, 1 or 2.
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
