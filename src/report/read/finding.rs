//! Findings of a saved report.

use super::document::{
    SavedCommit, SavedDecision, SavedFinding, SavedOccurrence, SavedPlacement, SavedSuppression,
};
use super::live;
use super::origin::origin;
use super::text::{SavedList, SavedText};
use crate::model::blob::Position;
use crate::model::encoding::Encoding;
use crate::model::finding::{
    Excerpt, Finding, IgnoreRule, Ignoring, Location, Name, Occurrence, SecretEvidence,
    SuppressedBy, Suppression, Verdict,
};
use crate::model::placement::{Commit, KeptBy, Placement};
use crate::model::rule::{Rule, Severity};
use crate::model::secret::{Fingerprint, Secret};
use crate::model::source_kind::SourceKind;
use crate::model::time::seconds_of;
use crate::report::Judged;

/// The field that does not have a value which reports of version 1 have there.
pub type WrongField = &'static str;

/// Returns a finding by `rule` of a report from `source`, and its verdict.
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

/// Returns the masks of a secret. A mask that could be a secret itself is masked once more.
fn evidence(
    secret: &SavedText,
    print: Option<Fingerprint>,
    saved: &SavedFinding,
) -> SecretEvidence {
    let mask = mask(secret);
    let short_mask = shortened(&mask);
    let is_guessable = print.is_none();
    // An identity that is not shown says no more than where the value stands.
    let place = || {
        format!(
            "{:?} {:?} {:?} {mask}",
            saved.path, saved.line, saved.start_byte
        )
    };
    let fingerprint = print.unwrap_or_else(|| Secret::new(place().into_bytes(), 0).fingerprint());
    SecretEvidence {
        mask,
        short_mask,
        fingerprint,
        is_guessable,
    }
}

/// The number of characters that a mask may show before and behind its stars.
const PREFIX: usize = 32;
const TAIL: usize = 4;

/// Returns a mask as reports have it: a known beginning, stars, and at most four characters.
/// Anything else becomes stars alone.
fn mask(secret: &SavedText) -> String {
    let shown = secret.shown();
    let shown = match shown.char_indices().nth(1000) {
        Some((end, _)) => &shown[..end],
        None => shown.as_str(),
    };
    let stars = shown.chars().filter(|c| *c == '*').count();
    let prefix = shown.split('*').next().unwrap_or_default();
    let tail = shown.rsplit('*').next().unwrap_or_default();
    let is_whole = prefix.len() + stars + tail.len() == shown.len();
    let is_mask = stars >= 8 && is_whole && prefix.len() <= PREFIX && tail.len() <= TAIL;
    if is_mask || stars == shown.len() {
        shown.to_owned()
    } else {
        "*".repeat(shown.chars().count())
    }
}

/// Returns the mask without its length.
fn shortened(mask: &str) -> String {
    let prefix = mask.split('*').next().unwrap_or_default();
    let tail = mask.rsplit('*').next().unwrap_or_default();
    match (prefix, tail) {
        ("", "") => "****…".to_owned(),
        _ => format!("{prefix}…{tail}"),
    }
}

/// Returns the masked line, and the place of the finding's own mask in it.
fn excerpt(text: &SavedText, saved: &SavedFinding) -> Excerpt {
    let text = text.shown();
    let own = saved.secret.as_ref().map(|secret| shortened(&mask(secret)));
    let own = own.and_then(|own| text.find(&own).map(|at| at..at + own.len()));
    let mark = own.unwrap_or(0..text.len());
    Excerpt { text, mark }
}

/// Returns the location in the file. Columns in UTF-16 units are not saved: those in characters
/// stand for them.
fn location(saved: &SavedFinding) -> Option<Location> {
    /// No line and no column of a text is larger.
    const LARGEST: usize = 1 << 31;
    let sound = |number: &usize| *number <= LARGEST;
    let column = saved.column.filter(sound)?;
    let start = position(saved.line.filter(sound)?, column, saved.start_byte);
    let end_line = saved.end_line.unwrap_or(start.line);
    let end_column = saved.end_column.filter(sound).unwrap_or(start.column);
    let end = position(end_line, end_column, saved.end_byte);
    Some(Location { start, end })
}

fn position(line: usize, column: usize, offset: Option<usize>) -> Position {
    Position {
        line: line.max(1),
        column: column.max(1),
        utf16_column: column.max(1),
        offset: offset.unwrap_or(0),
    }
}

fn occurrence(
    saved: &SavedOccurrence,
    of_finding: &Verdict,
    source: SourceKind,
) -> Result<Occurrence, WrongField> {
    let start = saved.line.zip(saved.column);
    let start = start.map(|(line, column)| position(line, column, None));
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

/// Returns the verdict of this name; `None` if there is none, or if it needs a reason.
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
        reason: "not told in the saved report".to_owned(),
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

fn placed(saved: &SavedPlacement) -> Option<Placement> {
    let commit = |saved: &Option<SavedCommit>| match saved {
        Some(saved) => commit(saved).map(Some),
        None => Some(None),
    };
    Some(Placement {
        introduced: commit(&saved.introduced)?,
        or_before: saved.or_before,
        removed: commit(&saved.removed)?,
        tips: shown(&saved.tips),
        commits: saved.commits,
        paths: saved.paths.kept.iter().map(SavedText::path).collect(),
        from_root: Vec::new(),
        tops: Vec::new(),
        kept_by: shown(&saved.kept_by).into_iter().map(keeper).collect(),
        published: saved.published,
    })
}

fn commit(saved: &SavedCommit) -> Option<Commit> {
    Some(Commit {
        id: saved.commit.id()?,
        seconds: seconds_of(saved.time.raw())?,
        author: saved.author.shown(),
    })
}

/// Returns the ref or record that a keeper's text names.
fn keeper(text: String) -> KeptBy {
    match text.strip_suffix("unreachable") {
        Some(place) if place.is_empty() || place.ends_with(':') => KeptBy::Nothing {
            repository: place.to_owned(),
        },
        _ => KeptBy::Named(text),
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
