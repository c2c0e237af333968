//! The parallel walk: visits files as it comes by them, and keeps a list of them and of the repositories it met.
//!
//! The walk is `ignore`'s; what is ignored is asked of git's own rules ([`View`]), which differ from it in small things
//! (braces, trailing tabs, linked ignore files) that would each hide a file.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::git::Repository;
use crate::skip::{Reason, Skip};

use super::super::Visit;
use super::super::reader::Reader;
use super::Worktree;
use super::git_view::{View, has_no_end};
use super::leave_out::Below;

/// What the walk came by.
#[derive(Default)]
pub struct Walked {
    /// The files it visited.
    pub files: Vec<PathBuf>,
    /// The folders below the root that have a `.git`.
    pub repositories: Vec<PathBuf>,
    /// The folders whose ignore file cannot be read to an end: below them nothing is ignored.
    lawless: Vec<PathBuf>,
}

/// Visits the files below `root`: those that git does not ignore, or, without a view, all. A repository below it has rules
/// of its own either way.
pub fn run(tree: &Worktree, root: &Path, view: Option<View>, left_out: &Below<'_>, visit: &Visit<'_>) -> Walked {
    let walked = Mutex::new(Walked::default());
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false).threads(tree.threads);
    walk.build_parallel().run(|| {
        let view = view.clone();
        let nested = HashMap::new();
        let mut worker =
            Worker { tree, reader: tree.reader(), visit, files: Vec::new(), walked: &walked, view, nested, left_out };
        Box::new(move |entry| worker.take(entry))
    });
    walked.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One thread of the walk.
struct Worker<'a> {
    tree: &'a Worktree,
    reader: Reader,
    visit: &'a Visit<'a>,
    files: Vec<PathBuf>,
    walked: &'a Mutex<Walked>,
    view: Option<View>,
    nested: HashMap<PathBuf, Option<View>>,
    left_out: &'a Below<'a>,
}

impl Worker<'_> {
    fn take(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                self.skip(error);
                return WalkState::Continue;
            }
        };
        let below_root = entry.depth() > 0;
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if below_root && (entry.file_name() == ".git" || self.ignores(entry.path(), kind.is_dir())) {
            return WalkState::Skip;
        }
        if below_root && self.left_out.takes(entry.path(), kind.is_dir()) {
            // So that it is not counted again as one of the tracked files.
            self.files.push(entry.into_path());
            return WalkState::Skip;
        }
        if below_root && kind.is_dir() {
            self.enter(entry.path());
        } else if kind.is_file() || kind.is_symlink() {
            self.tree.visit_file(entry.path(), &mut self.reader, self.visit);
            self.files.push(entry.into_path());
        }
        WalkState::Continue
    }

    /// Takes note of what changes the rules from here on down.
    fn enter(&self, folder: &Path) {
        if folder.join(".git").symlink_metadata().is_ok() {
            self.walked().repositories.push(folder.to_owned());
        }
        if has_no_end(&folder.join(".gitignore")) {
            self.walked().lawless.push(folder.to_owned());
        }
    }

    /// Whether the repository that `path` lies in, the innermost, ignores it.
    fn ignores(&mut self, path: &Path, is_dir: bool) -> bool {
        if self.walked().lawless.iter().any(|folder| path.starts_with(folder)) {
            return false;
        }
        let innermost = self.innermost(path);
        let view = match innermost {
            None => &mut self.view,
            Some(nested) => self.nested.entry(nested).or_insert_with_key(|nested| {
                let repository = Repository::find(nested).ok().flatten()?;
                View::new(&repository, nested)
            }),
        };
        view.as_mut().is_some_and(|view| view.ignores(path, is_dir))
    }

    /// The repository below the root that `path` lies in. A folder is visited before what it holds, so it is known by now.
    fn innermost(&self, path: &Path) -> Option<PathBuf> {
        let walked = self.walked();
        if walked.repositories.is_empty() {
            return None;
        }
        path.ancestors()
            .skip(1)
            .find(|folder| walked.repositories.iter().any(|known| known == folder))
            .map(Path::to_owned)
    }

    fn skip(&self, error: ignore::Error) {
        let vanished = error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        if !vanished {
            let (path, detail) = taken_apart(error);
            (self.visit)(Err(Skip::new(self.tree.origin(&path), Reason::Unreadable, detail)));
        }
    }

    fn walked(&self) -> std::sync::MutexGuard<'_, Walked> {
        self.walked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let mut files = std::mem::take(&mut self.files);
        self.walked().files.append(&mut files);
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
