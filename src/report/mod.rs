//! What a scan came to, and the formats it is written in.

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

/// An error as people read it.
pub fn explain(error: &Error, style: Style) -> String {
    let text = if style.plain {
        plain::explain(error)
    } else {
        draw::render(error, style)
    };
    inert::lines(&text).into_owned()
}

/// A summary in Markdown of a run that failed, for the page of a job.
pub fn failure(error: &Error) -> String {
    markdown::failure(error)
}

/// A text of a repository's, to be shown as it is but for what terminals and CI systems would obey.
pub fn quote(text: &str) -> String {
    let lines: String = text
        .lines()
        .map(|line| printable(&redact_bytes(line.as_bytes())) + "\n")
        .collect();
    inert::lines(&lines).into_owned()
}

/// What a scan came to.
pub struct Report {
    /// What kind of place was looked at.
    pub source: SourceKind,
    /// What the run understood that it should look at, where that is not what the user typed: one line.
    pub scope: Option<String>,
    /// What else to do so that a run is complete: lines.
    pub advice: Option<String>,
    /// Every finding with its verdict, by path and place.
    pub findings: Vec<Judged>,
    /// What was not scanned, by path; what the plan of a CI run could not see comes last.
    pub skips: Vec<Skip>,
    /// What was not scanned, and somebody has accepted as it is, with what accepts it: suppressed, or allowed by the
    /// change. It makes nothing incomplete.
    pub accepted: Vec<(Skip, Verdict)>,
    /// What was left out because the configuration says so.
    pub left_out: Vec<LeftOut>,
    /// What was not on disk because it was not checked out; it makes nothing incomplete.
    pub not_checked_out: NotCheckedOut,
    /// What of the policy matched nothing, where the source has everything.
    pub stale: Stale,
    /// What else the user should know; it changes no status.
    pub warnings: Vec<Warning>,
    /// How many blobs were scanned.
    pub blobs: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// How many of git's objects were looked at, scanned or not, where the source counts them.
    pub objects: Option<Objects>,
    /// When it began.
    pub start: SystemTime,
    /// How long it took.
    pub time: Duration,
    /// Values that must not be shown, whatever they look like.
    pub hidden: Hidden,
    /// What a report for code scanning is about, where it is read by that: each analysis replaces the one before of its kind.
    pub analysis: Option<Analysis>,
    /// Where the rules' pages can be read; where nothing is known of that, `ntnguard rules` shows them.
    pub pages: Option<Pages>,
    /// The folder whose files were looked at; the root where nothing limited it.
    pub folder: Folder,
    /// What flags limited it to.
    pub limited: Limited,
    /// What was asked of Notion; `None` where nothing was to be.
    pub inquiry: Option<Inquiry>,
    /// How old the values of variables are, where that was the question.
    pub ages: Vec<ValueAge>,
    /// What a token may do and reach, where that was the question.
    pub access: Option<Box<AccessFacts>>,
}

/// What a run asked Notion about what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// Whether what Notion refuses fails nothing.
    pub allows_dead: bool,
    /// How many requests were made.
    pub requests: u32,
    /// The host that they went to.
    pub host: String,
}

/// What is analysed for code scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Analysis {
    /// What a change brings.
    Change,
    /// All that is there.
    History,
}

impl Report {
    /// The report of a run that begins now and has seen nothing yet: the one place that builds one.
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

    /// Whether nothing that was asked for was skipped.
    pub fn is_complete(&self) -> bool {
        self.skips.is_empty()
    }

    /// Returns true if the scan was ended before it had seen everything.
    pub fn is_interrupted(&self) -> bool {
        self.skips
            .iter()
            .any(|skip| skip.reason == SkipReason::Interrupted)
    }

    /// The findings that count, of whatever severity.
    pub fn reported(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::Reported)
            .map(|(finding, _)| finding)
    }

    /// Returns true if a finding counts that is at least as severe as `least`; false where that is `None`. A dead secret is a
    /// warning and fails the run all the same, unless that is allowed: it can come back to life.
    pub fn fails(&self, least: Option<Severity>) -> bool {
        let allows_dead = self.inquiry.as_ref().is_some_and(|asked| asked.allows_dead);
        let fails = |finding: &Finding, least| {
            finding.severity >= least || finding.is_dead() && !allows_dead
        };
        least.is_some_and(|least| self.reported().any(|finding| fails(finding, least)))
    }

    /// How many findings of one severity count.
    pub fn reported_as(&self, severity: Severity) -> usize {
        self.reported()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// The values that were found, whatever became of them.
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

    /// How many findings somebody has accepted.
    pub fn suppressed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Suppressed(_)))
    }

    /// What was not scanned and only the change itself accepts, with what accepts it.
    fn accepted_by_change(&self) -> impl Iterator<Item = &(Skip, Verdict)> {
        self.accepted
            .iter()
            .filter(|(_, verdict)| verdict.is_loud())
    }

    fn below_confidence(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::BelowConfidence)
    }

    /// How many findings only the change itself allows.
    fn allowed_by_change(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::AllowedByChange(_)))
    }

    /// How many findings were there before the change.
    fn already_there(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::AlreadyThere)
    }
}

/// Something about the configuration or the baseline that should be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// `stale`: it matched nothing; `expired`: it counts no more.
    pub kind: &'static str,
    /// The file that says it.
    pub file: String,
    /// On which lines, from 1.
    pub lines: Vec<usize>,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// How a report is written.
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
    /// All of them, by the name that each has on the command line.
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

/// How a report for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to colour it.
    pub color: bool,
    /// Whether lines may be drawn with more than ASCII.
    pub unicode: bool,
    /// How many columns it has.
    pub width: usize,
    /// How many columns a sentence has that stands alone: in a pipe or a file as many as it needs,
    /// as whatever reads that breaks lines itself, or looks for words.
    pub sentence: usize,
    /// How much it says.
    pub detail: Detail,
    /// Whether nothing is drawn, for what is shown behind the marks of another program (`remote: `).
    pub plain: bool,
}

/// How much a report for people says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Findings and skips only.
    Quiet,
    /// A summary too.
    Normal,
    /// What was suppressed or below the confidence too.
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

    /// Writes the findings and what was not scanned as annotations for GitHub Actions, without a summary.
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

    /// The summary in one line, for whoever reads the report elsewhere.
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

    /// Writes for people what was not scanned, and nothing else.
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
