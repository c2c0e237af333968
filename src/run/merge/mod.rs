//! One report of many saved ones: merged by secret, with the repositories that have it.
//!
//! Reports are added one at a time, and only their findings, skips and a line about each run are
//! kept, so that memory grows with secrets and not with what else the reports say.

mod fold;
mod inside;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::model::finding::Verdict;
use crate::model::rule::Severity;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::model::time::{moment, seconds};
use crate::report::{FailureThreshold, Inquiry, Judged, MergedRun, Report, Warning};
use crate::source::{LeftOut, NotCheckedOut, Objects};

/// The number of findings, of skips, and of anything else that is kept of all reports together.
/// With a kilobyte for each, they fit into the memory of a small CI job.
const MOST_KEPT: usize = 500_000;

/// Saved reports, to be merged into one.
#[derive(Default)]
pub struct ReportMerge {
    inputs: Vec<MergeInput>,
    findings: Vec<(usize, Judged)>,
    skips: Vec<(usize, Skip)>,
    accepted: Vec<(usize, (Skip, Verdict))>,
    left_out: Vec<(usize, LeftOut)>,
    warnings: Vec<(usize, Warning)>,
    /// The skips of this run itself: reports that were not read.
    own: Vec<Skip>,
    /// The number of findings and skips over the limit.
    over: usize,
    /// The first report as it was, as long as there is one alone.
    only: Option<Box<Report>>,
}

/// The facts about one report that was added.
struct MergeInput {
    /// The name of its repository, or of its file.
    name: String,
    /// The looks that a newer report can take the place of: the same repository, head and command.
    look: Option<[String; 4]>,
    start: SystemTime,
    is_complete: bool,
    runs: Vec<MergedRun>,
    /// True if the report fails its run by the threshold of that run.
    fails: bool,
    blobs: u64,
    bytes: u64,
    objects: Option<Objects>,
    time: Duration,
    inquiry: Option<Inquiry>,
    absent: NotCheckedOut,
    /// True if the report is merged already, of several repositories, and its places are in theirs.
    is_many: bool,
    /// True if another report takes the place of this one.
    is_superseded: bool,
}

impl ReportMerge {
    /// Adds a report that was read from the file `file`, by whose name it goes if it names no
    /// repository.
    pub fn add(&mut self, report: Report, file: &str) {
        let at = self.inputs.len();
        self.inputs.push(input(&report, file));
        if at == 0 {
            self.only = Some(Box::new(report));
            return;
        }
        if let Some(first) = self.only.take() {
            self.keep(0, *first);
        }
        self.keep(at, report);
    }

    /// Adds the reason why a report was not read, or not whole.
    pub fn miss(&mut self, skip: Skip) {
        self.own.push(skip);
    }

    /// Returns the names of the repositories whose reports were added.
    pub fn repositories(&self) -> BTreeSet<&str> {
        let runs = self.inputs.iter().flat_map(|input| &input.runs);
        runs.map(|run| run.repository.as_str()).collect()
    }

    /// Keeps the findings and skips of a report, up to the limit.
    fn keep(&mut self, at: usize, report: Report) {
        let room =
            MOST_KEPT.saturating_sub(self.findings.len() + self.skips.len() + self.accepted.len());
        let all = report.findings.len() + report.skips.len() + report.accepted.len();
        self.over += all.saturating_sub(room);
        let findings = report.findings.into_iter().take(room);
        let before = self.findings.len();
        self.findings.extend(findings.map(|judged| (at, judged)));
        let room = room - (self.findings.len() - before);
        self.skips
            .extend(report.skips.into_iter().take(room).map(|skip| (at, skip)));
        let accepted = report.accepted.into_iter().take(room);
        self.accepted.extend(accepted.map(|one| (at, one)));
        self.left_out
            .extend(report.left_out.into_iter().map(|one| (at, one)));
        self.warnings
            .extend(report.warnings.into_iter().map(|one| (at, one)));
    }

    /// Returns the merged report, and true if one of the runs failed by its own threshold. The
    /// report of one run alone is that report.
    pub fn finish(mut self) -> (Report, bool) {
        if let Some(only) = self.only.take() {
            let fails = self.inputs.iter().any(|input| input.fails);
            let mut report = *only;
            report.skips.append(&mut self.own);
            return (report, fails);
        }
        self.supersede();
        let counted = self.inputs.iter().filter(|input| !input.is_superseded);
        let fails = counted.clone().any(|input| input.fails);
        let told = counted.flat_map(|input| &input.runs);
        let repositories: BTreeSet<&str> = told.map(|run| run.repository.as_str()).collect();
        let repositories = repositories.len();
        let mut report = Report::new(SourceKind::Reports);
        self.sum(&mut report);
        self.place(repositories > 1);
        let is_counted = |at: usize| !self.inputs[at].is_superseded;
        let mut findings: Vec<(usize, Judged)> = std::mem::take(&mut self.findings);
        findings.retain(|(at, _)| is_counted(*at));
        findings.sort_by(|(one, _), (other, _)| {
            let order = |at: &usize| (&self.inputs[*at].name, self.inputs[*at].start, *at);
            order(one).cmp(&order(other))
        });
        let findings = findings.into_iter().map(|(at, judged)| {
            let name = &self.inputs[at].name;
            (name.as_str(), judged)
        });
        report.findings = fold::by_secret(findings);
        let own = std::mem::take(&mut self.own).into_iter();
        let skips = std::mem::take(&mut self.skips).into_iter();
        report.skips = own
            .chain(
                skips
                    .filter(|(at, _)| is_counted(*at))
                    .map(|(_, skip)| skip),
            )
            .collect();
        report.skips.extend(over(self.over));
        let accepted = std::mem::take(&mut self.accepted).into_iter();
        report.accepted = accepted
            .filter(|(at, _)| is_counted(*at))
            .map(|(_, one)| one)
            .collect();
        let left_out = std::mem::take(&mut self.left_out).into_iter();
        report.left_out = left_out
            .filter(|(at, _)| is_counted(*at))
            .map(|(_, one)| one)
            .collect();
        let warnings = std::mem::take(&mut self.warnings).into_iter();
        report.warnings = warnings
            .filter(|(at, _)| is_counted(*at))
            .map(|(_, one)| one)
            .collect();
        report.scope = Some(scope(&self.inputs, repositories));
        report.runs = runs(self.inputs);
        (report, fails)
    }

    /// Marks the reports that a newer one takes the place of, and those that were given twice. A
    /// newer report that is not complete takes the place of none.
    fn supersede(&mut self) {
        let mut newest: HashMap<&[String; 4], (SystemTime, usize)> = HashMap::new();
        for (at, input) in self.inputs.iter().enumerate() {
            let Some(look) = input.look.as_ref().filter(|_| input.is_complete) else {
                continue;
            };
            let known = newest.entry(look).or_insert((input.start, at));
            if known.0 < input.start {
                *known = (input.start, at);
            }
        }
        let mut known: HashSet<String> = HashSet::new();
        let is_old: Vec<bool> = self
            .inputs
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
        for (input, is_old) in self.inputs.iter_mut().zip(is_old) {
            input.is_superseded = is_old;
            input
                .runs
                .iter_mut()
                .for_each(|run| run.superseded |= is_old);
        }
    }

    /// Puts all places into their repositories, if there are several.
    fn place(&mut self, is_many: bool) {
        if !is_many {
            return;
        }
        for (at, (finding, _)) in &mut self.findings {
            inside::finding(finding, &self.inputs[*at].name);
        }
        for (at, skip) in &mut self.skips {
            inside::skip(skip, &self.inputs[*at]);
        }
        for (at, (skip, _)) in &mut self.accepted {
            inside::skip(skip, &self.inputs[*at]);
        }
    }

    /// Sums up the counts of all runs that count.
    fn sum(&self, report: &mut Report) {
        let mut start = SystemTime::now();
        for input in self.inputs.iter().filter(|input| !input.is_superseded) {
            report.blobs = report.blobs.saturating_add(input.blobs);
            report.bytes = report.bytes.saturating_add(input.bytes);
            report.time = report.time.saturating_add(input.time);
            report.objects = added(report.objects, input.objects);
            report.inquiry = both(report.inquiry.take(), input.inquiry.clone());
            report.not_checked_out.files = report
                .not_checked_out
                .files
                .saturating_add(input.absent.files);
            report.not_checked_out.folders = report
                .not_checked_out
                .folders
                .saturating_add(input.absent.folders);
            let submodules = input.absent.submodules.iter().cloned();
            report.not_checked_out.submodules.extend(submodules);
            if input.start > UNIX_EPOCH {
                start = start.min(input.start);
            }
        }
        report.start = start;
    }
}

/// Returns the facts about a report.
fn input(report: &Report, file: &str) -> MergeInput {
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

/// Returns the number of reports and repositories, in a sentence.
fn scope(inputs: &[MergeInput], repositories: usize) -> String {
    let superseded = inputs.iter().filter(|input| input.is_superseded).count();
    let old = match superseded {
        0 => String::new(),
        1 => "; 1 is left out, for a newer one of the same head".to_owned(),
        many => format!("; {many} are left out, for newer ones of the same head"),
    };
    let noun = |number: usize, one: &'static str, many| if number == 1 { one } else { many };
    format!(
        "{} {} of {repositories} {}{old}.",
        inputs.len(),
        noun(inputs.len(), "report", "reports"),
        noun(repositories, "repository", "repositories"),
    )
}

/// Returns the runs of all reports, by repository and time.
fn runs(inputs: Vec<MergeInput>) -> Vec<MergedRun> {
    let mut runs: Vec<MergedRun> = inputs.into_iter().flat_map(|input| input.runs).collect();
    runs.sort_by(|one, other| {
        let key = |run: &MergedRun| {
            (
                run.repository.clone(),
                run.time.clone(),
                run.command.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    runs
}

/// Returns the skip for what is over the limit.
fn over(number: usize) -> Option<Skip> {
    let detail = format!("{number} more findings and skips than the {MOST_KEPT} that are kept");
    let skip = Skip::new(crate::model::blob::Origin::Stdin, SkipReason::Limit, detail);
    (number > 0).then(|| skip.advising("report on a part of the repositories at a time"))
}

fn added(one: Option<Objects>, other: Option<Objects>) -> Option<Objects> {
    let (Some(one), Some(other)) = (one, other) else {
        return one.or(other);
    };
    Some(Objects {
        commits: one.commits.saturating_add(other.commits),
        trees: one.trees.saturating_add(other.trees),
        blobs: one.blobs.saturating_add(other.blobs),
        tags: one.tags.saturating_add(other.tags),
        bytes: one.bytes.saturating_add(other.bytes),
    })
}

/// Returns the inquiry of two runs together. Dead secrets are allowed if both allow them.
fn both(one: Option<Inquiry>, other: Option<Inquiry>) -> Option<Inquiry> {
    let (Some(one), Some(other)) = (&one, &other) else {
        return one.or(other);
    };
    Some(Inquiry {
        allows_dead: one.allows_dead && other.allows_dead,
        requests: one.requests.saturating_add(other.requests),
        host: one.host.clone(),
    })
}
