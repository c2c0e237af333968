//! The subjects of runs, which say what to scan. Each subject opens a source.

use std::io::Read;
use std::path::PathBuf;

use crate::error::Result;
use crate::git::{self, ObjectId, Repository};
use crate::model::blob::Origin;
use crate::model::source_kind::SourceKind;
use crate::source::agents::AgentPlaces;
use crate::source::agents::places::AgentPlace;
use crate::source::folder::Folder;
use crate::source::index::Index;
use crate::source::message::Message;
use crate::source::range::Range;
use crate::source::stdin::Stdin;
use crate::source::worktree::Worktree;
use crate::source::{Limits, Source};

use super::Job;

/// The subject of a run: the files, commits, texts or objects to scan.
pub enum Subject<'a> {
    /// Files on disk.
    Files(Files),
    /// Files on disk, for rules about code.
    Review(Files),
    /// The changes that the next commit would add.
    Staged(Repository),
    /// All files in the index of a repository.
    Tracked(Repository),
    /// The changes that the commits of a revision range add.
    Revisions(&'a Repository, String),
    /// The objects that are reachable from some objects and not from others.
    Reached(Reached<'a>),
    /// Everything that a repository still stores. Only files in the directory are scanned.
    History(Repository, Folder),
    /// A stream, and the path of the file whose content it has; `None` if it has no path.
    Stream(Box<dyn Read + Send>, Option<PathBuf>),
    /// A text in memory, such as a commit message.
    Message(Origin, Vec<u8>),
    /// Files and directories in which AI assistants and shells store data.
    Agents(Vec<AgentPlace>),
}

/// Files on disk.
#[derive(Default)]
pub struct Files {
    /// Files and directories to scan. If empty, all files below `top` or, without `top`, below the
    /// current directory.
    pub paths: Vec<PathBuf>,
    /// The root of the repository; `None` outside of a repository.
    pub top: Option<PathBuf>,
    /// Files to leave out if git ignores them.
    pub except: Vec<PathBuf>,
    /// A directory below `top` that the scan is limited to, as a path on disk; `None` without a
    /// limit.
    pub folder: Option<PathBuf>,
}

/// The objects that are reachable from some objects and not from others.
pub struct Reached<'a> {
    /// The repository of the objects. It is borrowed from the caller, since the objects of a push
    /// may be in a directory that only this instance of the repository reads.
    pub repository: &'a Repository,
    /// The objects to start from.
    pub tips: Vec<ObjectId>,
    /// The objects that are left out, with everything that is reachable from them.
    pub hidden: Vec<ObjectId>,
    /// The names of refs, which are scanned, too.
    pub refs: Vec<Vec<u8>>,
    /// The directory that files are limited to.
    pub folder: Folder,
    /// True if only this machine has the objects so far.
    pub is_local: bool,
}

impl<'a> Reached<'a> {
    /// Returns the objects that are reachable from `tips` and not from `hidden`, without names of
    /// refs and without a limit to a directory.
    pub fn new(repository: &'a Repository, tips: Vec<ObjectId>, hidden: Vec<ObjectId>) -> Self {
        Reached {
            repository,
            tips,
            hidden,
            refs: Vec::new(),
            folder: Folder::default(),
            is_local: false,
        }
    }
}

impl Subject<'_> {
    /// Returns the kind of source that the subject opens.
    pub fn kind(&self) -> SourceKind {
        match self {
            Subject::Files(_) => SourceKind::Worktree,
            Subject::Review(_) => SourceKind::Review,
            Subject::Staged(_) | Subject::Tracked(_) => SourceKind::Index,
            Subject::Revisions(..) | Subject::Reached(_) => SourceKind::Range,
            Subject::History(..) => SourceKind::History,
            Subject::Stream(..) => SourceKind::Stdin,
            Subject::Message(..) => SourceKind::Message,
            Subject::Agents(_) => SourceKind::Agents,
        }
    }

    /// Opens the source of the subject, with the limits of `job`.
    ///
    /// # Errors
    ///
    /// When the subject does not exist, or cannot be read at all.
    pub fn open<'j>(self, job: &'j Job) -> Result<Box<dyn Source + 'j>> {
        let limits = job.limits();
        Ok(match self {
            Subject::Files(files) => Box::new(files.open(job, limits)),
            Subject::Review(files) => {
                let limits = Limits::new(limits.file_size, 0);
                Box::new(files.open(job, limits).for_review())
            }
            Subject::Staged(repository) => Box::new(Index::open(repository, limits)?),
            Subject::Tracked(repository) => Box::new(Index::open(repository, limits)?.tracked()),
            Subject::Revisions(repository, range) => {
                Box::new(Range::new(repository, &range, limits)?)
            }
            Subject::Reached(reached) => {
                let Reached {
                    repository,
                    tips,
                    hidden,
                    ..
                } = &reached;
                let range = Range::reached(repository, tips, hidden, limits)?;
                let range = range.naming(reached.refs).within(reached.folder);
                Box::new(range.keeping(reached.is_local))
            }
            Subject::History(repository, folder) => {
                Box::new(job.history(repository).within(folder))
            }
            Subject::Stream(stream, path) => {
                let stream = Stdin::new(stream, limits);
                Box::new(match path {
                    Some(path) => stream.named(path),
                    None => stream,
                })
            }
            Subject::Message(origin, text) => Box::new(Message::new(origin, text)),
            Subject::Agents(places) => Box::new(AgentPlaces::new(places, limits)),
        })
    }
}

impl Files {
    fn open(self, job: &Job, limits: Limits) -> Worktree {
        let here = || PathBuf::from(".");
        let patterns_begin = self.top.clone().unwrap_or_else(here);
        let is_all = self.paths.is_empty() && self.top.is_none();
        let (roots, base) = match (self.folder, self.paths, self.top) {
            (Some(folder), _, top) => (vec![folder], top),
            (_, paths, _) if !paths.is_empty() => (paths, None),
            // Relative paths are shorter, and the system opens them faster.
            (.., Some(top)) if git::stands_at(&top) => (vec![here()], Some(here())),
            (.., Some(top)) => (vec![top.clone()], Some(top)),
            (.., None) => (vec![here()], None),
        };
        let files = Worktree::new(roots, base, job.threads, limits)
            .leaving_out(&patterns_begin, job.policy.left_out())
            .except(self.except.iter().map(PathBuf::as_path));
        // In a repository, a policy entry that matches no file may be about a secret in history, so
        // the files are not the whole source.
        if is_all { files.as_whole() } else { files }
    }
}
