//! The bytes of the secrets that a scan found, for a step that needs them: inside one run, and
//! nowhere else.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use super::secret::{Fingerprint, Secret};

/// Secrets by their fingerprints. A closed vault, which is the default, keeps nothing, so a run
/// that needs no secrets holds none.
#[derive(Default)]
pub struct Vault {
    kept: Option<Mutex<BTreeMap<Fingerprint, Secret>>>,
}

impl Vault {
    /// Returns a vault that keeps the secrets put in.
    pub fn open() -> Self {
        Vault {
            kept: Some(Mutex::default()),
        }
    }

    /// Returns true if the vault keeps the secrets put in.
    pub fn is_open(&self) -> bool {
        self.kept.is_some()
    }

    /// Keeps a secret once, if the vault is open.
    pub fn put(&self, secret: &Secret) {
        let Some(kept) = &self.kept else { return };
        let mut kept = kept.lock();
        let known = kept.entry(secret.fingerprint());
        known.or_insert_with(|| secret.clone());
    }

    /// Returns the secret with this fingerprint; `None` if it was not put in.
    pub fn secret(&self, fingerprint: &Fingerprint) -> Option<Secret> {
        let kept = self.kept.as_ref()?;
        let kept = kept.lock();
        kept.get(fingerprint).cloned()
    }
}
