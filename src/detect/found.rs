//! Makes findings of matches: their location, an excerpt that is safe to show, and the evidence of
//! the secret.

use std::ops::Range;

use super::redact::{printable, redact_bytes, without_neighbours};
use super::search::Match;
use crate::model::allowance::Allowance;
use crate::model::blob::{Blob, Origin, Position};
use crate::model::finding::{Excerpt, Finding, Location, SecretEvidence};
use crate::model::rule::RuleKind;

/// Returns the finding for a credential in `blob`. `from` is a position before the match and its
/// offset in the blob's bytes; lines are counted from there. `secrets` are the spans of everything
/// in the blob that must not be shown.
pub fn credential(
    found: &Match,
    blob: &Blob<'_>,
    from: (Position, usize),
    secrets: &[Range<usize>],
) -> Finding {
    let (position, offset) = from;
    let Match {
        rule,
        confidence,
        secret,
        span,
        encodings,
        variable,
        ..
    } = found;
    let start = position.after(&blob.bytes[offset..span.start]);
    let location = Location {
        start,
        end: start.after(&blob.bytes[span.clone()]),
    };
    Finding {
        confidence: *confidence,
        location: Some(location),
        excerpt: Some(excerpt(
            blob.bytes,
            span.clone(),
            &secret.short_mask(),
            secrets,
        )),
        evidence: Some(evidence(found)),
        encodings: encodings.clone(),
        variable: variable.clone(),
        allowance: Allowance::beside(blob.origin.names(), blob.bytes, span.clone()),
        ..Finding::of_file(rule, blob.origin.clone())
    }
}

/// Returns the finding for a credential in the name of a file or directory. `origin` is that name.
pub fn name(found: &Match, origin: Origin) -> Finding {
    let Match {
        rule,
        confidence,
        encodings,
        variable,
        ..
    } = found;
    let evidence = Some(evidence(found));
    let (encodings, variable) = (encodings.clone(), variable.clone());
    Finding {
        confidence: *confidence,
        evidence,
        encodings,
        variable,
        ..Finding::of_file(rule, origin)
    }
}

/// The largest number of characters of a fault in code that an excerpt shows.
const SHOWN: usize = 60;

/// Completes a check's finding about code with the facts about its line: an excerpt that is safe to
/// show, the identity of the line, and the comment that allows the finding. Leaves other findings
/// unchanged. `secrets` are the spans of everything in `blob` that must not be shown.
pub fn of_line(finding: &mut Finding, blob: &Blob<'_>, secrets: &[Range<usize>]) {
    let Some(location) = finding
        .location
        .filter(|_| finding.rule.kind == RuleKind::Code)
    else {
        return;
    };
    let start = location.start.offset - blob.start.offset;
    let (from, to) = (
        line_start(blob.bytes, 0, start),
        line_end(blob.bytes, start, blob.bytes.len()),
    );
    let end = (location.end.offset - blob.start.offset).min(to);
    let mark = printable(&without_secrets(blob.bytes, start..end, secrets));
    let mut mark: String = mark.trim_end().chars().take(SHOWN).collect();
    if mark.is_empty() {
        mark.push('\u{2026}');
    }
    let allowance = Allowance::beside(blob.origin.names(), blob.bytes, start..end);
    let excerpt = excerpt(blob.bytes, start..end, &mark, secrets);
    let own = Finding {
        allowance,
        excerpt: Some(excerpt),
        ..finding.clone()
    };
    *finding = own.about_line(&blob.bytes[from..to]);
}

/// Returns the facts about a match's secret that may be shown: its masks, its fingerprint, and if
/// it can be guessed.
fn evidence(found: &Match) -> SecretEvidence {
    SecretEvidence {
        mask: found.secret.mask(),
        short_mask: found.secret.short_mask(),
        fingerprint: found.secret.fingerprint(),
        is_guessable: found.is_guessable,
    }
}

/// The number of characters shown on either side of the secret.
const MARGIN: usize = 36;
/// The number of bytes read on either side of the secret, because a line may be fifty megabytes
/// long.
const WINDOW: usize = 1024;

fn excerpt(bytes: &[u8], span: Range<usize>, mask: &str, secrets: &[Range<usize>]) -> Excerpt {
    let before = line_start(bytes, span.start.saturating_sub(WINDOW), span.start);
    let after = line_end(bytes, span.end, (span.end + WINDOW).min(bytes.len()));
    let left = printable(&without_secrets(bytes, before..span.start, secrets));
    let right = printable(&without_secrets(bytes, span.end..after, secrets));
    let left = left.trim_start();
    let skipped = left.chars().count().saturating_sub(MARGIN);
    let left: String = left.chars().skip(skipped).collect();
    let left = if skipped > 0 {
        format!("…{left}")
    } else {
        left
    };
    let clipped = right.chars().count() > MARGIN;
    let right: String = right.chars().take(MARGIN).collect();
    let right = if clipped {
        format!("{right}…")
    } else {
        right.trim_end().to_owned()
    };
    let mark = left.len()..left.len() + mask.len();
    Excerpt {
        text: format!("{left}{mask}{right}"),
        mark,
    }
}

fn line_start(bytes: &[u8], from: usize, to: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[from..to]).map_or(from, |newline| from + newline + 1)
}

fn line_end(bytes: &[u8], from: usize, to: usize) -> usize {
    memchr::memchr(b'\n', &bytes[from..to]).map_or(to, |newline| from + newline)
}

/// Returns `bytes[part]`, with `secrets` and everything else that could be a secret masked.
fn without_secrets(bytes: &[u8], part: Range<usize>, secrets: &[Range<usize>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = part.start;
    // Secrets are sorted. One that begins more than `Blob::CONTEXT` bytes before the part cannot
    // reach into it.
    let first = secrets.partition_point(|secret| secret.start + Blob::CONTEXT < part.start);
    let near = secrets[first..]
        .iter()
        .take_while(|secret| secret.start < part.end);
    for secret in near.filter(|secret| secret.end > part.start) {
        out.extend_from_slice(&bytes[at..secret.start.max(at)]);
        out.extend_from_slice(b"****");
        at = at.max(secret.end.min(part.end));
    }
    out.extend_from_slice(&bytes[at..part.end]);
    // Without the zeros of UTF-16, its ASCII characters are readable.
    out.retain(|byte| *byte != 0);
    without_neighbours(&redact_bytes(&out))
}
