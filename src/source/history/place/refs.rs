//! Finds the keepers of objects. A keeper protects an object from being pruned: a ref, the head or
//! index of a work tree, or a reflog.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};
use gix::object::Kind;
use gix::objs::TagRefIter;
use gix::remote::Direction;

use crate::error::chain;
use crate::git::FROM_TABLE;
use crate::model::skip::{Skip, SkipReason};

use super::super::store::damaged;

/// A ref, head, index or reflog that protects objects from being pruned.
pub struct Keeper {
    /// The name of the keeper in reports.
    pub name: String,
    /// The ids that it points to directly and, if such an id is an annotated tag, the target of the
    /// tag.
    pub ids: Vec<ObjectId>,
}

/// All keepers of objects, in three levels. A level is used only for objects that no earlier level
/// protects.
pub struct Keepers {
    /// Level 0: refs and heads. Level 1: indexes. Level 2: reflogs.
    pub levels: [Vec<Keeper>; 3],
    /// True if all refs could be read. Otherwise no object can be reported as unreachable.
    pub is_whole: bool,
    /// Patterns for the refs that `git fetch` writes, each with at most one `*`:
    /// `refs/remotes/origin/*`, or `refs/*` in a mirror.
    fetched: Vec<String>,
}

impl Keepers {
    /// Returns true if the ref of this name came from a remote.
    pub fn is_fetched(&self, name: &str) -> bool {
        name.starts_with("refs/remotes/")
            || self
                .fetched
                .iter()
                .any(|pattern| match pattern.split_once('*') {
                    Some((start, end)) => {
                        let rest = name.strip_prefix(start);
                        rest.is_some_and(|rest| rest.ends_with(end))
                    }
                    None => pattern == name,
                })
    }

    /// Returns the commits of all stashes.
    pub fn stashed(&self) -> Vec<ObjectId> {
        self.levels[0]
            .iter()
            .filter(|keeper| keeper.name == "stash")
            .flat_map(|keeper| keeper.ids.clone())
            .collect()
    }

    /// Returns the keepers that are branches, heads or notes. A secret in the tip of such a keeper
    /// was not removed.
    pub fn branches(&self) -> impl Iterator<Item = &Keeper> {
        let is_branch = |keeper: &&Keeper| {
            let name = &keeper.name;
            ["refs/heads/", "refs/remotes/", "refs/notes/"]
                .iter()
                .any(|folder| name.starts_with(folder))
                || name.ends_with("HEAD")
        };
        self.levels[0].iter().filter(is_branch)
    }
}

/// Returns all keepers of objects in `repository`, with annotated tags followed. Refs and indexes
/// that cannot be read are reported to `skip`.
pub fn keepers(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Keepers {
    let mut keepers = direct_keepers(repository, skip);
    for keeper in &mut keepers.levels[0] {
        keeper.ids = keeper
            .ids
            .iter()
            .flat_map(|id| peeled(repository, *id))
            .collect();
    }
    keepers
}

/// Returns all keepers of objects in `repository`, with only the ids that each names directly.
/// Reads no object.
fn direct_keepers(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Keepers {
    let is_whole = Cell::new(true);
    let unread = |skipped| {
        is_whole.set(false);
        skip(skipped);
    };
    let refs = named(repository, &unread)
        .into_iter()
        .chain(linked(repository, &unread))
        .chain(heads(repository));
    let indexes = indexes(repository, skip)
        .into_iter()
        .map(|(name, index)| Keeper {
            name,
            ids: staged(&index),
        });
    let (mut refs, mut logs): (Vec<Keeper>, Vec<Keeper>) = (refs.collect(), reflogs(repository));
    // The ref points only to the latest stash. Earlier stashes are in its reflog, and are reported
    // as stash, too.
    let stashed = logs
        .iter()
        .position(|log| log.name == "reflog:refs/stash")
        .map(|at| logs.remove(at));
    if let (Some(log), Some(stash)) = (
        stashed,
        refs.iter_mut().find(|keeper| keeper.name == "stash"),
    ) {
        stash.ids.extend(log.ids);
    }
    Keepers {
        levels: [refs, indexes.collect(), logs],
        is_whole: is_whole.get(),
        fetched: fetched(repository),
    }
}

/// Returns the destinations of all refspecs that remotes are fetched by.
fn fetched(repository: &gix::Repository) -> Vec<String> {
    let names = repository.remote_names();
    let remotes = names
        .iter()
        .filter_map(|name| repository.find_remote(name.as_bstr()).ok());
    let written = |remote: gix::Remote<'_>| {
        let specs = remote.refspecs(Direction::Fetch).iter();
        let patterns = specs.filter_map(|spec| Some(spec.to_ref().local()?.to_string()));
        patterns.collect::<Vec<_>>()
    };
    remotes.flat_map(written).collect()
}

/// Returns the refs that all work trees share, and the private refs of the main work tree.
fn named(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Vec<Keeper> {
    let broken = |file: &str, error: String| {
        skip(damaged(
            &repository.common_dir().join(file),
            SkipReason::Corrupt,
            error,
        ))
    };
    let table = repository.common_dir().join("reftable");
    if table.is_dir() {
        let detail = "ref names and reflogs are in the reftable format, which is not supported";
        skip(damaged(&table, SkipReason::Unsupported, detail).advising(FROM_TABLE));
        return Vec::new();
    }
    let platform = match repository.references() {
        Ok(platform) => platform,
        Err(error) => {
            broken("packed-refs", chain(&error));
            return Vec::new();
        }
    };
    let mut keepers = Vec::new();
    match platform.all() {
        Ok(all) => {
            for reference in all {
                match reference {
                    Ok(reference) => keepers.push(keeper(&reference)),
                    Err(error) => broken("refs", error.to_string()),
                }
            }
        }
        Err(error) => broken("packed-refs", chain(&error)),
    }
    keepers
}

fn keeper(reference: &gix::Reference<'_>) -> Keeper {
    let name = reference.name().as_bstr().to_string();
    let name = if name == "refs/stash" {
        "stash".to_owned()
    } else {
        name
    };
    let ids = reference
        .try_id()
        .map(gix::Id::detach)
        .into_iter()
        .collect();
    Keeper { name, ids }
}

/// Returns the private refs of linked work trees.
fn linked(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Vec<Keeper> {
    let mut keepers = Vec::new();
    for (label, folder) in work_trees(repository.common_dir())
        .into_iter()
        .filter(|(label, _)| !label.is_empty())
    {
        for (path, below) in files(&folder, "refs") {
            match fs::read(&path).map(|text| ObjectId::from_hex(text.trim())) {
                Ok(Ok(id)) => keepers.push(Keeper {
                    name: format!("{label}{below}"),
                    ids: vec![id],
                }),
                Ok(Err(error)) => skip(damaged(&path, SkipReason::Corrupt, error)),
                Err(error) => skip(damaged(&path, SkipReason::Unreadable, error)),
            }
        }
    }
    keepers
}

/// Returns the id and, if it is an annotated tag, its target; if that is a tag, its target, and so
/// on.
fn peeled(repository: &gix::Repository, id: ObjectId) -> Vec<ObjectId> {
    let mut ids = vec![id];
    while let Some(object) = ids
        .last()
        .and_then(|id| repository.try_find_object(*id).ok().flatten())
    {
        if object.kind != Kind::Tag {
            break;
        }
        match TagRefIter::from_bytes(&object.data, id.kind()).target_id() {
            Ok(target) if !ids.contains(&target) => ids.push(target),
            _ => break,
        }
    }
    ids
}

/// Returns the detached heads of work trees.
fn heads(repository: &gix::Repository) -> impl Iterator<Item = Keeper> {
    let read = |(name, folder): (String, PathBuf)| {
        let text = fs::read(folder.join("HEAD")).ok()?;
        let id = ObjectId::from_hex(text.trim()).ok()?;
        Some(Keeper {
            name: format!("{name}HEAD"),
            ids: vec![id],
        })
    };
    work_trees(repository.common_dir())
        .into_iter()
        .filter_map(read)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Returns the git directory of each work tree, with the prefix of its refs in reports: empty for
/// the main work tree.
fn work_trees(common: &Path) -> Vec<(String, PathBuf)> {
    let mut folders = vec![(String::new(), common.to_owned())];
    for entry in fs::read_dir(common.join("worktrees"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
    {
        folders.push((
            format!("worktrees/{}/", entry.file_name().to_string_lossy()),
            entry.path(),
        ));
    }
    folders.sort();
    folders
}

/// Returns the index of each work tree, with its name in reports.
fn indexes(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Vec<(String, gix::index::File)> {
    let read = |(name, folder): (String, PathBuf)| {
        let file = folder.join("index");
        if !file.exists() {
            return None;
        }
        match gix::index::File::at(&file, repository.object_hash(), false, Default::default()) {
            Ok(index) => Some((format!("{name}index"), index)),
            Err(error) => {
                skip(damaged(&file, SkipReason::Corrupt, chain(&error)));
                None
            }
        }
    };
    work_trees(repository.common_dir())
        .into_iter()
        .filter_map(read)
        .collect()
}

/// Returns the ids of the blobs that an index protects from being pruned.
fn staged(index: &gix::index::File) -> Vec<ObjectId> {
    let held = index.entries().iter().filter(|entry| {
        entry.mode != Mode::COMMIT
            && !entry.flags.contains(Flags::INTENT_TO_ADD)
            && !entry.id.is_empty_blob()
    });
    held.map(|entry| entry.id).collect()
}

/// Returns the paths in the indexes of all work trees, sorted.
pub fn staged_names(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Vec<Vec<u8>> {
    let names = |(_, index): (_, gix::index::File)| {
        let names: Vec<Vec<u8>> = index
            .entries()
            .iter()
            .map(|entry| entry.path(&index).to_vec())
            .collect();
        names
    };
    let mut names: Vec<Vec<u8>> = indexes(repository, skip)
        .into_iter()
        .flat_map(names)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Returns the reflogs of all work trees, sorted by name.
fn reflogs(repository: &gix::Repository) -> Vec<Keeper> {
    let mut logs = Vec::new();
    for (name, folder) in work_trees(repository.common_dir()) {
        for (path, below) in files(&folder, "logs") {
            let ids = fs::read(path).map(|text| moves(&text)).unwrap_or_default();
            logs.push(Keeper {
                name: format!("reflog:{name}{}", below.trim_start_matches("logs/")),
                ids,
            });
        }
    }
    logs.sort_by(|one, other| one.name.cmp(&other.name));
    logs
}

/// Returns the files at any depth below `folder` in the git directory `own`, each with its path
/// from `own`.
fn files(own: &Path, folder: &str) -> Vec<(PathBuf, String)> {
    let (mut files, mut pending) = (Vec::new(), vec![own.join(folder)]);
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(
                fs::read_dir(&path)
                    .into_iter()
                    .flatten()
                    .filter_map(|entry| Some(entry.ok()?.path())),
            );
        } else if path.exists() {
            let below = path
                .strip_prefix(own)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            files.push((path, below));
        }
    }
    files
}

/// Returns the ids in a reflog. Each line begins with the old and the new id of the ref.
fn moves(text: &[u8]) -> Vec<ObjectId> {
    let ids = text
        .lines()
        .flat_map(|line| line.splitn(3, |byte| *byte == b' ').take(2));
    let mut ids: Vec<ObjectId> = ids
        .filter_map(|id| ObjectId::from_hex(id).ok())
        .filter(|id| !id.is_null())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Returns the ids that refs, heads and indexes name directly. The sweep checks the targets of
/// annotated tags.
pub fn kept(repository: &gix::Repository, skip: &dyn Fn(Skip)) -> Vec<ObjectId> {
    let [refs, indexes, _] = direct_keepers(repository, skip).levels;
    refs.into_iter()
        .chain(indexes)
        .flat_map(|keeper| keeper.ids)
        .collect()
}
