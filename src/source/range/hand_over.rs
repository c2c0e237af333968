//! Visits what one commit adds: its message, its files, and the names of submodules.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use gix::ObjectId;

use super::trees::{Addition, Unread, additions};
use super::{Range, tree_of};
use crate::git;
use crate::model::blob::{Blob, Origin, Part};
use crate::model::defaults;
use crate::model::skip::{Skip, SkipReason};
use crate::source::Visit;
use crate::source::large::with_digest;

impl Range {
    /// Visits the message of the commit with this number, and lists what the commit adds.
    pub(super) fn commit(
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

    /// Lists the entries of `tree` that no tree in `others` has at the same path. Visits the paths
    /// of new submodules.
    pub(super) fn tree(
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
                    // The commit adds too many files, so no file of the commit is scanned.
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

    /// Returns the blobs that were named directly, with empty paths, and the blobs of named trees,
    /// with their paths in the tree.
    pub(super) fn bare(
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

    /// Visits the text of a commit or annotated tag. Returns the id of a commit's tree; `None` for
    /// a tag, or if the commit cannot be read.
    pub(super) fn message(
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

    /// Visits a blob at a path. For a git-lfs pointer, visits the git-lfs object instead. If
    /// `is_new` is false, the blob is the old content, read for comparison only.
    pub(super) fn blob(
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
            // The user did not ask for old content, so a failure to read it is not reported.
            Err(skip) if is_new => visit(Err(with_digest(repository, skip))),
            _ => {}
        }
    }
}

pub(super) fn message(id: ObjectId, part: Part) -> Origin {
    Origin::Object {
        id: id.to_string(),
        part,
        path: None,
    }
}
