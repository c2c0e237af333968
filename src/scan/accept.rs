//! Tells what was not scanned and is accepted by somebody who counts.

use crate::finding::Verdict;
use crate::policy::Policy;
use crate::skip::Skip;

/// The skips that make a scan incomplete, and those that are accepted, each with what accepts it.
pub fn split(skips: Vec<Skip>, policy: &Policy) -> (Vec<Skip>, Vec<(Skip, Verdict)>) {
    let (mut open, mut accepted) = (Vec::new(), Vec::new());
    for skip in skips {
        match policy.accept(&skip) {
            Some(verdict) => accepted.push((skip, verdict)),
            None => {
                let note = policy.note_unscanned(&skip);
                open.push(match note {
                    Some(note) => skip.advising(note),
                    None => skip,
                });
            }
        }
    }
    (open, accepted)
}
