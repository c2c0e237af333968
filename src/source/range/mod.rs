//! The source of what commits add: content that none of a commit's parents has, and messages.
//!
//! Changes are found by comparing trees, so subtrees that a parent also has are not opened. Each
//! blob that is new at its path is scanned whole, and only once, however many commits have it. The
//! old blob at the path is scanned as well: a secret that is in the old blob was not added by the
//! commit.

mod found;
mod hand_over;
mod introducing;
mod revision;
mod trees;
mod walk;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use gix::ObjectId;
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::error::Result;
use crate::git::Repository;
use crate::model::blob::{Blob, Origin, Part};
use crate::model::skip::SkipReason;
use crate::model::source_kind::SourceKind;

use super::folder::Folder;
use super::lfs::Storage;
use super::{Earlier, Introduction, Limits, Objects, Source, Visit};
use found::FoundAdditions;
use revision::RangeObjects;

/// The number of consecutive commits that one thread compares. Such commits share most of their
/// trees, which the thread's cache holds.
const TOGETHER: usize = 16;

/// The size of each thread's cache of trees and other objects, in bytes.
const REMEMBERED: usize = 32 * 1024 * 1024;

/// A source of what the commits of a range add.
pub struct Range {
    repository: gix::ThreadSafeRepository,
    meant: RangeObjects,
    /// The commits whose parents a shallow clone left out.
    shallow: HashSet<ObjectId>,
    limits: Limits,
    large: Storage,
    /// The names of refs to scan as text, besides the commits.
    refs: Vec<Vec<u8>>,
    /// True if all of the commits exist only on this machine.
    is_local: bool,
    /// The directory that scanned files must be in.
    within: Folder,
    found: OnceLock<FoundAdditions>,
    /// The blobs at paths that a commit removes, by the number of the commit; filled on demand.
    gone: Mutex<HashMap<usize, Arc<HashSet<ObjectId>>>>,
    /// The total size of the messages and the new blobs, in bytes.
    bytes: AtomicU64,
    trees: AtomicU64,
}

impl Range {
    /// Resolves `range` in `repository`. The commits are read within `limits`.
    ///
    /// # Errors
    ///
    /// When a revision of `range` does not exist here, or is not a commit.
    pub fn new(repository: &Repository, range: &str, limits: Limits) -> Result<Self> {
        Self::of(repository, limits, |repository, shallow| {
            revision::resolve(repository, range, shallow)
        })
    }

    /// Returns a source of the commits that are reachable from `tips` but not from `hidden`. Also
    /// covers annotated tags among the tips, and the content of tips that are trees or blobs.
    /// Objects of `hidden` that are not in `repository` are ignored.
    ///
    /// # Errors
    ///
    /// When a tip is not in `repository`.
    pub fn reached(
        repository: &Repository,
        tips: &[ObjectId],
        hidden: &[ObjectId],
        limits: Limits,
    ) -> Result<Self> {
        Self::of(repository, limits, |repository, shallow| {
            revision::reached(repository, tips, hidden, shallow)
        })
    }

    /// Sets the names of refs to scan as text, besides the commits.
    pub fn naming(self, refs: Vec<Vec<u8>>) -> Self {
        Range { refs, ..self }
    }

    /// Sets whether all of the commits exist only on this machine.
    pub fn keeping(self, is_local: bool) -> Self {
        Range { is_local, ..self }
    }

    /// Limits the range to the files in one directory. Messages and ref names are still scanned.
    pub fn within(self, within: Folder) -> Self {
        Range { within, ..self }
    }

    fn of(
        repository: &Repository,
        limits: Limits,
        meant: impl FnOnce(&gix::Repository, &HashSet<ObjectId>) -> Result<RangeObjects>,
    ) -> Result<Self> {
        repository.refuse_table()?;
        let repository = repository.inner();
        let shallow = repository.shallow_commits().ok().flatten();
        let shallow =
            shallow.map_or_else(HashSet::new, |commits| commits.iter().copied().collect());
        let meant = meant(repository, &shallow)?;
        log::debug!("{} commits to scan", meant.commits.len());
        let repository = repository.clone().into_sync();
        let (found, bytes, trees) = (OnceLock::new(), AtomicU64::new(0), AtomicU64::new(0));
        let (large, gone, within) = (Storage::default(), Mutex::default(), Folder::default());
        Ok(Range {
            repository,
            meant,
            shallow,
            limits,
            large,
            refs: Vec::new(),
            is_local: false,
            within,
            found,
            gone,
            bytes,
            trees,
        })
    }

    fn handle(&self) -> gix::Repository {
        let mut repository = self.repository.to_thread_local();
        repository.object_cache_size(REMEMBERED);
        repository
    }
}

impl Source for Range {
    fn kind(&self) -> SourceKind {
        SourceKind::Range
    }

    fn earlier(&self, _: &Origin) -> Earlier {
        if self.is_local {
            Earlier::Nothing
        } else {
            Earlier::Unknown
        }
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        let added = Mutex::new(Vec::new());
        let numbers: Vec<usize> = (0..self.meant.commits.len()).collect();
        numbers.par_chunks(TOGETHER).for_each_init(
            || self.handle(),
            |repository, numbers| {
                let mut some = Vec::new();
                numbers
                    .iter()
                    .for_each(|number| some.append(&mut self.commit(repository, *number, visit)));
                added.lock().append(&mut some);
            },
        );
        let repository = self.handle();
        for tag in &self.meant.tags {
            self.message(&repository, *tag, Part::TagMessage, visit);
        }
        for name in &self.refs {
            visit(Ok(Blob::whole(
                &Origin::Record {
                    part: Part::RefName,
                    name: name.clone(),
                },
                name,
            )));
        }
        let bare = self.bare(&repository, visit);
        let found = FoundAdditions::new(added.into_inner(), bare);
        found.blobs().into_par_iter().for_each_init(
            || self.handle(),
            |repository, (path, id, is_new)| self.blob(repository, path, id, is_new, visit),
        );
        let _ = self.found.set(found);
        Ok(())
    }

    fn groups(&self) -> bool {
        true
    }

    fn objects(&self) -> Option<Objects> {
        Some(Objects {
            commits: self.meant.commits.len() as u64,
            trees: self.trees.load(Ordering::Relaxed),
            blobs: self.found.get().map_or(0, FoundAdditions::count),
            tags: self.meant.tags.len() as u64,
            bytes: self.bytes.load(Ordering::Relaxed),
        })
    }

    fn introduction(&self, at: &Origin, holders: &HashSet<String>, by_name: bool) -> Introduction {
        let id = |text: &str| ObjectId::from_hex(text.as_bytes()).ok();
        let (Some(part), Some(object)) = (at.part(), at.object().and_then(id)) else {
            return Introduction::Always;
        };
        let path = at.path().unwrap_or_default();
        if self
            .found
            .get()
            .is_some_and(|found| found.is_bare(path, object))
        {
            return Introduction::Always;
        }
        match part {
            Part::CommitMessage => Introduction::By(vec![self.placed_commit(object)]),
            Part::Content => self.added(path, object, holders, by_name),
            Part::PathName => self.by(self.named(path, object)),
            _ => Introduction::Always,
        }
    }
}

/// Returns the id of the tree of a commit, or the reason why it cannot be read.
fn tree_of(
    repository: &gix::Repository,
    commit: ObjectId,
) -> std::result::Result<ObjectId, (SkipReason, String)> {
    let corrupt = |error: &dyn std::error::Error| (SkipReason::Corrupt, crate::error::chain(error));
    let object = repository
        .try_find_object(commit)
        .map_err(|error| corrupt(&error))?;
    let object = object.ok_or_else(|| {
        (
            SkipReason::MissingObject,
            format!("object {commit} is not in the repository"),
        )
    })?;
    gix::objs::CommitRefIter::from_bytes(&object.data, commit.kind())
        .tree_id()
        .map_err(|error| corrupt(&error))
}
