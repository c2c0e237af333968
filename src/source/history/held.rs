//! One of the repositories of a history scan: the outermost repository, or the repository of a
//! submodule.

use std::path::PathBuf;
use std::sync::OnceLock;

use gix::ObjectId;

use super::place;
use super::store::Store;
use crate::source::Placements;

/// One repository of a history scan.
pub struct HeldRepository {
    pub repository: gix::ThreadSafeRepository,
    /// The path of the submodule's git directory, relative to the outermost repository's; empty for
    /// the outermost repository.
    pub name: String,
    /// The path of the submodule's work tree from the root of the outermost repository; empty for
    /// the outermost repository.
    pub top: Vec<u8>,
    pub store: OnceLock<Store>,
}

impl HeldRepository {
    pub fn new(repository: gix::ThreadSafeRepository, name: String, top: Vec<u8>) -> Self {
        HeldRepository {
            repository,
            name,
            top,
            store: OnceLock::new(),
        }
    }

    /// Returns the prefix of the repository's ref names in reports: its name and a colon; empty for
    /// the outermost repository.
    pub fn label(&self) -> String {
        if self.name.is_empty() {
            String::new()
        } else {
            format!("{}:", self.name)
        }
    }

    /// Converts a path from the root of this repository to a path from the root of the outermost
    /// repository.
    pub fn rooted(&self, path: &[u8]) -> Vec<u8> {
        match self.top.is_empty() {
            true => path.to_vec(),
            false => [&self.top, &b"/"[..], path].concat(),
        }
    }

    /// Locates secrets in the repository. Each placement also gets its paths from the root of the
    /// outermost repository.
    pub fn place(&self, secrets: &[Vec<ObjectId>]) -> Placements {
        let mut placed = place::run(self, secrets);
        for placement in &mut placed.groups {
            let paths = placement.paths.iter();
            placement.from_root = paths
                .map(|path| (path.clone(), self.rooted(path)))
                .collect();
            placement.tops.fill(self.top.clone());
        }
        placed
    }

    /// Returns the root of the main work tree, or the git directory if no work tree exists on disk.
    pub fn root(&self) -> PathBuf {
        let repository = self.repository.to_thread_local();
        let main = repository.main_repo().ok();
        let top = main
            .as_ref()
            .and_then(|main| main.workdir())
            .filter(|top| top.is_dir());
        let root = top.unwrap_or(repository.common_dir());
        root.canonicalize().unwrap_or_else(|_| root.to_owned())
    }
}
