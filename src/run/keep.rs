//! The receivers of secrets and texts during a scan, for work after the scan.

use crate::detect::scanner::Scanner;
use crate::model::blob::Blob;
use crate::model::finding::Finding;
use crate::model::vault::Vault;

/// Receives each scanned text while its bytes are in memory, and the findings in it. Several
/// threads call the observer at the same time.
pub type Observer = dyn Fn(&Blob<'_>, &[Finding], &Scanner) + Send + Sync;

/// The receivers of the secrets and texts of a scan.
#[derive(Clone, Copy)]
pub struct ScanKeepers<'k> {
    /// The vault, which stores the secrets that are found.
    pub vault: &'k Vault,
    /// The observer of the texts; `None` if nobody needs them.
    pub observer: Option<&'k Observer>,
}
