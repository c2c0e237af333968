//! The facts about a run that distinguish its saved report from others.

use std::sync::Arc;

use crate::model::rule::Severity;

/// The facts about one run that distinguish its saved report from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFacts {
    /// The version of ntnguard that ran.
    pub version: String,
    /// The command as it was typed, without flags that change only the look of a report; `None` in
    /// a report of an older version.
    pub command: Option<String>,
    /// The name of the repository: the address of its remote without credentials, or the name that
    /// the user gave it. `None` if it has neither.
    pub repository: Option<String>,
    /// The id of the commit that was checked out, in hexadecimal; `None` outside of repositories
    /// and before the first commit.
    pub head: Option<String>,
    /// The folder that the command was run in, from the root of the repository; `None` at the root,
    /// and in a report of an older version.
    pub folder: Option<String>,
    /// The lowest severity that fails the run; `None` in a report of an older version.
    pub fail_on: Option<FailureThreshold>,
}

/// The lowest severity that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureThreshold {
    /// This severity, and all above it.
    Severity(Severity),
    /// Nothing fails the run.
    Never,
}

impl FailureThreshold {
    /// Returns the name used in reports.
    pub fn id(self) -> &'static str {
        self.severity().map_or("never", Severity::id)
    }

    /// Returns the lowest severity that fails a run; `None` if nothing fails it.
    pub fn severity(self) -> Option<Severity> {
        match self {
            FailureThreshold::Severity(severity) => Some(severity),
            FailureThreshold::Never => None,
        }
    }
}

impl From<Option<Severity>> for FailureThreshold {
    fn from(severity: Option<Severity>) -> Self {
        severity.map_or(FailureThreshold::Never, FailureThreshold::Severity)
    }
}

impl Default for RunFacts {
    fn default() -> Self {
        RunFacts {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: None,
            repository: None,
            head: None,
            folder: None,
            fail_on: None,
        }
    }
}

/// One of the runs whose reports were merged. There may be tens of thousands of runs, so equal
/// strings are shared.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedRun {
    /// The name of the repository; the name of the report's file if the report names no repository.
    pub repository: Arc<str>,
    /// The id of the commit that was checked out, in hexadecimal.
    pub head: Option<Box<str>>,
    /// The start of the run, in seconds since 1970-01-01 00:00 UTC.
    pub time: Option<i64>,
    /// The command.
    pub command: Option<Arc<str>>,
    /// The kind of source that the run scanned.
    pub source: Arc<str>,
    /// The version of ntnguard that ran.
    pub version: Arc<str>,
    /// True if the run skipped nothing that it was asked to scan.
    pub complete: bool,
    /// The number of reported findings.
    pub findings: u64,
    /// True if the findings failed the run by its own threshold.
    pub fails: bool,
    /// The duration of the run in seconds.
    pub seconds: f64,
    /// True if a newer report of the same repository, head and command replaces this one.
    pub superseded: bool,
}
