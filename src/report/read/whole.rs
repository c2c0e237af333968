//! A saved report as a report.

use std::time::{Duration, UNIX_EPOCH};

use super::document::{
    SavedAcceptance, SavedDocument, SavedFinding, SavedInquiry, SavedLimit, SavedRun, SavedSkip,
    SavedSummary, SavedWarning,
};
use super::finding::{self, shown};
use super::origin::origin;
use super::text::{SavedList, SavedText};
use super::{MOST_ENTRIES, Misread};
use crate::model::finding::Verdict;
use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::model::time::seconds_of;
use crate::report::{
    FailureThreshold, Inquiry, Judged, Limited, MergedRun, Report, RunFacts, Warning,
};
use crate::rules::by_id;
use crate::source::{LeftOut, NotCheckedOut, Objects};

/// The rule of findings whose own rule is not known here.
static OF_ANOTHER_VERSION: Rule = Rule {
    id: "rule-of-another-version",
    title: "Finding of another version of ntnguard",
    kind: RuleKind::Credential,
    sources: &[],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Read the report with the version of ntnguard that wrote it. Until then, take it for a leak.",
    variable: "",
    page: "",
    detectors: &[],
    masked: &[],
    evidence: &[],
};

/// Returns the report of a document, with the faults of its parts.
pub fn report(saved: SavedDocument) -> Result<(Report, Vec<Misread>), Misread> {
    let missing = |name: &str| Misread::corrupt(format!("the report has no `{name}`"));
    let source = saved.source.as_ref().ok_or_else(|| missing("source"))?;
    let source = SourceKind::ALL
        .into_iter()
        .find(|kind| kind.name() == source.raw())
        .ok_or_else(|| wrong("source"))?;
    let complete = saved.complete.ok_or_else(|| missing("complete"))?;
    let skipped = saved.skipped.as_ref().ok_or_else(|| missing("skipped"))?;
    let summary = saved.summary.as_ref().ok_or_else(|| missing("summary"))?;
    let findings = saved.findings.as_ref().ok_or_else(|| missing("findings"))?;
    let mut faults = Vec::new();
    let mut report = Report {
        facts: facts(&saved)?,
        runs: runs(&saved.runs),
        scope: saved.scope.as_ref().map(SavedText::shown),
        findings: judged(findings, source, &mut faults)?,
        skips: skips(skipped, source)?,
        accepted: accepted(&saved.accepted, source)?,
        warnings: saved.warnings.kept.iter().filter_map(warning).collect(),
        limited: saved
            .limited
            .as_ref()
            .map(limited)
            .transpose()?
            .unwrap_or_default(),
        ..Report::new(source)
    };
    of_summary(&mut report, summary)?;
    of_absence(&mut report, &saved);
    if let Some(time) = &saved.time {
        let start = seconds_of(time.raw()).ok_or_else(|| wrong("time"))?;
        let start = u64::try_from(start).map_err(|_| wrong("time"))?;
        report.start = UNIX_EPOCH + Duration::from_secs(start);
    } else {
        report.start = UNIX_EPOCH;
    }
    faults.extend(contradictions(&report, complete, summary, findings));
    let lists = [skipped.more, saved.accepted.more, saved.runs.more];
    faults.extend(too_many("entries", lists.iter().sum()));
    Ok((report, faults))
}

fn wrong(name: &str) -> Misread {
    Misread::unsupported(format!(
        "`{name}` has a value that this version of ntnguard does not know"
    ))
}

/// Returns the fault of a list that is longer than what is read of it.
fn too_many(what: &str, more: usize) -> Option<Misread> {
    let detail = format!("{more} more {what} than the {MOST_ENTRIES} that are read of a report");
    let advice = "scan a part of it at a time (`--rule`, or one repository), and report on those";
    (more > 0).then(|| Misread::new(SkipReason::Limit, detail, advice))
}

/// Returns the parts of a report that contradict each other: an edited report is not trusted to be
/// complete.
fn contradictions(
    report: &Report,
    complete: bool,
    summary: &SavedSummary,
    findings: &SavedList<SavedFinding>,
) -> Vec<Misread> {
    let mut faults: Vec<Misread> = too_many("findings", findings.more).into_iter().collect();
    if !complete && report.skips.is_empty() {
        let detail = "the scan was not complete, and the report does not tell what it skipped";
        faults.push(Misread::corrupt(detail));
    }
    let counted = report.reported().count();
    if findings.more == 0 && faults.is_empty() && counted != summary.findings {
        faults.push(Misread::corrupt(format!(
            "its summary counts {} findings, and it lists {counted}",
            summary.findings
        )));
    }
    faults
}

fn facts(saved: &SavedDocument) -> Result<RunFacts, Misread> {
    let fail_on = saved.fail_on.as_ref().map(|id| {
        let severity = Severity::ALL.into_iter().find(|one| one.id() == id.raw());
        match severity {
            None if id.raw() != "never" => Err(wrong("fail_on")),
            severity => Ok(FailureThreshold::from(severity)),
        }
    });
    Ok(RunFacts {
        version: saved
            .tool
            .version
            .as_ref()
            .map(SavedText::shown)
            .unwrap_or_default(),
        command: saved.command.as_ref().map(SavedText::shown),
        repository: saved.repository.as_ref().map(SavedText::shown),
        head: saved
            .head
            .as_ref()
            .map(|id| id.id().ok_or_else(|| wrong("head")))
            .transpose()?,
        fail_on: fail_on.transpose()?,
    })
}

fn runs(saved: &SavedList<SavedRun>) -> Vec<MergedRun> {
    let text = |text: &Option<SavedText>| text.as_ref().map(SavedText::shown);
    let run = |saved: &SavedRun| MergedRun {
        repository: saved.repository.shown(),
        head: text(&saved.head),
        time: text(&saved.time),
        command: text(&saved.command),
        source: saved.source.shown(),
        version: saved.version.shown(),
        complete: saved.complete,
        findings: saved.findings,
        fails: saved.fails,
        seconds: saved.seconds,
        superseded: saved.superseded,
    };
    saved.kept.iter().map(run).collect()
}

/// Returns the findings. One by a rule that is not known here is kept under a rule that says so,
/// and is a fault of the report.
fn judged(
    saved: &SavedList<SavedFinding>,
    source: SourceKind,
    faults: &mut Vec<Misread>,
) -> Result<Vec<Judged>, Misread> {
    let mut all = Vec::with_capacity(saved.kept.len());
    let mut unknown: Option<String> = None;
    for one in &saved.kept {
        let rule = by_id(one.rule.raw());
        let (mut finding, verdict) =
            finding::judged(one, rule.unwrap_or(&OF_ANOTHER_VERSION), source).map_err(wrong)?;
        if rule.is_none() {
            let title = format!("{} ({})", one.title.shown(), one.rule.shown());
            let note = finding
                .note
                .take()
                .map_or_else(String::new, |note| format!(" {note}"));
            finding.note = Some(format!(
                "By a rule of another version of ntnguard: {title}.{note}"
            ));
            unknown = Some(one.rule.shown());
        }
        all.push((finding, verdict));
    }
    faults.extend(unknown.map(|id| {
        let id: String = id.chars().take(60).collect();
        Misread::unsupported(format!(
            "it has findings of a rule that is not known here: {id}"
        ))
    }));
    Ok(all)
}

fn skips(saved: &SavedList<SavedSkip>, source: SourceKind) -> Result<Vec<Skip>, Misread> {
    let skips = saved.kept.iter();
    skips
        .map(|saved| skip(saved, source).ok_or_else(|| wrong("skipped")))
        .collect()
}

fn skip(saved: &SavedSkip, source: SourceKind) -> Option<Skip> {
    let reason = SkipReason::ALL
        .into_iter()
        .find(|reason| reason.id() == saved.reason.raw())?;
    let digest = match &saved.digest {
        Some(digest) => Some(digest.raw().parse().ok()?),
        None => None,
    };
    let origin = origin(&saved.into(), source)?;
    Some(Skip::new(origin, reason, saved.detail.shown()).of_object(digest))
}

fn accepted(
    saved: &SavedList<SavedAcceptance>,
    source: SourceKind,
) -> Result<Vec<(Skip, Verdict)>, Misread> {
    let accepted = |saved: &SavedAcceptance| {
        let verdict = finding::verdict(&saved.verdict, saved.suppression.as_ref())?;
        Some((skip(&saved.skip, source)?, verdict))
    };
    let all = saved.kept.iter().map(accepted);
    all.map(|one| one.ok_or_else(|| wrong("accepted")))
        .collect()
}

/// The kinds of flaws of a configuration that reports name.
const FLAWS: [&str; 3] = ["stale", "expired", "changed"];

fn warning(saved: &SavedWarning) -> Option<Warning> {
    Some(Warning {
        kind: FLAWS.into_iter().find(|kind| *kind == saved.kind.raw())?,
        file: saved.file.shown(),
        lines: saved.lines.kept.clone(),
        message: saved.message.shown(),
    })
}

fn limited(saved: &SavedLimit) -> Result<Limited, Misread> {
    let rules = saved.rules.kept.iter();
    let rules = rules.map(|id| Ok(by_id(id.raw()).ok_or_else(|| wrong("limited"))?.id));
    Ok(Limited {
        rules: rules.collect::<Result<_, _>>()?,
        exclude: shown(&saved.exclude),
    })
}

fn of_summary(report: &mut Report, saved: &SavedSummary) -> Result<(), Misread> {
    (report.blobs, report.bytes) = (saved.blobs, saved.bytes);
    /// A run takes no longer: a century, in seconds.
    const LONGEST: f64 = 3.2e9;
    let seconds = Some(saved.seconds).filter(|seconds| *seconds <= LONGEST);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    report.time = time.ok_or_else(|| wrong("seconds"))?;
    report.objects = saved.objects.as_ref().map(|objects| Objects {
        commits: objects.commits,
        trees: objects.trees,
        blobs: objects.blobs,
        tags: objects.tags,
        bytes: objects.bytes,
    });
    report.inquiry = saved.live.as_ref().map(|live: &SavedInquiry| Inquiry {
        allows_dead: live.allow_dead,
        requests: live.requests,
        host: live.host.shown(),
    });
    Ok(())
}

fn of_absence(report: &mut Report, saved: &SavedDocument) {
    let left_out = saved.excluded.kept.iter().map(|one| LeftOut {
        pattern: one.pattern.shown(),
        paths: one.paths,
    });
    report.left_out = left_out.collect();
    if let Some(absent) = &saved.not_checked_out {
        report.not_checked_out = NotCheckedOut {
            files: absent.files,
            folders: absent.folders,
            submodules: absent.submodules.kept.iter().map(SavedText::path).collect(),
        };
    }
}
