//! One finding a secret, with its occurrences and its place in history.

use std::collections::HashMap;
use std::sync::Arc;

use crate::blob::{Origin, Part};
use crate::error::Result;
use crate::finding::Finding;
use crate::policy::Verdict;
use crate::source::{Placements, Source};

type Judged = (Finding, Verdict);

/// Makes one finding of all that are of one secret and one verdict: the surest, and of those the first, with the others as
/// its occurrences. What is about no secret stays as it is.
pub fn by_secret(findings: Vec<Judged>) -> Vec<Judged> {
    let mut groups: Vec<Judged> = Vec::new();
    let mut known = HashMap::new();
    for (mut finding, verdict) in findings {
        finding.occurrences.push(finding.occurrence());
        let key = finding.evidence.as_ref().map(|evidence| (evidence.fingerprint.clone(), verdict.clone()));
        let at = key.map_or(groups.len(), |key| *known.entry(key).or_insert(groups.len()));
        match groups.get_mut(at) {
            None => groups.push((finding, verdict)),
            Some((first, _)) if first.confidence < finding.confidence => {
                first.occurrences.append(&mut finding.occurrences);
                finding.occurrences = std::mem::take(&mut first.occurrences);
                *first = finding;
            }
            Some((first, _)) => first.occurrences.append(&mut finding.occurrences),
        }
    }
    groups
}

/// Asks the source where in history each secret lies that is sure enough to be told of.
pub fn place(findings: &mut [Judged], source: &dyn Source) -> Result<()> {
    let mut placed: Vec<&mut Finding> = findings
        .iter_mut()
        .filter(|(finding, verdict)| *verdict != Verdict::BelowConfidence && finding.placement.is_none())
        .map(|(found, _)| found)
        .collect();
    let objects: Vec<Vec<String>> = placed.iter().map(|finding| objects(finding)).collect();
    if objects.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let Placements { groups, paths } = source.place(&objects)?;
    let held = placed.iter_mut().zip(groups).zip(&objects).filter(|(_, objects)| !objects.is_empty());
    for ((finding, placement), _) in held {
        for place in &mut finding.occurrences {
            place.origin = with_path(&place.origin, &paths);
        }
        finding.origin = with_path(&finding.origin, &paths);
        finding.placement = Some(Box::new(placement));
    }
    Ok(())
}

/// The objects that hold a secret.
fn objects(finding: &Finding) -> Vec<String> {
    let mut objects: Vec<String> =
        finding.occurrences.iter().filter_map(|place| place.origin.object().map(str::to_owned)).collect();
    objects.sort();
    objects.dedup();
    objects
}

/// The origin with the path that leads to its object. A name in a tree is one's last part.
fn with_path(origin: &Origin, paths: &HashMap<String, Vec<u8>>) -> Origin {
    match origin {
        Origin::Object { id, part: Part::Content, path: None } => {
            let path = paths.get(id).filter(|path| !path.is_empty()).cloned();
            Origin::Object { id: id.clone(), part: Part::Content, path }
        }
        Origin::Object { id, part: Part::PathName, path: Some(name) } => {
            let folder = paths.get(id).filter(|folder| !folder.is_empty());
            let path = folder.map_or_else(|| name.clone(), |folder| [folder, &b"/"[..], name].concat());
            Origin::Object { id: id.clone(), part: Part::PathName, path: Some(path) }
        }
        Origin::Member { container, path } => {
            Origin::Member { container: Arc::new(with_path(container, paths)), path: path.clone() }
        }
        Origin::Name { path, container: Some(container) } => {
            Origin::Name { path: path.clone(), container: Some(Arc::new(with_path(container, paths))) }
        }
        other => other.clone(),
    }
}
