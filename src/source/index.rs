//! The source of staged changes: the differences between the index and `HEAD`. Content is read from
//! the object database.
//!
//! The index has a tree cache: the id of each directory's tree, unless something below the
//! directory was staged since the id was computed. If the cached id equals the id in `HEAD`, the
//! whole directory is unchanged and is not compared.

use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use gix::index::extension::Tree;
use gix::index::{Entry, PathStorageRef};
use rayon::prelude::*;

use crate::error::{Error, Result, chain};
use crate::git::{self, Repository};
use crate::model::blob::{Blob, Origin};
use crate::model::skip::Skip;
use crate::model::source_kind::SourceKind;

use super::large::with_digest;
use super::lfs::Storage;
use super::{Earlier, Limits, Source, Visit};
use crate::model::defaults;

/// The minimum number of blobs for which starting threads is worthwhile.
const WORTH_THREADS: usize = 32;

/// The staged changes of a repository.
pub struct Index {
    repository: Repository,
    index: Arc<gix::index::File>,
    limits: Limits,
    large: Storage,
    /// True if all tracked files are visited, without a comparison with `HEAD`.
    all: bool,
}

/// A blob in the index that `HEAD` does not have at the same path with the same mode, or a new
/// submodule.
struct StagedChange {
    path: Vec<u8>,
    id: ObjectId,
    is_module: bool,
}

impl Index {
    /// Returns the staged changes of `repository`, read within `limits`.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn open(repository: Repository, limits: Limits) -> Result<Self> {
        Ok(Index {
            index: repository.index()?,
            repository,
            limits,
            large: Storage::default(),
            all: false,
        })
    }

    /// Extends the source to all tracked files, including those without staged changes.
    pub fn tracked(self) -> Self {
        Index { all: true, ..self }
    }

    fn changes(&self) -> Result<Vec<StagedChange>> {
        let index = &self.index;
        let mut comparison = Comparison {
            repository: self.repository.inner(),
            paths: index.path_backing(),
            changes: Vec::new(),
            depth: 0,
        };
        let root = Directory {
            prefix: 0,
            entries: index.entries(),
            cached: index.tree(),
        };
        let before = if self.all {
            None
        } else {
            Some(self.repository.head_tree()?)
        };
        comparison.directory(root, before)?;
        Ok(comparison.changes)
    }
}

/// Visits the staged content of a change. For a git-lfs pointer, visits the git-lfs object instead.
fn visit_change(
    repository: &gix::Repository,
    change: StagedChange,
    large: &Storage,
    limits: &Limits,
    visit: &Visit<'_>,
) {
    if change.is_module {
        // The content of a submodule is in another repository, so only its path is visited.
        return visit(Ok(Blob::whole(
            &Origin::Name {
                path: change.path,
                container: None,
            },
            b"",
        )));
    }
    let origin = Origin::Index {
        path: change.path,
        object: change.id.to_string(),
    };
    let read = match git::read(
        repository,
        change.id,
        limits.file_size.unwrap_or(defaults::OBJECT),
    ) {
        Ok(bytes) => large.visit(repository, &origin, &bytes, limits, visit),
        Err(unreadable) => Err(with_digest(
            repository,
            Skip::new(origin, unreadable.reason, unreadable.detail),
        )),
    };
    read.unwrap_or_else(|skip| visit(Err(skip)));
}

impl Source for Index {
    fn kind(&self) -> SourceKind {
        SourceKind::Index
    }

    /// Returns the content that `HEAD` has at the path of `at`. If `HEAD` has the object only at
    /// another path, the file was moved, and the earlier content is unknown.
    fn earlier(&self, at: &Origin) -> Earlier {
        if let (
            Origin::Name {
                container: None, ..
            },
            false,
        ) = (at, self.all)
        {
            // A file that is moved may have had the secret in its name before.
            let head = self.repository.head();
            let names = head.map(|head| self.repository.files(head).into_keys());
            let names: Vec<Vec<u8>> = names.into_iter().flatten().collect();
            return Earlier::Content(names.join(&b'\n'));
        }
        let (Some(path), Some(object), false) = (at.path(), at.object(), self.all) else {
            return Earlier::Unknown;
        };
        let Some(head) = self.repository.head() else {
            return Earlier::Nothing;
        };
        let content = self
            .repository
            .entry(head, path)
            .and_then(|blob| self.repository.content(blob));
        let is_elsewhere = || {
            ObjectId::from_hex(object.as_bytes()).is_ok_and(|id| self.repository.has_file(head, id))
        };
        match content {
            Some(content) => Earlier::Content(content),
            None if is_elsewhere() => Earlier::Unknown,
            None => Earlier::Nothing,
        }
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        let changes = self.changes()?;
        let entries = self.index.entries().len();
        log::debug!(
            "index of {entries} entries: {} staged to scan",
            changes.len()
        );
        let (large, limits) = (&self.large, &self.limits);
        if changes.len() < WORTH_THREADS {
            let repository = self.repository.inner();
            changes
                .into_iter()
                .for_each(|change| visit_change(repository, change, large, limits, visit));
        } else {
            let shared = self.repository.inner().clone().into_sync();
            changes.into_par_iter().for_each_init(
                || shared.to_thread_local(),
                |repository, change| visit_change(repository, change, large, limits, visit),
            );
        }
        Ok(())
    }
}

/// The index entries below one directory.
struct Directory<'a> {
    /// The length in bytes of the directory's path with its final `/`: the common beginning of all
    /// entries' paths.
    prefix: usize,
    entries: &'a [Entry],
    cached: Option<&'a Tree>,
}

/// The comparison of the index with the trees of `HEAD`, directory by directory.
struct Comparison<'a> {
    repository: &'a gix::Repository,
    paths: &'a PathStorageRef,
    changes: Vec<StagedChange>,
    depth: usize,
}

/// The maximum depth of nested directories. No repository that can be checked out is deeper, but a
/// damaged or hostile index may be.
const MAX_DEPTH: usize = 1024;

/// A tree's entries by name.
type Listing = std::collections::HashMap<Vec<u8>, (Mode, ObjectId)>;

impl<'a> Comparison<'a> {
    /// Compares a directory of the index with `tree`, the tree of the same directory in `HEAD`;
    /// `None` if `HEAD` does not have the directory.
    fn directory(&mut self, directory: Directory<'a>, tree: Option<ObjectId>) -> Result<()> {
        let unchanged = |cached: &Tree| cached.num_entries.is_some() && Some(cached.id) == tree;
        if directory.cached.is_some_and(unchanged) {
            return Ok(());
        }
        let listing = self.listing(tree)?;
        let mut rest = directory.entries;
        while let Some(entry) = rest.first() {
            let name = entry
                .path_in(self.paths)
                .get(directory.prefix..)
                .unwrap_or_default()
                .as_bstr();
            match name.find_byte(b'/').filter(|_| !entry.mode.is_sparse()) {
                Some(length) => rest = self.below(&directory, rest, &name[..length], &listing)?,
                None => {
                    self.entry(entry, name, &listing)?;
                    rest = &rest[1..];
                }
            }
        }
        Ok(())
    }

    /// Compares the subdirectory `name`, whose entries come first in `entries`. Returns the entries
    /// after it.
    fn below(
        &mut self,
        directory: &Directory<'a>,
        entries: &'a [Entry],
        name: &BStr,
        listing: &Listing,
    ) -> Result<&'a [Entry]> {
        let prefix = directory.prefix + name.len() + 1;
        let own = entries[0].path_in(self.paths)[..prefix].to_owned();
        let (inside, rest) = entries.split_at(
            entries
                .partition_point(|entry| entry.path_in(self.paths).starts_with(&own))
                .max(1),
        );
        let tree = listing
            .get(name.as_bytes())
            .filter(|(mode, _)| *mode == Mode::DIR)
            .map(|(_, id)| *id);
        let cached = directory.cached.and_then(|tree| {
            let at = tree
                .children
                .binary_search_by(|child| child.name.as_slice().cmp(name))
                .ok()?;
            tree.children.get(at)
        });
        self.deeper()?;
        self.directory(
            Directory {
                prefix,
                entries: inside,
                cached,
            },
            tree,
        )?;
        self.depth -= 1;
        Ok(rest)
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::new(format!(
                "the index holds folders nested deeper than {MAX_DEPTH}"
            ))
            .help(
                "list the staged files with `git ls-files`, and unstage the nested ones with `git rm --cached`",
            ));
        }
        Ok(())
    }

    /// Compares one index entry with the entry of the same name in `listing`, the tree of `HEAD`.
    fn entry(&mut self, entry: &Entry, name: &BStr, listing: &Listing) -> Result<()> {
        let unstaged = entry.flags.contains(Flags::INTENT_TO_ADD);
        if unstaged || entry.stage() == Stage::Base {
            return Ok(());
        }
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let before = listing.get(name);
        if before == Some(&(entry.mode, entry.id)) {
            return Ok(());
        }
        let path = entry.path_in(self.paths).to_owned();
        if entry.mode.is_sparse() {
            let before = before
                .filter(|(mode, _)| *mode == Mode::DIR)
                .map(|(_, id)| *id);
            return self.trees(path.into(), before, entry.id);
        }
        let is_module = entry.mode == Mode::COMMIT;
        if !is_module || before.is_none_or(|(mode, _)| *mode != Mode::COMMIT) {
            self.changes.push(StagedChange {
                path: path.into(),
                id: entry.id,
                is_module,
            });
        }
        Ok(())
    }

    /// Adds the entries of the tree `after` that the tree `before` does not have. A sparse index
    /// has a whole directory as one entry with a tree.
    fn trees(&mut self, path: Vec<u8>, before: Option<ObjectId>, after: ObjectId) -> Result<()> {
        let (old, new) = (self.listing(before)?, self.listing(Some(after))?);
        for (name, (mode, id)) in new
            .into_iter()
            .filter(|(name, entry)| old.get(name) != Some(entry))
        {
            let path = [path.as_slice(), &name].concat();
            match mode {
                Mode::DIR => {
                    let before = old
                        .get(&name)
                        .filter(|(mode, _)| *mode == Mode::DIR)
                        .map(|(_, id)| *id);
                    self.deeper()?;
                    self.trees([&path, &b"/"[..]].concat(), before, id)?;
                    self.depth -= 1;
                }
                Mode::COMMIT
                    if old
                        .get(&name)
                        .is_some_and(|(mode, _)| *mode == Mode::COMMIT) => {}
                _ => self.changes.push(StagedChange {
                    path,
                    id,
                    is_module: mode == Mode::COMMIT,
                }),
            }
        }
        Ok(())
    }

    fn listing(&self, tree: Option<ObjectId>) -> Result<Listing> {
        let Some(id) = tree else {
            return Ok(Listing::new());
        };
        let broken = |error: &dyn std::error::Error| {
            Error::new(format!(
                "tree {id} of HEAD cannot be read: {}",
                chain(error)
            ))
            .help("fetch the missing objects (`git fetch --refetch`) or run `git fsck`, then try again")
        };
        git::refuse_piped(self.repository, id)?;
        let tree = self
            .repository
            .find_object(id)
            .map_err(|error| broken(&error))?;
        let tree = gix::objs::TreeRef::from_bytes(&tree.data, id.kind())
            .map_err(|error| broken(&error))?;
        Ok(tree
            .entries
            .iter()
            .map(|entry| {
                (
                    entry.filename.to_vec(),
                    (entry.mode.into(), entry.oid.to_owned()),
                )
            })
            .collect())
    }
}
