//! The facts about one report among those that are merged.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, SystemTime};

use crate::model::rule::Severity;
use crate::model::source_kind::SourceKind;
use crate::model::time::{moment, seconds};
use crate::report::{FailureThreshold, Inquiry, MergedRun, Report};
use crate::source::{NotCheckedOut, Objects};

/// The facts about one report that was added.
pub struct MergeInput {
    /// The name of its repository, or of its file.
    pub name: String,
    /// The looks that a newer report can take the place of: the same repository, head and command.
    pub look: Option<[String; 4]>,
    /// The start of the run; the beginning of 1970 if it is not told.
    pub start: SystemTime,
    /// True if the run skipped nothing.
    pub is_complete: bool,
    /// The runs: one, unless the report is merged already.
    pub runs: Vec<MergedRun>,
    /// True if the report fails its run by the threshold of that run.
    pub fails: bool,
    /// The counts of the run.
    pub blobs: u64,
    pub bytes: u64,
    pub objects: Option<Objects>,
    pub time: Duration,
    pub inquiry: Option<Inquiry>,
    pub absent: NotCheckedOut,
    /// True if the report is merged already, of several repositories, and its places are in theirs.
    pub is_many: bool,
    /// True if another report takes the place of this one.
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
        let run = || MergedRun {
            repository: name.clone(),
            head: facts.head.clone(),
            time: time.map(|at| format!("{}Z", moment(at))),
            command: facts.command.clone(),
            source: report.source.name().to_owned(),
            version: facts.version.clone(),
            complete: report.is_complete(),
            findings: report.reported().count() as u64,
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
            is_complete: report.is_complete(),
            runs,
            fails: report.fails(threshold.severity()),
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

/// Returns the threshold that commands for this kind of place have of their own.
fn usual(source: SourceKind) -> FailureThreshold {
    match source {
        SourceKind::Review => FailureThreshold::Never,
        SourceKind::Env | SourceKind::Access | SourceKind::Rotation => {
            FailureThreshold::Severity(Severity::Warning)
        }
        _ => FailureThreshold::Severity(Severity::Error),
    }
}

/// Marks the reports that a newer one takes the place of, and those that were given twice. A
/// newer report that is not complete takes the place of none.
pub fn supersede(inputs: &mut [MergeInput]) {
    let mut newest: HashMap<&[String; 4], (SystemTime, usize)> = HashMap::new();
    for (at, input) in inputs.iter().enumerate() {
        let Some(look) = input.look.as_ref().filter(|_| input.is_complete) else {
            continue;
        };
        let known = newest.entry(look).or_insert((input.start, at));
        if known.0 < input.start {
            *known = (input.start, at);
        }
    }
    let mut known: HashSet<String> = HashSet::new();
    let is_old: Vec<bool> = inputs
        .iter()
        .enumerate()
        .map(|(at, input)| {
            let newest = input.look.as_ref().and_then(|look| newest.get(look));
            let is_older =
                newest.is_some_and(|(start, newest)| *newest != at && input.start <= *start);
            let is_told = input
                .runs
                .iter()
                .all(|run| run.time.is_some() && run.head.is_some());
            is_older || is_told && !known.insert(format!("{:?}", input.runs))
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
