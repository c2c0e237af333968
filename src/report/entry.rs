//! The entry of one secret in the report for people: its locations, its history, and the advice.

use std::collections::HashSet;
use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan,
    SpanContents,
};

use super::judged::{Judged, REVIEW, severity, state, variable};
use super::{Detail, Style, advice, fit, place, placed};
use crate::model::blob::Part;
use crate::model::finding::{Excerpt, Finding, Occurrence, Verdict};
use crate::model::rule::RuleKind;

/// The largest number of further locations that the entry of a secret lists.
pub const PLACES: usize = 8;

/// The number of columns beside an excerpt, apart from its line number: the frame that miette
/// draws, and one free column.
const GUTTER: usize = 5;

/// The number of columns that the lines of a secret's history leave free, for the bar before them
/// and the margin after them.
pub const BAR: usize = 6;

/// The advice for a secret in history, after the advice to rotate it.
const CLEAN: &str = "Then replace the secret wherever it is used, check that the old one is dead, and only then \
                     clean the history: `ntnguard history --purge-plan DIR` writes a plan for that.";

/// The entry of one secret: its first location, and a list of the others.
pub struct ReportEntry<'a> {
    /// All findings of the secret.
    pub group: &'a [&'a Judged],
    /// The excerpt of the secret's line, cut to the width of the report.
    pub excerpt: Option<Excerpt>,
    /// True if no earlier entry has the same rule and verdict. Later entries have shorter advice.
    is_first: bool,
    style: Style,
}

/// Returns an entry for each of `groups`. Of entries with the same rule and verdict, only the first
/// has the advice in full.
pub fn entries<'a>(
    groups: &'a [Vec<&'a Judged>],
    style: Style,
) -> impl Iterator<Item = ReportEntry<'a>> {
    let mut shown = HashSet::new();
    groups.iter().map(move |group| {
        let (finding, verdict) = group[0];
        ReportEntry {
            group,
            excerpt: excerpt(finding, style),
            is_first: shown.insert((finding.rule.id, verdict)),
            style,
        }
    })
}

/// Returns the line of a finding, cut so that it fits beside its line number; `None` if the finding
/// has no location or excerpt.
fn excerpt(finding: &Finding, style: Style) -> Option<Excerpt> {
    let number = finding.location?.start.line.to_string();
    let room = style.width.saturating_sub(number.len() + GUTTER);
    finding
        .excerpt
        .as_ref()
        .map(|excerpt| fit::excerpt(excerpt, style, room))
}

impl ReportEntry<'_> {
    fn first(&self) -> &Finding {
        &self.group[0].0
    }

    fn places(&self) -> String {
        let first = self.first();
        let is_other =
            |place: &&Occurrence| place.origin != first.origin || place.location != first.location;
        // The lines about history already list the paths of files in commits.
        let is_listed =
            |place: &&Occurrence| place.origin.path().is_some() && !place.origin.is_on_disk();
        // A reflog repeats the message of a commit, and the list has that message already.
        let is_repeated = |place: &&Occurrence| {
            place.origin.part() == Some(Part::Reflog) && first.origin.part() != Some(Part::Reflog)
        };
        let others = first
            .occurrences
            .iter()
            .filter(is_other)
            .filter(|place| !is_listed(place) && !is_repeated(place));
        let own = &self.group[0].1;
        let all = self.group[1..]
            .iter()
            .map(|(finding, verdict)| finding.occurrence(verdict.clone()))
            .chain(others.cloned());
        let differs = |place: &Occurrence| {
            if place.verdict == *own {
                String::new()
            } else {
                state(&place.verdict)
            }
        };
        let all: Vec<String> = all
            .map(|place| {
                format!(
                    "{}{}",
                    place::at(&place.origin, place.location),
                    differs(&place)
                )
            })
            .collect();
        let mut places = all.get(..PLACES).unwrap_or(&all).join("\n");
        if all.len() > PLACES {
            places += &format!("\nand {} more places", all.len() - PLACES);
        }
        places
    }

    /// Returns the label below the excerpt: the confidence, for a credential, and the encodings of
    /// the secret. `None` if there is nothing to say.
    fn label(&self) -> Option<String> {
        let finding = self.first();
        let sure = match finding.rule.kind {
            RuleKind::Credential => Some(format!("{} confidence", finding.confidence)),
            _ => None,
        };
        let layers = finding.encodings.iter().rev().map(|layer| layer.id());
        let layers: Vec<String> = layers.map(|layer| format!("in {layer}")).collect();
        let encoded = (!layers.is_empty()).then(|| layers.join(" "));
        let said: Vec<String> = sure.into_iter().chain(encoded).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// Returns the advice.
    fn advice(&self) -> String {
        let (finding, verdict) = self.group[0];
        let id = finding.rule.id;
        let steps = format!("All steps: ntnguard rules {id}");
        match verdict {
            Verdict::BelowConfidence => {
                format!(
                    "Probably not a credential: see the end of the page of `ntnguard rules {id}`"
                )
            }
            Verdict::AllowedByChange(_) => {
                format!("{REVIEW} All steps for a leak: ntnguard rules {id}")
            }
            _ if finding.is_local => {
                let steps = self.is_first.then_some(steps);
                let parts = [advice::line(finding)].into_iter();
                let parts = parts.chain(advice::allowing(finding)).chain(steps);
                parts.collect::<Vec<_>>().join("\n")
            }
            _ if !self.is_first => {
                format!("Do the same as for the first finding of this rule. {steps}")
            }
            // A plan removes secrets, not files that may have some of other services.
            _ if finding.placement.is_some() && finding.evidence.is_some() => {
                format!("{}\n{CLEAN}\n{steps}", advice::line(finding))
            }
            _ => format!("{}\n{steps}", advice::line(finding)),
        }
    }
}

impl fmt::Debug for ReportEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ReportEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finding = self.first();
        write!(
            f,
            "{}{} in {}",
            finding.rule.title,
            variable(finding),
            place::of(finding)
        )?;
        write!(f, "{}", state(&self.group[0].1))?;
        finding
            .note
            .as_ref()
            .map_or(Ok(()), |note| write!(f, "\n{note}"))?;
        if let Some(placement) = &finding.placement {
            placed::lines(finding, placement, self.style.width.saturating_sub(BAR))
                .iter()
                .try_for_each(|line| write!(f, "\n{line}"))?;
        }
        let places = self.places();
        if !places.is_empty() {
            write!(f, "\nalso in\n{places}")?;
        }
        let fingerprint = finding
            .shown_fingerprint()
            .filter(|_| self.style.detail == Detail::Verbose);
        fingerprint.map_or(Ok(()), |fingerprint| {
            write!(f, "\nfingerprint {fingerprint}")
        })
    }
}

impl std::error::Error for ReportEntry<'_> {}

impl Diagnostic for ReportEntry<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.first().rule.id))
    }

    fn severity(&self) -> Option<Severity> {
        Some(severity(self.group[0]))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.advice()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|_| self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = self.excerpt.as_ref()?.mark.clone();
        let span = LabeledSpan::new(self.label(), mark.start, mark.len());
        Some(Box::new(std::iter::once(span)))
    }
}

/// Gives miette the excerpt as a source whose line has its real number in the file.
impl SourceCode for ReportEntry<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let finding = self.first();
        let (Some(excerpt), Some(location)) = (&self.excerpt, finding.location) else {
            return Err(MietteError::OutOfBounds);
        };
        if span.offset() + span.len() > excerpt.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let whole = SourceSpan::from(0..excerpt.text.len());
        let contents = MietteSpanContents::new_named(
            place::of_lines(&finding.origin),
            excerpt.text.as_bytes(),
            whole,
            location.start.line - 1,
            location.start.column - 1,
            1,
        );
        Ok(Box::new(contents))
    }
}
