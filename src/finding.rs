//! What users see: a rule matched at a location. Made whole here; nothing in a finding can reveal its secret.

use std::ops::Range;

use crate::allowance::Allowance;
use crate::blob::{Blob, Origin, Position};
use crate::decode::Encoding;
use crate::placement::Placement;
use crate::redact::{printable, redact_bytes};
use crate::rule::{Confidence, Rule};
use crate::search::Match;
use crate::secret::Fingerprint;

/// Where a finding lies in its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its first byte.
    pub start: Position,
    /// The byte after its last.
    pub end: Position,
}

/// The finding's line, shortened to what surrounds it, with every secret in it already masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The masked text: one line, free of control characters.
    pub text: String,
    /// Where in `text` the finding's own masked secret stands, in bytes.
    pub mark: Range<usize>,
}

/// What remains of a secret in a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The secret, masked.
    pub mask: String,
    /// Its identity.
    pub fingerprint: Fingerprint,
}

/// What ignore files have to do with a finding about an env file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ignoring {
    /// The ignore file to change: its path in the repository.
    pub change: Vec<u8>,
    /// The rule that decides as things are, if one does.
    pub rule: Option<IgnoreRule>,
}

/// A line of an ignore file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IgnoreRule {
    /// The file: its path in the repository, or where it lies outside.
    pub file: Vec<u8>,
    /// The line, from 1.
    pub line: usize,
    /// The line's text, fit to be shown.
    pub text: String,
}

/// A rule matched at a location.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How sure we are.
    pub confidence: Confidence,
    /// Where the blob came from.
    pub origin: Origin,
    /// Where in the blob; `None` when the finding is about the file as such.
    pub location: Option<Location>,
    /// The masked line; `None` when the finding is about the file as such.
    pub excerpt: Option<Excerpt>,
    /// The masked secret and its identity; `None` for a hygiene fault.
    pub evidence: Option<Evidence>,
    /// What the secret is encoded in, the outermost first; empty when it stands there in plain.
    pub encodings: Vec<Encoding>,
    /// The name of the variable that it is about, of a known secret or in an env file.
    pub variable: Option<String>,
    /// A comment beside it that says to allow it.
    pub allowance: Option<Allowance>,
    /// Every place of the same secret, this one included, where a source [groups](crate::source::Source::groups) them;
    /// empty elsewhere.
    pub occurrences: Vec<Occurrence>,
    /// Where in history it lies, once that is known.
    pub placement: Option<Box<Placement>>,
    /// What else there is to know, in one sentence, fit to be shown.
    pub note: Option<String>,
    /// What ignore files have to do with it.
    pub ignoring: Option<Ignoring>,
}

/// One of the places where a secret lies.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// Where the blob came from.
    pub origin: Origin,
    /// Where in the blob; `None` for a name.
    pub location: Option<Location>,
}

impl Finding {
    /// A credential that was found in `blob`. Positions are counted on from `from`. `secrets` are the spans of everything in
    /// the blob that must not be shown.
    pub(crate) fn credential(
        found: &Match,
        blob: &Blob<'_>,
        from: (Position, usize),
        secrets: &[Range<usize>],
    ) -> Self {
        let (position, offset) = from;
        let Match { rule, confidence, secret, span, encodings, variable } = found;
        let start = position.after(&blob.bytes[offset..span.start]);
        let location = Location { start, end: start.after(&blob.bytes[span.clone()]) };
        Finding {
            rule,
            confidence: *confidence,
            origin: blob.origin.clone(),
            location: Some(location),
            excerpt: Some(Excerpt::new(blob.bytes, span.clone(), &secret.short_mask(), secrets)),
            evidence: Some(Evidence { mask: secret.mask(), fingerprint: secret.fingerprint() }),
            encodings: encodings.clone(),
            variable: variable.clone(),
            allowance: Allowance::beside(blob.bytes, span.clone()),
            occurrences: Vec::new(),
            placement: None,
            note: None,
            ignoring: None,
        }
    }

    /// This place of the secret.
    pub fn occurrence(&self) -> Occurrence {
        Occurrence { origin: self.origin.clone(), location: self.location }
    }

    /// A credential in the name that `origin` is.
    pub(crate) fn of_name(found: &Match, origin: Origin) -> Self {
        let Match { rule, confidence, secret, encodings, variable, .. } = found;
        let evidence = Some(Evidence { mask: secret.mask(), fingerprint: secret.fingerprint() });
        let (encodings, variable) = (encodings.clone(), variable.clone());
        Finding { confidence: *confidence, evidence, encodings, variable, ..Self::of_file(rule, origin) }
    }

    /// A hygiene fault of a whole file.
    pub fn of_file(rule: &'static Rule, origin: Origin) -> Self {
        Finding {
            rule,
            confidence: Confidence::High,
            origin,
            location: None,
            excerpt: None,
            evidence: None,
            encodings: Vec::new(),
            variable: None,
            allowance: None,
            occurrences: Vec::new(),
            placement: None,
            note: None,
            ignoring: None,
        }
    }
}

impl Excerpt {
    /// How many characters are shown on either side of the secret.
    const MARGIN: usize = 36;
    /// How many bytes on either side are looked at; a line may be fifty megabytes long.
    const WINDOW: usize = 1024;

    fn new(bytes: &[u8], span: Range<usize>, mask: &str, secrets: &[Range<usize>]) -> Self {
        let before = line_start(bytes, span.start.saturating_sub(Self::WINDOW), span.start);
        let after = line_end(bytes, span.end, (span.end + Self::WINDOW).min(bytes.len()));
        let left = printable(&without_secrets(bytes, before..span.start, secrets));
        let right = printable(&without_secrets(bytes, span.end..after, secrets));
        let left = left.trim_start();
        let skipped = left.chars().count().saturating_sub(Self::MARGIN);
        let left: String = left.chars().skip(skipped).collect();
        let left = if skipped > 0 { format!("…{left}") } else { left };
        let clipped = right.chars().count() > Self::MARGIN;
        let right: String = right.chars().take(Self::MARGIN).collect();
        let right = if clipped { format!("{right}…") } else { right.trim_end().to_owned() };
        let mark = left.len()..left.len() + mask.len();
        Excerpt { text: format!("{left}{mask}{right}"), mark }
    }
}

fn line_start(bytes: &[u8], from: usize, to: usize) -> usize {
    memchr::memrchr(b'\n', &bytes[from..to]).map_or(from, |newline| from + newline + 1)
}

fn line_end(bytes: &[u8], from: usize, to: usize) -> usize {
    memchr::memchr(b'\n', &bytes[from..to]).map_or(to, |newline| from + newline)
}

/// `bytes[part]` with everything known to be secret, and everything that could be one, masked.
fn without_secrets(bytes: &[u8], part: Range<usize>, secrets: &[Range<usize>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = part.start;
    // Secrets are sorted and do not overlap by much, so the few before the part that could reach into it are near it.
    let first = secrets.partition_point(|secret| secret.start + Blob::CONTEXT < part.start);
    let near = secrets[first..].iter().take_while(|secret| secret.start < part.end);
    for secret in near.filter(|secret| secret.end > part.start) {
        out.extend_from_slice(&bytes[at..secret.start.max(at)]);
        out.extend_from_slice(b"****");
        at = at.max(secret.end.min(part.end));
    }
    out.extend_from_slice(&bytes[at..part.end]);
    // Between the characters of UTF-16 there are zeros, which have no width.
    out.retain(|byte| *byte != 0);
    redact_bytes(&out).into_owned()
}
