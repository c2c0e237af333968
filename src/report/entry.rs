//! One secret in the report for people: its places, what is known of it, and what to do.

use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan,
    SpanContents,
};

use super::human::{REVIEW, severity, state, variable};
use super::{Judged, advice, place, placed};
use crate::finding::{Evidence, Finding, Occurrence, Verdict};
use crate::rule::RuleKind;

/// How many further places of one secret are listed.
pub const PLACES: usize = 8;

/// One secret, at its first place, with the others listed.
pub struct Entry<'a> {
    /// All findings of it.
    pub group: &'a [&'a Judged],
    /// Whether to tell by what it is known in the configuration.
    pub with_fingerprint: bool,
    /// Whether it is the first of its kind.
    pub is_first: bool,
}

impl Entry<'_> {
    fn first(&self) -> &Finding {
        &self.group[0].0
    }

    fn places(&self) -> String {
        let first = self.first();
        let is_other =
            |place: &&Occurrence| place.origin != first.origin || place.location != first.location;
        // Files of commits are told by the place in history.
        let is_told =
            |place: &&Occurrence| place.origin.path().is_some() && !place.origin.is_on_disk();
        let others = first
            .occurrences
            .iter()
            .filter(is_other)
            .filter(|place| !is_told(place));
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
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Entry<'_> {
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
            placed::lines(finding, placement)
                .iter()
                .try_for_each(|line| write!(f, "\n{line}"))?;
        }
        let places = self.places();
        if !places.is_empty() {
            write!(f, "\nalso in\n{places}")?;
        }
        let fingerprint = finding
            .evidence
            .as_ref()
            .filter(|_| self.with_fingerprint)
            .and_then(Evidence::shown);
        fingerprint.map_or(Ok(()), |fingerprint| {
            write!(f, "\nfingerprint {fingerprint}")
        })
    }
}

impl std::error::Error for Entry<'_> {}

impl Diagnostic for Entry<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.first().rule.id))
    }

    fn severity(&self) -> Option<Severity> {
        Some(severity(self.group[0]))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let rule = self.first().rule;
        if self.group[0].1 == Verdict::BelowConfidence {
            return Some(Box::new(format!(
                "Probably no credential: see the end of ntnguard rules {}",
                rule.id
            )));
        }
        if let Verdict::AllowedByChange(_) = self.group[0].1 {
            return Some(Box::new(format!(
                "{REVIEW} All steps for a leak: ntnguard rules {}",
                rule.id
            )));
        }
        if self.first().is_local {
            let allowing = advice::allowing(self.first())
                .map_or_else(String::new, |allowing| format!("\n{allowing}"));
            let steps = if self.is_first {
                format!("\nAll steps: ntnguard rules {}", rule.id)
            } else {
                String::new()
            };
            return Some(Box::new(format!(
                "{}{allowing}{steps}",
                advice::line(self.first())
            )));
        }
        if !self.is_first {
            return Some(Box::new(format!(
                "As above. All steps: ntnguard rules {}",
                rule.id
            )));
        }
        let clean = match self.first().placement {
            Some(_) => {
                "\nThen replace it where it runs, check that the old one is dead, and only then clean history:\n`ntnguard history --purge-plan DIR` writes how."
            }
            None => "",
        };
        Some(Box::new(format!(
            "{}{clean}\nAll steps: ntnguard rules {}",
            rule.advice, rule.id
        )))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.first()
            .excerpt
            .as_ref()
            .map(|_| self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let finding = self.first();
        let mark = finding.excerpt.as_ref()?.mark.clone();
        let layers: Vec<_> = finding
            .encodings
            .iter()
            .rev()
            .map(|encoding| encoding.id())
            .collect();
        let encoded = if layers.is_empty() {
            String::new()
        } else {
            format!(", in {}", layers.join(" in "))
        };
        let sure = match finding.rule.kind {
            RuleKind::Credential => format!(", {} confidence", finding.confidence),
            RuleKind::Env | RuleKind::Policy => String::new(),
        };
        let label = format!("{}{sure}{encoded}", finding.rule.title);
        Some(Box::new(std::iter::once(LabeledSpan::new(
            Some(label),
            mark.start,
            mark.len(),
        ))))
    }
}

/// The excerpt, under its true line number.
impl SourceCode for Entry<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let finding = self.first();
        let (Some(excerpt), Some(location)) = (&finding.excerpt, finding.location) else {
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
