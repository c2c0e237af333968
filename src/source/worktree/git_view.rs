//! Git's view of a directory: the tracked files below it, and the ignore rules for the others.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::bstr::BStr;
use gix::index::Entry;
use gix::index::entry::{Flags, Mode};
use gix::worktree::Stack;
use gix::worktree::stack::state::ignore::Source;

use crate::error::{Error, Result};
use crate::git::Repository;

/// Git's treatment of a path in a repository.
pub enum PathTreatment {
    /// Tracked; the value is the position of its entry in the index.
    Tracked(usize),
    /// Ignored by git's ignore rules, and not tracked.
    Ignored,
    /// Neither tracked nor ignored.
    Untracked,
}

/// Git's ignore rules and index for the files below a directory. Each thread has its own copy,
/// because the rules of a subdirectory are loaded when its files are looked up.
#[derive(Clone)]
pub struct GitView {
    /// The path of the directory, as passed to [`GitView::new`].
    folder: PathBuf,
    /// The path of the directory from the root of its work tree.
    inside: PathBuf,
    index: Arc<gix::index::File>,
    /// The path of the `.git` directory from the root of the work tree; `None` if it is outside the
    /// work tree.
    own: Option<PathBuf>,
    rules: Stack,
    objects: gix::OdbHandle,
}

impl GitView {
    /// Returns the rules of `repository` for paths below `folder`; `None` if `folder` is not in its
    /// work tree, if the rules cannot be loaded, or if an ignore file is a pipe or device.
    pub fn new(repository: &Repository, folder: &Path) -> Option<Self> {
        let top = repository.work_tree()?;
        let inside = folder
            .canonicalize()
            .ok()?
            .strip_prefix(&top)
            .ok()?
            .to_owned();
        let inner = repository.inner();
        let on_the_way = inside
            .ancestors()
            .map(|part| top.join(part).join(".gitignore"));
        // Some users configure `/dev/null` as an empty list of patterns.
        let personal = repository
            .personal_excludes()
            .into_iter()
            .filter(|file| file != Path::new("/dev/null"));
        if on_the_way.chain(personal).any(|file| has_no_end(&file)) {
            return None;
        }
        // If the index cannot be read, `tracked` reports it; the ignore rules work without an
        // index.
        let none = || {
            gix::index::File::from_state(
                gix::index::State::new(inner.object_hash()),
                inner.index_path(),
            )
        };
        let index = repository.index().unwrap_or_else(|_| Arc::new(none()));
        let rules = inner
            .excludes(&index, None, Source::WorktreeThenIdMappingIfNotSkipped)
            .ok()?
            .detach();
        let own = inner.common_dir().canonicalize().ok();
        let own = own.and_then(|own| own.strip_prefix(&top).ok().map(Path::to_owned));
        Some(GitView {
            folder: folder.to_owned(),
            inside,
            index,
            own,
            rules,
            objects: inner.objects.clone(),
        })
    }

    /// Returns git's treatment of `path`. A tracked path is never ignored, so the index is checked
    /// first, which is also faster than the rules. If the rules of a directory cannot be read,
    /// nothing in the directory is ignored.
    pub fn treatment(&mut self, path: &Path, is_dir: bool) -> PathTreatment {
        let Ok(below) = path.strip_prefix(&self.folder) else {
            return PathTreatment::Untracked;
        };
        let path = if self.inside.as_os_str().is_empty() {
            Cow::Borrowed(below)
        } else {
            Cow::Owned(self.inside.join(below))
        };
        if is_dir && self.own.as_deref() == Some(&*path) {
            return PathTreatment::Ignored;
        }
        match self.position(&path).filter(|_| !is_dir) {
            Some(position) => PathTreatment::Tracked(position),
            None if !self.is_left_out(&path) && self.asks(&path, is_dir) => PathTreatment::Ignored,
            None => PathTreatment::Untracked,
        }
    }

    fn position(&self, path: &Path) -> Option<usize> {
        let path = gix::path::into_bstr(path).ok()?;
        // A path in a merge conflict has several entries; this is the first.
        self.index
            .entry_range(path.as_ref())
            .map(|entries| entries.start)
    }

    /// Returns true if a sparse index has `path`, or a directory above it, as a single entry. The
    /// index then does not list the tracked files in that directory, so no file of the directory
    /// may be treated as ignored.
    fn is_left_out(&self, path: &Path) -> bool {
        let is_entry = |folder: &Path| {
            let folder = gix::path::into_bstr(folder).ok();
            let entry = folder.and_then(|folder| {
                self.index
                    .entry_by_path(BStr::new(&[&folder[..], &b"/"[..]].concat()))
            });
            entry.is_some_and(|entry| entry.mode == Mode::DIR)
        };
        self.index.is_sparse() && path.ancestors().any(is_entry)
    }

    /// Returns true if git ignores the directory itself or a directory above it.
    pub fn ignores_root(&mut self) -> bool {
        let inside = self.inside.clone();
        !inside.as_os_str().is_empty() && self.asks(&inside, true)
    }

    fn asks(&mut self, path: &Path, is_dir: bool) -> bool {
        let mode = if is_dir { Mode::DIR } else { Mode::FILE };
        self.rules
            .at_path(path, Some(mode), &self.objects)
            .is_ok_and(|found| found.is_excluded())
    }
}

/// Returns true if `file`, an ignore file, is a pipe, socket or device. Reading such a file could
/// wait forever, or never end.
pub fn has_no_end(file: &Path) -> bool {
    let kind = file.symlink_metadata().map(|metadata| metadata.file_type());
    kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir() && !kind.is_symlink())
}

/// A path that the index has.
pub struct TrackedPath {
    /// The path, beginning with the root of the walk.
    pub path: PathBuf,
    /// A file, a directory of a sparse index, or a submodule.
    pub kind: TrackedKind,
}

/// The kind of an index entry. It decides how a path that is missing on disk is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackedKind {
    /// A file that should be on disk.
    File,
    /// A file that a sparse checkout leaves out.
    LeftOut,
    /// A directory that a sparse index has as a single entry: a sparse checkout leaves it out.
    Folder,
    /// A submodule, whose files are in another repository.
    Submodule,
}

impl TrackedKind {
    /// Returns the kind of all entries of one path. In a merge conflict, a path has several
    /// entries: one side may have a submodule where the other side has a file.
    fn of(entries: &[Entry]) -> Self {
        let has = |mode| entries.iter().any(|entry| entry.mode == mode);
        match entries {
            _ if has(Mode::COMMIT) => TrackedKind::Submodule,
            _ if has(Mode::DIR) => TrackedKind::Folder,
            [one] if one.flags.contains(Flags::SKIP_WORKTREE) => TrackedKind::LeftOut,
            _ => TrackedKind::File,
        }
    }
}

/// Returns the paths below `root` that `repository` tracks and for which `wanted` returns true.
/// Leaves out the index entries at the positions `seen`. All paths are built in one buffer, because
/// few paths are needed.
///
/// # Errors
///
/// When the index cannot be read, or `root` cannot be resolved.
pub fn tracked(
    repository: &Repository,
    root: &Path,
    seen: &[usize],
    wanted: impl Fn(&Path) -> bool,
) -> Result<Vec<TrackedPath>> {
    let Some(top) = repository.work_tree() else {
        return Ok(Vec::new());
    };
    let unreadable = |error| Error::new(format!("{} cannot be resolved: {error}", root.display()));
    let canonical = root.canonicalize().map_err(unreadable)?;
    // The root is either inside the repository or a parent of it.
    let inside = canonical.strip_prefix(&top).unwrap_or(Path::new(""));
    let Ok(outside) = top
        .join(inside)
        .strip_prefix(&canonical)
        .map(|below| root.join(below))
    else {
        return Ok(Vec::new());
    };
    let index = repository.index()?;
    let mut path = outside.clone();
    let mut found = Vec::new();
    for entry in unseen(&index, seen) {
        let tracked = gix::path::from_bstr(entry.path(&index)).ok();
        let Some(below) = tracked
            .as_deref()
            .and_then(|tracked| tracked.strip_prefix(inside).ok())
        else {
            continue;
        };
        path.clone_from(&outside);
        path.push(below);
        if wanted(&path) {
            let range = index.entry_range(entry.path(&index)).unwrap_or_default();
            found.push(TrackedPath {
                path: path.clone(),
                kind: TrackedKind::of(&index.entries()[range]),
            });
        }
    }
    Ok(found)
}

/// Returns true if `folder` itself is a submodule of `repository`.
pub fn is_submodule(repository: &Repository, folder: &Path) -> bool {
    let inside = repository.work_tree().zip(folder.canonicalize().ok());
    let inside = inside
        .and_then(|(top, real)| gix::path::into_bstr(real.strip_prefix(top).ok()?.to_owned()).ok());
    let index = repository.index().ok();
    let entry = index
        .as_ref()
        .zip(inside.as_ref())
        .and_then(|(index, inside)| index.entry_by_path(BStr::new(&inside[..])));
    entry.is_some_and(|entry| entry.mode == Mode::COMMIT)
}

/// Returns the entries of an index, except those at the positions `seen`. A path in a merge
/// conflict has several entries; only the first entry is returned.
fn unseen<'i>(index: &'i gix::index::File, seen: &[usize]) -> impl Iterator<Item = &'i Entry> {
    let entries = index.entries();
    let mut left: Vec<bool> = vec![true; entries.len()];
    seen.iter().for_each(|&position| left[position] = false);
    let path = |at: usize| entries[at].path(index);
    let is_first = move |at: usize| at == 0 || path(at - 1) != path(at);
    (0..entries.len())
        .filter(move |&at| left[at] && is_first(at))
        .map(|at| &entries[at])
}
