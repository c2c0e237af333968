//! The parallel walk through the files below a root. It visits files as it finds them, and lists
//! the visited files and the repositories that it finds.
//!
//! The `ignore` crate walks, but [`GitView`] decides which files are ignored, with gix's
//! implementation of git's rules. The rules of the `ignore` crate differ from git's in details
//! (braces, trailing tabs, linked ignore files), and each difference could hide a file.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};
use parking_lot::Mutex;

use crate::git::Repository;
use crate::model::skip::{Skip, SkipReason};

use super::super::Visit;
use super::super::reader::Reader;
use super::Worktree;
use super::git_view::{GitView, PathTreatment, has_no_end};
use super::leave_out::RootPatterns;

/// The files and folders that the walk found.
#[derive(Default)]
pub struct Walked {
    /// The visited files that the root's repository tracks, as positions in its index.
    pub tracked: Vec<usize>,
    /// The other visited files, and the paths that exclude patterns left out.
    pub others: Vec<PathBuf>,
    /// The directories below the root that have a `.git`.
    pub repositories: Vec<PathBuf>,
    /// The directories whose `.gitignore` is a pipe or device. Nothing below them is ignored.
    lawless: Vec<PathBuf>,
}

/// Visits the files below `root` that `view` does not ignore; without a view, all files. In a
/// nested repository, the nested repository's rules apply instead.
pub fn run(
    tree: &Worktree,
    root: &Path,
    view: Option<GitView>,
    left_out: &RootPatterns<'_>,
    visit: &Visit<'_>,
) -> Walked {
    let walked = Mutex::new(Walked::default());
    let islands = AtomicBool::new(false);
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false).threads(tree.threads);
    walk.build_parallel().run(|| {
        let (view, nested) = (view.clone(), HashMap::new());
        let (tracked, others) = (Vec::new(), Vec::new());
        let (walked, islands, reader) = (&walked, &islands, tree.reader());
        let mut worker = WalkWorker {
            tree,
            reader,
            visit,
            tracked,
            others,
            walked,
            islands,
            view,
            nested,
            left_out,
        };
        Box::new(move |entry| worker.take(entry))
    });
    walked.into_inner()
}

/// The state of one thread of the walk.
struct WalkWorker<'a> {
    tree: &'a Worktree,
    reader: Reader,
    visit: &'a Visit<'a>,
    tracked: Vec<usize>,
    others: Vec<PathBuf>,
    walked: &'a Mutex<Walked>,
    /// True if the walk has met a directory with other rules: a nested repository, or a directory
    /// whose `.gitignore` is a pipe. A directory is always met before its content, so while this is
    /// false, paths can be looked up without taking the lock.
    islands: &'a AtomicBool,
    view: Option<GitView>,
    nested: HashMap<PathBuf, Option<GitView>>,
    left_out: &'a RootPatterns<'a>,
}

impl WalkWorker<'_> {
    fn take(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.tree.progress.is_stopped() {
            return WalkState::Quit;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                self.skip(error);
                return WalkState::Continue;
            }
        };
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        let below_root = entry.depth() > 0;
        let treatment = match below_root {
            false => PathTreatment::Untracked,
            true if entry.file_name() == ".git" => PathTreatment::Ignored,
            true => self.treatment(entry.path(), kind.is_dir()),
        };
        if matches!(treatment, PathTreatment::Ignored) {
            if entry.file_name() != ".git" {
                log::debug!("left out, git ignores it: {}", entry.path().display());
            }
            return WalkState::Skip;
        }
        if below_root && self.left_out.takes(entry.path(), kind.is_dir()) {
            log::debug!("left out, it is excluded: {}", entry.path().display());
            // Noted so that the path is not counted again when tracked files are visited.
            self.others.push(entry.into_path());
            return WalkState::Skip;
        }
        if below_root && kind.is_dir() {
            self.enter(entry.path());
        } else if kind.is_file() || kind.is_symlink() {
            self.tree
                .visit_file(entry.path(), &mut self.reader, self.visit);
            match treatment {
                PathTreatment::Tracked(position) => self.tracked.push(position),
                _ => self.others.push(entry.into_path()),
            }
        }
        WalkState::Continue
    }

    /// Notes a directory in which other rules apply: a nested repository, or a directory whose
    /// `.gitignore` is a pipe or device.
    fn enter(&self, folder: &Path) {
        if folder.join(".git").symlink_metadata().is_ok() {
            self.walked().repositories.push(folder.to_owned());
            self.islands.store(true, Ordering::Release);
        }
        if has_no_end(&folder.join(".gitignore")) {
            self.walked().lawless.push(folder.to_owned());
            self.islands.store(true, Ordering::Release);
        }
    }

    /// Returns git's treatment of `path` in the innermost repository that contains it.
    fn treatment(&mut self, path: &Path, is_dir: bool) -> PathTreatment {
        let may_be_on_island = self.islands.load(Ordering::Acquire);
        if may_be_on_island
            && self
                .walked()
                .lawless
                .iter()
                .any(|folder| path.starts_with(folder))
        {
            return PathTreatment::Untracked;
        }
        let Some(nested) = may_be_on_island.then(|| self.innermost(path)).flatten() else {
            return self.view.as_mut().map_or(PathTreatment::Untracked, |view| {
                view.treatment(path, is_dir)
            });
        };
        let view = self.nested.entry(nested).or_insert_with_key(|nested| {
            let repository = Repository::find(nested).ok().flatten()?;
            GitView::new(&repository, nested)
        });
        match view.as_mut().map(|view| view.treatment(path, is_dir)) {
            Some(PathTreatment::Ignored) => PathTreatment::Ignored,
            // A tracked file is treated as untracked here, because its position is in the nested
            // repository's index.
            _ => PathTreatment::Untracked,
        }
    }

    /// Returns the innermost nested repository that contains `path`; `None` if no nested repository
    /// below the root contains it.
    fn innermost(&self, path: &Path) -> Option<PathBuf> {
        let walked = self.walked();
        let is_known = |folder: &&Path| walked.repositories.iter().any(|known| known == folder);
        path.ancestors().skip(1).find(is_known).map(Path::to_owned)
    }

    fn skip(&self, error: ignore::Error) {
        let vanished = error
            .io_error()
            .is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        if !vanished {
            let (path, detail) = taken_apart(error);
            (self.visit)(Err(Skip::new(
                self.tree.origin(&path),
                SkipReason::Unreadable,
                detail,
            )));
        }
    }

    fn walked(&self) -> parking_lot::MutexGuard<'_, Walked> {
        self.walked.lock()
    }
}

impl Drop for WalkWorker<'_> {
    fn drop(&mut self) {
        let (mut tracked, mut others) = (
            std::mem::take(&mut self.tracked),
            std::mem::take(&mut self.others),
        );
        let mut walked = self.walked();
        walked.tracked.append(&mut tracked);
        walked.others.append(&mut others);
    }
}

/// Splits an error of the walk into its path and the error without the path.
fn taken_apart(error: ignore::Error) -> (PathBuf, String) {
    match error {
        ignore::Error::WithPath { path, err } => (path, err.to_string()),
        ignore::Error::WithDepth { err, .. } => taken_apart(*err),
        other => (PathBuf::from("."), other.to_string()),
    }
}
