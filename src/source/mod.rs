//! The sources of a scan: each reads content from one kind of place and hands it over as blobs.

pub mod agents;
pub mod folder;
pub mod history;
pub mod index;
mod large;
mod lfs;
pub mod message;
pub mod range;
mod reader;
pub mod rooted;
pub mod stdin;
mod stoppable;
pub mod unpack;
pub mod worktree;

use std::collections::{HashMap, HashSet};

use crate::error::Result;
use crate::model::blob::{Blob, Origin};
use crate::model::placement::{Commit, Placement};
use crate::model::progress::Progress;
use crate::model::skip::Skip;
use crate::model::source_kind::SourceKind;

use folder::Folder;

/// The function that a source calls with each blob, or with a [`Skip`] for content that was not
/// read.
pub type Visit<'a> = dyn Fn(std::result::Result<Blob<'_>, Skip>) + Sync + 'a;

/// Limits on the content that is read from a source.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The size in bytes above which files are skipped; `None` for the source's default.
    pub file_size: Option<u64>,
    /// Limits on archives. With a depth of 0, no archive is opened.
    pub archive: unpack::ArchiveLimits,
}

impl Limits {
    /// Returns limits that skip files of more than `file_size` bytes, and open up to `depth` nested
    /// archives.
    pub fn new(file_size: Option<u64>, depth: usize) -> Self {
        let archive = unpack::ArchiveLimits {
            depth,
            ..unpack::ArchiveLimits::default()
        };
        Limits { file_size, archive }
    }
}

/// A source of blobs, such as the files on disk, the index, or a repository's history.
///
/// A source calls a function with each blob, instead of returning an iterator. So it can use
/// several threads, and a blob can borrow the buffer that it was read into.
pub trait Source {
    /// Returns the kind of this source, by which reports describe it.
    fn kind(&self) -> SourceKind;

    /// Calls `visit` once for every blob (for a large file, once for each part), possibly from
    /// several threads at once.
    ///
    /// # Errors
    ///
    /// When the source as a whole cannot be read. If only one blob cannot be read, `visit` gets a
    /// [`Skip`] and the visit continues.
    fn visit(&self, visit: &Visit<'_>) -> Result<()>;

    /// Returns true if the source is complete: the whole history of a repository or, outside a
    /// repository, all files. A policy entry that matches nothing in a complete source is stale.
    fn is_whole(&self) -> bool {
        false
    }

    /// Returns the directory that results must be limited to after the visit. History does not know
    /// the paths of objects during the visit, so it also hands over blobs from other directories.
    /// Sources that limit themselves return the root.
    fn folder(&self) -> Folder {
        Folder::default()
    }

    /// Returns `origin` with its path from the root of the repository, which policy patterns match.
    /// A file outside the repository keeps its reported path. If only the last part of the path is
    /// known so far, as in history, the result has no path.
    fn rooted(&self, origin: &Origin) -> Origin {
        origin.clone()
    }

    /// Returns the exclude patterns that left out paths, each with the number of paths.
    fn left_out(&self) -> Vec<LeftOut> {
        Vec::new()
    }

    /// Returns the tracked paths that are not checked out.
    fn not_checked_out(&self) -> NotCheckedOut {
        NotCheckedOut::default()
    }

    /// Returns true if all occurrences of a secret are reported as one finding. In history, for
    /// example, many versions of a file have the same secret.
    fn groups(&self) -> bool {
        false
    }

    /// Returns the progress of the visit; `None` for a source that is always quick.
    fn progress(&self) -> Option<&Progress> {
        None
    }

    /// Returns the content that was at `at` before the change. If the content does not contain a
    /// secret, the secret has not left this machine yet.
    fn earlier(&self, _at: &Origin) -> Earlier {
        Earlier::Unknown
    }

    /// Returns the commits that added the secret at `at` or, with `by_name`, added a file with that
    /// name. `holders` are the ids, in hexadecimal, of all objects with the secret. A commit that
    /// replaces one holder by another holder at the same path does not add the secret. Moving a
    /// file adds its new name, but not its secrets.
    fn introduction(
        &self,
        _at: &Origin,
        _holders: &HashSet<String>,
        _by_name: bool,
    ) -> Introduction {
        Introduction::Always
    }

    /// Locates secrets in history: their commits, paths and refs. Each item of `secrets` is one
    /// secret: the ids, in hexadecimal, of the objects that contain it.
    ///
    /// # Errors
    ///
    /// When the repository can no longer be read.
    fn place(&self, secrets: &[Vec<String>]) -> Result<Placements> {
        Ok(Placements::none(secrets.len()))
    }

    /// Returns the numbers of git objects that the source has searched, including those without a
    /// possible match, which it does not hand over. `None` for a source that hands over everything.
    fn objects(&self) -> Option<Objects> {
        None
    }
}

/// The content at a place before the change that is scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Not known, or the present content may already be on other machines.
    Unknown,
    /// There was no content: the present content is only on this machine.
    Nothing,
    /// The earlier content, which may be on other machines.
    Content(Vec<u8>),
}

/// The commits that added a secret at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introduction {
    /// Not known: the source does not distinguish old secrets from new secrets, so the secret is
    /// treated as new.
    Always,
    /// No commit of the source added the secret: it was there before.
    Never,
    /// These commits added the secret; the oldest first.
    By(Vec<Commit>),
    /// These commits, the oldest first, moved the secret there from another path. The secret is
    /// treated as new only if a commit of the source added it at some other path.
    Moved(Vec<Commit>),
}

/// An exclude pattern, with the number of paths that it left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The pattern, as it is written in the configuration or the flag.
    pub pattern: String,
    /// The number of files and folders left out by the pattern.
    pub paths: u64,
}

/// Tracked paths that were deliberately not checked out. Their absence from disk is not reported as
/// a skip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotCheckedOut {
    /// The number of single files that a sparse checkout leaves out.
    pub files: u64,
    /// The number of folders that a sparse checkout leaves out as a whole.
    pub folders: u64,
    /// The paths of submodules that were not cloned, sorted.
    pub submodules: Vec<Vec<u8>>,
}

impl NotCheckedOut {
    /// Returns true if everything was checked out.
    pub fn is_empty(&self) -> bool {
        self.files == 0 && self.folders == 0 && self.submodules.is_empty()
    }
}

/// The placements of secrets in history, and paths of the objects that have them.
#[derive(Debug, Default)]
pub struct Placements {
    /// One placement for each secret, in the order of the request.
    pub groups: Vec<Placement>,
    /// One path of each located object, by the object's id in hexadecimal.
    pub paths: HashMap<String, Vec<u8>>,
}

impl Placements {
    /// Returns empty placements for a number of secrets.
    pub fn none(secrets: usize) -> Self {
        Placements {
            groups: vec![Placement::default(); secrets],
            paths: HashMap::new(),
        }
    }
}

/// The numbers of git objects that were searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// The number of commits.
    pub commits: u64,
    /// The number of trees.
    pub trees: u64,
    /// The number of blobs.
    pub blobs: u64,
    /// The number of annotated tags.
    pub tags: u64,
    /// The total size of the objects, in bytes.
    pub bytes: u64,
}

impl Objects {
    /// Returns the counts for a single object of `kind` and of `bytes` bytes.
    fn one(kind: gix::object::Kind, bytes: u64) -> Self {
        let is = |wanted| u64::from(kind == wanted);
        Objects {
            commits: is(gix::object::Kind::Commit),
            trees: is(gix::object::Kind::Tree),
            blobs: is(gix::object::Kind::Blob),
            tags: is(gix::object::Kind::Tag),
            bytes,
        }
    }

    /// Returns the total number of objects.
    fn count(&self) -> u64 {
        self.commits + self.trees + self.blobs + self.tags
    }
}

impl std::ops::AddAssign for Objects {
    fn add_assign(&mut self, other: Self) {
        self.commits += other.commits;
        self.trees += other.trees;
        self.blobs += other.blobs;
        self.tags += other.tags;
        self.bytes += other.bytes;
    }
}
