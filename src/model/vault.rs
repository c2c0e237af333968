//! The secrets that a scan found, held in memory for a later step of the same run.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use super::secret::{Fingerprint, Secret};

/// A store of secrets by fingerprint. The default vault is closed and stores nothing, so a run that
/// does not need the secrets does not hold them.
#[derive(Default)]
pub struct Vault {
    kept: Option<Mutex<BTreeMap<Fingerprint, Secret>>>,
}

impl Vault {
    /// Returns an open vault, which stores the secrets put into it.
    pub fn open() -> Self {
        Vault {
            kept: Some(Mutex::default()),
        }
    }

    /// Returns true if the vault stores the secrets put into it.
    pub fn is_open(&self) -> bool {
        self.kept.is_some()
    }

    /// Stores a secret if the vault is open. The same secret is stored once.
    pub fn put(&self, secret: &Secret) {
        let Some(kept) = &self.kept else { return };
        let mut kept = kept.lock();
        let known = kept.entry(secret.fingerprint());
        known.or_insert_with(|| secret.clone());
    }

    /// Returns the secret with this fingerprint; `None` if the vault does not have it.
    pub fn secret(&self, fingerprint: &Fingerprint) -> Option<Secret> {
        let kept = self.kept.as_ref()?;
        let kept = kept.lock();
        kept.get(fingerprint).cloned()
    }
}
