//! Checks a `.git` directory before it is read: opening a pipe or a device in place of a file could
//! block forever.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Repository;
use crate::error::{Error, Result};

/// The files at the top of the .git directory that git reads to open a repository. Parts of a split
/// index (`sharedindex.…`) are not listed here.
const FILES: [&str; 8] = [
    "HEAD",
    "commondir",
    "config",
    "config.worktree",
    "gitdir",
    "index",
    "packed-refs",
    "shallow",
];

/// The largest length of a chain of object directories that each borrow objects from the next
/// directory. Git has the same limit.
const BORROWED: usize = 5;

/// The largest depth to which directories of refs are searched.
const DEEPEST: usize = 64;

/// Fails if a pipe or a device is in place of one of git's files: opening it could block forever.
/// `place` is a `.git` directory, a bare repository, or a `.git` file. Returns true if the
/// directory has the layout of a `.git` directory.
pub fn refuse_pipes(place: &Path) -> Result<bool> {
    let own = if place.is_file() {
        leads_to(place)
    } else {
        Some(place.to_owned())
    };
    let Some(own) = own else { return Ok(false) };
    let names = top(&own)?;
    let has = |names: &[OsString], name: &str| names.iter().any(|known| known == name);
    if !has(&names, "commondir") {
        return Ok(["HEAD", "objects", "refs"]
            .iter()
            .all(|name| has(&names, name)));
    }
    let shared = small(&own.join("commondir")).map(|text| own.join(text.trim_end()));
    let shared = shared.map_or(Ok(Vec::new()), |shared| top(&shared))?;
    Ok(has(&names, "HEAD") && ["objects", "refs"].iter().all(|name| has(&shared, name)))
}

/// Checks the files directly in the `.git` directory `own`. Returns the names of all its entries.
fn top(own: &Path) -> Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in entries(own) {
        let name = entry.file_name();
        let is_read = FILES.iter().any(|file| name == *file)
            || name.as_encoded_bytes().starts_with(b"sharedindex.");
        if is_read && !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            refuse(&entry.path())?;
        }
        names.push(name);
    }
    below(&own.join("objects/info"), 1)?;
    Ok(names)
}

/// Fails if a ref or a reflog is a pipe or a device, also in linked work trees. `own` is the `.git`
/// directory that all work trees share.
pub fn refuse_piped_refs(own: &Path) -> Result<()> {
    let refs = |own: &Path| {
        refuse(&own.join("logs"))?;
        ["refs", "logs"]
            .iter()
            .try_for_each(|name| below(&own.join(name), DEEPEST))
    };
    refs(own)?;
    for tree in entries(&own.join("worktrees")) {
        top(&tree.path())?;
        refs(&tree.path())?;
    }
    Ok(())
}

/// The way in which git stores objects. It decides which files [`refuse_piped_objects`] examines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Each object in its own file.
    Loose,
    /// Many objects together in pack files.
    Packed,
}

/// Fails if the file of an object or pack is a pipe or a device, in the `.git` directory `own` or
/// in the object directories that it borrows from.
pub fn refuse_piped_objects(own: &Path, kept: Kept) -> Result<()> {
    objects(&own.join("objects"), kept, BORROWED)
}

fn objects(folder: &Path, kept: Kept, depth: usize) -> Result<()> {
    match kept {
        Kept::Packed => below(&folder.join("pack"), 1)?,
        Kept::Loose => {
            let is_loose = |entry: &fs::DirEntry| entry.file_name().len() == 2;
            entries(folder)
                .filter(is_loose)
                .try_for_each(|entry| below(&entry.path(), 0))?;
        }
    }
    let list = small(&folder.join("info/alternates")).unwrap_or_default();
    let others = list.lines().filter(|line| depth > 0 && !line.is_empty());
    others
        .map(|line| folder.join(line))
        .try_for_each(|other| objects(&other, kept, depth - 1))
}

/// Checks the files in a directory, and in its subdirectories down to `depth` levels. The directory
/// may be missing.
fn below(folder: &Path, depth: usize) -> Result<()> {
    for entry in entries(folder) {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => {}
            Ok(kind) if kind.is_dir() && depth > 0 => below(&entry.path(), depth - 1)?,
            Ok(kind) if kind.is_dir() => {}
            _ => refuse(&entry.path())?,
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(std::result::Result::ok)
}

#[cfg(unix)]
fn is_endless(kind: fs::FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo() || kind.is_char_device() || kind.is_block_device()
}

#[cfg(not(unix))]
fn is_endless(_: fs::FileType) -> bool {
    false
}

/// Fails if a file is a pipe or a device, which could block or be read forever. Sockets are
/// accepted: they cannot be opened, and git itself creates one.
pub fn refuse(file: &Path) -> Result<()> {
    match file.metadata() {
        Ok(metadata) if is_endless(metadata.file_type()) => Err(Error::new(format!(
            "{} is a pipe or a device, where git needs a file",
            file.display()
        ))
        .help("git cannot read this repository either; clone it again from an intact copy (`git clone`)")),
        _ => Ok(()),
    }
}

/// Returns the directory that a `.git` file points to; `None` if the file cannot be read or has no
/// path.
fn leads_to(file: &Path) -> Option<PathBuf> {
    let text = small(file)?;
    let path = text.strip_prefix("gitdir:")?.trim();
    Some(file.parent()?.join(path))
}

/// Returns the first 64 KiB of a text file, such as `HEAD` or a `.git` file; `None` if it cannot be
/// read.
fn small(file: &Path) -> Option<String> {
    let mut text = Vec::new();
    crate::files::open::open(&file.canonicalize().ok()?)
        .ok()?
        .take(64 * 1024)
        .read_to_end(&mut text)
        .ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

impl Repository {
    /// Returns the same repository after a check that no ref, object or pack is a pipe or a device.
    /// A lookup would open it and could block forever.
    ///
    /// # Errors
    ///
    /// When a ref, an object or a pack is a pipe or a device.
    pub fn without_pipes(self) -> Result<Self> {
        let own = self.inner.common_dir();
        refuse_piped_refs(own)?;
        [Kept::Loose, Kept::Packed]
            .into_iter()
            .try_for_each(|kept| refuse_piped_objects(own, kept))?;
        Ok(self)
    }

    /// Fails if a pack, or the file of the branch that is checked out, is a pipe or a device.
    pub(super) fn refuse_piped_head(&self) -> Result<()> {
        let own = self.inner.common_dir();
        refuse_piped_objects(own, Kept::Packed)?;
        // gix opens the file of the branch when it looks up `HEAD`.
        let head = small(&self.inner.git_dir().join("HEAD")).unwrap_or_default();
        head.strip_prefix("ref:")
            .map_or(Ok(()), |name| refuse(&own.join(name.trim())))
    }
}

/// Fails if the file of the loose object `id` is a pipe or a device.
pub fn refuse_piped(repository: &gix::Repository, id: gix::ObjectId) -> Result<()> {
    let name = id.to_string();
    let (folder, file) = name.split_at(2);
    refuse(
        &repository
            .common_dir()
            .join("objects")
            .join(folder)
            .join(file),
    )
}
