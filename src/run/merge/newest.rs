//! The reports that a newer report replaces.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::report::{MergedRun, Report};

use super::input::MergeInput;

/// The digest of a report's repository, head, command and limits. Reports with the same one speak
/// of the same thing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScanId([u8; 32]);

impl ScanId {
    /// Returns the look of a report; `None` if it does not tell all of it, or is merged already.
    pub fn of(report: &Report) -> Option<Self> {
        let facts = &report.facts;
        let is_one = report.runs.is_empty() && report.start > SystemTime::UNIX_EPOCH;
        let all = (
            facts.repository.as_ref()?,
            facts.head.as_ref()?,
            facts.command.as_ref()?,
            report.source.name(),
            &report.limited,
        );
        is_one.then(|| ScanId(digest(&all)))
    }
}

/// Returns the digest of a value as its `Debug` tells it, in which texts are quoted.
fn digest(value: &impl std::fmt::Debug) -> [u8; 32] {
    Sha256::digest(format!("{value:?}")).into()
}

/// Returns a digest of the findings of a report, with their verdicts, and the number of skips.
pub fn content(report: &Report) -> [u8; 32] {
    let mut all = Sha256::new();
    for (finding, verdict) in &report.findings {
        let place = (
            &finding.origin,
            &finding.location,
            finding.shown_fingerprint(),
        );
        all.update(digest(&(finding.rule.id, verdict.id(), place)));
    }
    all.update(report.skips.len().to_be_bytes());
    all.finalize().into()
}

/// Marks the reports that a newer report replaces, and copies of a report that was given before. An
/// incomplete report replaces no other report, nor does one from the future.
pub fn supersede(inputs: &mut [MergeInput]) {
    let newest = newest(inputs);
    let is_older: Vec<bool> = inputs
        .iter()
        .map(|input| {
            let newer = input.look.and_then(|look| newest.get(&look));
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

/// Returns the index of the newest complete report of each look.
fn newest(inputs: &[MergeInput]) -> HashMap<ScanId, usize> {
    /// The time by which the clocks of two machines may differ.
    const A_DAY: Duration = Duration::from_secs(86_400);
    let now = SystemTime::now() + A_DAY;
    let mut newest: HashMap<ScanId, usize> = HashMap::new();
    for (at, input) in inputs.iter().enumerate() {
        let may_replace = input.is_complete && input.start <= now;
        let Some(look) = input.look.filter(|_| may_replace) else {
            continue;
        };
        let known = newest.entry(look).or_insert(at);
        if inputs[*known].start < input.start {
            *known = at;
        }
    }
    newest
}

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
