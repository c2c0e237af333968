//! One JSON document, version 1: fields are added, never renamed.

use std::io::{self, Write};

use serde::Serialize;

use super::wire::{WirePath, wire};
use super::{Limited, Report, Warning, advice};
use crate::detect::redact::shown_path;
use crate::model::finding::{Finding, Occurrence, SecretEvidence, Verdict};
use crate::model::placement::{Commit, KeptBy, Placement};
use crate::model::rule::Severity;
use crate::model::skip::Skip;
use crate::source::{LeftOut, NotCheckedOut, Objects};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    complete: bool,
    skipped: Vec<Skipped<'a>>,
    accepted: Vec<JsonAccepted<'a>>,
    excluded: Vec<Excluded>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limited: Option<To<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_checked_out: Option<JsonAbsent>,
    warnings: Vec<Told<'a>>,
    summary: Summary,
    findings: Vec<JsonEntry<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Skipped<'a> {
    #[serde(flatten)]
    path: WirePath,
    object: Option<&'a str>,
    reason: &'a str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    help: &'a str,
}

/// What was not scanned and is accepted.
#[derive(Serialize)]
struct JsonAccepted<'a> {
    #[serde(flatten)]
    skipped: Skipped<'a>,
    verdict: &'static str,
    suppression: Option<JsonReason<'a>>,
}

/// What the configuration leaves out.
#[derive(Serialize)]
struct Excluded {
    pattern: String,
    paths: u64,
}

/// What flags limited the run to.
#[derive(Serialize)]
struct To<'a> {
    rules: &'a [&'static str],
    exclude: Vec<String>,
}

/// What was not checked out.
#[derive(Serialize)]
struct JsonAbsent {
    files: u64,
    folders: u64,
    submodules: Vec<String>,
}

/// What should be mended in the configuration.
#[derive(Serialize)]
struct Told<'a> {
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
    seconds: f64,
}

/// How many places became what, where findings have several.
#[derive(Default, Serialize)]
struct Occurrences {
    reported: usize,
    suppressed: usize,
    already_there: usize,
    allowed_by_change: usize,
    below_confidence: usize,
}

/// How many of git's objects were looked at.
#[derive(Serialize)]
struct Counted {
    commits: u64,
    trees: u64,
    blobs: u64,
    tags: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct JsonEntry<'a> {
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
    end_line: Option<usize>,
    end_column: Option<usize>,
    start_byte: Option<usize>,
    end_byte: Option<usize>,
    excerpt: Option<&'a str>,
    encoding: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<&'a str>,
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
    placement: Option<Placed<'a>>,
    occurrences: Vec<JsonPlace<'a>>,
    verdict: &'static str,
    suppression: Option<JsonReason<'a>>,
    advice: String,
    url: String,
}

/// Where in history a secret lies.
#[derive(Serialize)]
struct Placed<'a> {
    introduced: Option<Made<'a>>,
    or_before: bool,
    removed: Option<Made<'a>>,
    tips: Vec<String>,
    commits: usize,
    paths: Vec<String>,
    kept_by: Vec<String>,
    published: bool,
}

/// A commit.
#[derive(Serialize)]
struct Made<'a> {
    commit: &'a str,
    time: String,
    author: String,
}

/// One of the places of a secret.
#[derive(Serialize)]
struct JsonPlace<'a> {
    #[serde(flatten)]
    path: WirePath,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    place: Option<&'static str>,
    line: Option<usize>,
    column: Option<usize>,
    object: Option<&'a str>,
    verdict: &'static str,
}

/// The line of an ignore file that decides.
#[derive(Serialize)]
struct JsonLine<'a> {
    path: String,
    line: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonReason<'a> {
    by: &'a str,
    reason: String,
}

impl JsonReason<'_> {
    fn of(verdict: &Verdict) -> Option<Self> {
        verdict.suppression().map(|by| JsonReason {
            by: by.by.id(),
            reason: shown_path(by.reason.as_bytes()),
        })
    }
}

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        source: report.source.name(),
        scope: report
            .scope
            .as_ref()
            .map(|scope| shown_path(scope.as_bytes())),
        complete: report.is_complete(),
        skipped: report.skips.iter().map(Skipped::new).collect(),
        accepted: report.accepted.iter().map(JsonAccepted::new).collect(),
        excluded: report.left_out.iter().map(Excluded::new).collect(),
        limited: To::new(&report.limited),
        not_checked_out: JsonAbsent::new(&report.not_checked_out),
        warnings: report.warnings.iter().map(Told::new).collect(),
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

impl<'a> Told<'a> {
    fn new(warning: &'a Warning) -> Self {
        Told {
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

impl<'a> To<'a> {
    fn new(limited: &'a Limited) -> Option<Self> {
        (!limited.is_empty()).then(|| To {
            rules: &limited.rules,
            exclude: limited.shown(),
        })
    }
}

impl<'a> Placed<'a> {
    fn new(placement: &'a Placement) -> Self {
        let names = |names: &[String]| {
            names
                .iter()
                .map(|name| shown_path(name.as_bytes()))
                .collect()
        };
        let shown = |keeper: &KeptBy| shown_path(keeper.to_string().as_bytes());
        Placed {
            introduced: placement.introduced.as_ref().map(Made::new),
            or_before: placement.or_before,
            removed: placement.removed.as_ref().map(Made::new),
            tips: names(&placement.tips),
            commits: placement.commits,
            paths: placement.paths.iter().map(|path| wire(path).0).collect(),
            kept_by: placement.kept_by.iter().map(shown).collect(),
            published: placement.published,
        }
    }
}

impl<'a> Made<'a> {
    fn new(commit: &'a Commit) -> Self {
        Made {
            commit: &commit.id,
            time: commit.time(),
            author: shown_path(commit.author.as_bytes()),
        }
    }
}

impl<'a> JsonPlace<'a> {
    fn new(occurrence: &'a Occurrence) -> Self {
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
            object: origin.object(),
            verdict: verdict.id(),
        }
    }
}

impl<'a> Skipped<'a> {
    fn new(skip: &'a Skip) -> Self {
        Skipped {
            path: WirePath::new(&skip.origin),
            object: skip.origin.object(),
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

impl<'a> JsonEntry<'a> {
    fn new(finding: &'a Finding, verdict: &'a Verdict) -> Self {
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
            fingerprint: finding
                .evidence
                .as_ref()
                .and_then(SecretEvidence::shown)
                .map(ToString::to_string),
            secret: finding
                .evidence
                .as_ref()
                .map(|evidence| evidence.mask.as_str()),
            path: WirePath::new(&finding.origin),
            place: finding.origin.place(),
            variable: finding.variable.as_deref(),
            note: finding.note.as_deref(),
            ignore_file: finding
                .ignoring
                .as_ref()
                .map(|ignoring| shown_path(&ignoring.change)),
            names: finding.ignoring.as_ref().map(|ignoring| {
                ignoring
                    .names
                    .iter()
                    .map(|name| wire(&name.path).0)
                    .collect()
            }),
            decided_by: finding
                .ignoring
                .as_ref()
                .and_then(|ignoring| ignoring.rule.as_ref())
                .map(|rule| JsonLine {
                    path: shown_path(&rule.file),
                    line: rule.line,
                    text: &rule.text,
                }),
            line: start.map(|at| at.line),
            column: start.map(|at| at.column),
            end_line: end.map(|at| at.line),
            end_column: end.map(|at| at.column),
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
            placement: finding.placement.as_deref().map(Placed::new),
            occurrences: finding.occurrences.iter().map(JsonPlace::new).collect(),
            verdict: verdict.id(),
            suppression,
            advice: advice::line(finding),
            url: finding.rule.url(),
        }
    }
}
