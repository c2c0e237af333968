//! git-lfs pointers that lie on disk in the place of files, since the checkout did without these.

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

/// The folders of git-lfs objects of the repositories in which pointers were met, by the top of
/// each repository.
#[derive(Default)]
pub struct Storages(Mutex<HashMap<PathBuf, Option<Arc<Path>>>>);

impl Storages {
    /// The folder of git-lfs objects of the repository that the file at `path` is in; `None` if it
    /// is in none.
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
    /// Reads a file short enough to be a pointer and, if it is one, the object that it points to.
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
