//! The bytes that are to be removed, and where replacing them is not enough.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::detect::redact::shown_path;
use crate::detect::scanner::Scanner;
use crate::error::Result;
use crate::model::blob::{Blob, Origin, Part};
use crate::model::secret::Fingerprint;
use crate::source::Source;

use super::expressions::{MASK, replaced};

/// What is to be removed, each as it stands there: in plain, encoded, or cut in pieces.
#[derive(Default)]
pub struct FoundForms {
    /// In the content of text files.
    pub texts: BTreeSet<Vec<u8>>,
    /// In messages and headers of commits and tags.
    pub messages: BTreeSet<Vec<u8>>,
    /// In records: configuration, reflogs, messages of commits that were begun.
    pub records: BTreeSet<Vec<u8>>,
    /// In names of files, folders and refs.
    pub names: BTreeSet<Vec<u8>>,
    /// The ids of blobs that no replacement reaches.
    pub strip: BTreeSet<String>,
    /// Files of the large file storage that hold a secret, by the SHA-256 that names them.
    pub lfs: BTreeSet<String>,
    /// How many bytes each file of the large file storage has.
    sizes: BTreeMap<String, usize>,
    /// Where something has to be done by hand, to show.
    pub left: BTreeSet<String>,
}

/// Git-filter-repo takes for binary, and leaves alone, what has a zero in so many bytes from its beginning.
const HEAD: usize = 8192;

/// How often what remains of a text is looked at again.
const ROUNDS: usize = 4;

/// What is looked for.
struct WantedSecrets<'w> {
    scanner: &'w Scanner,
    secrets: &'w HashSet<&'w Fingerprint>,
}

impl WantedSecrets<'_> {
    /// Where `bytes`, which lie at `path`, hold one of the secrets.
    fn spans(&self, path: &[u8], bytes: &[u8]) -> Vec<Range<usize>> {
        let found = self.scanner.matches(path, bytes);
        let wanted = found
            .into_iter()
            .filter(|found| self.secrets.contains(&found.secret.fingerprint()));
        wanted.map(|found| found.span).collect()
    }

    /// What to replace in a text so that none of the secrets is found in it any more; nothing, where that cannot be done.
    fn forms(&self, path: &[u8], text: &[u8]) -> Option<BTreeSet<Vec<u8>>> {
        if text[..text.len().min(HEAD)].contains(&0) {
            return None;
        }
        let mut forms = BTreeSet::new();
        let mut rest = text.to_vec();
        for _ in 0..ROUNDS {
            let spans = self.spans(path, &rest);
            if spans.is_empty() {
                return Some(forms);
            }
            forms.extend(spans.into_iter().map(|span| rest[span].to_vec()));
            // What holds a mask is not in the text itself.
            if forms
                .iter()
                .any(|form| memchr::memmem::find(form, MASK).is_some())
            {
                return None;
            }
            rest = replaced(text, &forms);
        }
        None
    }
}

impl FoundForms {
    /// All places of `secrets` in what `source` has.
    pub fn gather(
        source: &dyn Source,
        scanner: &Scanner,
        secrets: &HashSet<&Fingerprint>,
    ) -> Result<Self> {
        let wanted = WantedSecrets { scanner, secrets };
        let found = Mutex::new(FoundForms::default());
        source.visit(&|blob| {
            // What cannot be read is told by the scan.
            let Ok(blob) = blob else { return };
            let mut here = FoundForms::default();
            here.look(&blob, &wanted);
            found
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(here);
        })?;
        Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// What of the large file storage stands in history for its files.
    pub fn pointers(&self) -> impl Iterator<Item = String> {
        let of = |(oid, size)| {
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n")
        };
        self.lfs
            .iter()
            .filter_map(|oid| Some((oid, self.sizes.get(oid)?)))
            .map(of)
    }

    fn add(&mut self, mut other: FoundForms) {
        self.texts.append(&mut other.texts);
        self.messages.append(&mut other.messages);
        self.records.append(&mut other.records);
        self.names.append(&mut other.names);
        self.strip.append(&mut other.strip);
        self.lfs.append(&mut other.lfs);
        self.left.append(&mut other.left);
        // A large file comes in parts.
        for (oid, size) in other.sizes {
            let known = self.sizes.entry(oid).or_default();
            *known = size.max(*known);
        }
    }

    fn look(&mut self, blob: &Blob<'_>, wanted: &WantedSecrets<'_>) {
        let names = blob.origin.names();
        let in_names = if blob.is_first() {
            wanted.spans(names, names)
        } else {
            Vec::new()
        };
        if let (Origin::File(_), Some(oid)) = (blob.origin, lfs_object(blob.origin)) {
            self.sizes.insert(oid, blob.start.offset + blob.core.end);
        }
        if !in_names.is_empty() {
            self.in_name(
                blob.origin,
                in_names.into_iter().map(|span| names[span].to_vec()),
            );
        }
        if !wanted.spans(names, blob.bytes).is_empty() {
            let inside = blob.origin.member().is_some();
            let forms = if inside {
                None
            } else {
                wanted.forms(names, blob.bytes)
            };
            self.in_text(blob.origin, forms);
        }
    }

    /// Takes what is in a name.
    fn in_name(&mut self, origin: &Origin, forms: impl Iterator<Item = Vec<u8>>) {
        match origin {
            Origin::Object { .. }
            | Origin::Name {
                container: None, ..
            } => self.names.extend(forms),
            Origin::Record {
                part: Part::RefName,
                ..
            } => self.names.extend(forms),
            // It is the name of a ref, and goes with that.
            Origin::Record {
                part: Part::Reflog, ..
            } => {}
            _ => self.in_text(origin, None),
        }
    }

    /// Takes what is in a text: `forms`, if replacing them is enough.
    fn in_text(&mut self, origin: &Origin, forms: Option<BTreeSet<Vec<u8>>>) {
        match (origin.part(), forms) {
            (Some(Part::Content), Some(forms)) => self.texts.extend(forms),
            (Some(Part::Content), None) => self.strip.extend(origin.object().map(str::to_owned)),
            (Some(Part::RefName), Some(forms)) => self.names.extend(forms),
            (Some(_), Some(forms)) if origin.object().is_some() => self.messages.extend(forms),
            (Some(_), Some(forms)) if origin.record().is_some_and(may_change) => {
                self.records.extend(forms)
            }
            _ => match lfs_object(origin) {
                Some(oid) => self.lfs.extend([oid]),
                None => self.left.extend([shown(origin)]),
            },
        }
    }
}

/// Whether a file of git's may be changed: in some, paths to work trees lead to the folders of that name.
fn may_change(name: &[u8]) -> bool {
    !name.ends_with(b"/gitdir") && !name.ends_with(b"/commondir")
}

/// The SHA-256 that a file of the large file storage is named by.
fn lfs_object(origin: &Origin) -> Option<String> {
    let path = String::from_utf8_lossy(origin.path()?).replace('\\', "/");
    let name = path.rsplit('/').next()?;
    let is_one = path.contains("lfs/objects/")
        && name.len() == 64
        && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| name.to_owned())
}

fn shown(origin: &Origin) -> String {
    shown_path(
        origin
            .record()
            .or(origin.path())
            .unwrap_or(origin.object().unwrap_or_default().as_bytes()),
    )
}
