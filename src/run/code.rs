//! Findings about code, identified and filtered by the path of their file from the root.

use crate::model::finding::Finding;
use crate::model::skip::{Skip, SkipReason};
use crate::rules;
use crate::source::Source;

/// Adds the path from the root to the fingerprint of each finding about a line of code. Removes
/// findings and skips in directories for tests, examples and the like. Directories above the root
/// do not matter.
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
