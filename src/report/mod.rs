//! The report of a run, and the formats it is written in.

mod absent;
mod access;
mod address;
mod advice;
mod concise;
mod current_folder;
mod draw;
mod entry;
mod env;
mod facts;
mod fit;
mod flaw;
mod format;
mod github;
mod gitlab;
mod hide;
mod html;
mod human;
mod idiom;
mod inert;
mod json;
mod judged;
mod limited;
mod list;
mod live;
mod markdown;
mod overview;
mod pages;
mod pieces;
mod place;
mod placed;
mod plain;
pub mod read;
mod rotation;
mod sarif;
mod style;
mod summary;
#[cfg(test)]
mod tests;
mod unscanned;
mod wire;
mod write;

use std::time::{Duration, SystemTime};

use crate::detect::redact::{Hidden, printable, redact_bytes};
use crate::error::Error;
use crate::model::finding::{Finding, Verdict};
use crate::model::rule::Severity;
use crate::model::secret::Fingerprint;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::model::time::seconds;
use crate::policy::Stale;
use crate::source::folder::Folder;
use crate::source::{LeftOut, NotCheckedOut, Objects};

pub use access::AccessFacts;
pub use current_folder::CurrentFolder;
pub use facts::{FailureThreshold, MergedRun, RunFacts};
pub use format::Format;
pub use judged::Judged;
pub use limited::Limited;
pub use live::{
    CheckOutcome, CheckRow, CheckSubject, Expected, LiveReport, TokenRow, statement, traced,
};
pub use pages::Pages;
pub use rotation::ValueAge;
pub use style::{Detail, Style};

/// Returns an error as text for people.
pub fn explain(error: &Error, style: Style) -> String {
    let text = if style.plain {
        plain::explain(error)
    } else {
        draw::render(error, style)
    };
    inert::lines(&text).into_owned()
}

/// Returns a Markdown summary of a failed run, for the summary page of a CI job.
pub fn failure(error: &Error) -> String {
    markdown::failure(error)
}

/// Returns a text from the repository that is safe to print: secrets are masked, and the characters
/// that terminals and CI systems would interpret are escaped. Each line ends with a line break.
pub fn quote(text: &str) -> String {
    let lines: String = text
        .lines()
        .map(|line| printable(&redact_bytes(line.as_bytes())) + "\n")
        .collect();
    inert::lines(&lines).into_owned()
}

/// The text in place of an author's name that is left out.
const NO_NAME: &str = "(name left out)";

/// The report of a run.
pub struct Report {
    /// The kind of source that was scanned.
    pub source: SourceKind,
    /// A line that says what `ntnguard ci` decided to scan; `None` for other commands, where the
    /// user decides.
    pub scope: Option<String>,
    /// Advice of `ntnguard ci` on the whole run, such as how to fetch all of history, or the lines
    /// for a maintainer to add. `None` if there is no advice, and for other commands.
    pub advice: Option<String>,
    /// Every finding with its verdict, sorted by path and location.
    pub findings: Vec<Judged>,
    /// Everything that could not be scanned, sorted by path. In a CI run, commits that could not be
    /// found come last.
    pub skips: Vec<Skip>,
    /// The skips that the configuration or `--exclude` accepts, each with its verdict: `Suppressed`
    /// or `AllowedByChange`. An accepted skip does not make the run incomplete.
    pub accepted: Vec<(Skip, Verdict)>,
    /// The patterns that exclude paths, each with the number of paths that it excluded.
    pub left_out: Vec<LeftOut>,
    /// Tracked files that were deliberately not checked out. They do not make the run incomplete.
    pub not_checked_out: NotCheckedOut,
    /// The entries of the policy that matched nothing. Empty unless the run scanned everything that
    /// entries could match.
    pub stale: Stale,
    /// Warnings about the configuration and the baseline. They do not change the exit status.
    pub warnings: Vec<Warning>,
    /// The number of blobs scanned.
    pub blobs: u64,
    /// The total size of the blobs scanned, in bytes.
    pub bytes: u64,
    /// The number of git objects read, scanned or not; `None` if the source does not count them.
    pub objects: Option<Objects>,
    /// The time at which the run began.
    pub start: SystemTime,
    /// The duration of the run.
    pub time: Duration,
    /// Known values to mask in the report, even those that do not look like secrets.
    pub hidden: Hidden,
    /// The kind of analysis in a report for GitHub's code scanning; `None` for other reports. A new
    /// analysis replaces the previous one of the same kind.
    pub analysis: Option<Analysis>,
    /// The web address of the rules' pages; `None` if it is unknown. Then reports point to the
    /// command `ntnguard rules` instead.
    pub pages: Option<Pages>,
    /// The directory whose files were scanned; the root if the run was not limited to a directory.
    pub folder: Folder,
    /// The limits that the flags `--rule` and `--exclude` put on the run.
    pub limited: Limited,
    /// The requests that asked Notion about findings; `None` if the run did not ask Notion.
    pub inquiry: Option<Inquiry>,
    /// The ages of variables' values; empty unless the command is `ntnguard rotation`.
    pub ages: Vec<ValueAge>,
    /// The access of a token; `None` unless the command is `ntnguard access`.
    pub access: Option<Box<AccessFacts>>,
    /// The facts that distinguish a saved report from others.
    pub facts: RunFacts,
    /// The runs whose reports were merged into this one; empty for the report of one run.
    pub runs: Vec<MergedRun>,
}

/// The requests that asked Notion whether the secrets in findings still work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// True if `--allow-dead` was given: secrets that Notion refuses do not fail the run.
    pub allows_dead: bool,
    /// The number of requests sent.
    pub requests: u32,
    /// The host that the requests were sent to.
    pub host: String,
}

/// The kind of an analysis, which decides its name in GitHub's code scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Analysis {
    /// The lines that a change adds.
    Change,
    /// The whole history of the repository.
    History,
}

impl Report {
    /// Returns an empty report of a run that begins now.
    pub fn new(source: SourceKind) -> Self {
        Report {
            source,
            scope: None,
            advice: None,
            findings: Vec::new(),
            skips: Vec::new(),
            accepted: Vec::new(),
            left_out: Vec::new(),
            not_checked_out: NotCheckedOut::default(),
            stale: Stale::default(),
            warnings: Vec::new(),
            blobs: 0,
            bytes: 0,
            objects: None,
            start: SystemTime::now(),
            time: Duration::ZERO,
            hidden: Hidden::default(),
            analysis: None,
            pages: None,
            folder: Folder::default(),
            limited: Limited::default(),
            inquiry: None,
            ages: Vec::new(),
            access: None,
            facts: RunFacts::default(),
            runs: Vec::new(),
        }
    }

    /// Returns the start of the run, in seconds since 1970-01-01 00:00 UTC; `None` for a saved
    /// report without it.
    fn began(&self) -> Option<i64> {
        Some(seconds(self.start)).filter(|start| *start > 0)
    }

    /// Returns true if nothing was skipped, apart from skips that are accepted.
    pub fn is_complete(&self) -> bool {
        self.skips.is_empty()
    }

    /// Leaves out the names of authors, integrations and workspaces.
    pub fn redact_names(&mut self) {
        let placements = self.findings.iter_mut();
        let placements = placements.filter_map(|(finding, _)| finding.placement.as_deref_mut());
        let commits = placements.flat_map(|placement| {
            let introduced = placement.introduced.iter_mut();
            introduced.chain(&mut placement.removed)
        });
        commits.for_each(|commit| commit.author = NO_NAME.to_owned());
        let findings = self.findings.iter_mut();
        let answers = findings.filter_map(|(finding, _)| finding.liveness.as_deref_mut());
        for identity in answers.filter_map(|liveness| liveness.identity.as_mut()) {
            (identity.name, identity.workspace_name) = (None, None);
        }
    }

    /// Returns true if somebody stopped the scan before its end, such as with Ctrl-C.
    pub fn is_interrupted(&self) -> bool {
        self.skips
            .iter()
            .any(|skip| skip.reason == SkipReason::Interrupted)
    }

    /// Returns the findings with the verdict `Reported`, of any severity.
    pub fn reported(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::Reported)
            .map(|(finding, _)| finding)
    }

    /// Returns true if a reported finding is at least as severe as `least`; false if `least` is
    /// `None`. A secret that Notion refuses also fails the run, although it is only a warning: its
    /// owner may switch it on again. With `--allow-dead`, a refused secret does not fail the run.
    pub fn fails(&self, least: Option<Severity>) -> bool {
        let allows_dead = self.inquiry.as_ref().is_some_and(|asked| asked.allows_dead);
        let fails = |finding: &Finding, least| {
            finding.severity >= least || finding.is_dead() && !allows_dead
        };
        least.is_some_and(|least| self.reported().any(|finding| fails(finding, least)))
    }

    /// Returns the number of reported findings of one severity.
    pub fn reported_as(&self, severity: Severity) -> usize {
        self.reported()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Returns the fingerprints of all values found, with any verdict.
    pub fn fingerprints(&self) -> impl Iterator<Item = &Fingerprint> {
        let findings = self.findings.iter();
        findings.filter_map(|(finding, _)| finding.fingerprint())
    }

    fn count(&self, which: impl Fn(&Verdict) -> bool) -> usize {
        self.findings
            .iter()
            .filter(|(_, verdict)| which(verdict))
            .count()
    }

    /// Returns the number of findings with the verdict `Suppressed`.
    pub fn suppressed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Suppressed(_)))
    }

    /// Returns the skips that are accepted only by an exception that the change contains for its
    /// own findings, each with its verdict.
    fn accepted_by_change(&self) -> impl Iterator<Item = &(Skip, Verdict)> {
        self.accepted
            .iter()
            .filter(|(_, verdict)| verdict.is_loud())
    }

    fn below_confidence(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::BelowConfidence)
    }

    /// Returns the number of findings that are allowed only by something that the change itself
    /// adds.
    fn allowed_by_change(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::AllowedByChange(_)))
    }

    /// Returns the number of findings that existed before the change.
    fn already_there(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::AlreadyThere)
    }
}

/// A flaw in the configuration or the baseline that the user should fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The kind of flaw: `stale` for an entry that matched nothing, `expired` for an entry whose
    /// expiry date has passed.
    pub kind: &'static str,
    /// The path of the configuration or baseline that has the flaw.
    pub file: String,
    /// The numbers of the lines that have the flaw, counted from 1.
    pub lines: Vec<usize>,
    /// A description of the flaw, in a sentence.
    pub message: String,
}
