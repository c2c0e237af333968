//! Combines the reports of a CI run: of the commits, of the checked-out files and of the env files.

use std::collections::{HashMap, HashSet};

use super::{Judged, group, order};
use crate::model::blob::Part;
use crate::model::finding::{Finding, Verdict};
use crate::model::placement::Placement;
use crate::model::secret::Fingerprint;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::policy::Stale;
use crate::report::Report;

/// Combines the reports of the files, of the commits and of the env files into one report. A secret
/// in both a file and a commit becomes one finding at the place in the file. The finding has the
/// placement of the commit, and the other places as occurrences. Findings that the commits added
/// come first.
pub fn combine(files: Report, commits: Option<Report>, env: Option<Report>) -> Report {
    let mut report = files;
    report.source = SourceKind::Ci;
    let saw_all = report.skips.is_empty()
        && report.accepted.is_empty()
        && report.left_out.is_empty()
        && report.not_checked_out.is_empty();
    let in_commits = commits.as_ref().map(in_commits).unwrap_or_default();
    report.findings.sort_by_key(|(finding, _)| {
        !place(finding).is_some_and(|place| in_commits.contains(&place))
    });
    report.findings = group::by_secret(report.findings);
    report.stale = Stale::default();
    if let Some(env) = env {
        add_env(&mut report, env);
    }
    if let Some(commits) = commits {
        report.start = report.start.min(commits.start);
        report.time += commits.time;
        report.objects = commits.objects;
        add_skips(&mut report.skips, commits.skips);
        add_accepted(&mut report, commits.accepted);
        report.findings = merged(report.findings, commits.findings, saw_all);
    }
    order::skips(&mut report.skips);
    report
        .findings
        .iter_mut()
        .for_each(|(finding, _)| hide_addresses(finding));
    report
}

/// A secret, and the path of a file that has it.
type SecretInFile = (Fingerprint, Vec<u8>);

fn place(finding: &Finding) -> Option<SecretInFile> {
    Some((
        finding.fingerprint()?.clone(),
        finding.origin.path()?.to_vec(),
    ))
}

/// Returns the secrets that commits added, each with the paths to which they were added.
fn in_commits(commits: &Report) -> HashSet<SecretInFile> {
    let mut places = HashSet::new();
    for (finding, _) in &commits.findings {
        let Some(fingerprint) = finding.fingerprint() else {
            continue;
        };
        let paths = finding
            .occurrences
            .iter()
            .filter_map(|place| place.origin.path());
        places.extend(paths.map(|path| (fingerprint.clone(), path.to_vec())));
    }
    places
}

/// Adds the report of the env files. Credentials that the scan of the files reports at the same
/// line are left out.
fn add_env(report: &mut Report, env: Report) {
    let at = |finding: &Finding| {
        Some((
            finding.origin.path()?.to_vec(),
            finding.location?.start.line,
        ))
    };
    let places = report
        .findings
        .iter()
        .flat_map(|(finding, _)| &finding.occurrences);
    let known: Vec<_> = places
        .filter_map(|place| Some((place.origin.path()?.to_vec(), place.location?.start.line)))
        .collect();
    let is_told = |finding: &Finding| {
        finding.evidence.is_some() && at(finding).is_some_and(|at| known.contains(&at))
    };
    let new: Vec<Judged> = env
        .findings
        .into_iter()
        .filter(|(finding, _)| !is_told(finding))
        .collect();
    report.findings.extend(new);
    report.skips.extend(env.skips);
    report.accepted.extend(env.accepted);
    report.time += env.time;
}

/// Adds the skips of the commits, without those of content that the checked-out files have, too.
fn add_skips(skips: &mut Vec<Skip>, commits: Vec<Skip>) {
    let known: HashSet<SkipKey> = skips.iter().map(skip_key).collect();
    let is_known = |skip: &Skip| skip.digest.is_some() && known.contains(&skip_key(skip));
    skips.extend(commits.into_iter().filter(|skip| !is_known(skip)));
}

/// Adds the accepted skips of the commits, without the skips that the checked-out files have, too.
fn add_accepted(report: &mut Report, commits: Vec<(Skip, Verdict)>) {
    let accepted = report.accepted.iter();
    let known: HashSet<SkipKey> = accepted.map(|(skip, _)| skip_key(skip)).collect();
    let new = commits.into_iter();
    let new = new.filter(|(skip, _)| !known.contains(&skip_key(skip)));
    report.accepted.extend(new);
}

/// A skip's content, reason, path and member.
type SkipKey = (
    Option<Box<Fingerprint>>,
    SkipReason,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
);

fn skip_key(skip: &Skip) -> SkipKey {
    let [path, member] =
        [skip.origin.path(), skip.origin.member()].map(|part| part.map(<[u8]>::to_vec));
    (skip.digest.clone(), skip.reason, path, member)
}

/// Merges the findings of the files and of the commits. `saw_all` is true if all checked-out files
/// were scanned: then a secret that is only in the findings of commits is in no file any more.
fn merged(files: Vec<Judged>, commits: Vec<Judged>, saw_all: bool) -> Vec<Judged> {
    let mut all = files;
    let print = |(finding, _): &Judged| finding.fingerprint().cloned();
    let known: HashMap<Fingerprint, usize> = all
        .iter()
        .enumerate()
        .filter_map(|(at, judged)| Some((print(judged)?, at)))
        .collect();
    for mut judged in commits {
        match print(&judged).and_then(|print| known.get(&print)) {
            Some(at) => merge(&mut all[*at], judged),
            None => {
                if saw_all {
                    note_gone(&mut judged.0);
                }
                all.push(judged);
            }
        }
    }
    group::by_path(all)
}

/// Adds a note that no checked-out file has the secret any more, unless the finding already shows
/// this or has another note.
fn note_gone(finding: &mut Finding) {
    let says_nothing =
        |placement: &Placement| placement.removed.is_none() && placement.tips.is_empty();
    let is_silent = finding.placement.as_deref().is_some_and(says_nothing);
    let is_content = finding.origin.part() == Some(Part::Content);
    if finding.evidence.is_some() && is_content && is_silent && finding.note.is_none() {
        finding.note = Some(GONE.to_owned());
    }
}

/// The note of a finding whose secret is in commits, but in no checked-out file.
const GONE: &str = "No file that is checked out has the secret any more: only commits have it. Everybody who \
                    fetches the commits gets the secret, too.";

/// Merges the finding of a secret in commits into the finding of the same secret in files. The
/// merged finding is at the place in the file, unless only the finding in commits fails the run.
fn merge(file: &mut Judged, mut commit: Judged) {
    let surest = file.0.confidence.max(commit.0.confidence);
    if file.0.confidence < surest {
        file.0.rule = commit.0.rule;
    }
    let note = file.0.note.take().or(commit.0.note.take());
    if file.1.weight() == commit.1.weight() {
        commit.0.confidence = file.0.confidence;
    }
    group::absorb(file, commit);
    (file.0.confidence, file.0.note) = (surest, note);
}

/// Cuts the names of authors at an `@`. A name in git may be an e-mail address, and the log of a CI
/// system may be public.
fn hide_addresses(finding: &mut Finding) {
    let Some(placement) = &mut finding.placement else {
        return;
    };
    for commit in placement
        .introduced
        .iter_mut()
        .chain(&mut placement.removed)
    {
        if let Some((name, _)) = commit.author.split_once('@') {
            commit.author = name.to_owned();
        }
    }
}
