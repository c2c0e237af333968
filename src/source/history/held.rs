//! One of the repositories that history goes through.

use std::path::PathBuf;
use std::sync::OnceLock;

use gix::ObjectId;

use super::place;
use super::store::Store;
use crate::source::Placements;

/// One repository of a history.
pub struct HeldRepository {
    pub repository: gix::ThreadSafeRepository,
    /// The path of the repository in the outermost repository's own directory; empty for the
    /// outermost repository.
    pub name: String,
    /// The path of its files from the root of the outermost repository's files; empty for the
    /// outermost repository.
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

    /// The prefix of the names of its refs in reports.
    pub fn label(&self) -> String {
        if self.name.is_empty() {
            String::new()
        } else {
            format!("{}:", self.name)
        }
    }

    /// Converts a path in the repository to one from the root of the outermost repository.
    pub fn rooted(&self, path: &[u8]) -> Vec<u8> {
        match self.top.is_empty() {
            true => path.to_vec(),
            false => [&self.top, &b"/"[..], path].concat(),
        }
    }

    /// Locates objects in the repository, and adds the paths from the root of the outermost
    /// repository.
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

    /// The top of its main work tree; its own folder if none is checked out.
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
