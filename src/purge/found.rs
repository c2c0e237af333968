//! The bytes that are to be removed, and where replacing them is not enough.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::redact::shown_path;
use crate::model::blob::{Origin, Part};

/// The bytes to remove, each in the form found: in plain, encoded, or cut in pieces.
#[derive(Clone, Default)]
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
    /// The size in bytes of each file of the large file storage.
    pub sizes: BTreeMap<String, usize>,
    /// The places to clean by hand, fit to be shown.
    pub left: BTreeSet<String>,
}

impl FoundForms {
    /// Returns the text of the pointer to each of `lfs` whose size is known, as history has it.
    pub fn pointers(&self) -> impl Iterator<Item = String> {
        let of = |(oid, size)| {
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n")
        };
        self.lfs
            .iter()
            .filter_map(|oid| Some((oid, self.sizes.get(oid)?)))
            .map(of)
    }

    /// Adds all forms of `other`, without its sizes.
    pub fn add(&mut self, mut other: FoundForms) {
        self.texts.append(&mut other.texts);
        self.messages.append(&mut other.messages);
        self.records.append(&mut other.records);
        self.names.append(&mut other.names);
        self.strip.append(&mut other.strip);
        self.lfs.append(&mut other.lfs);
        self.left.append(&mut other.left);
    }

    /// Adds `forms`, found in a name.
    pub fn in_name(&mut self, origin: &Origin, forms: impl Iterator<Item = Vec<u8>>) {
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

    /// Adds the finds of a text: `forms`, if replacing them is enough; otherwise `None`.
    pub fn in_text(&mut self, origin: &Origin, forms: Option<BTreeSet<Vec<u8>>>) {
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

/// Returns true if a file of git's may be changed: in some, paths to work trees lead to the folders
/// of that name.
fn may_change(name: &[u8]) -> bool {
    !name.ends_with(b"/gitdir") && !name.ends_with(b"/commondir")
}

/// Returns the SHA-256 that names a file of the large file storage; `None` for any other file.
pub fn lfs_object(origin: &Origin) -> Option<String> {
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
