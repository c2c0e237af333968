//! What a scan came to, and the formats it is written in.

mod human;
mod hygiene;
mod json;
mod placed;
mod summary;

pub use human::explain;

use std::io::{self, Write};
use std::str::FromStr;
use std::time::Duration;

use crate::finding::Finding;
use crate::policy::Verdict;
use crate::redact::{Hidden, redact_bytes};
use crate::skip::Skip;
use crate::source::Objects;

/// What a scan came to.
pub struct Report {
    /// The source's name.
    pub source: &'static str,
    /// Every finding with its verdict, by path and place.
    pub findings: Vec<(Finding, Verdict)>,
    /// What was not scanned, by path.
    pub skips: Vec<Skip>,
    /// How many blobs were scanned.
    pub blobs: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// How many of git's objects were looked at, scanned or not, where the source counts them.
    pub objects: Option<Objects>,
    /// How long it took.
    pub time: Duration,
    /// Values that must not be shown, whatever they look like.
    pub hidden: Hidden,
}

impl Report {
    /// Whether nothing that was asked for was skipped.
    pub fn is_complete(&self) -> bool {
        self.skips.is_empty()
    }

    /// The findings that fail the run.
    pub fn reported(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|(_, verdict)| *verdict == Verdict::Reported).map(|(finding, _)| finding)
    }

    fn count(&self, which: impl Fn(&Verdict) -> bool) -> usize {
        self.findings.iter().filter(|(_, verdict)| which(verdict)).count()
    }

    fn suppressed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Suppressed(_)))
    }

    fn below_confidence(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::BelowConfidence)
    }

    /// How many findings fail nothing and are shown all the same.
    fn warnings(&self) -> usize {
        let below = self.findings.iter().filter(|(_, verdict)| *verdict == Verdict::BelowConfidence);
        below.filter(|(finding, _)| hygiene::is_shown(finding)).count()
    }
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document, version 1.
    Json,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "human" => Ok(Format::Human),
            "json" => Ok(Format::Json),
            _ => Err("expected human or json".to_owned()),
        }
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
    /// How much it says.
    pub detail: Detail,
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
            Format::Human => human::write(self, style, &mut text)?,
            Format::Json => json::write(self, &mut text)?,
        }
        // Every part was masked when it was made; a part that somebody forgot is masked here.
        out.write_all(&redact_bytes(&self.hidden.mask(&text)))
    }
}
