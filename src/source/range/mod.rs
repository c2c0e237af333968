//! What commits add: each commit against all of its parents, content and messages.
//!
//! What a commit changes is found by comparing trees, so that whatever is the same in a parent is never opened. Each blob
//! that is new at its path is scanned whole, once, however many commits have it. So is what stood there before: a secret that
//! the old blob holds was not added by the commit.

mod bringing;
mod found;
mod revision;
mod trees;
mod walk;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use gix::ObjectId;
use rayon::prelude::*;

use crate::error::Result;
use crate::git::{self, Repository};
use crate::model::blob::{Blob, Origin, Part};
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;

use super::folder::Folder;
use super::large::with_digest;
use super::lfs::Storage;
use super::{Brought, Earlier, Limits, Objects, Source, Visit};
use crate::model::defaults;
use found::FoundAdditions;
use revision::Meant;
use trees::{Addition, Unread, additions};

/// So many commits that follow each other are compared by one thread: they share most of their trees.
const TOGETHER: usize = 16;

/// How many bytes of trees and the like a thread remembers.
const REMEMBERED: usize = 32 * 1024 * 1024;

/// The commits of a range.
pub struct Range {
    repository: gix::ThreadSafeRepository,
    meant: Meant,
    /// What a shallow clone was cut off at.
    shallow: HashSet<ObjectId>,
    limits: Limits,
    large: Storage,
    /// Names of refs that are scanned too.
    refs: Vec<Vec<u8>>,
    /// Whether nobody else has any of it yet.
    is_local: bool,
    /// Where the files lie that are scanned.
    within: Folder,
    found: OnceLock<FoundAdditions>,
    /// What commits that were asked about removed, by their numbers.
    gone: Mutex<HashMap<usize, Arc<HashSet<ObjectId>>>>,
    /// How many bytes the messages and the new blobs have.
    bytes: AtomicU64,
    trees: AtomicU64,
}

impl Range {
    /// The commits that `range` means in `repository`, read within `limits`.
    ///
    /// # Errors
    ///
    /// When it names what is not there, or what is no commit.
    pub fn new(repository: &Repository, range: &str, limits: Limits) -> Result<Self> {
        Self::of(repository, limits, |repository, shallow| {
            revision::resolve(repository, range, shallow)
        })
    }

    /// The commits that can be reached from `tips` and from none of `hidden`, the annotated tags that tips name, and all that
    /// a tip holds which leads to a tree or a blob. Hidden objects that are not in `repository` hide nothing.
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

    /// The same range with names of refs to scan too.
    pub fn naming(self, refs: Vec<Vec<u8>>) -> Self {
        Range { refs, ..self }
    }

    /// The same range, of which nobody else has anything yet if `is_local`.
    pub fn keeping(self, is_local: bool) -> Self {
        Range { is_local, ..self }
    }

    /// The same range with the files in one folder only. Messages lie in none.
    pub fn within(self, within: Folder) -> Self {
        Range { within, ..self }
    }

    fn of(
        repository: &Repository,
        limits: Limits,
        meant: impl FnOnce(&gix::Repository, &HashSet<ObjectId>) -> Result<Meant>,
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

    /// Visits the message of a commit and lists what it adds.
    fn commit(
        &self,
        repository: &gix::Repository,
        number: usize,
        visit: &Visit<'_>,
    ) -> Vec<(usize, Addition)> {
        let (id, parents) = &self.meant.commits[number];
        let Some(tree) = self.message(repository, *id, Part::CommitMessage, visit) else {
            return Vec::new();
        };
        if self.shallow.contains(id) {
            visit(Err(Skip::new(
                message(*id, Part::CommitMessage),
                SkipReason::Shallow,
                "its parents were not fetched",
            )));
            return Vec::new();
        }
        let mut trees = Vec::new();
        for parent in parents {
            match tree_of(repository, *parent) {
                Ok(tree) => trees.push(tree),
                Err((reason, detail)) => {
                    visit(Err(Skip::new(
                        message(*parent, Part::CommitMessage),
                        reason,
                        detail,
                    )));
                    return Vec::new();
                }
            }
        }
        self.tree(repository, tree, &trees, visit)
            .into_iter()
            .map(|addition| (number, addition))
            .collect()
    }

    /// Lists what `tree` has and none of `others`.
    fn tree(
        &self,
        repository: &gix::Repository,
        tree: ObjectId,
        others: &[ObjectId],
        visit: &Visit<'_>,
    ) -> Vec<Addition> {
        let mut added = Vec::new();
        let opened = additions(
            repository,
            tree,
            others,
            &self.within,
            defaults::COMMIT_FILES,
            &mut |found| match found {
                Ok(addition) => {
                    if addition.is_module {
                        let (id, path) = (addition.new.to_string(), Some(addition.path.clone()));
                        visit(Ok(Blob::whole(
                            &Origin::Object {
                                id,
                                part: Part::PathName,
                                path,
                            },
                            b"",
                        )));
                    }
                    added.push(addition);
                }
                Err(Unread {
                    path,
                    tree,
                    reason,
                    detail,
                }) => {
                    // To scan as many as were listed would take without end, too.
                    if reason == SkipReason::Limit {
                        added.clear();
                    }
                    let path = path.strip_suffix(b"/").unwrap_or(&path).to_vec();
                    let origin = Origin::Object {
                        id: tree.to_string(),
                        part: Part::PathName,
                        path: Some(path),
                    };
                    visit(Err(Skip::new(origin, reason, detail)));
                }
            },
        );
        self.trees.fetch_add(opened, Ordering::Relaxed);
        added
    }

    /// The blobs that were named, or that a named tree holds, with their paths there.
    fn bare(
        &self,
        repository: &gix::Repository,
        visit: &Visit<'_>,
    ) -> HashSet<(Vec<u8>, ObjectId)> {
        let mut blobs = HashSet::new();
        for (id, kind) in &self.meant.bare {
            if *kind == gix::objs::Kind::Tree {
                let added = self.tree(repository, *id, &[], visit);
                blobs.extend(
                    added
                        .into_iter()
                        .map(|addition| (addition.path, addition.new)),
                );
            } else {
                blobs.insert((Vec::new(), *id));
            }
        }
        blobs
    }

    /// Visits the text of a commit or tag; the tree that a commit has.
    fn message(
        &self,
        repository: &gix::Repository,
        id: ObjectId,
        part: Part,
        visit: &Visit<'_>,
    ) -> Option<ObjectId> {
        let origin = message(id, part);
        let object = match repository.try_find_object(id) {
            Ok(Some(object)) => object,
            Ok(None) => {
                visit(Err(Skip::new(
                    origin,
                    SkipReason::MissingObject,
                    format_args!("object {id} is not in the repository"),
                )));
                return None;
            }
            Err(error) => {
                visit(Err(Skip::new(
                    origin,
                    SkipReason::Corrupt,
                    crate::error::chain(&error),
                )));
                return None;
            }
        };
        self.bytes
            .fetch_add(object.data.len() as u64, Ordering::Relaxed);
        visit(Ok(Blob::whole(&origin, &object.data)));
        if part != Part::CommitMessage {
            return None;
        }
        let tree = gix::objs::CommitRefIter::from_bytes(&object.data, id.kind()).tree_id();
        tree.map_err(|error| {
            visit(Err(Skip::new(
                origin,
                SkipReason::Corrupt,
                crate::error::chain(&error),
            )))
        })
        .ok()
    }

    /// Visits a blob at a path: of a pointer of git-lfs, what that keeps.
    fn blob(
        &self,
        repository: &gix::Repository,
        path: &[u8],
        id: ObjectId,
        is_new: bool,
        visit: &Visit<'_>,
    ) {
        let path = Some(path.to_vec()).filter(|path| !path.is_empty());
        let origin = Origin::Object {
            id: id.to_string(),
            part: Part::Content,
            path,
        };
        let read = match git::read_trusting(
            repository,
            id,
            self.limits.file_size.unwrap_or(defaults::OBJECT),
        ) {
            Ok(bytes) => {
                if is_new {
                    self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                }
                self.large
                    .visit(repository, &origin, &bytes, &self.limits, visit)
            }
            Err(unreadable) => Err(Skip::new(origin, unreadable.reason, unreadable.detail)),
        };
        match read {
            // What stood there before was not asked for.
            Err(skip) if is_new => visit(Err(with_digest(repository, skip))),
            _ => {}
        }
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
                added
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .append(&mut some);
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
        let found = FoundAdditions::new(
            added.into_inner().unwrap_or_else(PoisonError::into_inner),
            bare,
        );
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

    fn brought(&self, at: &Origin, holders: &HashSet<String>, by_name: bool) -> Brought {
        let id = |text: &str| ObjectId::from_hex(text.as_bytes()).ok();
        let (Some(part), Some(object)) = (at.part(), at.object().and_then(id)) else {
            return Brought::Always;
        };
        let path = at.path().unwrap_or_default();
        if self
            .found
            .get()
            .is_some_and(|found| found.is_bare(path, object))
        {
            return Brought::Always;
        }
        match part {
            Part::CommitMessage => Brought::By(vec![self.told(object)]),
            Part::Content => self.added(path, object, holders, by_name),
            Part::PathName => self.by(self.named(path, object)),
            _ => Brought::Always,
        }
    }
}

fn message(id: ObjectId, part: Part) -> Origin {
    Origin::Object {
        id: id.to_string(),
        part,
        path: None,
    }
}

/// The tree of a commit.
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
