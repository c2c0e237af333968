//! A finding as JSON, with its occurrences and its placement in history.

use serde::Serialize;
use serde_json::Value;

use super::super::wire::{WirePath, wire};
use super::super::{advice, live};
use crate::detect::redact::shown_path;
use crate::model::blob::Position;
use crate::model::finding::{Finding, Ignoring, Occurrence, Verdict};
use crate::model::placement::{Commit, KeptBy, Placement};

#[derive(Serialize)]
pub struct JsonEntry<'a> {
    rule: &'a str,
    title: &'a str,
    severity: &'static str,
    confidence: &'a str,
    fingerprint: Option<String>,
    secret: Option<&'a str>,
    #[serde(flatten)]
    path: WirePath,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
    line: Option<usize>,
    column: Option<usize>,
    /// The column in UTF-16 units, if it differs from `column`. `end_utf16_column` is the same for
    /// the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    utf16_column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_utf16_column: Option<usize>,
    start_byte: Option<usize>,
    end_byte: Option<usize>,
    excerpt: Option<&'a str>,
    encoding: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignore_file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<JsonLine<'a>>,
    object: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// True if the secret is only on this machine, as far as is known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    local: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    repositories: &'a [String],
    placement: Option<JsonPlacement<'a>>,
    occurrences: Vec<JsonPlace<'a>>,
    verdict: &'static str,
    suppression: Option<JsonReason<'a>>,
    /// The liveness of the secret; absent if the run did not ask Notion.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<Value>,
    advice: String,
    url: String,
}

impl<'a> JsonEntry<'a> {
    pub fn new(finding: &'a Finding, verdict: &'a Verdict) -> Self {
        let (start, end) = (
            finding.location.map(|at| at.start),
            finding.location.map(|at| at.end),
        );
        let suppression = JsonReason::of(verdict);
        JsonEntry {
            rule: finding.rule.id,
            title: finding.rule.title,
            severity: finding.severity.id(),
            confidence: finding.confidence.id(),
            fingerprint: finding.shown_fingerprint().map(ToString::to_string),
            secret: finding
                .evidence
                .as_ref()
                .map(|evidence| evidence.mask.as_str()),
            path: WirePath::new(&finding.origin),
            place: finding.origin.place(),
            variable: finding.variable.as_deref(),
            subject: finding.subject.as_deref(),
            note: finding.note.as_deref(),
            ignore_file: finding
                .ignoring
                .as_ref()
                .map(|ignoring| shown_path(&ignoring.change)),
            names: finding.ignoring.as_ref().map(names),
            decided_by: finding.ignoring.as_ref().and_then(JsonLine::new),
            line: start.map(|at| at.line),
            column: start.map(|at| at.column),
            utf16_column: start.and_then(utf16_column),
            end_line: end.map(|at| at.line),
            end_column: end.map(|at| at.column),
            end_utf16_column: end.and_then(utf16_column),
            start_byte: start.map(|at| at.offset),
            end_byte: end.map(|at| at.offset),
            excerpt: finding
                .excerpt
                .as_ref()
                .map(|excerpt| excerpt.text.as_str()),
            encoding: finding
                .encodings
                .iter()
                .map(|encoding| encoding.id())
                .collect(),
            object: finding.origin.object(),
            name: finding.origin.record().map(shown_path),
            local: finding.is_local,
            repositories: &finding.repositories,
            placement: finding.placement.as_deref().map(JsonPlacement::new),
            occurrences: finding.occurrences.iter().map(JsonPlace::new).collect(),
            verdict: verdict.id(),
            suppression,
            live: finding.liveness.as_deref().map(live::liveness),
            advice: advice::line(finding),
            url: finding.rule.url(),
        }
    }
}

/// Returns the column in UTF-16 units; `None` if it equals the column in characters.
fn utf16_column(at: Position) -> Option<usize> {
    Some(at.utf16_column).filter(|column| *column != at.column)
}

/// Returns the paths that an ignore file treats wrongly.
fn names(ignoring: &Ignoring) -> Vec<String> {
    let names = ignoring.names.iter();
    names.map(|name| wire(&name.path).0).collect()
}

impl<'a> JsonLine<'a> {
    /// Returns the line of an ignore file that decides about the paths; `None` if no line does.
    fn new(ignoring: &'a Ignoring) -> Option<Self> {
        let rule = ignoring.rule.as_ref()?;
        Some(JsonLine {
            path: shown_path(&rule.file),
            line: rule.line,
            text: &rule.text,
        })
    }
}

/// The placement of a secret in history.
#[derive(Serialize)]
pub struct JsonPlacement<'a> {
    introduced: Option<JsonCommit<'a>>,
    or_before: bool,
    removed: Option<JsonCommit<'a>>,
    tips: Vec<String>,
    commits: usize,
    paths: Vec<String>,
    kept_by: Vec<String>,
    published: bool,
}

impl<'a> JsonPlacement<'a> {
    pub fn new(placement: &'a Placement) -> Self {
        let names = |names: &[String]| {
            names
                .iter()
                .map(|name| shown_path(name.as_bytes()))
                .collect()
        };
        let shown = |keeper: &KeptBy| shown_path(keeper.to_string().as_bytes());
        JsonPlacement {
            introduced: placement.introduced.as_ref().map(JsonCommit::new),
            or_before: placement.or_before,
            removed: placement.removed.as_ref().map(JsonCommit::new),
            tips: names(&placement.tips),
            commits: placement.commits,
            paths: placement.paths.iter().map(|path| wire(path).0).collect(),
            kept_by: placement.kept_by.iter().map(shown).collect(),
            published: placement.published,
        }
    }
}

/// A commit.
#[derive(Serialize)]
pub struct JsonCommit<'a> {
    commit: &'a str,
    time: String,
    author: String,
}

impl<'a> JsonCommit<'a> {
    pub fn new(commit: &'a Commit) -> Self {
        JsonCommit {
            commit: &commit.id,
            time: commit.time(),
            author: shown_path(commit.author.as_bytes()),
        }
    }
}

/// One occurrence of a secret.
#[derive(Serialize)]
pub struct JsonPlace<'a> {
    #[serde(flatten)]
    path: WirePath,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
    line: Option<usize>,
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utf16_column: Option<usize>,
    object: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    verdict: &'static str,
}

impl<'a> JsonPlace<'a> {
    pub fn new(occurrence: &'a Occurrence) -> Self {
        let Occurrence {
            origin,
            location,
            verdict,
        } = occurrence;
        let start = location.map(|at| at.start);
        JsonPlace {
            path: WirePath::new(origin),
            place: origin.place(),
            line: start.map(|at| at.line),
            column: start.map(|at| at.column),
            utf16_column: start.and_then(utf16_column),
            object: origin.object(),
            name: origin.record().map(shown_path),
            verdict: verdict.id(),
        }
    }
}

/// The line of an ignore file that decides about the paths of a finding.
#[derive(Serialize)]
pub struct JsonLine<'a> {
    path: String,
    line: usize,
    text: &'a str,
}

#[derive(Serialize)]
pub struct JsonReason<'a> {
    by: &'a str,
    reason: String,
}

impl JsonReason<'_> {
    pub fn of(verdict: &Verdict) -> Option<Self> {
        verdict.suppression().map(|by| JsonReason {
            by: by.by.id(),
            reason: shown_path(by.reason.as_bytes()),
        })
    }
}
