//! Groups findings by secret, and adds the occurrences and the placement in history to each
//! finding.

use std::collections::HashMap;
use std::hash::Hash;

use crate::env::{Role, role_among};
use crate::error::Result;
use crate::model::blob::{Origin, Part};
use crate::model::finding::{Finding, Verdict};
use crate::source::folder::Folder;
use crate::source::{Placements, Source};

use super::Judged;

/// Merges the findings of each secret into one finding, with an occurrence for each location. An
/// occurrence has the verdict of its finding. Findings without a secret stay as they are.
pub fn by_secret(findings: Vec<Judged>) -> Vec<Judged> {
    merged(findings, |finding| finding.fingerprint().cloned())
}

/// Merges the findings about the same whole file by the same rule.
pub fn by_path(findings: Vec<Judged>) -> Vec<Judged> {
    merged(findings, |finding| {
        let is_whole = finding.fingerprint().is_none()
            && finding.variable.is_none()
            && finding.ignoring.is_none();
        is_whole
            .then(|| Some((finding.rule.id, finding.origin.path()?.to_vec())))
            .flatten()
    })
}

/// Merges findings with the same key into the heaviest finding. Of equally heavy findings, the
/// first is used. Findings are weighed by verdict, then by severity, then by confidence.
fn merged<K: Hash + Eq>(findings: Vec<Judged>, key: impl Fn(&Finding) -> Option<K>) -> Vec<Judged> {
    let mut groups: Vec<Judged> = Vec::new();
    let mut known = HashMap::new();
    for (mut finding, verdict) in findings {
        if finding.occurrences.is_empty() {
            finding
                .occurrences
                .push(finding.occurrence(verdict.clone()));
        }
        let at = key(&finding).map_or(groups.len(), |key| {
            *known.entry(key).or_insert(groups.len())
        });
        match groups.get_mut(at) {
            None => groups.push((finding, verdict)),
            Some(first) => absorb(first, (finding, verdict)),
        }
    }
    groups
}

/// Merges `other` into `first`, a finding about the same secret or file. The result is the heavier
/// of the two, with the occurrences, placement and values of both.
pub fn absorb(first: &mut Judged, mut other: Judged) {
    let mut places = std::mem::take(&mut first.0.occurrences);
    places.append(&mut other.0.occurrences);
    let placement = match (first.0.placement.take(), other.0.placement.take()) {
        (Some(one), Some(other)) => Some(Box::new(one.with(*other))),
        (one, other) => one.or(other),
    };
    let weight =
        |(finding, verdict): &Judged| (verdict.weight(), finding.severity, finding.confidence);
    if weight(first) < weight(&other) {
        std::mem::swap(first, &mut other);
    }
    first.0.occurrences = places;
    first.0.placement = placement;
    // The merged finding has the values of both.
    for value in other.0.values {
        if !first.0.values.contains(&value) {
            first.0.values.push(value);
        }
    }
}

/// Looks up the placement in history of each finding that is not below the confidence, and adds
/// paths to the finding's origins. A path in `known`, by the id of an object, takes precedence over
/// the path that the source returns.
pub fn place(
    findings: &mut [Judged],
    source: &dyn Source,
    known: HashMap<String, Vec<u8>>,
) -> Result<()> {
    let mut placed: Vec<&mut Finding> = findings
        .iter_mut()
        .filter(|(finding, verdict)| {
            *verdict != Verdict::BelowConfidence && finding.placement.is_none()
        })
        .map(|(found, _)| found)
        .collect();
    let objects: Vec<Vec<String>> = placed.iter().map(|finding| objects(finding)).collect();
    if objects.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let Placements { groups, mut paths } = source.place(&objects)?;
    paths.extend(known);
    let held = placed
        .iter_mut()
        .zip(groups)
        .zip(&objects)
        .filter(|(_, objects)| !objects.is_empty());
    for ((finding, placement), _) in held {
        for place in &mut finding.occurrences {
            place.origin = with_path(&place.origin, &paths);
        }
        finding.origin = with_path(&finding.origin, &paths);
        finding.placement = Some(Box::new(placement));
    }
    Ok(())
}

/// Returns true if a finding is about a whole file in history whose path is not known yet.
pub fn is_pathless((finding, _): &Judged) -> bool {
    let is_content = matches!(
        finding.origin,
        Origin::Object {
            part: Part::Content,
            path: None,
            ..
        }
    );
    is_content && finding.fingerprint().is_none()
}

/// Returns one finding for each path in `folder` that is the path of an env file. The same content
/// may also have other paths, which are not those of env files.
pub fn at_each_path(
    (finding, verdict): Judged,
    env_names: &[String],
    folder: &Folder,
) -> Vec<Judged> {
    let paths = finding
        .placement
        .as_ref()
        .map(|placement| placement.paths.clone())
        .unwrap_or_default();
    let paths = paths
        .iter()
        .filter(|path| folder.has(path) && role_among(path, env_names) == Some(Role::Sensitive));
    paths
        .map(|path| (at_path(&finding, path, &verdict), verdict.clone()))
        .collect()
}

fn at_path(finding: &Finding, path: &[u8], verdict: &Verdict) -> Finding {
    let mut finding = finding.clone();
    if let Origin::Object { path: known, .. } = &mut finding.origin {
        *known = Some(path.to_vec());
    }
    if let Some(placement) = &mut finding.placement {
        placement.paths = vec![path.to_vec()];
        placement.from_root.retain(|(own, _)| own == path);
    }
    finding.occurrences = vec![finding.occurrence(verdict.clone())];
    finding
}

/// Returns the ids of the objects in which a secret occurs, sorted.
fn objects(finding: &Finding) -> Vec<String> {
    let mut objects: Vec<String> = finding
        .occurrences
        .iter()
        .filter_map(|place| place.origin.object().map(str::to_owned))
        .collect();
    objects.sort();
    objects.dedup();
    objects
}

/// Returns the origin with the path of its object from `paths`, whose keys are ids of objects. The
/// origin of a name in a tree gets the path of the tree before the name.
pub fn with_path(origin: &Origin, paths: &HashMap<String, Vec<u8>>) -> Origin {
    let known = |id: &String| paths.get(id).filter(|path| !path.is_empty());
    let with = |id: &String, part, path| Origin::Object {
        id: id.clone(),
        part,
        path,
    };
    origin.map_outermost(&|outermost| match outermost {
        Origin::Object {
            id,
            part: Part::Content,
            path: None,
        } => with(id, Part::Content, known(id).cloned()),
        Origin::Object {
            id,
            part: Part::PathName,
            path: Some(name),
        } => {
            let path = known(id).map(|folder| [folder, &b"/"[..], name].concat());
            with(id, Part::PathName, path.or_else(|| Some(name.clone())))
        }
        other => other.clone(),
    })
}
