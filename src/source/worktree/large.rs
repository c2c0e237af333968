//! Follows git-lfs pointers on disk. A checkout without git-lfs leaves a pointer in place of a
//! file's real content.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::git::{Repository, lfs_objects};

use super::super::Visit;
use super::super::lfs::{Pointer, follow};
use super::super::reader::Reader;
use super::Worktree;

/// The directories of git-lfs objects, by the root of the repository. Has an entry for each
/// repository in which a small file was a pointer; `None` for a repository that cannot be opened.
#[derive(Default)]
pub struct Storages(Mutex<HashMap<PathBuf, Option<Arc<Path>>>>);

impl Storages {
    /// Returns the directory of git-lfs objects of the repository that contains the file at `path`;
    /// `None` if the file is in no repository.
    fn of(&self, path: &Path) -> Option<Arc<Path>> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let real = folder.canonicalize().ok()?;
        let top = real
            .ancestors()
            .find(|above| above.join(".git").symlink_metadata().is_ok())?;
        let mut known = self.0.lock();
        let objects = known.entry(top.to_owned()).or_insert_with(|| {
            let repository = Repository::find(top).ok().flatten()?;
            Some(lfs_objects(repository.inner()).into())
        });
        objects.clone()
    }
}

impl Worktree {
    /// Visits a file that is short enough to be a git-lfs pointer. If it is a pointer, visits the
    /// git-lfs object instead.
    pub fn read_small(
        &self,
        path: &Path,
        file: &File,
        length: u64,
        reader: &mut Reader,
        visit: &Visit<'_>,
    ) -> io::Result<()> {
        let (origin, met) = (self.origin(path), OnceLock::new());
        reader.visit_container(&origin, file, length, &|blob| {
            let own = blob
                .as_ref()
                .ok()
                .filter(|blob| blob.origin.member().is_none());
            let pointer = own.and_then(|blob| Pointer::parse(blob.bytes));
            if pointer.as_ref().is_none_or(|pointer| pointer.is_extended) {
                visit(blob);
            }
            pointer
                .into_iter()
                .for_each(|pointer| drop(met.set(pointer)));
        })?;
        if let Some(pointer) = met.into_inner() {
            let objects = self.storages.of(path);
            let followed = follow(
                objects.as_deref(),
                &pointer,
                &origin,
                &self.limits,
                reader,
                visit,
            );
            followed.unwrap_or_else(|skip| visit(Err(skip)));
        }
        Ok(())
    }
}
