//! Finds the commits of a range that added a secret or a file name.

use std::collections::HashSet;
use std::sync::Arc;

use gix::ObjectId;

use super::super::Introduction;
use super::trees::{Addition, additions};
use super::{Range, tree_of};
use crate::model::defaults;
use crate::model::placement;

impl Range {
    /// Returns the numbers of the commits that put `blob` at `path`, the oldest first. Leaves out a
    /// commit if a parent has at `path` an object in `holders`, the objects with the secret.
    fn put(&self, path: &[u8], blob: ObjectId, holders: &HashSet<String>) -> Vec<usize> {
        let Some(found) = self.found.get() else {
            return Vec::new();
        };
        let was_there = |addition: &Addition| {
            let mut old = addition.old.iter();
            old.any(|old| holders.contains(&old.to_string()))
        };
        let put = found
            .of_blob(blob)
            .filter(|(_, addition)| addition.path == path && !was_there(addition));
        let mut commits: Vec<usize> = put.map(|(number, _)| *number).collect();
        commits.sort_unstable_by(|one, other| other.cmp(one));
        commits.dedup();
        commits
    }

    /// Returns the commits that added the secret of `blob` at `path` or, with `by_name`, the file
    /// itself. A commit that moves a file adds its name, but not its content.
    pub(super) fn added(
        &self,
        path: &[u8],
        blob: ObjectId,
        holders: &HashSet<String>,
        by_name: bool,
    ) -> Introduction {
        let put = self.put(path, blob, holders);
        if by_name {
            return self.by(put);
        }
        let repository = self.handle();
        let is_moved = |number: &usize| self.gone(&repository, *number).contains(&blob);
        let (moved, added): (Vec<usize>, Vec<usize>) = put.into_iter().partition(is_moved);
        match added.is_empty() && !moved.is_empty() {
            true => Introduction::Moved(self.placed_commits(moved)),
            false => self.by(added),
        }
    }

    /// Returns [`Introduction::By`] these commits, or [`Introduction::Never`] if there are no such commits.
    pub(super) fn by(&self, numbers: Vec<usize>) -> Introduction {
        match numbers.is_empty() {
            true => Introduction::Never,
            false => Introduction::By(self.placed_commits(numbers)),
        }
    }

    fn placed_commits(&self, numbers: Vec<usize>) -> Vec<placement::Commit> {
        let ids = numbers
            .into_iter()
            .map(|number| self.meant.commits[number].0);
        ids.map(|id| self.placed_commit(id)).collect()
    }

    /// Returns the numbers of the commits that added a file with the content `blob` at or below
    /// `path`, where no parent had a file; the oldest first.
    pub(super) fn named(&self, path: &[u8], blob: ObjectId) -> Vec<usize> {
        let Some(found) = self.found.get() else {
            return Vec::new();
        };
        let places = found.of_blob(blob);
        let has_name = |addition: &Addition| {
            let rest = addition.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
        };
        let new = places.filter(|(_, addition)| has_name(addition) && addition.old.is_empty());
        let mut commits: Vec<usize> = new.map(|(number, _)| *number).collect();
        commits.sort_unstable_by(|one, other| other.cmp(one));
        commits
    }

    /// Returns the blobs at paths that commit `number` removes: a parent has a file there, and the
    /// commit has nothing. If the commit adds one of these blobs at another path, it only moved the
    /// file. Blobs outside the directory of the range are left out, so a file that was moved into
    /// the directory is treated as new.
    fn gone(&self, repository: &gix::Repository, number: usize) -> Arc<HashSet<ObjectId>> {
        let mut known = self.gone.lock();
        let list = || {
            let (id, parents) = &self.meant.commits[number];
            let mut blobs = HashSet::new();
            let Ok(tree) = tree_of(repository, *id) else {
                return Arc::default();
            };
            for parent in parents
                .iter()
                .filter_map(|parent| tree_of(repository, *parent).ok())
            {
                additions(
                    repository,
                    parent,
                    &[tree],
                    &self.within,
                    defaults::COMMIT_FILES,
                    &mut |found| {
                        blobs.extend(
                            found
                                .ok()
                                .filter(|gone| gone.old.is_empty())
                                .map(|gone| gone.new),
                        );
                    },
                );
            }
            Arc::new(blobs)
        };
        Arc::clone(known.entry(number).or_insert_with(list))
    }

    pub(super) fn placed_commit(&self, id: ObjectId) -> placement::Commit {
        let repository = self.repository.to_thread_local();
        let object = repository.find_object(id).ok();
        let text = object.as_ref().map_or(&[][..], |object| &object.data);
        let commit = || gix::objs::CommitRefIter::from_bytes(text, id.kind());
        placement::Commit {
            id: id.to_string(),
            seconds: commit().committer().map_or(0, |who| who.seconds()),
            author: commit()
                .author()
                .map_or_else(|_| String::new(), |who| who.name.to_string()),
        }
    }
}
