//! The report as one JSON document, format version 1. Later versions of ntnguard may add fields,
//! but never rename them.

mod entry;
mod run;

use std::io::{self, Write};

use serde::Serialize;

use super::wire::{WirePath, wire};
use super::{FailureThreshold, Limited, Report, Warning, access, live, rotation};
use crate::detect::redact::shown_path;
use crate::model::finding::Verdict;
use crate::model::rule::Severity;
use crate::model::skip::Skip;
use crate::model::time::moment;
use crate::source::{LeftOut, NotCheckedOut, Objects};
use entry::{JsonEntry, JsonReason};
use run::JsonRuns;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fail_on: Option<&'a str>,
    source: &'a str,
    #[serde(skip_serializing_if = "JsonRuns::is_empty")]
    runs: JsonRuns<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    complete: bool,
    skipped: Vec<Skipped<'a>>,
    accepted: Vec<JsonAccepted<'a>>,
    excluded: Vec<Excluded>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limited: Option<JsonLimits<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_checked_out: Option<JsonAbsent>,
    warnings: Vec<JsonWarning<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<serde_json::Value>,
    #[serde(flatten)]
    access: Option<serde_json::Value>,
    summary: Summary,
    findings: Vec<JsonEntry<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Skipped<'a> {
    #[serde(flatten)]
    path: WirePath,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
    object: Option<&'a str>,
    /// The name of the ref or git record that could not be read.
    #[serde(rename = "record", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    reason: &'a str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    help: &'a str,
}

/// An accepted skip.
#[derive(Serialize)]
struct JsonAccepted<'a> {
    #[serde(flatten)]
    skipped: Skipped<'a>,
    verdict: &'static str,
    suppression: Option<JsonReason<'a>>,
}

/// A pattern that excludes paths, and the number of paths that it excluded.
#[derive(Serialize)]
struct Excluded {
    pattern: String,
    paths: u64,
}

/// The limits that the flags `--rule` and `--exclude` put on the run.
#[derive(Serialize)]
struct JsonLimits<'a> {
    rules: &'a [&'static str],
    exclude: Vec<String>,
}

/// The files that were not checked out.
#[derive(Serialize)]
struct JsonAbsent {
    files: u64,
    folders: u64,
    submodules: Vec<String>,
}

/// A flaw in the configuration or the baseline.
#[derive(Serialize)]
struct JsonWarning<'a> {
    kind: &'a str,
    file: String,
    lines: &'a [usize],
    message: String,
}

#[derive(Serialize)]
struct Summary {
    blobs: u64,
    bytes: u64,
    findings: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
    accepted: usize,
    already_there: usize,
    allowed_by_change: usize,
    below_confidence: usize,
    occurrences: Occurrences,
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<Counted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<serde_json::Value>,
    seconds: f64,
}

/// The number of occurrences with each verdict. A finding may have several occurrences.
#[derive(Default, Serialize)]
struct Occurrences {
    reported: usize,
    suppressed: usize,
    already_there: usize,
    allowed_by_change: usize,
    below_confidence: usize,
}

/// The numbers of git objects read, and their total size in bytes.
#[derive(Serialize)]
struct Counted {
    commits: u64,
    trees: u64,
    blobs: u64,
    tags: u64,
    bytes: u64,
}

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let facts = &report.facts;
    let shown = |text: &str| shown_path(text.as_bytes());
    let document = Document {
        version: 1,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: &facts.version,
        },
        time: report.began().map(|at| format!("{}Z", moment(at))),
        command: facts.command.as_deref().map(shown),
        repository: facts.repository.as_deref().map(shown),
        head: facts.head.as_deref(),
        folder: facts
            .folder
            .as_ref()
            .map(|folder| shown_path(folder.as_bytes())),
        fail_on: facts.fail_on.map(FailureThreshold::id),
        source: report.source.name(),
        runs: JsonRuns(&report.runs),
        scope: report
            .scope
            .as_ref()
            .map(|scope| shown_path(scope.as_bytes())),
        complete: report.is_complete(),
        skipped: report.skips.iter().map(Skipped::new).collect(),
        accepted: report.accepted.iter().map(JsonAccepted::new).collect(),
        excluded: report.left_out.iter().map(Excluded::new).collect(),
        limited: JsonLimits::new(&report.limited),
        not_checked_out: JsonAbsent::new(&report.not_checked_out),
        warnings: report.warnings.iter().map(JsonWarning::new).collect(),
        tokens: rotation::json(&report.ages),
        access: report.access.as_deref().map(access::json),
        summary: Summary {
            blobs: report.blobs,
            bytes: report.bytes,
            findings: report.reported().count(),
            errors: report.reported_as(Severity::Error),
            warnings: report.reported_as(Severity::Warning),
            notes: report.reported_as(Severity::Note),
            suppressed: report.suppressed(),
            accepted: report.accepted.len(),
            already_there: report.already_there(),
            allowed_by_change: report.allowed_by_change(),
            below_confidence: report.below_confidence(),
            occurrences: Occurrences::of(report),
            objects: report.objects.map(Counted::new),
            live: live::counts(report),
            seconds: report.time.as_secs_f64(),
        },
        findings: report
            .findings
            .iter()
            .map(|(finding, verdict)| JsonEntry::new(finding, verdict))
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

impl Excluded {
    fn new(left_out: &LeftOut) -> Self {
        Excluded {
            pattern: shown_path(left_out.pattern.as_bytes()),
            paths: left_out.paths,
        }
    }
}

impl JsonAbsent {
    fn new(absent: &NotCheckedOut) -> Option<Self> {
        let submodules = absent.submodules.iter().map(|path| wire(path).0).collect();
        (!absent.is_empty()).then_some(JsonAbsent {
            files: absent.files,
            folders: absent.folders,
            submodules,
        })
    }
}

impl<'a> JsonWarning<'a> {
    fn new(warning: &'a Warning) -> Self {
        JsonWarning {
            kind: warning.kind,
            file: shown_path(warning.file.as_bytes()),
            lines: &warning.lines,
            message: shown_path(warning.message.as_bytes()),
        }
    }
}

impl Occurrences {
    fn of(report: &Report) -> Self {
        let mut counts = Occurrences::default();
        for verdict in report
            .findings
            .iter()
            .flat_map(|(finding, _)| &finding.occurrences)
            .map(|place| &place.verdict)
        {
            *match verdict {
                Verdict::Reported => &mut counts.reported,
                Verdict::Suppressed(_) => &mut counts.suppressed,
                Verdict::AlreadyThere => &mut counts.already_there,
                Verdict::AllowedByChange(_) => &mut counts.allowed_by_change,
                Verdict::BelowConfidence => &mut counts.below_confidence,
            } += 1;
        }
        counts
    }
}

impl Counted {
    fn new(objects: Objects) -> Self {
        let Objects {
            commits,
            trees,
            blobs,
            tags,
            bytes,
        } = objects;
        Counted {
            commits,
            trees,
            blobs,
            tags,
            bytes,
        }
    }
}

impl<'a> JsonLimits<'a> {
    fn new(limited: &'a Limited) -> Option<Self> {
        (!limited.is_empty()).then(|| JsonLimits {
            rules: &limited.rules,
            exclude: limited.shown(),
        })
    }
}

impl<'a> Skipped<'a> {
    fn new(skip: &'a Skip) -> Self {
        Skipped {
            path: WirePath::new(&skip.origin),
            place: skip.origin.place(),
            object: skip.origin.object(),
            name: skip.origin.record().map(shown_path),
            reason: skip.reason.id(),
            detail: shown_path(skip.detail.as_bytes()),
            digest: skip.digest.as_ref().map(ToString::to_string),
            help: skip.help(),
        }
    }
}

impl<'a> JsonAccepted<'a> {
    fn new((skip, verdict): &'a (Skip, Verdict)) -> Self {
        JsonAccepted {
            skipped: Skipped::new(skip),
            verdict: verdict.id(),
            suppression: JsonReason::of(verdict),
        }
    }
}
