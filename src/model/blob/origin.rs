//! Where bytes come from: a file, the index, an object of git's, a member of an archive.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the bytes of a [`Blob`](super::Blob) lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Standard input.
    Stdin,
    /// What Notion answers.
    Notion,
    /// A file on disk.
    File(PathBuf),
    /// The target text of a symbolic link on disk; the link is not followed.
    LinkTarget(PathBuf),
    /// A path in the index, with the hexadecimal id of the object staged there.
    Index {
        /// The path inside the repository, as git stores it: bytes with `/` between its parts.
        path: Vec<u8>,
        /// The id of the blob that the next commit would record.
        object: String,
    },
    /// A member of an archive, or what a compressed file holds.
    Member {
        /// Where the outermost container lies: never a member itself.
        container: Arc<Origin>,
        /// The path inside the outermost container, those of nested ones joined with `!`: `lib/b.zip!c.txt`.
        path: Vec<u8>,
        /// Whether it is not what lies at the path, but what a container there says besides its members: comments, targets
        /// of links, attributes.
        is_frame: bool,
    },
    /// The name of a file or folder itself.
    Name {
        /// The path that ends in the name.
        path: Vec<u8>,
        /// The container that the path lies in, for a member's.
        container: Option<Arc<Origin>>,
    },
    /// An object in git's database.
    Object {
        /// Its id, in hexadecimal.
        id: String,
        /// What of it the bytes are.
        part: Part,
        /// A path that leads to it, as git stores it, where one is known; for [`Part::PathName`], the name.
        path: Option<Vec<u8>>,
    },
    /// A text that git keeps outside its database.
    Record {
        /// What it is.
        part: Part,
        /// Its name: that of the ref, or of the file in git's own directory.
        name: Vec<u8>,
    },
}

/// What of git's own data a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The content of a file.
    Content,
    /// The message and the headers of a commit.
    CommitMessage,
    /// The message and the headers of an annotated tag.
    TagMessage,
    /// A name in a tree.
    PathName,
    /// The name of a ref.
    RefName,
    /// What git noted when a ref moved.
    Reflog,
    /// Git's configuration and the like: remotes, hooks, messages of commits that were begun.
    GitConfig,
}

impl Part {
    /// The word for it in reports, stable; `None` for the content of a file.
    pub fn id(self) -> Option<&'static str> {
        match self {
            Part::Content => None,
            Part::CommitMessage => Some("commit-message"),
            Part::TagMessage => Some("tag-message"),
            Part::PathName => Some("path-name"),
            Part::RefName => Some("ref-name"),
            Part::Reflog => Some("reflog"),
            Part::GitConfig => Some("git-config"),
        }
    }
}

impl Origin {
    /// The path's bytes, `None` for standard input and for what lies at no path. For a member, the path of its container.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Origin::Stdin | Origin::Notion | Origin::Record { .. } => None,
            Origin::Object { path, .. } => path.as_deref(),
            Origin::File(path) | Origin::LinkTarget(path) => Some(path_bytes(path)),
            Origin::Index { path, .. } => Some(path),
            Origin::Member { container, .. }
            | Origin::Name {
                container: Some(container),
                ..
            } => container.path(),
            Origin::Name {
                path,
                container: None,
            } => Some(path),
        }
    }

    /// The id of the git object the bytes were read from, in hexadecimal.
    pub fn object(&self) -> Option<&str> {
        match self {
            Origin::Index { object, .. } => Some(object),
            Origin::Object { id, .. } => Some(id),
            Origin::Member { container, .. }
            | Origin::Name {
                container: Some(container),
                ..
            } => container.object(),
            _ => None,
        }
    }

    /// What of git's own data the bytes are; `None` for what is not git's, or a path of its own.
    pub fn part(&self) -> Option<Part> {
        match self {
            Origin::Object { part, .. } | Origin::Record { part, .. } => Some(*part),
            Origin::Member { container, .. }
            | Origin::Name {
                container: Some(container),
                ..
            } => container.part(),
            _ => None,
        }
    }

    /// Whether the bytes are those of a file, a link or a name on disk.
    pub fn is_on_disk(&self) -> bool {
        match self {
            Origin::File(_)
            | Origin::LinkTarget(_)
            | Origin::Name {
                container: None, ..
            } => true,
            Origin::Member { container, .. }
            | Origin::Name {
                container: Some(container),
                ..
            } => container.is_on_disk(),
            _ => false,
        }
    }

    /// The word for what is not simply the content of a file, stable; `None` where it is.
    pub fn place(&self) -> Option<&'static str> {
        match self {
            Origin::LinkTarget(_) => Some("link-target"),
            Origin::Name { .. } => Some("path-name"),
            _ if self.is_frame() => Some("archive-header"),
            _ => self.part().and_then(Part::id),
        }
    }

    /// Returns true if it is what a container in a container says besides its members.
    pub fn is_frame(&self) -> bool {
        matches!(self, Origin::Member { is_frame: true, .. })
    }

    /// The name of a [record](Origin::Record).
    pub fn record(&self) -> Option<&[u8]> {
        match self {
            Origin::Record { name, .. } => Some(name),
            Origin::Member { container, .. }
            | Origin::Name {
                container: Some(container),
                ..
            } => container.record(),
            _ => None,
        }
    }

    /// The path inside the outermost container, `None` for what is no member of one.
    pub fn member(&self) -> Option<&[u8]> {
        match self {
            Origin::Member { path, .. }
            | Origin::Name {
                path,
                container: Some(_),
            } => Some(path),
            _ => None,
        }
    }

    /// The same origin with its paths as `change` makes them.
    pub fn with_paths(&self, change: &dyn Fn(&[u8]) -> Vec<u8>) -> Origin {
        let path_buf = |path: &Path| to_path(&change(path_bytes(path)));
        match self {
            Origin::Stdin | Origin::Notion => self.clone(),
            Origin::File(path) => Origin::File(path_buf(path)),
            Origin::LinkTarget(path) => Origin::LinkTarget(path_buf(path)),
            Origin::Index { path, object } => Origin::Index {
                path: change(path),
                object: object.clone(),
            },
            Origin::Member {
                container,
                path,
                is_frame,
            } => {
                let container = Arc::new(container.with_paths(change));
                Origin::Member {
                    container,
                    path: change(path),
                    is_frame: *is_frame,
                }
            }
            Origin::Name { path, container } => {
                let container = container
                    .as_ref()
                    .map(|container| Arc::new(container.with_paths(change)));
                Origin::Name {
                    path: change(path),
                    container,
                }
            }
            Origin::Object { id, part, path } => Origin::Object {
                id: id.clone(),
                part: *part,
                path: path.as_deref().map(change),
            },
            Origin::Record { part, name } => Origin::Record {
                part: *part,
                name: change(name),
            },
        }
    }

    /// The same origin where what lies on disk, or is staged, has the path that `change` makes.
    pub fn moved(&self, change: &dyn Fn(&[u8]) -> Vec<u8>) -> Origin {
        match self {
            Origin::File(_)
            | Origin::LinkTarget(_)
            | Origin::Index { .. }
            | Origin::Name {
                container: None, ..
            } => self.with_paths(change),
            Origin::Member {
                container,
                path,
                is_frame,
            } => Origin::Member {
                container: Arc::new(container.moved(change)),
                path: path.clone(),
                is_frame: *is_frame,
            },
            Origin::Name {
                path,
                container: Some(container),
            } => Origin::Name {
                path: path.clone(),
                container: Some(Arc::new(container.moved(change))),
            },
            Origin::Stdin | Origin::Notion | Origin::Object { .. } | Origin::Record { .. } => {
                self.clone()
            }
        }
    }

    /// The names that lead to the bytes, those on disk or, for a member, those in its container.
    pub fn names(&self) -> &[u8] {
        self.member()
            .or(self.path())
            .or(self.record())
            .unwrap_or_default()
    }

    /// The origin of the name that ends at `end` of [`Origin::names`].
    pub fn name(&self, end: usize) -> Origin {
        let path = self.names()[..end].to_vec();
        match self {
            Origin::Member { container, .. } => Origin::Name {
                path,
                container: Some(Arc::clone(container)),
            },
            Origin::Object {
                id,
                part: Part::Content,
                ..
            } => Origin::Object {
                id: id.clone(),
                part: Part::PathName,
                path: Some(path),
            },
            Origin::Object { id, part, .. } => Origin::Object {
                id: id.clone(),
                part: *part,
                path: Some(path),
            },
            Origin::Record { part, .. } => Origin::Record {
                part: *part,
                name: path,
            },
            _ => Origin::Name {
                path,
                container: None,
            },
        }
    }
}

/// A path's bytes as the file system has them; on Windows, its UTF-8 form.
pub fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path that has these bytes; on Windows, their text.
#[cfg(unix)]
pub fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// The path that has these bytes; on Windows, their text.
#[cfg(not(unix))]
pub fn to_path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
