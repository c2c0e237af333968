//! What git says of a folder: which files it tracks there, and whether it ignores the folder itself.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::index::entry::Mode;
use gix::worktree::Stack;
use gix::worktree::stack::state::ignore::Source;

use crate::error::{Error, Result};
use crate::git::Repository;

/// Git's own ignore rules for the files below a folder. Each thread has a copy, since rules are read as folders are met.
#[derive(Clone)]
pub struct View {
    /// The folder, as the walk names it.
    folder: PathBuf,
    /// Where the folder lies in its repository.
    inside: PathBuf,
    index: Arc<gix::index::File>,
    rules: Stack,
    objects: gix::OdbHandle,
}

impl View {
    /// The rules of `repository` for what lies below `folder`; `None` when it has no work tree there, or when they cannot
    /// be read to an end.
    pub fn new(repository: &Repository, folder: &Path) -> Option<Self> {
        let top = repository.work_tree()?;
        let inside = folder.canonicalize().ok()?.strip_prefix(&top).ok()?.to_owned();
        let inner = repository.inner();
        let on_the_way = inside.ancestors().map(|part| top.join(part).join(".gitignore"));
        if on_the_way.chain([inner.common_dir().join("info/exclude")]).any(|file| has_no_end(&file)) {
            return None;
        }
        // What an index that cannot be read tracks is told by `tracked`; the rules do without it.
        let none = || gix::index::File::from_state(gix::index::State::new(inner.object_hash()), inner.index_path());
        let index = repository.index().unwrap_or_else(|_| Arc::new(none()));
        let rules = inner.excludes(&index, None, Source::WorktreeThenIdMappingIfNotSkipped).ok()?.detach();
        Some(View { folder: folder.to_owned(), inside, index, rules, objects: inner.objects.clone() })
    }

    /// Whether git ignores `path`. What it tracks it does not ignore, and to look that up is quicker than to match rules.
    /// Where the rules cannot be read it ignores nothing.
    pub fn ignores(&mut self, path: &Path, is_dir: bool) -> bool {
        let Ok(below) = path.strip_prefix(&self.folder) else { return false };
        let path =
            if self.inside.as_os_str().is_empty() { Cow::Borrowed(below) } else { Cow::Owned(self.inside.join(below)) };
        let tracked = !is_dir && self.tracks(&path);
        !tracked && self.asks(&path, is_dir)
    }

    fn tracks(&self, path: &Path) -> bool {
        gix::path::into_bstr(path).is_ok_and(|path| self.index.entry_by_path(path.as_ref()).is_some())
    }

    /// Whether git ignores the folder itself, or one it lies in.
    pub fn ignores_root(mut self) -> bool {
        let inside = self.inside.clone();
        !inside.as_os_str().is_empty() && self.asks(&inside, true)
    }

    fn asks(&mut self, path: &Path, is_dir: bool) -> bool {
        let mode = if is_dir { Mode::DIR } else { Mode::FILE };
        self.rules.at_path(path, Some(mode), &self.objects).is_ok_and(|found| found.is_excluded())
    }
}

/// Whether what should be an ignore file is a pipe or a device, which could be read, or waited for, without end.
pub fn has_no_end(file: &Path) -> bool {
    let kind = file.symlink_metadata().map(|metadata| metadata.file_type());
    kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir() && !kind.is_symlink())
}

/// The paths below `root` that `repository` tracks and that are `wanted`. Every tracked path is made in the same buffer,
/// since few are wanted.
///
/// # Errors
///
/// When the index cannot be read, or `root` cannot be resolved.
pub fn tracked(repository: &Repository, root: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let Some(top) = repository.work_tree() else { return Ok(Vec::new()) };
    let unreadable = |error| Error::new(format!("{} cannot be resolved: {error}", root.display()));
    let canonical = root.canonicalize().map_err(unreadable)?;
    // Either the root lies in the repository, or the repository lies below the root.
    let inside = canonical.strip_prefix(&top).unwrap_or(Path::new(""));
    let Ok(outside) = top.join(inside).strip_prefix(&canonical).map(|below| root.join(below)) else {
        return Ok(Vec::new());
    };
    let index = repository.index()?;
    let mut path = outside.clone();
    let mut found = Vec::new();
    for entry in index.entries() {
        let tracked = gix::path::from_bstr(entry.path(&index)).ok();
        let Some(below) = tracked.as_deref().and_then(|tracked| tracked.strip_prefix(inside).ok()) else { continue };
        path.clone_from(&outside);
        path.push(below);
        if wanted(&path) {
            found.push(path.clone());
        }
    }
    Ok(found)
}
