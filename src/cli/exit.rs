//! How a run ends.

use std::process::ExitCode;

use ntnguard::report::Report;

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
    /// The status that a report ends with. Findings win over incompleteness.
    pub fn of(report: &Report, exit_zero: bool, allow_incomplete: bool) -> Self {
        if report.reported().next().is_some() && !exit_zero {
            ExitStatus::Found
        } else if report.is_complete() || allow_incomplete {
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
