//! The facts about one of the reports that are merged. They are kept for every report, so they are
//! small.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::model::rule::Severity;
use crate::model::source_kind::SourceKind;
use crate::model::time::seconds;
use crate::report::{FailureThreshold, Inquiry, Limited, MergedRun, Report};
use crate::source::{NotCheckedOut, Objects};

use super::newest::{self, ScanId};

/// The facts about one report that was added to the merge.
pub struct MergeInput {
    /// The name of the report's repository, or of its file if it names no repository.
    pub name: Arc<str>,
    /// The identity by which a newer report replaces this one. `None` if the report lacks a part of
    /// the identity, or comes from an earlier merge.
    pub id: Option<ScanId>,
    /// The start of the run; the beginning of 1970 if the report does not contain the start.
    pub start: SystemTime,
    /// True if the run skipped nothing.
    pub is_complete: bool,
    /// The runs that the report covers: one run, or several if the report itself comes from an
    /// earlier merge.
    pub runs: Box<[MergedRun]>,
    /// True if the findings of the report reach the severity that fails its run.
    pub fails: bool,
    /// The digest of the findings, their verdicts and the skips. Reports with the same digest have
    /// the same content.
    pub content: [u8; 32],
    /// The limits of the run, by `--rule` and `--exclude`.
    pub limited: Limited,
    /// True if the run was limited to the folder that it was started in.
    pub is_of_folder: bool,
    /// True if the findings depend on the index, which is not part of a [`ScanId`].
    pub depends_on_index: bool,
    /// The counts of the run: this field and the next five.
    pub blobs: u64,
    pub bytes: u64,
    pub objects: Option<Objects>,
    pub time: Duration,
    pub inquiry: Option<Inquiry>,
    pub absent: NotCheckedOut,
    /// True if the report comes from a merge of several repositories, so that each finding says
    /// which repository it is in.
    pub is_many: bool,
    /// True if a newer report replaces this one, or if the same report was given twice.
    pub is_superseded: bool,
}

impl MergeInput {
    /// Returns the facts about a report that was read from `file`.
    pub fn of(report: &Report, file: &str, words: &mut Words) -> Self {
        let named: BTreeSet<&str> = report.runs.iter().map(|run| &*run.repository).collect();
        let is_many = named.len() > 1;
        let own = report.facts.repository.as_deref();
        let name = own.or_else(|| named.into_iter().next().filter(|_| !is_many));
        let name: Arc<str> = name.unwrap_or(file).into();
        let threshold = report.facts.fail_on;
        let threshold = threshold.unwrap_or_else(|| usual(report.source));
        let own_fails = report.fails(threshold.severity());
        let runs = match report.runs.is_empty() {
            true => Box::new([run(report, &name, own_fails, words)]) as Box<[MergedRun]>,
            false => report.runs.iter().map(|run| words.shared(run)).collect(),
        };
        MergeInput {
            id: ScanId::of(report),
            name,
            start: report.start,
            is_complete: report.is_complete() && fit(report),
            runs,
            fails: own_fails || report.runs.iter().any(|run| run.fails && !run.superseded),
            content: newest::content(report),
            limited: report.limited.clone(),
            is_of_folder: report.facts.folder.is_some() && report.source != SourceKind::History,
            depends_on_index: matches!(report.source, SourceKind::Index | SourceKind::Env),
            blobs: report.blobs,
            bytes: report.bytes,
            objects: report.objects,
            time: report.time,
            inquiry: report.inquiry.clone(),
            absent: report.not_checked_out.clone(),
            is_many,
            is_superseded: false,
        }
    }
}

/// Returns true if a merged report fits its runs: at least one run is not superseded; if the report
/// is complete, all of these runs are; and if one of them has findings, so does the report.
pub fn fit(report: &Report) -> bool {
    let counted = || report.runs.iter().filter(|run| !run.superseded);
    let is_complete = || !report.is_complete() || counted().all(|run| run.complete);
    let has_findings = || report.reported().next().is_some();
    let is_whole = || has_findings() || counted().all(|run| run.findings == 0);
    report.runs.is_empty() || counted().next().is_some() && is_complete() && is_whole()
}

/// Returns the run of a report of the repository `name`. The report must not come from a merge.
fn run(report: &Report, name: &Arc<str>, fails: bool, words: &mut Words) -> MergedRun {
    let facts = &report.facts;
    MergedRun {
        repository: name.clone(),
        head: facts.head.as_deref().map(Box::from),
        time: Some(seconds(report.start)).filter(|start| *start > 0),
        command: facts.command.as_deref().map(|command| words.word(command)),
        source: words.word(report.source.name()),
        version: words.word(&facts.version),
        complete: report.is_complete(),
        findings: report.reported().count() as u64,
        fails,
        seconds: report.time.as_secs_f64(),
        superseded: false,
    }
}

/// Returns the default threshold of the commands that scan a source of this kind.
fn usual(source: SourceKind) -> FailureThreshold {
    match source {
        SourceKind::Review => FailureThreshold::Never,
        SourceKind::Env | SourceKind::Access | SourceKind::Rotation => {
            FailureThreshold::Severity(Severity::Warning)
        }
        _ => FailureThreshold::Severity(Severity::Error),
    }
}

/// Strings that many runs share, each stored once.
#[derive(Default)]
pub struct Words(HashSet<Arc<str>>);

impl Words {
    fn word(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let word: Arc<str> = text.into();
        self.0.insert(word.clone());
        word
    }

    /// Returns the run with its strings replaced by the shared ones.
    fn shared(&mut self, run: &MergedRun) -> MergedRun {
        MergedRun {
            command: run.command.as_deref().map(|command| self.word(command)),
            source: self.word(&run.source),
            version: self.word(&run.version),
            ..run.clone()
        }
    }
}
