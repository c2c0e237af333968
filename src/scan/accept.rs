//! Tells what was not scanned and is accepted by somebody who counts.

use crate::finding::Verdict;
use crate::policy::Policy;
use crate::skip::Skip;

/// The skips that make a scan incomplete, and those that are accepted, each with what accepts it. Each is judged by the path
/// that `from_root` gives for the one it is told at.
pub fn split(
    skips: Vec<Skip>,
    from_root: &dyn Fn(&[u8]) -> Vec<u8>,
    policy: &Policy,
) -> (Vec<Skip>, Vec<(Skip, Verdict)>) {
    let (mut open, mut accepted) = (Vec::new(), Vec::new());
    for skip in skips {
        let rooted = skip.clone().at(skip.origin.moved(from_root));
        match policy.accept(&rooted) {
            Some(verdict) => accepted.push((skip, verdict)),
            None => {
                let note = policy.note_unscanned(&rooted);
                open.push(match note {
                    Some(note) => skip.advising(note),
                    None => skip,
                });
            }
        }
    }
    (open, accepted)
}
