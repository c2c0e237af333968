//! Merges saved reports into one: each secret becomes one finding, with the repositories that have
//! it.
//!
//! Reports are added one at a time. Only their findings, skips, warnings and some facts about each
//! run are kept, so memory grows with the number of secrets and not with the size of the reports.

mod fold;
mod input;
mod inside;
mod newest;
mod sum;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::finding::Verdict;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::report::{FailureThreshold, Judged, Limited, MergedRun, Report, Warning};
use crate::source::LeftOut;

use input::{MergeInput, Words};

/// The largest number of findings, places, skips and other items that are kept of all reports
/// together. With a kilobyte for each, they fit into the memory of a small CI job.
const MOST_KEPT: usize = 500_000;

/// Saved reports, to be merged into one.
#[derive(Default)]
pub struct ReportMerge {
    inputs: Vec<MergeInput>,
    words: Words,
    findings: Vec<(usize, Judged)>,
    skips: Vec<(usize, Skip)>,
    accepted: Vec<(usize, (Skip, Verdict))>,
    left_out: Vec<(usize, LeftOut)>,
    warnings: Vec<(usize, Warning)>,
    /// The skips of this run itself: reports that were not read.
    own: Vec<Skip>,
    /// The number of items that are kept, as [`MOST_KEPT`] counts them.
    kept: usize,
    /// The number of findings, skips and other parts that are left out because of [`MOST_KEPT`].
    over: usize,
    /// The first report, unchanged, while it is the only one.
    only: Option<Box<Report>>,
}

impl ReportMerge {
    /// Adds a report that was read from a file named `file`. If the report names no repository, the
    /// name of the file is used. `is_whole` is true if all of the report was understood.
    pub fn add(&mut self, report: Report, file: &str, is_whole: bool) {
        let at = self.inputs.len();
        let mut report = report;
        // Only a merged report knows the repositories of its findings.
        if report.source != SourceKind::Reports {
            let findings = report.findings.iter_mut();
            findings.for_each(|(finding, _)| finding.repositories.clear());
        }
        if !input::fit(&report) {
            self.own.push(unfit(file));
        }
        let input = MergeInput::of(&report, file, &mut self.words);
        let is_complete = input.is_complete && is_whole;
        self.inputs.push(MergeInput {
            is_complete,
            ..input
        });
        if at == 0 {
            self.only = Some(Box::new(report));
            return;
        }
        if let Some(first) = self.only.take() {
            self.keep(0, *first);
        }
        self.keep(at, report);
    }

    /// Adds the reason why a report was not read, or only in part.
    pub fn miss(&mut self, skip: Skip) {
        self.own.push(skip);
    }

    /// Returns the names of the repositories that were scanned as a whole in at least one report:
    /// their history, a CI event, or all their files.
    pub fn repositories(&self) -> BTreeSet<&str> {
        let whole = self.inputs.iter().filter(|input| !input.is_of_folder);
        let runs = whole.flat_map(|input| &input.runs);
        let counted = runs.filter(|run| !run.superseded && is_of_repository(run));
        counted.map(|run| &*run.repository).collect()
    }

    /// Keeps the findings and skips of a report, up to the limit.
    fn keep(&mut self, at: usize, report: Report) {
        let mut room = MOST_KEPT.saturating_sub(self.kept);
        let before = room;
        for (finding, verdict) in report.findings {
            let placement = finding.placement.as_ref();
            let listed =
                placement.map_or(0, |it| it.tips.len() + it.paths.len() + it.kept_by.len());
            let weight = 1 + finding.occurrences.len() + finding.repositories.len() + listed;
            if weight > room {
                self.over += 1;
                continue;
            }
            room -= weight;
            self.findings.push((at, (finding, verdict)));
        }
        self.over += take(&mut self.skips, report.skips, at, &mut room);
        self.over += take(&mut self.accepted, report.accepted, at, &mut room);
        self.over += take(&mut self.left_out, report.left_out, at, &mut room);
        self.over += take(&mut self.warnings, report.warnings, at, &mut room);
        self.kept += before - room;
    }

    /// Returns the merged report, and true if one of the runs failed by its own threshold. If only
    /// one report was added, it is returned unmerged, with the skips of this run.
    pub fn finish(mut self) -> (Report, bool) {
        if let Some(only) = self.only.take() {
            let fails = self.inputs.iter().any(|input| input.fails);
            let mut report = *only;
            report.skips.append(&mut self.own);
            return (report, fails);
        }
        newest::supersede(&mut self.inputs);
        let fails = counted(&self.inputs).any(|input| input.fails);
        let told = counted(&self.inputs).flat_map(|input| &input.runs);
        let repositories: BTreeSet<&str> = told.map(|run| &*run.repository).collect();
        let repositories = repositories.len();
        if repositories > 1 {
            self.place();
        }
        let mut report = Report::new(SourceKind::Reports);
        sum::sum(&self.inputs, &mut report);
        report.limited = limits(&self.inputs);
        report.findings = merged(self.findings, &self.inputs);
        report.skips = self.own;
        report.skips.extend(of_counted(self.skips, &self.inputs));
        report.skips.extend(over(self.over));
        report.accepted = of_counted(self.accepted, &self.inputs).collect();
        report.left_out = by_pattern(of_counted(self.left_out, &self.inputs));
        report.warnings = of_counted(self.warnings, &self.inputs).collect();
        report.scope = Some(scope(&self.inputs, repositories));
        report.runs = runs(self.inputs);
        // The runs say whether they failed, so a later merge needs no threshold of its own.
        report.facts.fail_on = Some(FailureThreshold::Never);
        (report, fails)
    }

    /// Adds the name of its repository to each place.
    fn place(&mut self) {
        for (at, (finding, _)) in &mut self.findings {
            inside::finding(finding, &self.inputs[*at].name);
        }
        for (at, skip) in &mut self.skips {
            inside::skip(skip, &self.inputs[*at]);
        }
        for (at, (skip, _)) in &mut self.accepted {
            inside::skip(skip, &self.inputs[*at]);
        }
        for (at, warning) in &mut self.warnings {
            inside::warning(warning, &self.inputs[*at]);
        }
        self.inputs.iter_mut().for_each(inside::submodules);
    }
}

/// Returns true if a run was about a repository as a whole, and not about a path or a text.
fn is_of_repository(run: &MergedRun) -> bool {
    match SourceKind::ALL
        .into_iter()
        .find(|kind| kind.name() == &*run.source)
    {
        Some(SourceKind::History | SourceKind::Ci | SourceKind::Reports) => true,
        Some(SourceKind::Worktree) => !has_path(run.command.as_deref().unwrap_or_default()),
        _ => false,
    }
}

/// Moves up to `room` items from `more` to `all`, with the index `at` of their report. Returns the
/// number of items that were left out.
fn take<T>(all: &mut Vec<(usize, T)>, more: Vec<T>, at: usize, room: &mut usize) -> usize {
    let taken = more.len().min(*room);
    let over = more.len() - taken;
    *room -= taken;
    all.extend(more.into_iter().take(taken).map(|one| (at, one)));
    over
}

/// Returns the reports that are not superseded.
fn counted(inputs: &[MergeInput]) -> impl Iterator<Item = &MergeInput> {
    inputs.iter().filter(|input| !input.is_superseded)
}

/// Returns the items of the reports that are not superseded.
fn of_counted<T>(all: Vec<(usize, T)>, inputs: &[MergeInput]) -> impl Iterator<Item = T> {
    let all = all.into_iter();
    all.filter(|(at, _)| !inputs[*at].is_superseded)
        .map(|(_, one)| one)
}

/// Merges the findings of the reports that are not superseded, in the order of repositories and
/// times, so that the order of the files does not matter.
fn merged(mut all: Vec<(usize, Judged)>, inputs: &[MergeInput]) -> Vec<Judged> {
    all.retain(|(at, _)| !inputs[*at].is_superseded);
    all.sort_by_key(|(at, _)| (&inputs[*at].name, inputs[*at].start, *at));
    let named = all.into_iter();
    fold::by_secret(named.map(|(at, judged)| (&*inputs[at].name, judged)))
}

/// Returns true if the command of a scan may name a path: a word that is neither a flag nor the
/// value of a flag. A word after an unknown flag is treated as a path.
fn has_path(command: &str) -> bool {
    const WITH_VALUE: [&str; 7] = [
        "--rule",
        "--exclude",
        "--fail-on",
        "--min-confidence",
        "--config",
        "--baseline",
        "--known",
    ];
    let words: Vec<&str> = command.split_whitespace().collect();
    let is_path = |pair: &[&str]| !pair[1].starts_with('-') && !WITH_VALUE.contains(&pair[0]);
    words.windows(2).any(is_path)
}

/// Returns one entry for each pattern that left something out, with the number of paths in all
/// reports.
fn by_pattern(all: impl Iterator<Item = LeftOut>) -> Vec<LeftOut> {
    let mut paths: BTreeMap<String, u64> = BTreeMap::new();
    for one in all {
        let sum = paths.entry(one.pattern).or_default();
        *sum = sum.saturating_add(one.paths);
    }
    let each = paths.into_iter();
    each.map(|(pattern, paths)| LeftOut { pattern, paths })
        .collect()
}

/// Returns the limits of all reports that are not superseded.
fn limits(inputs: &[MergeInput]) -> Limited {
    let mut all = Limited::default();
    for input in counted(inputs) {
        all.rules.extend(&input.limited.rules);
        all.exclude.extend(input.limited.exclude.iter().cloned());
    }
    all.rules.sort_unstable();
    all.rules.dedup();
    all.exclude.sort();
    all.exclude.dedup();
    all
}

/// Returns the skip for a merged report that does not fit its runs.
fn unfit(file: &str) -> Skip {
    let origin = crate::model::blob::Origin::File(file.into());
    let detail = "its list of runs contradicts the rest of the report";
    Skip::new(origin, SkipReason::Corrupt, detail).advising("merge the reports of the runs again")
}

/// Returns a sentence with the numbers of reports and repositories.
fn scope(inputs: &[MergeInput], repositories: usize) -> String {
    let superseded = inputs.iter().filter(|input| input.is_superseded);
    let superseded: BTreeSet<&str> = superseded.map(|input| &*input.name).collect();
    let old = match superseded.is_empty() {
        true => String::new(),
        false => format!(
            "; older reports of the same commit are left out for {}",
            named(superseded)
        ),
    };
    let noun = |number: usize, one: &'static str, many| if number == 1 { one } else { many };
    format!(
        "{} {} of {repositories} {}{old}.",
        inputs.len(),
        noun(inputs.len(), "report", "reports"),
        noun(repositories, "repository", "repositories"),
    )
}

/// Returns the first names, and the number of the others.
fn named(names: BTreeSet<&str>) -> String {
    const SHOWN: usize = 5;
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<&str> = names.into_iter().take(SHOWN).collect();
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Returns the runs of all reports, sorted by repository and time, without duplicates.
fn runs(inputs: Vec<MergeInput>) -> Vec<MergedRun> {
    let all = inputs.into_iter();
    let mut runs: Vec<MergedRun> = all.flat_map(|input| input.runs).collect();
    runs.sort_by(|one, other| {
        let key = |run: &'_ MergedRun| {
            let (command, head) = (run.command.clone(), run.head.clone());
            (run.repository.clone(), run.time, command, head)
        };
        key(one).cmp(&key(other))
    });
    // A merged report and a report that it was made from have the same run.
    runs.dedup();
    runs
}

/// Returns the skip for the `number` items over [`MOST_KEPT`]; `None` if there are none.
fn over(number: usize) -> Option<Skip> {
    let detail = format!(
        "{number} findings and skips were left out: a merged report keeps at most {MOST_KEPT}"
    );
    let skip = Skip::new(crate::model::blob::Origin::Stdin, SkipReason::Limit, detail);
    (number > 0).then(|| skip.advising("merge the reports of fewer repositories at a time"))
}
