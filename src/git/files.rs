//! Reading files from the index and from commits.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};

use super::{ObjectId, Repository, read};
use crate::error::Result;

/// The files of a repository in the index and in commits. An index entry is identified by its
/// position, from 0.
#[derive(Clone)]
pub struct GitFiles {
    repository: gix::Repository,
    /// `None` if the index cannot be read.
    index: Option<Arc<gix::index::File>>,
}

impl GitFiles {
    /// Returns the files of a repository.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn new(repository: &Repository) -> Result<Self> {
        Ok(GitFiles {
            repository: repository.inner().clone(),
            index: Some(repository.index()?),
        })
    }

    /// Returns the files of a repository like [`GitFiles::new`], but with an empty index if the
    /// index cannot be read. Another part of the run reports that error.
    pub fn or_none(repository: &Repository) -> Self {
        GitFiles {
            repository: repository.inner().clone(),
            index: repository.index().ok(),
        }
    }

    /// Returns the positions and paths of all entries that are files or symbolic links. Submodules
    /// are left out.
    pub fn tracked(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let index = self.index.as_deref();
        let entries = index.into_iter().flat_map(|index| {
            let each = index.entries().iter().enumerate();
            each.map(move |(at, entry)| (at, entry, entry.path(index)))
        });
        let files = entries.filter(|(_, entry, _)| entry.mode != Mode::COMMIT);
        files.map(|(at, _, path)| (at, path.as_bytes()))
    }

    /// Returns the path of the entry at position `at`; empty if there is no such entry.
    pub fn path(&self, at: usize) -> &[u8] {
        let index = self.index.as_deref();
        let path = index.and_then(|index| Some(index.entries().get(at)?.path(index)));
        path.map(|path| path.as_bytes()).unwrap_or_default()
    }

    /// Returns true if the index has an entry for `path`.
    pub fn has(&self, path: &[u8]) -> bool {
        self.entry(path).is_some()
    }

    /// Reads the content of the entry at position `at`; `None` if there is no such entry, if it
    /// cannot be read, or if it has more than `limit` bytes.
    pub fn content(&self, at: usize, limit: u64) -> Option<Vec<u8>> {
        let entry = self.index.as_deref()?.entries().get(at)?;
        read(&self.repository, entry.id, limit).ok()
    }

    /// Reads the content of a file that a sparse checkout leaves out of the work tree. `None` for
    /// any other file, or if the content cannot be read or has more than `limit` bytes.
    pub fn left_out(&self, path: &[u8], limit: u64) -> Option<Vec<u8>> {
        let entry = self.entry(path)?;
        let is_left_out = entry.flags.contains(Flags::SKIP_WORKTREE);
        let content = read(&self.repository, entry.id, limit).ok();
        content.filter(|_| is_left_out)
    }

    /// Reads the content of a file in a commit; `None` if the commit has no file at `path`, or if
    /// the content cannot be read or has more than `limit` bytes.
    pub fn in_commit(&self, commit: ObjectId, path: &[u8], limit: u64) -> Option<Vec<u8>> {
        let commit = self.repository.find_object(commit).ok()?;
        let tree = commit.peel_to_tree().ok()?;
        let entry = tree.lookup_entry(path.split(|byte| *byte == b'/')).ok()??;
        let is_file = entry.mode().is_blob();
        let content = read(&self.repository, entry.object_id(), limit).ok();
        content.filter(|_| is_file)
    }

    fn entry(&self, path: &[u8]) -> Option<&gix::index::Entry> {
        self.index.as_deref()?.entry_by_path(path.as_bstr())
    }
}

/// Converts a repository path, as git stores it, to a path of the operating system.
pub fn file_path(name: &[u8]) -> PathBuf {
    let known = gix::path::from_byte_slice(name).map(Path::to_owned);
    known.unwrap_or_else(|_| PathBuf::from(name.to_str_lossy().into_owned()))
}

/// The way in which the wildcards of a glob treat `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// A wildcard matches a `/`.
    Matched,
    /// Only a `/` matches a `/`.
    Literal,
}

/// Returns true if git's glob `pattern` matches all of `text`.
pub fn glob_matches(pattern: &[u8], text: &[u8], slash: Slash) -> bool {
    let mode = match slash {
        Slash::Matched => gix::glob::wildmatch::Mode::empty(),
        Slash::Literal => gix::glob::wildmatch::Mode::NO_MATCH_SLASH_LITERAL,
    };
    gix::glob::wildmatch(pattern.as_bstr(), text.as_bstr(), mode)
}
