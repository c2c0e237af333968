//! What keeps objects from being pruned: refs, the heads and indexes of work trees, reflogs.

use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};
use gix::object::Kind;
use gix::objs::TagRefIter;

use super::super::store::Store;

/// Something that keeps objects.
pub struct Keeper {
    /// Its name in reports.
    pub name: String,
    /// What it leads to, annotated tags on the way included.
    pub ids: Vec<ObjectId>,
}

/// All that keeps objects, in levels: who keeps what nothing of an earlier level does.
pub struct Keepers {
    /// Refs and heads; indexes; reflogs.
    pub levels: [Vec<Keeper>; 3],
}

impl Keepers {
    /// The commits at the tips of branches: what they have was not removed.
    pub fn branches(&self) -> Vec<ObjectId> {
        let is_branch = |keeper: &&Keeper| {
            let name = &keeper.name;
            name.starts_with("refs/heads/") || name.starts_with("refs/remotes/") || name.ends_with("HEAD")
        };
        self.levels[0].iter().filter(is_branch).flat_map(|keeper| keeper.ids.iter().copied()).collect()
    }
}

/// All that keeps objects of `repository`.
pub fn keepers(repository: &gix::Repository) -> Keepers {
    let refs = named(repository).chain(heads(repository));
    let indexes = indexes(repository)
        .into_iter()
        .map(|(name, entries)| Keeper { name, ids: entries.into_iter().map(|(_, id)| id).collect() });
    let (mut refs, mut logs): (Vec<Keeper>, Vec<Keeper>) = (refs.collect(), reflogs(repository));
    // What was stashed before the last is in the reflog alone, and belongs to the stash all the same.
    let stashed = logs.iter().position(|log| log.name == "reflog:refs/stash").map(|at| logs.remove(at));
    if let (Some(log), Some(stash)) = (stashed, refs.iter_mut().find(|keeper| keeper.name == "stash")) {
        stash.ids.extend(log.ids);
    }
    Keepers { levels: [refs, indexes.collect(), logs] }
}

fn named(repository: &gix::Repository) -> impl Iterator<Item = Keeper> {
    let mut keepers = Vec::new();
    if let Ok(platform) = repository.references()
        && let Ok(all) = platform.all()
    {
        for reference in all.filter_map(Result::ok) {
            let name = reference.name().as_bstr().to_string();
            let name = if name == "refs/stash" { "stash".to_owned() } else { name };
            let ids = reference.try_id().map(|id| peeled(repository, id.detach())).unwrap_or_default();
            keepers.push(Keeper { name, ids });
        }
    }
    keepers.into_iter()
}

/// An object and, when it is an annotated tag, what that is of, and so on.
fn peeled(repository: &gix::Repository, id: ObjectId) -> Vec<ObjectId> {
    let mut ids = vec![id];
    while let Some(object) = ids.last().and_then(|id| repository.try_find_object(*id).ok().flatten()) {
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

/// The heads of work trees that are on no branch.
fn heads(repository: &gix::Repository) -> impl Iterator<Item = Keeper> {
    let read = |(name, folder): (String, PathBuf)| {
        let text = fs::read(folder.join("HEAD")).ok()?;
        let id = ObjectId::from_hex(text.trim()).ok()?;
        Some(Keeper { name: format!("{name}HEAD"), ids: vec![id] })
    };
    work_trees(repository.common_dir()).into_iter().filter_map(read).collect::<Vec<_>>().into_iter()
}

/// Git's own folder of each work tree, and what its names begin with.
fn work_trees(common: &Path) -> Vec<(String, PathBuf)> {
    let mut folders = vec![(String::new(), common.to_owned())];
    for entry in fs::read_dir(common.join("worktrees")).into_iter().flatten().filter_map(Result::ok) {
        folders.push((format!("worktrees/{}/", entry.file_name().to_string_lossy()), entry.path()));
    }
    folders.sort();
    folders
}

type Staged = Vec<(Vec<u8>, ObjectId)>;

/// What is staged in each work tree.
fn indexes(repository: &gix::Repository) -> Vec<(String, Staged)> {
    let read = |(name, folder): (String, PathBuf)| {
        let file = folder.join("index");
        if !file.exists() {
            return None;
        }
        let index = gix::index::File::at(file, repository.object_hash(), true, Default::default()).ok()?;
        let held = index.entries().iter().filter(|entry| {
            entry.mode != Mode::COMMIT && !entry.flags.contains(Flags::INTENT_TO_ADD) && !entry.id.is_empty_blob()
        });
        let entries = held.map(|entry| (entry.path(&index).to_vec(), entry.id)).collect();
        Some((format!("{name}index"), entries))
    };
    work_trees(repository.common_dir()).into_iter().filter_map(read).collect()
}

/// The names that are staged somewhere.
pub fn staged_names(repository: &gix::Repository) -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> =
        indexes(repository).into_iter().flat_map(|(_, entries)| entries).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    names
}

/// The reflogs below git's own folders.
fn reflogs(repository: &gix::Repository) -> Vec<Keeper> {
    let mut logs = Vec::new();
    for (name, folder) in work_trees(repository.common_dir()) {
        let top = folder.join("logs");
        let mut pending = vec![top.clone()];
        while let Some(path) = pending.pop() {
            if path.is_dir() {
                pending.extend(fs::read_dir(&path).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())));
            } else if let Ok(text) = fs::read(&path) {
                let below = path.strip_prefix(&top).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                logs.push(Keeper { name: format!("reflog:{name}{below}"), ids: moves(&text) });
            }
        }
    }
    logs.sort_by(|one, other| one.name.cmp(&other.name));
    logs
}

/// The ids that a reflog names: each line begins with where the ref was and where it went.
fn moves(text: &[u8]) -> Vec<ObjectId> {
    let ids = text.lines().flat_map(|line| line.splitn(3, |byte| *byte == b' ').take(2));
    let mut ids: Vec<ObjectId> = ids.filter_map(|id| ObjectId::from_hex(id).ok()).filter(|id| !id.is_null()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What refs, heads and indexes lead to that is not in `store`.
pub fn missing(repository: &gix::Repository, store: &Store) -> Vec<ObjectId> {
    let keepers = keepers(repository);
    let [refs, indexes, _] = &keepers.levels;
    let ids = refs.iter().chain(indexes).flat_map(|keeper| &keeper.ids);
    ids.filter(|id| !store.has(id)).copied().collect()
}
