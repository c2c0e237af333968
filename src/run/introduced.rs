//! Keeps the findings whose secret is new, for sources that distinguish new secrets from old ones.
//! Adds to each finding the commit that added its secret.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::finding::Finding;
use crate::model::placement::{Commit, Placement};
use crate::model::secret::Fingerprint;
use crate::source::{Introduction, Source};

/// Removes findings whose secret is older than the commits of the source, even if the commits moved
/// it to another path. Adds to each other finding the oldest commit that added the secret at its
/// place, and sorts the findings by the time of that commit. Findings of a secret that was added
/// elsewhere and then moved come last.
pub fn keep(findings: &mut Vec<Finding>, source: &dyn Source) {
    let mut holders: HashMap<FindingKey, HashSet<String>> = HashMap::new();
    for finding in findings.iter() {
        let object = finding.origin.object().map(str::to_owned);
        holders.entry(key(finding)).or_default().extend(object);
    }
    let holders = with_those_that_hold_more(holders);
    let each: Vec<Introduction> = findings
        .iter()
        .map(|finding| {
            let holders = &holders[&key(finding)];
            source.introduction(&finding.origin, holders, finding.fingerprint().is_none())
        })
        .collect();
    let mut introductions = Introductions::of(findings, &each);
    let (mut there, mut moved) = (Vec::new(), Vec::new());
    for (mut finding, by) in findings.drain(..).zip(each) {
        match by {
            Introduction::Always => there.push(finding),
            Introduction::Never => {}
            Introduction::By(commits) => {
                introductions.note(&mut finding, commits, true);
                there.push(finding);
            }
            Introduction::Moved(commits) => {
                if introductions.note(&mut finding, commits, false) {
                    moved.push(finding);
                }
            }
        }
    }
    there.sort_by_key(seconds);
    moved.sort_by_key(seconds);
    findings.append(&mut there);
    findings.append(&mut moved);
    // Only the first finding of each secret gets the commits and paths, since the lists may be
    // long.
    for finding in findings.iter_mut() {
        let key = key(finding);
        let Some(placement) = &mut finding.placement else {
            continue;
        };
        if let Some((commits, paths)) = introductions.0.remove(&key) {
            placement.commits = commits.len();
            placement.paths = paths.into_iter().collect();
        }
    }
}

/// Returns the time of the commit that added the secret, in seconds since 1970-01-01 00:00 UTC;
/// `None` if the commit is unknown.
fn seconds(finding: &Finding) -> Option<i64> {
    let placement = finding.placement.as_ref()?;
    Some(placement.introduced.as_ref()?.seconds)
}

/// For each secret or env file that commits added: the ids of these commits, and the paths of its
/// findings.
struct Introductions(HashMap<FindingKey, (HashSet<String>, BTreeSet<Vec<u8>>)>);

impl Introductions {
    /// Returns an entry without commits for each finding whose secret a commit added. `each` has
    /// the answer of the source for each finding.
    fn of(findings: &[Finding], each: &[Introduction]) -> Self {
        let some = findings
            .iter()
            .zip(each)
            .filter(|(_, introductions)| matches!(introductions, Introduction::By(_)));
        Introductions(
            some.map(|(finding, _)| (key(finding), Default::default()))
                .collect(),
        )
    }

    /// Adds the commits and the path of a finding to its entry, and the oldest commit to the
    /// finding. `is_new` is false if the commits only moved the secret. Returns false if there is
    /// no entry, since no commit added the secret.
    fn note(&mut self, finding: &mut Finding, commits: Vec<Commit>, is_new: bool) -> bool {
        let Some((ids, paths)) = self.0.get_mut(&key(finding)) else {
            return false;
        };
        if is_new {
            ids.extend(commits.iter().map(|commit| commit.id.clone()));
        }
        paths.extend(finding.origin.path().map(<[u8]>::to_vec));
        let oldest = commits.into_iter().next();
        finding.placement = oldest.map(|oldest| Box::new(by(oldest)));
        true
    }
}

/// The key by which findings are compared: the fingerprint of a secret or, for an env file, the
/// rule and the fingerprints of its values. A file with other values is another finding.
type FindingKey = (Option<Fingerprint>, Option<&'static str>, Vec<Fingerprint>);

fn key(finding: &Finding) -> FindingKey {
    let print = finding.fingerprint().cloned();
    let rule = print.is_none().then_some(finding.rule.id);
    (print, rule, finding.values.clone())
}

/// The largest number of env files that are compared with each other, since each is compared with
/// all others.
const COMPARED: usize = 1000;

/// Extends the objects that hold the values of an env file with the objects that hold these values
/// and more. So a file that only lost some of its values is not treated as a file that adds values.
fn with_those_that_hold_more(
    mut holders: HashMap<FindingKey, HashSet<String>>,
) -> HashMap<FindingKey, HashSet<String>> {
    let files: Vec<(FindingKey, HashSet<String>)> = holders
        .iter()
        .filter(|((print, ..), _)| print.is_none())
        .map(|(key, ids)| (key.clone(), ids.clone()))
        .collect();
    if files.len() > COMPARED {
        return holders;
    }
    for (key, ids) in &files {
        let holds_more = |(other, _): &&(FindingKey, HashSet<String>)| {
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
