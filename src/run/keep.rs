//! The parts of texts that outlast a scan, and their keepers.

use crate::detect::scanner::Scanner;
use crate::model::blob::Blob;
use crate::model::finding::Finding;
use crate::model::vault::Vault;

/// Sees each text of a scan while its bytes are in memory, with the findings in it. Several threads
/// call the observer.
pub type Observer = dyn Fn(&Blob<'_>, &[Finding], &Scanner) + Send + Sync;

/// The keepers of secrets and texts.
#[derive(Clone, Copy)]
pub struct ScanKeepers<'k> {
    /// The vault for the secrets themselves.
    pub vault: &'k Vault,
    /// The observer of the texts, if there is one.
    pub observer: Option<&'k Observer>,
}
