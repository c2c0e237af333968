//! Findings of a saved report.

use super::document::{SavedDecision, SavedFinding, SavedOccurrence, SavedSuppression};
use super::live;
use super::mask::{evidence, excerpt};
use super::origin::origin;
use super::placed::placed;
use super::text::{SavedList, SavedText};
use crate::model::blob::Position;
use crate::model::encoding::Encoding;
use crate::model::finding::{
    Finding, IgnoreRule, Ignoring, Location, Name, Occurrence, SuppressedBy, Suppression, Verdict,
};
use crate::model::rule::{Rule, Severity};
use crate::model::secret::Fingerprint;
use crate::model::source_kind::SourceKind;
use crate::report::Judged;

/// The name of a field with a value that is not valid in a report of version 1.
pub type WrongField = &'static str;

/// Returns the finding of `rule` that `saved` describes, and its verdict. `source` is the source of
/// the report.
///
/// # Errors
///
/// When a field has a value that is not understood.
pub fn judged(
    saved: &SavedFinding,
    rule: &'static Rule,
    source: SourceKind,
) -> Result<Judged, WrongField> {
    let severity = severity(&saved.severity).ok_or("severity")?;
    let origin = origin(&saved.into(), source).ok_or("path")?;
    let verdict = verdict(&saved.verdict, saved.suppression.as_ref()).ok_or("verdict")?;
    let mut finding = Finding {
        severity,
        confidence: saved.confidence.raw().parse().map_err(|_| "confidence")?,
        location: location(saved),
        excerpt: saved.excerpt.as_ref().map(|text| excerpt(text, saved)),
        encodings: encodings(&saved.encoding)?,
        variable: saved.variable.as_ref().map(SavedText::shown),
        occurrences: all(&saved.occurrences, |place| {
            occurrence(place, &verdict, source)
        })?,
        note: saved.note.as_ref().map(SavedText::shown),
        ignoring: saved
            .ignore_file
            .as_ref()
            .map(|file| ignoring(file, saved, rule, severity)),
        is_local: saved.local,
        subject: saved.subject.as_ref().map(SavedText::shown),
        repositories: shown(&saved.repositories),
        ..Finding::of_file(rule, origin)
    };
    if let Some(placement) = &saved.placement {
        finding.placement = Some(Box::new(placed(placement).ok_or("placement")?));
    }
    if let Some(saved) = &saved.live {
        finding.liveness = Some(Box::new(live::liveness(saved).ok_or("live")?));
    }
    let is_file = finding.ignoring.is_none() && saved.fingerprint.is_none();
    if rule.is_about_committing && is_file && saved.variable.is_none() {
        finding.command = Some("git rm --cached --");
    }
    Ok((identified(finding, saved)?, verdict))
}

/// Returns the finding with the identity of its secret or of its line of code.
fn identified(finding: Finding, saved: &SavedFinding) -> Result<Finding, WrongField> {
    let print = saved.fingerprint.as_ref();
    let print: Option<Fingerprint> = print
        .map(|print| print.raw().parse().map_err(|_| "fingerprint"))
        .transpose()?;
    Ok(match (&saved.secret, print) {
        (Some(secret), print) => Finding {
            evidence: Some(evidence(secret, print, saved)),
            ..finding
        },
        (None, Some(print)) => finding.about_line_of(print),
        (None, None) => finding,
    })
}

/// Returns the location in the file; `None` if the line or the column is missing or too large.
fn location(saved: &SavedFinding) -> Option<Location> {
    /// The largest number of a line or column that is accepted.
    const LARGEST: usize = 1 << 31;
    let sound = |number: Option<usize>| number.filter(|number| *number <= LARGEST);
    let column = sound(saved.column)?;
    let start = position(sound(saved.line)?, column, sound(saved.utf16_column));
    let end_column = sound(saved.end_column).unwrap_or(start.column);
    let end_line = sound(saved.end_line).unwrap_or(start.line);
    let end = position(end_line, end_column, sound(saved.end_utf16_column));
    let start = Position {
        offset: saved.start_byte.unwrap_or(0),
        ..start
    };
    let end = Position {
        offset: saved.end_byte.unwrap_or(0),
        ..end
    };
    Some(Location { start, end })
}

fn position(line: usize, column: usize, utf16_column: Option<usize>) -> Position {
    Position {
        line: line.max(1),
        column: column.max(1),
        utf16_column: utf16_column.unwrap_or(column).max(1),
        offset: 0,
    }
}

fn occurrence(
    saved: &SavedOccurrence,
    of_finding: &Verdict,
    source: SourceKind,
) -> Result<Occurrence, WrongField> {
    let start = saved.line.zip(saved.column);
    let start = start.map(|(line, column)| position(line, column, saved.utf16_column));
    let reason = of_finding.suppression();
    let verdict = match of_finding.id() == saved.verdict.raw() {
        true => of_finding.clone(),
        false => verdict_for(saved.verdict.raw(), reason.cloned()).ok_or("verdict")?,
    };
    Ok(Occurrence {
        origin: origin(&saved.into(), source).ok_or("path")?,
        location: start.map(|start| Location { start, end: start }),
        verdict,
    })
}

/// Returns the verdict with the name `id`; `None` if that name, or the kind of entry that `reason`
/// names, is unknown.
pub fn verdict(id: &SavedText, reason: Option<&SavedSuppression>) -> Option<Verdict> {
    let reason = match reason {
        Some(saved) => Some(Suppression {
            by: SuppressedBy::ALL
                .into_iter()
                .find(|by| by.id() == saved.by.raw())?,
            reason: saved.reason.shown(),
        }),
        None => None,
    };
    verdict_for(id.raw(), reason)
}

fn verdict_for(id: &str, reason: Option<Suppression>) -> Option<Verdict> {
    // The places of a finding with another verdict do not tell the reason of their own.
    let other = || Suppression {
        by: SuppressedBy::Allowlist,
        reason: "unknown: the saved report does not contain the reason".to_owned(),
    };
    Some(match id {
        "reported" => Verdict::Reported,
        "below-confidence" => Verdict::BelowConfidence,
        "already-there" => Verdict::AlreadyThere,
        "allowed-by-change" => Verdict::AllowedByChange(reason.unwrap_or_else(other)),
        "suppressed" => Verdict::Suppressed(reason.unwrap_or_else(other)),
        _ => return None,
    })
}

fn severity(id: &SavedText) -> Option<Severity> {
    Severity::ALL
        .into_iter()
        .find(|severity| severity.id() == id.raw())
}

fn encodings(saved: &SavedList<SavedText>) -> Result<Vec<Encoding>, WrongField> {
    all(saved, |name| {
        let mut known = Encoding::ALL.into_iter();
        known
            .find(|known| known.id() == name.raw())
            .ok_or("encoding")
    })
}

fn ignoring(file: &SavedText, saved: &SavedFinding, rule: &Rule, severity: Severity) -> Ignoring {
    let name = |path: &SavedText| Name {
        path: path.path(),
        severity,
        reasons: [].into(),
    };
    let decision = |decision: &SavedDecision| IgnoreRule {
        file: decision.path.path(),
        line: decision.line.max(1),
        text: decision.text.shown(),
        negated: decision.text.raw().trim_start().starts_with('!'),
        is_local: rule.is_about_committing,
    };
    Ignoring {
        change: file.path(),
        rule: saved.decided_by.as_ref().map(decision),
        names: saved.names.kept.iter().map(name).collect(),
    }
}

pub fn shown(texts: &SavedList<SavedText>) -> Vec<String> {
    texts.kept.iter().map(SavedText::shown).collect()
}

fn all<S, T>(
    list: &SavedList<S>,
    read: impl Fn(&S) -> Result<T, WrongField>,
) -> Result<Vec<T>, WrongField> {
    list.kept.iter().map(read).collect()
}
