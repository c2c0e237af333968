//! Where blobs come from.

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

/// Takes each blob, or what could not be read.
pub type Visit<'a> = dyn Fn(std::result::Result<Blob<'_>, Skip>) + Sync + 'a;

/// How much of a place is read.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Larger files, in bytes, are skipped.
    pub file_size: Option<u64>,
    /// How far archives are followed; with a depth of 0, not at all.
    pub archive: unpack::ArchiveLimits,
}

impl Limits {
    /// Files of up to `file_size` bytes, and archives up to this depth.
    pub fn new(file_size: Option<u64>, depth: usize) -> Self {
        let archive = unpack::ArchiveLimits {
            depth,
            ..unpack::ArchiveLimits::default()
        };
        Limits { file_size, archive }
    }
}

/// A place blobs come from.
///
/// Sources push: the parallel walk does so by nature, and a pushed blob can borrow the buffer it was read into.
pub trait Source {
    /// What kind of place it is.
    fn kind(&self) -> SourceKind;

    /// Calls `visit` once for every blob (for a large file, once for each part), possibly from several threads at once.
    ///
    /// # Errors
    ///
    /// When the source itself is broken. What concerns one blob only is a [`Skip`], and the visit goes on.
    fn visit(&self, visit: &Visit<'_>) -> Result<()>;

    /// Returns true if it has all there is: all that a repository holds of every time, or, where there is none, all files. An
    /// entry of the policy that matches nothing in it is of no use.
    fn is_whole(&self) -> bool {
        false
    }

    /// The folder that it is limited to, where paths are known only once objects are placed: what it hands over may lie
    /// elsewhere.
    fn folder(&self) -> Folder {
        Folder::default()
    }

    /// The origin with the path that patterns of the policy mean: the one from the root of the
    /// repository. A file that lies outside has the path it is told at; what has only the last part
    /// of its path so far has none.
    fn rooted(&self, origin: &Origin) -> Origin {
        origin.clone()
    }

    /// What was left out because the configuration says so.
    fn left_out(&self) -> Vec<LeftOut> {
        Vec::new()
    }

    /// What it would have, had it been checked out.
    fn not_checked_out(&self) -> NotCheckedOut {
        NotCheckedOut::default()
    }

    /// Whether one secret is one finding, however often it is there: in history it is there in every version of its file.
    fn groups(&self) -> bool {
        false
    }

    /// How far it has come, for a source that may take long.
    fn progress(&self) -> Option<&Progress> {
        None
    }

    /// What stood at `at` before, where that tells whether a secret there has left this machine.
    fn earlier(&self, _at: &Origin) -> Earlier {
        Earlier::Unknown
    }

    /// Who brought what lies at `at`: a secret, or, with `by_name`, what a file is by its name. `holders` are the ids of all
    /// objects, in hexadecimal, that hold it: where one of them stood before, nobody brought it. A secret that was only moved
    /// was not brought there; a file that got another name was.
    fn brought(&self, _at: &Origin, _holders: &HashSet<String>, _by_name: bool) -> Brought {
        Brought::Always
    }

    /// Where in history secrets lie: for each, the ids of the objects that hold it, in hexadecimal.
    ///
    /// # Errors
    ///
    /// When the repository cannot be read any more.
    fn place(&self, secrets: &[Vec<String>]) -> Result<Placements> {
        Ok(Placements::none(secrets.len()))
    }

    /// How many objects were looked at, for a source that hands over only those that may hold something.
    fn objects(&self) -> Option<Objects> {
        None
    }
}

/// What stood at a place before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It is not known, or somebody else may have it.
    Unknown,
    /// Nothing: what stands there now is nowhere but on this machine.
    Nothing,
    /// This content, which others may have.
    Content(Vec<u8>),
}

/// Who brought a secret to where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// It is there; the source does not tell old from new.
    Always,
    /// Nobody whom the source tells of: it was there before.
    Never,
    /// These commits, the oldest first.
    By(Vec<Commit>),
    /// These commits, the oldest first, moved it there from where it lay before. Somebody brought
    /// it if anybody brought it to another place.
    Moved(Vec<Commit>),
}

/// Paths that were left out because a pattern of the configuration means them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The pattern.
    pub pattern: String,
    /// How many files and folders it kept the scan from.
    pub paths: u64,
}

/// What a repository tracks that is not on disk because it was not to be: nobody missed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotCheckedOut {
    /// How many files a sparse checkout leaves out, one by one.
    pub files: u64,
    /// How many folders it leaves out as a whole.
    pub folders: u64,
    /// The submodules that have no repository, in order.
    pub submodules: Vec<Vec<u8>>,
}

impl NotCheckedOut {
    /// Returns true if everything was checked out.
    pub fn is_empty(&self) -> bool {
        self.files == 0 && self.folders == 0 && self.submodules.is_empty()
    }
}

/// Where secrets lie in history.
#[derive(Debug, Default)]
pub struct Placements {
    /// One for each secret that was asked for, in the same order.
    pub groups: Vec<Placement>,
    /// A path that leads to an object, by the object's id.
    pub paths: HashMap<String, Vec<u8>>,
}

impl Placements {
    /// Nothing is known of so many secrets.
    pub fn none(secrets: usize) -> Self {
        Placements {
            groups: vec![Placement::default(); secrets],
            paths: HashMap::new(),
        }
    }
}

/// How many of git's objects were looked at.
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
    /// How many bytes all of them have.
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

    /// How many there are.
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
