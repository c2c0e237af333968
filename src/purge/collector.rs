//! Collects the forms of secrets during a scan: the bytes of each spelling in which a secret
//! occurs. A finding cannot provide them, because it holds no secret.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use parking_lot::{Mutex, MutexGuard};

use crate::detect::scanner::Scanner;
use crate::model::blob::{Blob, Origin};
use crate::model::finding::Finding;
use crate::model::secret::Fingerprint;

use super::expressions::{MASK, replaced};
use super::found::{FoundForms, lfs_object};

/// The number of bytes at the start of a text that git-filter-repo searches for a zero byte. If it
/// finds one, it treats the text as binary and does not change it.
const HEAD: usize = 8192;

/// The largest number of searches of one text. Each search after the first looks for secrets that
/// the replacements so far leave behind.
const ROUNDS: usize = 4;

/// The forms of all secrets found, by secret. All are collected, because only the end of the scan
/// decides which secrets are reported.
#[derive(Default)]
pub struct FormCollector {
    forms: Mutex<BTreeMap<Fingerprint, FoundForms>>,
    /// The size in bytes of each git-lfs object, by its SHA-256.
    sizes: Mutex<BTreeMap<String, usize>>,
}

/// The forms of each secret to replace in a text.
type FormsBySecret = BTreeMap<Fingerprint, BTreeSet<Vec<u8>>>;

impl FormCollector {
    /// Collects the forms of the secrets in `blob`. `found` are the findings of `scanner` in it.
    pub fn see(&self, blob: &Blob<'_>, found: &[Finding], scanner: &Scanner) {
        if let (Origin::File(_), Some(oid)) = (blob.origin, lfs_object(blob.origin)) {
            // A large file is scanned as several blobs.
            let end = blob.start.offset + blob.core.end;
            let mut sizes = lock(&self.sizes);
            let known = sizes.entry(oid).or_default();
            *known = end.max(*known);
        }
        if !found.iter().any(|finding| finding.evidence.is_some()) {
            return;
        }
        let names = blob.origin.names();
        if blob.is_first() {
            self.see_names(blob.origin, once(scanner, names, names));
        }
        let here = once(scanner, names, blob.bytes);
        if !here.is_empty() {
            let is_member = blob.origin.member().is_some();
            let forms = Some(here.clone()).filter(|_| !is_member);
            let forms = forms.and_then(|here| all(scanner, names, blob.bytes, here));
            self.see_text(blob.origin, &here, forms);
        }
    }

    fn see_names(&self, origin: &Origin, forms: FormsBySecret) {
        let mut kept = lock(&self.forms);
        for (secret, forms) in forms {
            let of_secret = kept.entry(secret).or_default();
            of_secret.in_name(origin, forms.into_iter());
        }
    }

    /// Adds the forms of the secrets in a text. `here` are all secrets that the scan found in it;
    /// `forms` is `None` if replacing bytes cannot remove them.
    fn see_text(&self, origin: &Origin, here: &FormsBySecret, forms: Option<FormsBySecret>) {
        let mut kept = lock(&self.forms);
        let mut in_text = |secret: &Fingerprint, forms| {
            let of_secret = kept.entry(secret.clone()).or_default();
            of_secret.in_text(origin, forms);
        };
        match forms {
            Some(forms) => forms
                .into_iter()
                .for_each(|(secret, forms)| in_text(&secret, Some(forms))),
            None => here.keys().for_each(|secret| in_text(secret, None)),
        }
    }

    /// Returns the forms of `secrets` in all texts seen.
    pub fn of(&self, secrets: &HashSet<&Fingerprint>) -> FoundForms {
        let mut found = FoundForms::default();
        let kept = lock(&self.forms);
        let wanted = kept.iter().filter(|(secret, _)| secrets.contains(secret));
        wanted.for_each(|(_, forms)| found.add(forms.clone()));
        found.sizes = lock(&self.sizes).clone();
        found
    }
}

/// Searches `text`, the content of the file at `path`, once. Returns the forms that were found.
fn once(scanner: &Scanner, path: &[u8], text: &[u8]) -> FormsBySecret {
    let mut forms = FormsBySecret::new();
    for found in scanner.matches(path, text) {
        let of_secret = forms.entry(found.secret.fingerprint()).or_default();
        of_secret.insert(text[found.span].to_vec());
    }
    forms
}

/// Adds to `forms` until a scan of `text` with all forms replaced finds nothing, and returns
/// `forms`; `None` if that cannot be achieved.
fn all(
    scanner: &Scanner,
    path: &[u8],
    text: &[u8],
    mut forms: FormsBySecret,
) -> Option<FormsBySecret> {
    if text[..text.len().min(HEAD)].contains(&0) {
        return None;
    }
    for _ in 1..ROUNDS {
        let known: BTreeSet<Vec<u8>> = forms.values().flatten().cloned().collect();
        // A form that contains the mask does not occur in the original text.
        let has_mask = |form: &Vec<u8>| memchr::memmem::find(form, MASK).is_some();
        if known.iter().any(has_mask) {
            return None;
        }
        let more = once(scanner, path, &replaced(text, &known));
        if more.is_empty() {
            return Some(forms);
        }
        for (secret, more) in more {
            forms.entry(secret).or_default().extend(more);
        }
    }
    None
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock()
}
