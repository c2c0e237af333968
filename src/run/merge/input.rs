//! The facts about one of the reports that are merged.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime};

use crate::model::rule::Severity;
use crate::model::source_kind::SourceKind;
use crate::model::time::{moment, seconds};
use crate::report::{FailureThreshold, Inquiry, Limited, MergedRun, Report};
use crate::source::{NotCheckedOut, Objects};

/// The facts about one report that was added to the merge.
pub struct MergeInput {
    /// The name of the report's repository, or of its file if it names no repository.
    pub name: String,
    /// The repository, head, command and limits of the run: a newer report replaces this one if
    /// all are equal. `None` if the report does not contain them or its time, or if it comes from
    /// an earlier merge.
    pub look: Option<[String; 4]>,
    /// The start of the run; the beginning of 1970 if the report does not contain the start.
    pub start: SystemTime,
    /// True if the run skipped nothing that it should have scanned.
    pub is_complete: bool,
    /// The runs that the report covers: one run, or several if the report itself comes from an
    /// earlier merge.
    pub runs: Vec<MergedRun>,
    /// True if the findings of the report reach the severity that fails its run.
    pub fails: bool,
    /// A digest of the findings: two reports with the same one say the same.
    pub content: u64,
    /// The limits of the run, by `--rule` and `--exclude`.
    pub limited: Limited,
    /// The number of blobs that were scanned.
    pub blobs: u64,
    /// The number of bytes that were scanned.
    pub bytes: u64,
    /// The numbers of git objects that were read; `None` if no objects were read.
    pub objects: Option<Objects>,
    /// The duration of the run.
    pub time: Duration,
    /// The requests that asked Notion about findings; `None` if the run did not ask Notion.
    pub inquiry: Option<Inquiry>,
    /// The files and submodules that were not checked out.
    pub absent: NotCheckedOut,
    /// True if the report comes from a merge of several repositories, so that each finding says
    /// which repository it is in.
    pub is_many: bool,
    /// True if the run looked at what was staged.
    pub is_of_index: bool,
    /// True if a newer report replaces this one, or if the same report was given twice.
    pub is_superseded: bool,
}

impl MergeInput {
    /// Returns the facts about a report that was read from `file`.
    pub fn of(report: &Report, file: &str) -> Self {
        let facts = &report.facts;
        let named: BTreeSet<&String> = report.runs.iter().map(|run| &run.repository).collect();
        let is_many = named.len() > 1;
        let own = facts.repository.clone();
        let name = own.or_else(|| named.into_iter().next().filter(|_| !is_many).cloned());
        let name = name.unwrap_or_else(|| file.to_owned());
        let threshold = facts.fail_on.unwrap_or_else(|| usual(report.source));
        let time = Some(seconds(report.start)).filter(|start| *start > 0);
        let own_fails = report.fails(threshold.severity());
        let run = || MergedRun {
            repository: name.clone(),
            head: facts.head.clone(),
            time: time.map(|at| format!("{}Z", moment(at))),
            command: facts.command.clone(),
            source: report.source.name().to_owned(),
            version: facts.version.clone(),
            complete: report.is_complete(),
            findings: report.reported().count() as u64,
            fails: own_fails,
            seconds: report.time.as_secs_f64(),
            superseded: false,
        };
        let runs = match report.runs.is_empty() {
            true => vec![run()],
            false => report.runs.clone(),
        };
        let look = || {
            let limits = format!("{} {:?}", report.source.name(), report.limited);
            Some([
                facts.repository.clone()?,
                facts.head.clone()?,
                facts.command.clone()?,
                limits,
            ])
        };
        MergeInput {
            look: time.and_then(|_| look()).filter(|_| report.runs.is_empty()),
            name,
            start: report.start,
            is_complete: report.is_complete() && fit(report),
            runs,
            fails: own_fails || report.runs.iter().any(|run| run.fails && !run.superseded),
            content: content(report),
            limited: report.limited.clone(),
            blobs: report.blobs,
            bytes: report.bytes,
            objects: report.objects,
            time: report.time,
            inquiry: report.inquiry.clone(),
            absent: report.not_checked_out.clone(),
            is_many,
            is_of_index: report.source == SourceKind::Index,
            is_superseded: false,
        }
    }
}

/// Returns true if the runs of a merged report fit the report: one of them counts, and those that
/// count were complete if the report is.
pub fn fit(report: &Report) -> bool {
    let counted = || report.runs.iter().filter(|run| !run.superseded);
    let is_complete = || !report.is_complete() || counted().all(|run| run.complete);
    report.runs.is_empty() || counted().next().is_some() && is_complete()
}

/// Returns a digest of the findings of a report, with their verdicts.
fn content(report: &Report) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (finding, verdict) in &report.findings {
        finding.rule.id.hash(&mut hasher);
        finding
            .shown_fingerprint()
            .map(ToString::to_string)
            .hash(&mut hasher);
        format!("{:?} {:?}", finding.origin, finding.location).hash(&mut hasher);
        verdict.id().hash(&mut hasher);
    }
    (report.findings.len(), report.skips.len()).hash(&mut hasher);
    hasher.finish()
}

/// Returns the default threshold of the commands that scan this kind of source.
fn usual(source: SourceKind) -> FailureThreshold {
    match source {
        SourceKind::Review => FailureThreshold::Never,
        SourceKind::Env | SourceKind::Access | SourceKind::Rotation => {
            FailureThreshold::Severity(Severity::Warning)
        }
        _ => FailureThreshold::Severity(Severity::Error),
    }
}

/// Marks the reports that a newer one replaces, and those that were given twice. A newer report
/// replaces none if it is not complete, looked at less of a history, or comes from the future.
pub fn supersede(inputs: &mut [MergeInput]) {
    let now = SystemTime::now() + A_DAY;
    let mut newest: HashMap<&[String; 4], usize> = HashMap::new();
    for (at, input) in inputs.iter().enumerate() {
        let may_replace = input.is_complete && input.start <= now;
        let Some(look) = input.look.as_ref().filter(|_| may_replace) else {
            continue;
        };
        let known = newest.entry(look).or_insert(at);
        if inputs[*known].start < input.start {
            *known = at;
        }
    }
    let mut known: HashSet<String> = HashSet::new();
    let is_old: Vec<bool> = inputs
        .iter()
        .map(|input| {
            let newest = input.look.as_ref().and_then(|look| newest.get(look));
            let is_older = newest.is_some_and(|at| is_replaced(input, &inputs[*at]));
            let is_told = input
                .runs
                .iter()
                .all(|run| run.time.is_some() && run.head.is_some());
            let whole = || format!("{:?} {}", input.runs, input.content);
            is_older || is_told && !known.insert(whole())
        })
        .collect();
    for (input, is_old) in inputs.iter_mut().zip(is_old) {
        input.is_superseded = is_old;
        input
            .runs
            .iter_mut()
            .for_each(|run| run.superseded |= is_old);
    }
}

/// The time by which the clocks of two machines may differ.
const A_DAY: Duration = Duration::from_secs(86_400);

/// Returns true if a later report of the same look replaces `old`. What is staged differs at one
/// head, and so does a history: another clone may hold fewer branches.
fn is_replaced(old: &MergeInput, new: &MergeInput) -> bool {
    let held = |input: &MergeInput| {
        let objects = input.objects.as_ref();
        objects.map_or(0, |objects| {
            let named = objects.commits.saturating_add(objects.trees);
            named
                .saturating_add(objects.blobs)
                .saturating_add(objects.tags)
        })
    };
    old.start < new.start && !old.is_of_index && held(old) <= held(new)
}
