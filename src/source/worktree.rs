//! Files on disk: a parallel walk that leaves out what git ignores, unless git tracks it or the user named it.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::blob::{Blob, Origin, Reason, Skip, path_bytes};
use crate::error::{Error, Result};
use crate::git::Repository;

use super::reader::Reader;
use super::{Source, Visit};

/// Files on disk.
pub struct Worktree {
    roots: Vec<PathBuf>,
    base: Option<PathBuf>,
    threads: usize,
    max_size: Option<u64>,
}

impl Worktree {
    /// Everything below `roots`, which are files or directories. Paths are reported relative to `base`, where they lie
    /// below it. Files over `max_size` bytes are skipped. `threads` is 0 for as many as there are cores.
    pub fn new(roots: Vec<PathBuf>, base: Option<PathBuf>, threads: usize, max_size: Option<u64>) -> Self {
        Worktree { roots, base, threads, max_size }
    }

    fn visit_root(&self, root: &Path, visit: &Visit<'_>) -> Result<()> {
        let metadata = root.symlink_metadata().map_err(|error| {
            Error::new(format!("{} cannot be read: {error}", root.display()))
                .help("check the path's spelling and permissions")
        })?;
        if metadata.is_symlink() {
            self.visit_file(root, &mut Reader::new(), visit);
            // Who names a link means what it points to; one that points nowhere has been scanned whole.
            return root.canonicalize().map_or(Ok(()), |target| self.visit_root(&target, visit));
        }
        if metadata.is_dir() {
            self.visit_directory(root, visit);
        } else {
            self.visit_named_file(root, &metadata, visit);
        }
        Ok(())
    }

    fn visit_directory(&self, root: &Path, visit: &Visit<'_>) {
        let walked = Walked::default();
        let mut walk = WalkBuilder::new(root);
        walk.hidden(false).ignore(false).threads(self.threads);
        if is_ignored(root) {
            walk.standard_filters(false);
        }
        let repositories = walked.repositories.clone();
        walk.filter_entry(move |entry| {
            let inside = entry.depth() == 0 || entry.file_name() != ".git";
            if !inside && let Some(parent) = entry.path().parent() {
                repositories.lock().unwrap_or_else(PoisonError::into_inner).push(parent.to_owned());
            }
            inside
        });
        walk.build_parallel().run(|| {
            let mut worker = Worker { tree: self, reader: Reader::new(), visit, seen: Vec::new(), walked: &walked };
            Box::new(move |entry| {
                worker.take(entry);
                WalkState::Continue
            })
        });
        self.visit_tracked(root, walked, visit);
    }

    /// What was named is scanned whatever it is; what has no content at rest is skipped, not waited for.
    fn visit_named_file(&self, path: &Path, metadata: &Metadata, visit: &Visit<'_>) {
        if metadata.is_file() {
            self.visit_file(path, &mut Reader::new(), visit);
        } else {
            visit(Err(Skip::new(self.origin(path), Reason::NotAFile, "a pipe, socket or device")));
        }
    }

    /// Scans what git tracks below `root` although an ignore rule kept the walk from it: the index of every repository
    /// that the walk met, and of the one `root` lies in.
    fn visit_tracked(&self, root: &Path, walked: Walked, visit: &Visit<'_>) {
        let seen = walked.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut seen: HashSet<OsString> = seen.into_iter().map(PathBuf::into_os_string).collect();
        let mut repositories = std::mem::take(&mut *walked.repositories.lock().unwrap_or_else(PoisonError::into_inner));
        repositories.push(root.to_owned());
        let mut reader = Reader::new();
        for directory in repositories {
            let untouched = tracked_below(root, &directory, |path| !seen.contains(path.as_os_str()));
            let untouched = untouched.unwrap_or_else(|error| {
                visit(Err(Skip::new(self.origin(&directory), Reason::Corrupt, error)));
                Vec::new()
            });
            for path in untouched {
                if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir()) {
                    self.visit_file(&path, &mut reader, visit);
                }
                seen.insert(path.into_os_string());
            }
        }
    }

    fn origin(&self, path: &Path) -> Origin {
        Origin::File(self.shown(path))
    }

    fn shown(&self, path: &Path) -> PathBuf {
        let base = self.base.as_deref().unwrap_or(Path::new("."));
        path.strip_prefix(base).unwrap_or(path).to_owned()
    }

    /// Scans a file, or the target text of a symbolic link. One that is gone by now has nothing to scan.
    fn visit_file(&self, path: &Path, reader: &mut Reader, visit: &Visit<'_>) {
        let outcome = match open(path) {
            Ok(file) => self.read(path, &file, reader, visit),
            Err(_) if path.is_symlink() => self.visit_link(path, visit),
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                visit(Err(Skip::new(self.origin(path), Reason::Unreadable, error)));
            }
            _ => {}
        }
    }

    fn read(&self, path: &Path, file: &File, reader: &mut Reader, visit: &Visit<'_>) -> io::Result<()> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            visit(Err(Skip::new(
                self.origin(path),
                Reason::NotAFile,
                "it turned into something else while it was opened",
            )));
        } else if let Some(limit) = self.max_size.filter(|limit| metadata.len() > *limit) {
            let detail = format!("{} bytes; the limit is {limit}", metadata.len());
            visit(Err(Skip::new(self.origin(path), Reason::TooLarge, detail)));
        } else {
            reader.visit(&self.origin(path), file, Some(metadata.len()), visit)?;
        }
        Ok(())
    }

    fn visit_link(&self, path: &Path, visit: &Visit<'_>) -> io::Result<()> {
        let target = path.read_link()?;
        visit(Ok(Blob::whole(&Origin::LinkTarget(self.shown(path)), path_bytes(&target))));
        Ok(())
    }
}

impl Source for Worktree {
    fn name(&self) -> &'static str {
        "worktree"
    }

    fn visit(&self, visit: &Visit<'_>) -> Result<()> {
        self.roots.iter().try_for_each(|root| self.visit_root(root, visit))
    }
}

/// What the walk came by.
#[derive(Default)]
struct Walked {
    files: Mutex<Vec<PathBuf>>,
    repositories: Arc<Mutex<Vec<PathBuf>>>,
}

/// One thread of the walk.
struct Worker<'a> {
    tree: &'a Worktree,
    reader: Reader,
    visit: &'a Visit<'a>,
    seen: Vec<PathBuf>,
    walked: &'a Walked,
}

impl Worker<'_> {
    fn take(&mut self, entry: std::result::Result<DirEntry, ignore::Error>) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return self.skip(error),
        };
        let Some(kind) = entry.file_type() else { return };
        if kind.is_file() || kind.is_symlink() {
            self.tree.visit_file(entry.path(), &mut self.reader, self.visit);
            self.seen.push(entry.into_path());
        }
    }

    fn skip(&self, error: ignore::Error) {
        let vanished = error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        if !vanished {
            let (path, detail) = taken_apart(error);
            (self.visit)(Err(Skip::new(self.tree.origin(&path), Reason::Unreadable, detail)));
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.walked.files.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.seen);
    }
}

/// The path an error of the walk is about, and the error without it.
fn taken_apart(error: ignore::Error) -> (PathBuf, String) {
    match error {
        ignore::Error::WithPath { path, err } => (path, err.to_string()),
        ignore::Error::WithDepth { err, .. } => taken_apart(*err),
        other => (PathBuf::from("."), other.to_string()),
    }
}

/// The paths below `root` that the repository at `directory` tracks and that are `wanted`; none where there is no
/// repository. Every tracked path is made in the same buffer, since few are wanted.
fn tracked_below(root: &Path, directory: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let Ok(repository) = Repository::discover(directory) else { return Ok(Vec::new()) };
    let (Some(top), Ok(canonical)) = (repository.work_tree(), root.canonicalize()) else { return Ok(Vec::new()) };
    // Either the root lies in the repository, or the repository lies below the root.
    let inside = canonical.strip_prefix(&top).unwrap_or(Path::new(""));
    let Ok(outside) = top.join(inside).strip_prefix(&canonical).map(|below| root.join(below)) else {
        return Ok(Vec::new());
    };
    let index = repository.index()?;
    let mut path = outside.clone();
    let mut found = Vec::new();
    for entry in index.entries() {
        let tracked = gix::path::from_bstr(entry.path(&index)).ok();
        let Some(below) = tracked.as_deref().and_then(|tracked| tracked.strip_prefix(inside).ok()) else { continue };
        path.clone_from(&outside);
        path.push(below);
        if wanted(&path) {
            found.push(path.clone());
        }
    }
    Ok(found)
}

/// Whether git's rules leave out `directory`, or one it lies in: the walk of each parent is asked whether it would enter.
fn is_ignored(directory: &Path) -> bool {
    let Ok(directory) = directory.canonicalize() else { return false };
    let mut inner = directory.as_path();
    while let Some(parent) = inner.parent() {
        if inner.join(".git").exists() {
            return false;
        }
        let name = inner.file_name().map(ToOwned::to_owned);
        let mut walk = WalkBuilder::new(parent);
        walk.hidden(false).ignore(false).max_depth(Some(1));
        walk.filter_entry(move |entry| entry.depth() == 0 || Some(entry.file_name()) == name.as_deref());
        if !walk.build().flatten().any(|entry| entry.depth() == 1) {
            return true;
        }
        inner = parent;
    }
    false
}

/// Opens a file for reading; neither waits for a pipe's other end nor follows a link that took the file's place.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW);
    }
    options.open(path)
}
