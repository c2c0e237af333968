//! The reports that a newer report replaces.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::report::{MergedRun, Report};

use super::input::MergeInput;

/// The digest of a report's repository, head, command, folder, scope, source and limits. Reports
/// with the same digest are of the same scan, perhaps at different times.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScanId([u8; 32]);

impl ScanId {
    /// Returns the id of a report; `None` if the report lacks its repository, head, command or
    /// start, or comes from a merge.
    pub fn of(report: &Report) -> Option<Self> {
        let facts = &report.facts;
        let is_one = report.runs.is_empty() && report.start > SystemTime::UNIX_EPOCH;
        let all = (
            facts.repository.as_ref()?,
            facts.head.as_ref()?,
            facts.command.as_ref()?,
            &facts.folder,
            &report.scope,
            report.source.name(),
            &report.limited,
        );
        is_one.then(|| ScanId(digest(&all)))
    }
}

/// Returns the digest of a value's `Debug` output, in which texts are quoted.
fn digest(value: &impl std::fmt::Debug) -> [u8; 32] {
    Sha256::digest(format!("{value:?}")).into()
}

/// Returns a digest of the findings of a report, with their verdicts, and of its skips.
pub fn content(report: &Report) -> [u8; 32] {
    let mut all = Sha256::new();
    for (finding, verdict) in &report.findings {
        let place = (
            &finding.origin,
            &finding.location,
            finding.shown_fingerprint(),
        );
        let judged = (finding.rule.id, finding.severity, verdict.id());
        all.update(digest(&(judged, place, finding.secret_state())));
    }
    for skip in &report.skips {
        all.update(digest(&(&skip.origin, skip.reason, &skip.detail)));
    }
    all.finalize().into()
}

/// Marks the reports that a newer report replaces, and repeated copies of a report. An incomplete
/// report, or one with a start in the future, replaces no other report.
pub fn supersede(inputs: &mut [MergeInput]) {
    let newest = newest(inputs);
    let is_older: Vec<bool> = inputs
        .iter()
        .map(|input| {
            let newer = input.id.and_then(|id| newest.get(&id));
            newer.is_some_and(|newer| is_replaced(input, &inputs[*newer]))
        })
        .collect();
    let mut known: HashSet<[u8; 32]> = HashSet::new();
    for (input, is_older) in inputs.iter_mut().zip(is_older) {
        let is_told = |run: &MergedRun| run.time.is_some() && run.head.is_some();
        let is_told = input.runs.iter().all(is_told);
        let is_new = |known: &mut HashSet<_>| known.insert(digest(&(&input.runs, input.content)));
        input.is_superseded = is_older || is_told && !is_new(&mut known);
        for run in &mut input.runs {
            run.superseded |= input.is_superseded;
        }
    }
}

/// Returns the index of the newest complete report of each id.
fn newest(inputs: &[MergeInput]) -> HashMap<ScanId, usize> {
    /// The time by which the clocks of two machines may differ.
    const A_DAY: Duration = Duration::from_secs(86_400);
    let now = SystemTime::now() + A_DAY;
    let mut newest: HashMap<ScanId, usize> = HashMap::new();
    for (at, input) in inputs.iter().enumerate() {
        let may_replace = input.is_complete && input.start <= now;
        let Some(id) = input.id.filter(|_| may_replace) else {
            continue;
        };
        let known = newest.entry(id).or_insert(at);
        if inputs[*known].start < input.start {
            *known = at;
        }
    }
    newest
}

/// Returns true if `new`, a report with the same id, is later than `old` and covers the same
/// content. At one head, the index may differ, and so may the objects: another clone has other
/// branches, and the base of a range moves.
fn is_replaced(old: &MergeInput, new: &MergeInput) -> bool {
    old.start < new.start && !old.depends_on_index && old.objects == new.objects
}
