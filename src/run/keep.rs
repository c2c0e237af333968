//! What of texts outlasts them: by whom it is kept.

use crate::detect::scanner::Scanner;
use crate::model::blob::Blob;
use crate::model::finding::Finding;
use crate::model::vault::Vault;

/// Sees each text of a scan while its bytes are at hand, with what the scanner found in it. It is called from several threads.
pub type Observer = dyn Fn(&Blob<'_>, &[Finding], &Scanner) + Send + Sync;

/// By whom something is kept of texts.
#[derive(Clone, Copy)]
pub struct ScanKeepers<'k> {
    /// Where the secrets themselves go.
    pub vault: &'k Vault,
    /// Who sees the texts, if anybody does.
    pub observer: Option<&'k Observer>,
}
