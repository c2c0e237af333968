//! Findings of several reports, merged by secret.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::SystemTime;

use crate::model::finding::{Finding, Occurrence, Verdict};
use crate::model::liveness::{Liveness, SecretState};
use crate::model::time::seconds;
use crate::report::Judged;

use super::super::group;

/// Merges findings by secret, each given with the name of its repository. The result is sorted by
/// verdict, kind of rule and severity. Then live secrets come first, then secrets on a remote, then
/// secrets still in files, and older before newer secrets.
pub fn by_secret<'n>(findings: impl Iterator<Item = (&'n str, Judged)>) -> Vec<Judged> {
    let mut groups: Vec<Vec<Judged>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (name, mut judged) in findings {
        let (finding, verdict) = &mut judged;
        let at = *known.entry(key(finding, name)).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        if finding.occurrences.is_empty() {
            let own = finding.occurrence(verdict.clone());
            finding.occurrences.push(own);
        }
        groups[at].push(judged);
    }
    let mut merged: Vec<Judged> = groups.into_iter().map(together).collect();
    merged.sort_by_cached_key(order);
    merged
}

/// Returns the key by which findings are merged: the fingerprint of the secret or of the line of
/// code, in any repository; for other findings, the repository, the rule and the place.
fn key(finding: &Finding, name: &str) -> String {
    match finding.shown_fingerprint() {
        Some(print) => print.to_string(),
        None => format!(
            "{name} {} {:?} {:?} {:?} {:?}",
            finding.rule.id, finding.origin, finding.location, finding.variable, finding.subject,
        ),
    }
}

/// Merges the findings of one secret into one. Neighbours are merged first, in pairs: merging one
/// after another would take quadratic time for a secret in 10,000 repositories.
fn together(mut all: Vec<Judged>) -> Judged {
    while all.len() > 1 {
        let mut pairs = all.into_iter();
        let mut merged = Vec::new();
        while let Some(first) = pairs.next() {
            merged.push(match pairs.next() {
                Some(second) => pair(first, second),
                None => first,
            });
        }
        all = merged;
    }
    let (mut finding, verdict) = all.remove(0);
    without_repeats(&mut finding.occurrences);
    (finding, verdict)
}

fn pair(mut first: Judged, mut second: Judged) -> Judged {
    let mut repositories = first.0.repositories.clone();
    repositories.extend(second.0.repositories.iter().cloned());
    repositories.sort();
    repositories.dedup();
    // Commits of two repositories add up; two reports of one repository count the same commits.
    let is_one = first.0.repositories == second.0.repositories && repositories.len() <= 1;
    let commits =
        [&first.0, &second.0].map(|one| one.placement.as_ref().map_or(0, |it| it.commits));
    let liveness = newest(first.0.liveness.take(), second.0.liveness.take());
    let is_local = first.0.is_local && second.0.is_local;
    group::absorb(&mut first, second);
    if let Some(placement) = first.0.placement.as_mut().filter(|_| is_one) {
        placement.commits = commits.into_iter().max().unwrap_or(0);
    }
    first.0.repositories = repositories;
    first.0.liveness = liveness;
    first.0.is_local = is_local;
    first
}

/// Returns the newer of two answers about a secret. The answers live and dead take precedence over
/// all others.
fn newest(one: Option<Box<Liveness>>, other: Option<Box<Liveness>>) -> Option<Box<Liveness>> {
    let now = seconds(SystemTime::now()).saturating_add(86_400);
    let weight = |liveness: &Liveness| {
        let is_answer = matches!(liveness.state, SecretState::Live | SecretState::Dead);
        // An answer from the future was not given by Notion.
        let checked = liveness.checked.filter(|checked| *checked <= now);
        (is_answer && checked.is_some(), checked)
    };
    match (one, other) {
        (Some(one), Some(other)) if weight(&one) < weight(&other) => Some(other),
        (one, other) => one.or(other),
    }
}

/// Removes the places that several reports have. Of several entries for one place, the one with the
/// heaviest verdict stays.
fn without_repeats(places: &mut Vec<Occurrence>) {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<Occurrence> = Vec::new();
    for place in places.drain(..) {
        let start = place.location.map(|at| (at.start.line, at.start.column));
        let key = format!("{:?} {start:?}", place.origin);
        let at = *known.entry(key).or_insert(kept.len());
        match kept.get_mut(at) {
            Some(same) if same.verdict.weight() < place.verdict.weight() => *same = place,
            Some(_) => {}
            None => kept.push(place),
        }
    }
    *places = kept;
}

/// Returns the key that sorts findings by urgency.
fn order((finding, verdict): &Judged) -> impl Ord + use<> {
    let placement = finding.placement.as_deref();
    let since = placement.and_then(|placement| placement.introduced.as_ref());
    let is_gone = placement.is_some_and(|placement| placement.tips.is_empty());
    (
        *verdict != Verdict::Reported,
        finding.rule.kind,
        Reverse(finding.severity),
        finding.secret_state(),
        placement.is_none_or(|placement| !placement.published),
        is_gone,
        since.map_or(i64::MAX, |first| first.seconds),
        finding.shown_fingerprint().map(ToString::to_string),
        format!("{:?}", finding.origin),
    )
}
