//! What git says of a folder: which files it tracks there, and whether it ignores the folder itself.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::git::Repository;

use super::walk::as_git;

/// The paths below `root` that `repository` tracks and that are `wanted`. Every tracked path is made in the same buffer,
/// since few are wanted.
///
/// # Errors
///
/// When the index cannot be read.
pub fn tracked(repository: &Repository, root: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let (Some(top), Ok(canonical)) = (repository.work_tree(), root.canonicalize()) else { return Ok(Vec::new()) };
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

/// Whether git's rules leave out `directory`, or one it lies in: the walk of each parent is asked whether it would enter.
pub fn is_ignored(directory: &Path) -> bool {
    let Ok(directory) = directory.canonicalize() else { return false };
    let mut inner = directory.as_path();
    while let Some(parent) = inner.parent() {
        if inner.join(".git").exists() {
            return false;
        }
        let name = inner.file_name().map(ToOwned::to_owned);
        let mut walk = as_git(parent);
        walk.max_depth(Some(1));
        walk.filter_entry(move |entry| entry.depth() == 0 || Some(entry.file_name()) == name.as_deref());
        if !walk.build().flatten().any(|entry| entry.depth() == 1) {
            return true;
        }
        inner = parent;
    }
    false
}
