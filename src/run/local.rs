//! Recognises secrets that have not left this machine.

use crate::detect::scanner::Scanner;
use crate::model::blob::Blob;
use crate::model::finding::{Finding, Verdict};
use crate::source::{Earlier, Source};

use super::Judged;

/// Sets `is_local` of each reported finding: true if the source knows that only this machine has
/// the secret.
pub fn mark(findings: &mut [Judged], source: &dyn Source, scanner: &Scanner) {
    for (finding, _) in findings
        .iter_mut()
        .filter(|(_, verdict)| *verdict == Verdict::Reported)
    {
        finding.is_local = match source.earlier(&finding.origin) {
            Earlier::Unknown => false,
            Earlier::Nothing => true,
            Earlier::Content(content) => !holds(&content, finding, scanner),
        };
    }
}

/// Returns true if a scan of `content` finds the secret of `finding`.
fn holds(content: &[u8], finding: &Finding, scanner: &Scanner) -> bool {
    let Some(own) = &finding.evidence else {
        return false;
    };
    let found = scanner.scan(&Blob::whole(&finding.origin, content));
    found
        .iter()
        .filter_map(|found| found.evidence.as_ref())
        .any(|known| known.fingerprint == own.fingerprint)
}
