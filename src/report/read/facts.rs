//! Reads the facts about the run from a saved report: everything except its findings and skips.

use std::time::{Duration, UNIX_EPOCH};

use super::Misread;
use super::document::{
    SavedDocument, SavedInquiry, SavedLimit, SavedRun, SavedSummary, SavedWarning,
};
use super::finding::shown;
use super::text::{SavedList, SavedText};
use super::whole::wrong;
use crate::model::rule::Severity;
use crate::model::time::seconds_of;
use crate::report::{FailureThreshold, Inquiry, Limited, MergedRun, Report, RunFacts, Warning};
use crate::rules::by_id;
use crate::source::{LeftOut, NotCheckedOut, Objects};

/// Puts the facts about the run into `report`.
pub fn put(report: &mut Report, saved: &SavedDocument) -> Result<(), Misread> {
    report.facts = facts(saved)?;
    report.runs = runs(&saved.runs)?;
    report.scope = saved.scope.as_ref().map(SavedText::shown);
    let warnings = saved.warnings.kept.iter().map(warning);
    report.warnings = warnings.collect::<Result<_, _>>()?;
    report.limited = match &saved.limited {
        Some(saved) => limited(saved)?,
        None => Limited::default(),
    };
    report.start = UNIX_EPOCH;
    if let Some(time) = &saved.time {
        let start = seconds_of(time.raw()).and_then(|start| u64::try_from(start).ok());
        report.start += Duration::from_secs(start.ok_or_else(|| wrong("time"))?);
    }
    of_absence(report, saved);
    Ok(())
}

fn facts(saved: &SavedDocument) -> Result<RunFacts, Misread> {
    let head = saved.head.as_ref();
    let head = head.map(|id| id.id().ok_or_else(|| wrong("head")));
    Ok(RunFacts {
        version: text(&saved.tool.version).unwrap_or_default(),
        command: text(&saved.command),
        repository: saved.repository.as_ref().map(repository).transpose()?,
        head: head.transpose()?,
        folder: text(&saved.folder),
        fail_on: saved.fail_on.as_ref().map(threshold).transpose()?,
    })
}

fn threshold(id: &SavedText) -> Result<FailureThreshold, Misread> {
    let severity = Severity::ALL.into_iter().find(|one| one.id() == id.raw());
    match severity {
        None if id.raw() != "never" => Err(wrong("fail_on")),
        severity => Ok(FailureThreshold::from(severity)),
    }
}

/// Returns the name of a repository. A long name is refused: each place in a merged report begins
/// with such a name, so it would fill the memory.
fn repository(name: &SavedText) -> Result<String, Misread> {
    const LONGEST: usize = 1024;
    let name = name.shown();
    Some(name)
        .filter(|name| name.len() <= LONGEST)
        .ok_or_else(|| wrong("repository"))
}

fn text(text: &Option<SavedText>) -> Option<String> {
    text.as_ref().map(SavedText::shown)
}

fn runs(saved: &SavedList<SavedRun>) -> Result<Vec<MergedRun>, Misread> {
    let run = |saved: &SavedRun| {
        let time = saved.time.as_ref();
        let time = time.map(|time| seconds_of(time.raw()).ok_or_else(|| wrong("runs")));
        Ok(MergedRun {
            repository: repository(&saved.repository)?.into(),
            head: text(&saved.head).map(Into::into),
            time: time.transpose()?,
            command: text(&saved.command).map(Into::into),
            source: saved.source.shown().into(),
            version: saved.version.shown().into(),
            complete: saved.complete,
            findings: saved.findings,
            fails: saved.fails,
            seconds: saved.seconds,
            superseded: saved.superseded,
        })
    };
    saved.kept.iter().map(run).collect()
}

/// The kinds of configuration flaws in reports.
const FLAWS: [&str; 3] = ["stale", "expired", "changed"];

fn warning(saved: &SavedWarning) -> Result<Warning, Misread> {
    let kind = FLAWS.into_iter().find(|kind| *kind == saved.kind.raw());
    Ok(Warning {
        kind: kind.ok_or_else(|| wrong("warnings"))?,
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

/// Puts the counts of a run into `report`.
pub fn of_summary(report: &mut Report, saved: &SavedSummary) -> Result<(), Misread> {
    (report.blobs, report.bytes) = (saved.blobs, saved.bytes);
    /// The longest duration that is accepted, in seconds: a century.
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
