//! Counts the tracked paths that are deliberately not checked out: files and directories that a
//! sparse checkout leaves out, and submodules that were not cloned.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::super::NotCheckedOut;
use super::git_view::TrackedKind;
use super::is_gone;
use super::leave_out::{RootPatterns, slashed};

/// The paths that are not checked out, as far as they are known.
#[derive(Default)]
pub struct Absent {
    files: AtomicU64,
    folders: AtomicU64,
    submodules: Mutex<BTreeSet<PathBuf>>,
}

impl Absent {
    /// Notes the index entry at `path` if it was not checked out. `error` is the error of looking
    /// up the path on disk; `None` if the path exists. Notes neither ordinary files, which somebody
    /// must have deleted, nor paths that exclude patterns leave out.
    pub fn note(
        &self,
        kind: TrackedKind,
        path: &Path,
        error: Option<&io::Error>,
        left_out: &RootPatterns<'_>,
        shown: &dyn Fn(&Path) -> PathBuf,
    ) {
        let is_folder = kind != TrackedKind::LeftOut;
        let is_gone = error.is_some_and(is_gone);
        match kind {
            TrackedKind::File => {}
            _ if kind != TrackedKind::Submodule && !is_gone || left_out.means(path, is_folder) => {}
            TrackedKind::LeftOut => drop(self.files.fetch_add(1, Ordering::Relaxed)),
            TrackedKind::Folder => drop(self.folders.fetch_add(1, Ordering::Relaxed)),
            TrackedKind::Submodule => self.note_submodule(path, shown(path)),
        }
    }

    /// Notes the submodule at `path` if it has no `.git`. `shown` is its path in reports.
    pub fn note_submodule(&self, path: &Path, shown: PathBuf) {
        if path
            .join(".git")
            .symlink_metadata()
            .is_err_and(|error| is_gone(&error))
        {
            self.submodules.lock().insert(shown);
        }
    }

    /// Returns the paths of the submodules, and the numbers of files and directories, noted so far.
    pub fn so_far(&self) -> NotCheckedOut {
        let submodules = self.submodules.lock();
        NotCheckedOut {
            files: self.files.load(Ordering::Relaxed),
            folders: self.folders.load(Ordering::Relaxed),
            submodules: submodules.iter().map(|path| slashed(path)).collect(),
        }
    }
}
