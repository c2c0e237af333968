//! The report of a run, and the formats it is written in.

mod absent;
mod access;
mod address;
mod advice;
mod concise;
mod draw;
mod entry;
mod env;
mod fit;
mod github;
mod gitlab;
mod hide;
mod human;
mod idiom;
mod inert;
mod json;
mod judged;
mod limited;
mod list;
mod live;
mod markdown;
mod mend;
mod overview;
mod pages;
mod place;
mod placed;
mod plain;
mod rotation;
mod sarif;
mod standing;
mod summary;
#[cfg(test)]
mod tests;
mod unscanned;
mod wire;

use std::io::{self, Write};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use crate::detect::redact::{Hidden, printable, redact_bytes};
use crate::error::Error;
use crate::model::finding::{Finding, Verdict};
use crate::model::rule::Severity;
use crate::model::secret::Fingerprint;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::policy::Stale;
use crate::source::folder::Folder;
use crate::source::{LeftOut, NotCheckedOut, Objects};

pub use access::AccessFacts;
pub use judged::Judged;
pub use limited::Limited;
pub use live::{
    CheckOutcome, CheckRow, CheckSubject, Expected, LiveReport, TokenRow, statement, traced,
};
pub use pages::Pages;
pub use rotation::ValueAge;
pub use standing::Standing;

/// Returns an error as text for people.
pub fn explain(error: &Error, style: Style) -> String {
    let text = if style.plain {
        plain::explain(error)
    } else {
        draw::render(error, style)
    };
    inert::lines(&text).into_owned()
}

/// Returns a summary in Markdown of a run that failed, for the page of a job.
pub fn failure(error: &Error) -> String {
    markdown::failure(error)
}

/// Returns a text of the repository, fit to be shown: only characters that terminals and CI systems
/// would obey are changed.
pub fn quote(text: &str) -> String {
    let lines: String = text
        .lines()
        .map(|line| printable(&redact_bytes(line.as_bytes())) + "\n")
        .collect();
    inert::lines(&lines).into_owned()
}

/// The report of a run.
pub struct Report {
    /// The kind of place that the run looked at.
    pub source: SourceKind,
    /// The run's interpretation of its task, in one line; `None` where the user typed exactly that.
    pub scope: Option<String>,
    /// Further steps to make a run complete, in lines.
    pub advice: Option<String>,
    /// Every finding with its verdict, by path and place.
    pub findings: Vec<Judged>,
    /// The skips, by path; those of the plan of a CI run come last.
    pub skips: Vec<Skip>,
    /// The skips that somebody has accepted as they are, each with its verdict: suppressed, or
    /// allowed by the change. They make nothing incomplete.
    pub accepted: Vec<(Skip, Verdict)>,
    /// The paths that the configuration leaves out.
    pub left_out: Vec<LeftOut>,
    /// The files that were not on disk because they were not checked out; they make nothing
    /// incomplete.
    pub not_checked_out: NotCheckedOut,
    /// The parts of the policy that matched nothing, where the source has everything.
    pub stale: Stale,
    /// Warnings for the user; they change no status.
    pub warnings: Vec<Warning>,
    /// The number of blobs scanned.
    pub blobs: u64,
    /// The number of their bytes.
    pub bytes: u64,
    /// The number of git's objects looked at, scanned or not; `None` where the source does not
    /// count them.
    pub objects: Option<Objects>,
    /// The start of the run.
    pub start: SystemTime,
    /// The duration of the run.
    pub time: Duration,
    /// Values that must not be shown, even if they look like no secret.
    pub hidden: Hidden,
    /// The subject of a report for code scanning; `None` elsewhere. Each analysis replaces the
    /// earlier one of its kind.
    pub analysis: Option<Analysis>,
    /// The place of the rules' pages; `None` where it is unknown, and `ntnguard rules` shows them.
    pub pages: Option<Pages>,
    /// The folder whose files were looked at; the root where nothing limited it.
    pub folder: Folder,
    /// The limits that flags set to the run.
    pub limited: Limited,
    /// The inquiry at Notion; `None` where there was none.
    pub inquiry: Option<Inquiry>,
    /// The ages of variables' values, if the run asked for them.
    pub ages: Vec<ValueAge>,
    /// The access of a token, if the run asked for it.
    pub access: Option<Box<AccessFacts>>,
}

/// The inquiry at Notion about a run's findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// True if dead secrets do not fail the run.
    pub allows_dead: bool,
    /// The number of requests sent.
    pub requests: u32,
    /// The host that the requests were sent to.
    pub host: String,
}

/// The subject of an analysis for code scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Analysis {
    /// The additions of a change.
    Change,
    /// Everything in the repository.
    History,
}

impl Report {
    /// Returns the report of a run that begins now and has seen nothing yet: the one place that
    /// builds a report.
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
        }
    }

    /// Returns true if nothing that was asked for was skipped.
    pub fn is_complete(&self) -> bool {
        self.skips.is_empty()
    }

    /// Returns true if the scan was ended before it had seen everything.
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
    /// `None`. A dead secret is a warning and fails the run all the same, unless the inquiry allows
    /// dead secrets: it can come back to life.
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

    /// Returns the number of findings that somebody has accepted.
    pub fn suppressed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Suppressed(_)))
    }

    /// Returns the skips that only the change itself accepts, each with its verdict.
    fn accepted_by_change(&self) -> impl Iterator<Item = &(Skip, Verdict)> {
        self.accepted
            .iter()
            .filter(|(_, verdict)| verdict.is_loud())
    }

    fn below_confidence(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::BelowConfidence)
    }

    /// Returns the number of findings that only the change itself allows.
    fn allowed_by_change(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::AllowedByChange(_)))
    }

    /// Returns the number of findings that were there before the change.
    fn already_there(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::AlreadyThere)
    }
}

/// A flaw in the configuration or the baseline that should be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The kind of the flaw: `stale` for an entry that matched nothing, `expired` for one past its
    /// day.
    pub kind: &'static str,
    /// The file that has the flaw.
    pub file: String,
    /// The lines of the flaw, from 1.
    pub lines: Vec<usize>,
    /// A description of the flaw, in a sentence.
    pub message: String,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// For people and editors: one line a finding.
    Concise,
    /// One JSON document, version 1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations for GitHub Actions.
    Github,
    /// GitLab's report of secret detection.
    Gitlab,
}

impl Format {
    /// All formats, by their names on the command line.
    pub const NAMES: [(&'static str, Format); 6] = [
        ("human", Format::Human),
        ("concise", Format::Concise),
        ("json", Format::Json),
        ("sarif", Format::Sarif),
        ("github", Format::Github),
        ("gitlab", Format::Gitlab),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::NAMES.iter().find(|(name, _)| *name == text);
        named
            .map(|(_, format)| *format)
            .ok_or_else(|| "expected human, concise, json, sarif, github or gitlab".to_owned())
    }
}

/// The style of a report for people.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// True if the report has colours.
    pub color: bool,
    /// True if lines may be drawn with more than ASCII.
    pub unicode: bool,
    /// The width of the report, in columns.
    pub width: usize,
    /// The width of a sentence that stands alone, in columns. In a pipe or a file, a sentence has
    /// as many as it needs, since programs that read them break lines themselves, or look for
    /// words.
    pub sentence: usize,
    /// The amount of detail.
    pub detail: Detail,
    /// True if nothing is drawn, for a report behind the marks of another program (`remote: `).
    pub plain: bool,
}

/// The amount of detail in a report for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Findings and skips only.
    Quiet,
    /// Also a summary.
    Normal,
    /// Also findings that are suppressed or below the confidence.
    Verbose,
}

impl Report {
    /// Writes the report.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        match format {
            Format::Human if style.plain => plain::write(self, style, &mut text)?,
            Format::Human => human::write(self, style, &mut text)?,
            Format::Concise => concise::write(self, style, &mut text)?,
            Format::Json => json::write(self, &mut text)?,
            Format::Sarif => sarif::write(self, &mut text)?,
            Format::Github => github::write(self, &mut text)?,
            Format::Gitlab => gitlab::write(self, &mut text)?,
        }
        // Every part was masked when it was made; a part that somebody forgot is masked here.
        let text = self.hidden.mask(&text);
        let text = redact_bytes(&text);
        let text = String::from_utf8_lossy(&text);
        match format {
            Format::Human | Format::Concise => {
                out.write_all(inert::lines(&fit::signs(&text, style)).as_bytes())
            }
            Format::Github => out.write_all(inert::marks(&text).as_bytes()),
            Format::Json | Format::Sarif | Format::Gitlab => {
                out.write_all(inert::json(&text).as_bytes())
            }
        }
    }

    /// Writes the findings and skips as annotations for GitHub Actions, without a summary.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn annotate(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        github::annotations(self, &mut text)?;
        let text = self.hidden.mask(&text);
        out.write_all(inert::marks(&String::from_utf8_lossy(&redact_bytes(&text))).as_bytes())
    }

    /// Returns the summary in one line, for readers of the report in another place.
    pub fn summary(&self, style: Style) -> String {
        let text = summary::line(self);
        let text = self.hidden.mask(text.as_bytes());
        let text = String::from_utf8_lossy(&redact_bytes(&text)).into_owned();
        inert::lines(&fit::signs(&text, style)).into_owned()
    }

    /// Writes a summary in Markdown, for the page of a job.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn summarize(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        markdown::write(self, &mut text)?;
        let text = self.hidden.mask(&text);
        out.write_all(&redact_bytes(&text))
    }

    /// Writes the skips for people, and nothing else.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    pub fn write_skips(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Vec::new();
        unscanned::write(self, style, &mut text)?;
        let text = self.hidden.mask(&text);
        out.write_all(inert::lines(&String::from_utf8_lossy(&redact_bytes(&text))).as_bytes())
    }
}
