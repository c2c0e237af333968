//! Sorts findings and skips and removes duplicates. The order does not depend on threads.

use std::collections::{HashMap, HashSet};

use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::model::rule::Confidence;
use crate::model::secret::Fingerprint;
use crate::model::skip::Skip;

/// Sorts findings by path, object, archive member and position, and removes duplicates.
pub fn findings(findings: &mut Vec<Finding>) {
    findings.sort_by(|one, other| order(one).cmp(&order(other)));
    // A user who names both a directory and a file in it gets each finding once.
    findings.dedup_by(|one, other| order(one) == order(other) && one.origin == other.origin);
    without_containers(findings);
    without_frames(findings);
}

/// Sorts skips by path and object, and removes duplicates.
pub fn skips(skips: &mut Vec<Skip>) {
    skips.sort_by(|one, other| key(one).cmp(&key(other)));
    skips.dedup();
}

fn key(skip: &Skip) -> (PlaceKey<'_>, crate::model::skip::SkipReason, &str) {
    (place(&skip.origin), skip.reason, &skip.detail)
}

fn order(finding: &Finding) -> (PlaceKey<'_>, Option<usize>, &str, Option<&Fingerprint>) {
    let fingerprint = finding.fingerprint();
    (
        place(&finding.origin),
        finding.location.map(|at| at.start.offset),
        finding.rule.id,
        fingerprint,
    )
}

/// The path, the name of the record, the object and the archive member of an origin.
type PlaceKey<'a> = (
    Option<&'a [u8]>,
    Option<&'a [u8]>,
    Option<&'a str>,
    Option<&'a [u8]>,
);

fn place(origin: &Origin) -> PlaceKey<'_> {
    (
        origin.path(),
        origin.record(),
        origin.object(),
        origin.member(),
    )
}

/// Removes findings in the raw bytes of an archive if a member of the archive has the same secret
/// with the same confidence, or a secret of the same rule with higher confidence. The raw bytes
/// then contain only a part of that secret, or that secret with other bytes after it.
fn without_containers(findings: &mut Vec<Finding>) {
    let key = |finding: &Finding| {
        let (path, _, object, _) = place(&finding.origin);
        (
            path.map(<[u8]>::to_vec),
            object.map(str::to_owned),
            finding.rule.id,
        )
    };
    let mut in_members: HashMap<_, (Confidence, HashSet<Option<Fingerprint>>)> = HashMap::new();
    for finding in findings
        .iter()
        .filter(|finding| finding.origin.member().is_some())
    {
        let (surest, values) = in_members
            .entry(key(finding))
            .or_insert((finding.confidence, HashSet::new()));
        *surest = finding.confidence.max(*surest);
        values.insert(fingerprint(finding));
    }
    if in_members.is_empty() {
        return;
    }
    let is_inside =
        |finding: &Finding| finding.origin.member().is_none() && finding.location.is_some();
    findings.retain(|finding| {
        let members = in_members.get(&key(finding)).filter(|_| is_inside(finding));
        members.is_none_or(|(surest, values)| {
            finding.confidence > *surest
                || finding.confidence == *surest && !values.contains(&fingerprint(finding))
        })
    });
}

/// Removes findings in the archive's own data, such as its headers, if a member or its name has the
/// same secret.
fn without_frames(findings: &mut Vec<Finding>) {
    if !findings.iter().any(|finding| finding.origin.is_frame()) {
        return;
    }
    let key = |finding: &Finding| {
        let (path, record, object, _) = place(&finding.origin);
        let place = (
            path.map(<[u8]>::to_vec),
            record.map(<[u8]>::to_vec),
            object.map(str::to_owned),
        );
        (place, finding.rule.id, fingerprint(finding))
    };
    let is_member =
        |finding: &&Finding| finding.origin.member().is_some() && !finding.origin.is_frame();
    let in_members: HashSet<_> = findings.iter().filter(is_member).map(key).collect();
    findings.retain(|finding| !finding.origin.is_frame() || !in_members.contains(&key(finding)));
}

fn fingerprint(finding: &Finding) -> Option<Fingerprint> {
    finding.fingerprint().cloned()
}
