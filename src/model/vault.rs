//! The bytes of what a scan found, for a step that needs them: inside one run, and nowhere else.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use super::secret::{Fingerprint, Secret};

/// Secrets by their fingerprints. A closed one, which is the default, keeps nothing, so a run that needs none holds none.
#[derive(Default)]
pub struct Vault {
    kept: Option<Mutex<BTreeMap<Fingerprint, Secret>>>,
}

impl Vault {
    /// A vault that keeps what is put in.
    pub fn open() -> Self {
        Vault {
            kept: Some(Mutex::default()),
        }
    }

    /// Returns true if it keeps what is put in.
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

    /// The secret with this fingerprint, if it was put in.
    pub fn secret(&self, fingerprint: &Fingerprint) -> Option<Secret> {
        let kept = self.kept.as_ref()?;
        let kept = kept.lock();
        kept.get(fingerprint).cloned()
    }
}
