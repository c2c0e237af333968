//! The repositories of submodules, which git keeps in its own directory.

use std::path::{Path, PathBuf};

use crate::git::Repository;
use crate::model::blob::path_bytes;
use crate::model::skip::{Skip, SkipReason};

use super::super::rooted::from_root;
use super::store::damaged;
use super::{HeldRepository, records};

/// A folder in which a submodule's repository may lie, and the path that its name says it has in
/// the outermost repository.
type ModuleFolder = (PathBuf, PathBuf);

/// The repositories of the submodules of `outer`, and skips for those that cannot be opened.
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

/// The path of a submodule's files in those of the outermost repository; `None` if they lie
/// elsewhere, or if the submodule does not record where. A submodule that was moved keeps its name.
fn top(submodule: &Repository, outer: &gix::Repository) -> Option<PathBuf> {
    let outer = outer.main_repo().ok()?;
    let path = from_root(submodule.inner().workdir()?, outer.workdir()?)?;
    Some(path).filter(|path| *path != Path::new("") && !path.starts_with(".git"))
}

/// The folders in which a repository at the path `named` keeps its submodules: those of its own
/// work tree, and those of each linked one.
fn modules(folder: &Path, named: &Path, unopened: &mut Vec<Skip>) -> Vec<ModuleFolder> {
    let linked = subfolders(&folder.join("worktrees"), unopened);
    let all = std::iter::once(folder.to_owned())
        .chain(linked)
        .map(|tree| tree.join(records::MODULES));
    all.flat_map(|modules| below(&modules, named, unopened))
        .collect()
}

/// The folders in a folder at the path `named`.
fn below(folder: &Path, named: &Path, unopened: &mut Vec<Skip>) -> Vec<ModuleFolder> {
    let folders = subfolders(folder, unopened).into_iter();
    let with_name = |path: PathBuf| {
        let named = named.join(path.file_name().unwrap_or_default());
        (path, named)
    };
    folders.map(with_name).collect()
}

/// The folders in a folder, which need not be there.
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
