//! The places that blobs come from.

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

/// A function that takes each blob, or a [`Skip`] for content that could not be read.
pub type Visit<'a> = dyn Fn(std::result::Result<Blob<'_>, Skip>) + Sync + 'a;

/// Limits on the content that is read from a source.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The size in bytes above which files are skipped.
    pub file_size: Option<u64>,
    /// Limits on following archives; a depth of 0 follows none.
    pub archive: unpack::ArchiveLimits,
}

impl Limits {
    /// Limits for files of up to `file_size` bytes, and archives nested up to `depth` deep.
    pub fn new(file_size: Option<u64>, depth: usize) -> Self {
        let archive = unpack::ArchiveLimits {
            depth,
            ..unpack::ArchiveLimits::default()
        };
        Limits { file_size, archive }
    }
}

/// A place that blobs come from.
///
/// Sources push: the parallel walk does so by nature, and a pushed blob can borrow the buffer it
/// was read into.
pub trait Source {
    /// The kind of this source.
    fn kind(&self) -> SourceKind;

    /// Calls `visit` once for every blob (for a large file, once for each part), possibly from
    /// several threads at once.
    ///
    /// # Errors
    ///
    /// When the source itself is broken. A failure of one blob only is a [`Skip`], and the visit
    /// goes on.
    fn visit(&self, visit: &Visit<'_>) -> Result<()>;

    /// Returns true if the source is complete: the whole history of a repository or, outside of
    /// one, all files. A policy entry that matches nothing in a complete source is stale.
    fn is_whole(&self) -> bool {
        false
    }

    /// The folder that the source is limited to, if paths are known only once objects are placed.
    /// Blobs that the source hands over may lie elsewhere.
    fn folder(&self) -> Folder {
        Folder::default()
    }

    /// Returns `origin` with the path that policy patterns match: the one from the root of the
    /// repository. A file outside the repository keeps the path it is reported at; an origin with
    /// only the last part of its path so far loses it.
    fn rooted(&self, origin: &Origin) -> Origin {
        origin.clone()
    }

    /// The paths that were left out because the configuration excludes them.
    fn left_out(&self) -> Vec<LeftOut> {
        Vec::new()
    }

    /// The tracked paths that are not checked out.
    fn not_checked_out(&self) -> NotCheckedOut {
        NotCheckedOut::default()
    }

    /// Returns true if all occurrences of a secret are one finding, as in history, where every
    /// version of a file has the secret.
    fn groups(&self) -> bool {
        false
    }

    /// The progress of the visit, for a source that may take long; otherwise `None`.
    fn progress(&self) -> Option<&Progress> {
        None
    }

    /// The earlier content at `at`, which shows whether a secret there has left this machine.
    fn earlier(&self, _at: &Origin) -> Earlier {
        Earlier::Unknown
    }

    /// Returns the commits that brought the secret at `at` or, with `by_name`, the file there under
    /// its name. `holders` are the ids, in hexadecimal, of all objects that hold the secret: where
    /// one of them stood before, no commit brought it. A secret that was only moved was not brought
    /// there; a file that got another name was.
    fn brought(&self, _at: &Origin, _holders: &HashSet<String>, _by_name: bool) -> Brought {
        Brought::Always
    }

    /// Locates secrets in history. Each secret is given by the ids, in hexadecimal, of the objects
    /// that hold it.
    ///
    /// # Errors
    ///
    /// When the repository cannot be read any more.
    fn place(&self, secrets: &[Vec<String>]) -> Result<Placements> {
        Ok(Placements::none(secrets.len()))
    }

    /// The numbers of objects looked at, for a source that hands over only those that may contain a
    /// match; otherwise `None`.
    fn objects(&self) -> Option<Objects> {
        None
    }
}

/// The earlier content at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Not known, or others may have the present content.
    Unknown,
    /// Nothing: the present content is only on this machine.
    Nothing,
    /// The earlier content, which others may have.
    Content(Vec<u8>),
}

/// The commits that brought a secret to its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// Unknown: the source does not distinguish old secrets from new ones.
    Always,
    /// No commit of the source: the secret was there before.
    Never,
    /// These commits, the oldest first.
    By(Vec<Commit>),
    /// These commits, the oldest first, moved the secret there from another place. The secret
    /// counts as brought only if a commit brought it to another place.
    Moved(Vec<Commit>),
}

/// The number of paths that were left out because they match a pattern of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The pattern.
    pub pattern: String,
    /// The number of files and folders left out by the pattern.
    pub paths: u64,
}

/// Tracked paths that were deliberately not checked out, so that their absence is no skip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotCheckedOut {
    /// The number of files that a sparse checkout leaves out, one by one.
    pub files: u64,
    /// The number of folders that a sparse checkout leaves out as a whole.
    pub folders: u64,
    /// The paths of submodules that have no repository, sorted.
    pub submodules: Vec<Vec<u8>>,
}

impl NotCheckedOut {
    /// Returns true if everything was checked out.
    pub fn is_empty(&self) -> bool {
        self.files == 0 && self.folders == 0 && self.submodules.is_empty()
    }
}

/// The places of secrets in history.
#[derive(Debug, Default)]
pub struct Placements {
    /// One placement for each requested secret, in the same order.
    pub groups: Vec<Placement>,
    /// A path that leads to an object, by the object's id.
    pub paths: HashMap<String, Vec<u8>>,
}

impl Placements {
    /// Empty placements of so many secrets.
    pub fn none(secrets: usize) -> Self {
        Placements {
            groups: vec![Placement::default(); secrets],
            paths: HashMap::new(),
        }
    }
}

/// The numbers of git objects looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// Commits.
    pub commits: u64,
    /// Trees.
    pub trees: u64,
    /// Blobs.
    pub blobs: u64,
    /// Annotated tags.
    pub tags: u64,
    /// The total size of the objects, in bytes.
    pub bytes: u64,
}

impl Objects {
    /// One object of `kind`, of `bytes` bytes.
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

    /// The total number of objects.
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
