//! Finds the repositories of submodules in the `.git` directory.

use std::path::{Path, PathBuf};

use crate::git::Repository;
use crate::model::blob::path_bytes;
use crate::model::skip::{Skip, SkipReason};

use super::super::rooted::from_root;
use super::store::damaged;
use super::{HeldRepository, records};

/// A directory that may be a submodule's repository, and the submodule's path from the root of the
/// outermost repository, according to its name.
type ModuleFolder = (PathBuf, PathBuf);

/// Returns the repositories of all submodules of `outer`, also nested ones, and skips for
/// submodules that cannot be opened.
pub fn find(outer: &gix::Repository) -> (Vec<HeldRepository>, Vec<Skip>) {
    let folder = outer.common_dir();
    let (mut found, mut unopened) = (Vec::new(), Vec::new());
    let mut pending = modules(folder, Path::new(""), &mut unopened);
    while let Some((path, named)) = pending.pop() {
        if !path.join("objects").is_dir() {
            pending.extend(below(&path, &named, &mut unopened));
            continue;
        }
        pending.extend(modules(&path, &named, &mut unopened));
        let name = path.strip_prefix(folder).unwrap_or(&path);
        let name = name.to_string_lossy().into_owned();
        match Repository::at(&path) {
            Ok(repository) => {
                let top = top(&repository, outer).unwrap_or(named);
                let own = repository.inner().clone().into_sync();
                let parts: Vec<&[u8]> = top.iter().map(|part| path_bytes(part.as_ref())).collect();
                found.push(HeldRepository::new(own, name, parts.join(&b'/')));
            }
            Err(error) => unopened.push(damaged(&path, SkipReason::Corrupt, error)),
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    (found, unopened)
}

/// Returns the path of a submodule's work tree from the root of the outermost repository; `None` if
/// the work tree is elsewhere or is not recorded. This path is more reliable than the submodule's
/// name, which does not change when the submodule is moved.
fn top(submodule: &Repository, outer: &gix::Repository) -> Option<PathBuf> {
    let outer = outer.main_repo().ok()?;
    let path = from_root(submodule.inner().workdir()?, outer.workdir()?)?;
    Some(path).filter(|path| *path != Path::new("") && !path.starts_with(".git"))
}

/// Returns the directories for submodules in the git directory `folder`, of its main work tree and
/// of each linked work tree. `named` is the path of the repository from the root of the outermost
/// repository.
fn modules(folder: &Path, named: &Path, unopened: &mut Vec<Skip>) -> Vec<ModuleFolder> {
    let linked = subfolders(&folder.join("worktrees"), unopened);
    let all = std::iter::once(folder.to_owned())
        .chain(linked)
        .map(|tree| tree.join(records::MODULES));
    all.flat_map(|modules| below(&modules, named, unopened))
        .collect()
}

/// Returns the subdirectories of `folder`, each with `named` and its own name as its path.
fn below(folder: &Path, named: &Path, unopened: &mut Vec<Skip>) -> Vec<ModuleFolder> {
    let folders = subfolders(folder, unopened).into_iter();
    let with_name = |path: PathBuf| {
        let named = named.join(path.file_name().unwrap_or_default());
        (path, named)
    };
    folders.map(with_name).collect()
}

/// Returns the subdirectories of `folder`, without symbolic links; none if `folder` does not exist.
fn subfolders(folder: &Path, unopened: &mut Vec<Skip>) -> Vec<PathBuf> {
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
            paths
                .filter(|path| path.is_dir() && !path.is_symlink())
                .collect()
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            unopened.push(damaged(folder, SkipReason::Unreadable, error));
            Vec::new()
        }
    }
}
