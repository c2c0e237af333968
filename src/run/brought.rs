//! The findings that commits brought, with the commit that brought each, where a source tells old
//! from new.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::finding::Finding;
use crate::model::placement::{Commit, Placement};
use crate::model::secret::Fingerprint;
use crate::source::{Brought, Source};

/// Drops findings of secrets that their places held before, notes the commit that brought each of
/// the others, and sorts these by the time of that commit, moved ones last. A secret that was
/// brought is reported wherever it was moved afterwards.
pub fn keep(findings: &mut Vec<Finding>, source: &dyn Source) {
    let mut holders: HashMap<FindingKey, HashSet<String>> = HashMap::new();
    for finding in findings.iter() {
        let object = finding.origin.object().map(str::to_owned);
        holders.entry(key(finding)).or_default().extend(object);
    }
    let holders = with_those_that_hold_more(holders);
    let each: Vec<Brought> = findings
        .iter()
        .map(|finding| {
            let holders = &holders[&key(finding)];
            source.brought(&finding.origin, holders, finding.fingerprint().is_none())
        })
        .collect();
    let mut brought = Bringing::of(findings, &each);
    let (mut there, mut moved) = (Vec::new(), Vec::new());
    for (mut finding, by) in findings.drain(..).zip(each) {
        match by {
            Brought::Always => there.push(finding),
            Brought::Never => {}
            Brought::By(commits) => {
                brought.note(&mut finding, commits, true);
                there.push(finding);
            }
            Brought::Moved(commits) => {
                if brought.note(&mut finding, commits, false) {
                    moved.push(finding);
                }
            }
        }
    }
    there.sort_by_key(seconds);
    moved.sort_by_key(seconds);
    findings.append(&mut there);
    findings.append(&mut moved);
    // Of each secret the first is told; there may be as many paths as findings.
    for finding in findings.iter_mut() {
        let key = key(finding);
        let Some(placement) = &mut finding.placement else {
            continue;
        };
        if let Some((commits, paths)) = brought.0.remove(&key) {
            placement.commits = commits.len();
            placement.paths = paths.into_iter().collect();
        }
    }
}

/// Returns the time of the commit that brought a finding; `None` where that is unknown.
fn seconds(finding: &Finding) -> Option<i64> {
    let placement = finding.placement.as_ref()?;
    Some(placement.introduced.as_ref()?.seconds)
}

/// The ids of the commits that brought each thing, and the paths at which it then lay.
struct Bringing(HashMap<FindingKey, (HashSet<String>, BTreeSet<Vec<u8>>)>);

impl Bringing {
    /// Returns an entry without commits for each finding that a commit brought, according to
    /// `each`.
    fn of(findings: &[Finding], each: &[Brought]) -> Self {
        let some = findings
            .iter()
            .zip(each)
            .filter(|(_, brought)| matches!(brought, Brought::By(_)));
        Bringing(
            some.map(|(finding, _)| (key(finding), Default::default()))
                .collect(),
        )
    }

    /// Notes the commits that brought a finding, or only moved it, and its path. Returns false if
    /// no commit brought it.
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

/// The identity of a finding: of a secret its value; of an env file the rule and the values that it
/// holds, since a file with other values is another finding.
type FindingKey = (Option<Fingerprint>, Option<&'static str>, Vec<Fingerprint>);

fn key(finding: &Finding) -> FindingKey {
    let print = finding.fingerprint().cloned();
    let rule = print.is_none().then_some(finding.rule.id);
    (print, rule, finding.values.clone())
}

/// The largest number of env files of which each is compared with every other.
const COMPARED: usize = 1000;

/// Adds to the holders of each env file those that held all its values and more: a file that lost
/// some of its values was not brought.
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
