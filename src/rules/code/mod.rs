//! Rules about code that uses Notion, each of which looks at one file at a time.
//!
//! Code is not parsed. [`reader`] separates code, comments and strings, [`call`] reads calls by
//! their brackets, and a rule is a few patterns over the result. No rule claims anything that
//! depends on another file.

mod aside;
mod assigned;
mod call;
mod file;
mod language;
mod log_calls;
mod names;
mod oauth;
mod reader;
mod services;
mod value;
mod webhook;

mod authorize_no_state;
mod body_reserialised;
mod browser_storage;
mod callback_no_state;
mod client_secret_in_client;
mod no_verify;
mod public_prefix;
mod signature_eq;
mod signature_optional;
mod state_predictable;
mod state_unchecked;
mod token_in_url;
mod token_logged;
mod verification_token_logged;

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::model::blob::{Blob, Origin, Part};
use crate::model::check::Check;
use crate::model::finding::{Finding, Location};
use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

pub(crate) use aside::is_aside;
use file::{CodeFile, may_name_notion};
use language::Language;

pub(crate) use authorize_no_state::RULE as AUTHORIZE_NO_STATE;
pub(crate) use body_reserialised::RULE as BODY_RESERIALISED;
pub(crate) use browser_storage::RULE as BROWSER_STORAGE;
pub(crate) use callback_no_state::RULE as CALLBACK_NO_STATE;
pub(crate) use client_secret_in_client::RULE as CLIENT_SECRET_IN_CLIENT;
pub(crate) use no_verify::RULE as NO_VERIFY;
pub(crate) use public_prefix::RULE as PUBLIC_PREFIX;
pub(crate) use signature_eq::RULE as SIGNATURE_EQ;
pub(crate) use signature_optional::RULE as SIGNATURE_OPTIONAL;
pub(crate) use state_predictable::RULE as STATE_PREDICTABLE;
pub(crate) use state_unchecked::RULE as STATE_UNCHECKED;
pub(crate) use token_in_url::RULE as TOKEN_IN_URL;
pub(crate) use token_logged::RULE as TOKEN_LOGGED;
pub(crate) use verification_token_logged::RULE as VERIFICATION_TOKEN_LOGGED;

/// The fields that the rules about code share. By default, only `ntnguard review` reports a rule,
/// and as a warning.
const REVIEWED: Rule = Rule {
    id: "",
    title: "",
    kind: RuleKind::Code,
    sources: &[SourceKind::Review],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "",
    variable: "",
    page: "",
    detectors: &[],
    masked: &[],
    evidence: &[],
};

/// The fields that the rules of every scan share. Scans of history leave these rules out, because
/// history keeps faults that were fixed.
const SCANNED: Rule = Rule {
    sources: &[
        SourceKind::Worktree,
        SourceKind::Index,
        SourceKind::Range,
        SourceKind::Stdin,
        SourceKind::Ci,
        SourceKind::Review,
    ],
    ..REVIEWED
};

/// The size of the largest file that a review looks at, in bytes. Files are read as a whole,
/// because a part of a file does not show that something is missing.
pub(crate) const WHOLE: usize = 256 * 1024;

/// The size of the largest source file that a person writes, in bytes. Larger ones are generated.
const WRITTEN: usize = 1024 * 1024;

/// A place at which a rule finds a fault.
struct CodeFault {
    span: Range<usize>,
    /// A sentence about the fault, which names the thing that was found or is missing.
    note: String,
}

/// A rule about code, with the function that looks for its faults.
struct CodeCheck {
    rule: &'static Rule,
    /// Literals, at least one of which is in every text with a fault. For a rule of every scan,
    /// they are found in the same search as the anchors of credentials. They must be few and begin
    /// with rare bytes, because each occurrence costs time.
    anchors: &'static [&'static str],
    look: fn(&CodeFile<'_>) -> Vec<CodeFault>,
}

impl CodeCheck {
    /// Returns true if a text contains one of the anchors.
    fn may_be_in(&self, bytes: &[u8]) -> bool {
        let mut anchors = self.anchors.iter();
        anchors.any(|anchor| memchr::memmem::find(bytes, anchor.as_bytes()).is_some())
    }
}

/// Several checks that run together, so that a file is read once for all of them.
struct CodeChecks {
    members: &'static [&'static CodeCheck],
    rules: Vec<&'static Rule>,
    anchors: Vec<&'static str>,
    /// The size of the largest file that is looked at, in bytes. A file is always read as a whole,
    /// because a part of it does not show what is comment, string or code.
    most: usize,
    /// True if a larger file is reported as skipped.
    is_told: bool,
}

impl CodeChecks {
    fn new(members: &'static [&'static CodeCheck], most: usize, is_told: bool) -> Self {
        let mut anchors: Vec<_> = members.iter().flat_map(|check| check.anchors).collect();
        anchors.sort_unstable();
        anchors.dedup();
        CodeChecks {
            members,
            rules: members.iter().map(|check| check.rule).collect(),
            anchors: anchors.into_iter().copied().collect(),
            most,
            is_told,
        }
    }
}

/// The checks that run in every scan.
static IN_SCANS: [&CodeCheck; 4] = [
    &public_prefix::CHECK,
    &browser_storage::CHECK,
    &token_logged::CHECK,
    &token_in_url::CHECK,
];

/// The checks that run only in a review.
static IN_REVIEWS: [&CodeCheck; 10] = [
    &callback_no_state::CHECK,
    &authorize_no_state::CHECK,
    &client_secret_in_client::CHECK,
    &signature_eq::CHECK,
    &signature_optional::CHECK,
    &no_verify::CHECK,
    &body_reserialised::CHECK,
    &verification_token_logged::CHECK,
    &state_unchecked::CHECK,
    &state_predictable::CHECK,
];

/// The checks of a scan, which does not report the large files that it skips.
static SCAN: LazyLock<[CodeChecks; 1]> =
    LazyLock::new(|| [CodeChecks::new(&IN_SCANS, WRITTEN, false)]);
/// The checks of a review, which reports the large files that it skips.
static REVIEW: LazyLock<[CodeChecks; 2]> = LazyLock::new(|| {
    let in_scans = CodeChecks::new(&IN_SCANS, WRITTEN, true);
    [in_scans, CodeChecks::new(&IN_REVIEWS, WHOLE, true)]
});

/// Returns the checks that run on a source of this kind.
pub(crate) fn checks(source: SourceKind) -> Vec<Box<dyn Check>> {
    let checks: &'static [CodeChecks] = match source {
        SourceKind::Review => &*REVIEW,
        _ => &*SCAN,
    };
    let checks = checks.iter().map(|check| Box::new(check) as Box<dyn Check>);
    checks.filter(|check| check.looks_into(source)).collect()
}

impl Check for &'static CodeChecks {
    fn rules(&self) -> &'static [&'static Rule] {
        &self.rules
    }

    fn anchors(&self) -> &'static [&'static str] {
        &self.anchors
    }

    fn is_about(&self, _: &[u8], _: SourceKind) -> bool {
        false
    }

    fn whole(&self, origin: &Origin) -> Option<usize> {
        (self.is_told && source_path(origin).is_some()).then_some(self.most)
    }

    fn check(&self, blob: &Blob<'_>, found: &mut Vec<Finding>) {
        let Some((path, language)) = source_path(blob.origin) else {
            return;
        };
        let is_whole = blob.is_first() && blob.is_last() && blob.bytes.len() <= self.most;
        if !is_whole || !may_name_notion(path, blob.bytes) {
            return;
        }
        let file = OnceCell::new();
        let members = self.members.iter();
        for check in members.filter(|check| check.may_be_in(blob.bytes)) {
            let file = file.get_or_init(|| CodeFile::new(path, language, blob.bytes));
            add_findings(check.rule, (check.look)(file), file, blob, found);
        }
    }
}

/// Adds a finding for each fault that begins in the core of the blob, at most one for each line.
/// `faults` are in order.
fn add_findings(
    rule: &'static Rule,
    faults: Vec<CodeFault>,
    file: &CodeFile<'_>,
    blob: &Blob<'_>,
    found: &mut Vec<Finding>,
) {
    let (mut from, mut last_line) = ((blob.start, 0), None);
    for fault in faults {
        let line = file.line(fault.span.start);
        let is_told = last_line == Some(line.start);
        if is_told || !blob.core.contains(&fault.span.start) || file.is_generated(line.start) {
            continue;
        }
        last_line = Some(line.start);
        let start = from.0.after(&blob.bytes[from.1..fault.span.start]);
        from = (start, fault.span.start);
        let end = start.after(&blob.bytes[fault.span.clone()]);
        found.push(Finding {
            location: Some(Location { start, end }),
            note: Some(fault.note),
            ..Finding::of_file(rule, blob.origin.clone())
        });
    }
}

/// Returns the path and the language of a source file; `None` for any other text, a member of an
/// archive, and a file that is known to be a test.
fn source_path(origin: &Origin) -> Option<(&[u8], Language)> {
    let is_content = match origin {
        Origin::File(_) | Origin::Index { .. } => true,
        Origin::Object { part, .. } => *part == Part::Content,
        _ => false,
    };
    let path = origin
        .path()
        .filter(|path| is_content && !aside::is_test(path))?;
    Some((path, Language::of(path)?))
}

/// Compiles a pattern over bytes.
fn compile(pattern: &str) -> Regex {
    Regex::new(&format!("(?-u){pattern}")).expect("a valid pattern")
}

/// Reads a text in the language of `path` and runs every rule on it, for the fuzzer.
#[doc(hidden)]
pub fn exercise(path: &str, bytes: &[u8]) {
    let Some(language) = Language::of(path.as_bytes()) else {
        return;
    };
    let file = CodeFile::new(path.as_bytes(), language, bytes);
    assert_eq!(
        (file.code.len(), file.bare.len()),
        (bytes.len(), bytes.len())
    );
    let lines = |text: &[u8]| memchr::memchr_iter(b'\n', text).count();
    assert_eq!(lines(&file.bare), lines(bytes));
    for check in IN_SCANS.iter().chain(&IN_REVIEWS) {
        for fault in (check.look)(&file) {
            assert!(fault.span.start < fault.span.end && fault.span.end <= bytes.len());
        }
    }
}

#[cfg(test)]
mod tests;
