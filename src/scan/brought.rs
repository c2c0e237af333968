//! Keeps what was brought, where a source tells old from new, with who brought it.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::finding::Finding;
use crate::placement::{Commit, Placement};
use crate::secret::Fingerprint;
use crate::source::{Brought, Source};

/// Drops findings of secrets that stood where they stand before, and notes the commit that brought each of the others. Those
/// that came first then stand first.
pub fn keep(findings: &mut Vec<Finding>, source: &dyn Source) {
    let mut holders: HashMap<Key, HashSet<String>> = HashMap::new();
    for finding in findings.iter() {
        let object = finding.origin.object().map(str::to_owned);
        holders.entry(key(finding)).or_default().extend(object);
    }
    let holders = with_those_that_hold_more(holders);
    let mut brought: HashMap<_, (HashSet<String>, BTreeSet<Vec<u8>>)> = HashMap::new();
    findings.retain_mut(|finding| {
        let key = key(finding);
        match source.brought(&finding.origin, &holders[&key], finding.evidence.is_none()) {
            Brought::Always => true,
            Brought::Never => false,
            Brought::By(commits) => {
                let (ids, paths) = brought.entry(key).or_default();
                ids.extend(commits.iter().map(|commit| commit.id.clone()));
                paths.extend(finding.origin.path().map(<[u8]>::to_vec));
                finding.placement = commits
                    .into_iter()
                    .next()
                    .map(|oldest| Box::new(by(oldest)));
                true
            }
        }
    });
    findings.sort_by_key(|finding| {
        let commit = finding
            .placement
            .as_ref()
            .and_then(|placement| placement.introduced.as_ref());
        commit.map(|commit| commit.seconds)
    });
    // Of each secret the first is told; there may be as many paths as findings.
    for finding in findings.iter_mut() {
        let key = key(finding);
        let Some(placement) = &mut finding.placement else {
            continue;
        };
        if let Some((commits, paths)) = brought.remove(&key) {
            placement.commits = commits.len();
            placement.paths = paths.into_iter().collect();
        }
    }
}

/// What makes two findings the same thing: of a secret its value; of an env file the rule and the values that it holds, for
/// one that is filled in is another than it was.
type Key = (Option<Fingerprint>, Option<&'static str>, Vec<Fingerprint>);

fn key(finding: &Finding) -> Key {
    let print = finding
        .evidence
        .as_ref()
        .map(|evidence| evidence.fingerprint.clone());
    let rule = print.is_none().then_some(finding.rule.id);
    (print, rule, finding.values.clone())
}

/// So many env files are compared with each other, each with each.
const COMPARED: usize = 1000;

/// An env file that held more before has not brought what is left in it.
fn with_those_that_hold_more(
    mut holders: HashMap<Key, HashSet<String>>,
) -> HashMap<Key, HashSet<String>> {
    let files: Vec<(Key, HashSet<String>)> = holders
        .iter()
        .filter(|((print, ..), _)| print.is_none())
        .map(|(key, ids)| (key.clone(), ids.clone()))
        .collect();
    if files.len() > COMPARED {
        return holders;
    }
    for (key, ids) in &files {
        let holds_more = |(other, _): &&(Key, HashSet<String>)| {
            other.1 == key.1
                && !key.2.is_empty()
                && key.2.iter().all(|value| other.2.contains(value))
        };
        let more = files
            .iter()
            .filter(holds_more)
            .flat_map(|(_, ids)| ids.iter().cloned());
        let all: HashSet<String> = ids.iter().cloned().chain(more).collect();
        holders.insert(key.clone(), all);
    }
    holders
}

fn by(commit: Commit) -> Placement {
    Placement {
        introduced: Some(commit),
        ..Placement::default()
    }
}
