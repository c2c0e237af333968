//! The bytes to remove, and the places in which replacing them is not enough.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::redact::shown_path;
use crate::model::blob::{Origin, Part};

/// The bytes to remove, in each form that was found: plain, encoded, or cut into pieces.
#[derive(Clone, Default)]
pub struct FoundForms {
    /// In the content of text files.
    pub texts: BTreeSet<Vec<u8>>,
    /// In messages and headers of commits and tags.
    pub messages: BTreeSet<Vec<u8>>,
    /// In git's own files: configuration, reflogs, messages of unfinished commits.
    pub records: BTreeSet<Vec<u8>>,
    /// In names of files, directories and refs.
    pub names: BTreeSet<Vec<u8>>,
    /// The ids of blobs to drop, because replacing bytes cannot remove the secret in them.
    pub strip: BTreeSet<String>,
    /// The git-lfs objects that hold a secret, by their SHA-256.
    pub lfs: BTreeSet<String>,
    /// The size in bytes of each git-lfs object, by its SHA-256.
    pub sizes: BTreeMap<String, usize>,
    /// The places to clean by hand, masked and escaped for display.
    pub left: BTreeSet<String>,
}

impl FoundForms {
    /// Returns the content of the pointer file, as committed, for each object in `lfs` whose size
    /// is known.
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

    /// Adds `forms`, which were found in the name of `origin`.
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
            // A reflog has the name of its ref, whose name is added separately.
            Origin::Record {
                part: Part::Reflog, ..
            } => {}
            _ => self.in_text(origin, None),
        }
    }

    /// Adds the result of searching one text: the forms to replace, or `None` if replacing bytes is
    /// not enough.
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

/// Returns true if one of git's own files may be changed. `gitdir` and `commondir` may not, because
/// they contain paths of existing directories.
fn may_change(name: &[u8]) -> bool {
    !name.ends_with(b"/gitdir") && !name.ends_with(b"/commondir")
}

/// Returns the SHA-256 of a git-lfs object, taken from its file name; `None` for any other file.
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
