//! The order of findings and skips, which does not depend on threads, without duplicates.

use std::collections::{HashMap, HashSet};

use crate::model::blob::Origin;
use crate::model::finding::Finding;
use crate::model::rule::Confidence;
use crate::model::secret::Fingerprint;
use crate::model::skip::Skip;

/// Sorts findings by path, object, member of an archive, then place, and drops duplicates.
pub fn findings(findings: &mut Vec<Finding>) {
    findings.sort_by(|one, other| order(one).cmp(&order(other)));
    // Who names a folder and a file in it gets what is in the file once.
    findings.dedup_by(|one, other| order(one) == order(other) && one.origin == other.origin);
    without_containers(findings);
    without_frames(findings);
}

/// Sorts skips by path and object, and drops duplicates.
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

/// The path, the record's name and the object of an origin, and the path in the archive that is
/// there.
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

/// Drops findings in the raw bytes of an archive where a member holds the same as surely, or a
/// secret of the same rule more surely: the raw bytes have a part of that, or the same with bytes
/// of the archive behind it.
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

/// Drops findings in the archive's own data, such as its headers, where a member or its name holds
/// the same and is reported.
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
