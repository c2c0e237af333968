//! Findings about code, by the path that their file has from the root.

use crate::model::finding::Finding;
use crate::model::skip::{Skip, SkipReason};
use crate::rules;
use crate::source::Source;

/// Identifies each finding about a line of code by the path from the root, and drops those in
/// tests, examples and the like. The folders of a path above the root do not matter.
pub fn bind(findings: &mut Vec<Finding>, skips: &mut Vec<Skip>, source: &dyn Source) {
    findings.retain_mut(|finding| {
        if finding.line.is_none() {
            return true;
        }
        let rooted = source.rooted(&finding.origin);
        let path = rooted.path().unwrap_or_default();
        finding.bind(path);
        !rules::is_aside(path)
    });
    skips.retain(|skip| {
        let rooted = source.rooted(&skip.origin);
        let is_judged = !rules::is_aside(rooted.path().unwrap_or_default());
        skip.reason != SkipReason::TooLargeToReview || is_judged
    });
}
