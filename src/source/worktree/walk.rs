//! The parallel walk: visits files as it comes by them, and keeps a list of them and of the repositories it met.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::skip::{Reason, Skip};

use super::super::Visit;
use super::super::reader::Reader;
use super::Worktree;

/// What the walk came by.
#[derive(Default)]
pub struct Walked {
    /// The files it visited.
    pub files: Vec<PathBuf>,
    /// The folders that have a `.git`.
    pub repositories: Vec<PathBuf>,
}

type Shared = Arc<Mutex<Walked>>;

/// A walk as git would do it: hidden files count, ignore files of other tools do not.
pub fn as_git(root: &Path) -> WalkBuilder {
    let mut walk = WalkBuilder::new(root);
    walk.hidden(false).ignore(false);
    walk
}

/// Visits the files below `root`: those that git does not ignore, or `everything`.
pub fn run(tree: &Worktree, root: &Path, everything: bool, visit: &Visit<'_>) -> Walked {
    let walked = Shared::default();
    let met = walked.clone();
    let mut walk = as_git(root);
    walk.threads(tree.threads);
    if everything {
        walk.standard_filters(false);
    }
    walk.filter_entry(move |entry| {
        let inside = entry.depth() == 0 || entry.file_name() != ".git";
        if !inside && let Some(parent) = entry.path().parent() {
            met.lock().unwrap_or_else(PoisonError::into_inner).repositories.push(parent.to_owned());
        }
        inside
    });
    walk.build_parallel().run(|| {
        let mut worker = Worker { tree, reader: Reader::new(), visit, files: Vec::new(), walked: walked.clone() };
        Box::new(move |entry| {
            worker.take(entry);
            WalkState::Continue
        })
    });
    std::mem::take(&mut *walked.lock().unwrap_or_else(PoisonError::into_inner))
}

/// One thread of the walk.
struct Worker<'a> {
    tree: &'a Worktree,
    reader: Reader,
    visit: &'a Visit<'a>,
    files: Vec<PathBuf>,
    walked: Shared,
}

impl Worker<'_> {
    fn take(&mut self, entry: Result<DirEntry, ignore::Error>) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return self.skip(error),
        };
        let Some(kind) = entry.file_type() else { return };
        if kind.is_file() || kind.is_symlink() {
            self.tree.visit_file(entry.path(), &mut self.reader, self.visit);
            self.files.push(entry.into_path());
        }
    }

    fn skip(&self, error: ignore::Error) {
        let vanished = error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        if !vanished {
            let (path, detail) = taken_apart(error);
            (self.visit)(Err(Skip::new(self.tree.origin(&path), Reason::Unreadable, detail)));
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.walked.lock().unwrap_or_else(PoisonError::into_inner).files.append(&mut self.files);
    }
}

/// The path an error of the walk is about, and the error without it.
fn taken_apart(error: ignore::Error) -> (PathBuf, String) {
    match error {
        ignore::Error::WithPath { path, err } => (path, err.to_string()),
        ignore::Error::WithDepth { err, .. } => taken_apart(*err),
        other => (PathBuf::from("."), other.to_string()),
    }
}
