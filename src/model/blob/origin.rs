//! The origin of bytes: a file, the index, a git object, a member of an archive.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The source from which the bytes of a [`Blob`](super::Blob) were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Standard input, without a path.
    Stdin,
    /// An answer from Notion.
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
    /// A member of an archive, or the content of a compressed file.
    Member {
        /// The origin of the outermost container, never a member itself.
        container: Arc<Origin>,
        /// The path inside the outermost container. `!` joins the paths inside nested containers:
        /// `lib/b.zip!c.txt`.
        path: Vec<u8>,
        /// True if the bytes are text that the container at the path has outside its members:
        /// comments, targets of links, attributes. False for the content at the path.
        is_frame: bool,
    },
    /// The name of a file or directory, which is scanned like content.
    Name {
        /// The path that ends in the name.
        path: Vec<u8>,
        /// The container of the member with this name; `None` if the file or directory is not in a
        /// container.
        container: Option<Arc<Origin>>,
    },
    /// An object in git's database.
    Object {
        /// The object's id, in hexadecimal.
        id: String,
        /// The part of the object that the bytes come from, such as a commit message.
        part: Part,
        /// A path that leads to the object, as git stores it, if one is known; for
        /// [`Part::PathName`], a path that ends in the name.
        path: Option<Vec<u8>>,
    },
    /// A text that git stores outside its object database, such as a reflog entry.
    Record {
        /// The kind of text, such as a reflog entry.
        part: Part,
        /// The ref's name, or the name of the file in the .git directory.
        name: Vec<u8>,
    },
}

/// The kind of git data that a text comes from.
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
    /// The name of a branch, a tag or another ref.
    RefName,
    /// An entry of a reflog, git's record of the changes to a ref.
    Reflog,
    /// A file in the `.git` directory: the configuration, a hook, the message of an unfinished
    /// commit.
    GitConfig,
}

impl Part {
    /// Returns the part of this name in reports; `None` if there is no such part.
    pub fn named(id: &str) -> Option<Self> {
        let parts = [
            Part::CommitMessage,
            Part::TagMessage,
            Part::PathName,
            Part::RefName,
            Part::Reflog,
            Part::GitConfig,
        ];
        parts.into_iter().find(|part| part.id() == Some(id))
    }

    /// Returns the stable name of the part in reports; `None` for the content of a file.
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
    /// Returns the path's bytes; `None` for standard input and other origins without a path. For a
    /// member, the path of its container.
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

    /// Returns the id of the git object the bytes were read from, in hexadecimal; `None` if they
    /// were read from elsewhere.
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

    /// Returns the kind of git data that the bytes come from; `None` for standard input, Notion's
    /// answers, files on disk and paths in the index.
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

    /// Returns true if the bytes come from a file, a link or a name on disk, or from an archive on
    /// disk.
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

    /// Returns the stable name of the kind of text for reports, such as `link-target`; `None` for
    /// the content of a file.
    pub fn place(&self) -> Option<&'static str> {
        match self {
            Origin::LinkTarget(_) => Some("link-target"),
            Origin::Name { .. } => Some("path-name"),
            _ if self.is_frame() => Some("archive-header"),
            _ => self.part().and_then(Part::id),
        }
    }

    /// Returns true if the bytes are text that a nested container has outside its members:
    /// comments, targets of links, attributes.
    pub fn is_frame(&self) -> bool {
        matches!(self, Origin::Member { is_frame: true, .. })
    }

    /// Returns the name of the [record](Origin::Record) that the bytes come from; `None` if they
    /// come from elsewhere.
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

    /// Returns the path inside the outermost container; `None` if the bytes are not in a container.
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

    /// Returns the same origin with each path changed by `change`.
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

    /// Returns the same origin with its outermost container changed by `change`; an origin that is
    /// in no container is changed itself.
    pub fn map_outermost(&self, change: &dyn Fn(&Origin) -> Origin) -> Origin {
        match self {
            Origin::Member {
                container,
                path,
                is_frame,
            } => Origin::Member {
                container: Arc::new(container.map_outermost(change)),
                path: path.clone(),
                is_frame: *is_frame,
            },
            Origin::Name {
                path,
                container: Some(container),
            } => Origin::Name {
                path: path.clone(),
                container: Some(Arc::new(container.map_outermost(change))),
            },
            outermost => change(outermost),
        }
    }

    /// Returns the same origin with a path on disk or in the index changed by `change`. Other paths
    /// stay the same.
    pub fn moved(&self, change: &dyn Fn(&[u8]) -> Vec<u8>) -> Origin {
        self.map_outermost(&|outermost| match outermost {
            Origin::Object { .. } | Origin::Record { .. } => outermost.clone(),
            _ => outermost.with_paths(change),
        })
    }

    /// Returns the path whose names are searched: for a member, the path inside its container;
    /// otherwise the origin's own path, or the name of its record. Empty if the origin has neither.
    pub fn names(&self) -> &[u8] {
        self.member()
            .or(self.path())
            .or(self.record())
            .unwrap_or_default()
    }

    /// Returns the origin of the name that ends at byte `end` of [`Origin::names`].
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

/// Returns the bytes of a path as the file system has them; on Windows, the path in UTF-8.
pub fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// Returns the path with these bytes. On Windows, bytes that are not UTF-8 become `U+FFFD`.
#[cfg(unix)]
pub fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// Returns the path with these bytes. On Windows, bytes that are not UTF-8 become `U+FFFD`.
#[cfg(not(unix))]
pub fn to_path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
