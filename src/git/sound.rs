//! What must hold of git's own folder before it is read: no pipe stands in the place of a file, and the format is one that we know.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Repository;
use crate::error::{Error, Result};

/// The files at the top of git's own folder that are read.
const FILES: [&str; 8] =
    ["HEAD", "commondir", "config", "config.worktree", "gitdir", "index", "packed-refs", "shallow"];

/// The folders of it that are read whole: how many levels of folders are in them.
const FOLDERS: [(&str, usize); 2] = [("refs", 64), ("objects/info", 1)];

/// So many folders of objects borrow from another, at most, as in git.
const BORROWED: usize = 5;

/// Refuses a `.git` at `place`, or git's own folder there, in which a pipe or a device stands in the place of a file: to open
/// one is to wait without end.
pub fn refuse_pipes(place: &Path) -> Result<()> {
    let own = if place.is_file() { leads_to(place) } else { Some(place.to_owned()) };
    let Some(own) = own else { return Ok(()) };
    folder(&own)?;
    let common = own.join("commondir");
    if common.is_file() {
        let shared = small(&common).map(|text| own.join(text.trim_end()));
        shared.map_or(Ok(()), |shared| folder(&shared))?;
    }
    Ok(())
}

/// Checks one of git's own folders.
fn folder(own: &Path) -> Result<()> {
    FILES.iter().try_for_each(|name| refuse(&own.join(name)))?;
    for entry in entries(own).filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"sharedindex.")) {
        refuse(&entry.path())?;
    }
    FOLDERS.iter().try_for_each(|(name, depth)| below(&own.join(name), *depth))
}

/// Which of git's objects are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Those in files of their own.
    Loose,
    /// Those in packs.
    Packed,
}

/// Refuses objects of this kind that are pipes, where git's own folder is `own` and in the folders that it borrows from.
pub fn refuse_piped_objects(own: &Path, kept: Kept) -> Result<()> {
    objects(&own.join("objects"), kept, BORROWED)
}

fn objects(folder: &Path, kept: Kept, depth: usize) -> Result<()> {
    match kept {
        Kept::Packed => below(&folder.join("pack"), 1)?,
        Kept::Loose => {
            let is_loose = |entry: &fs::DirEntry| entry.file_name().len() == 2;
            entries(folder).filter(is_loose).try_for_each(|entry| below(&entry.path(), 0))?;
        }
    }
    let list = small(&folder.join("info/alternates")).unwrap_or_default();
    let others = list.lines().filter(|line| depth > 0 && !line.is_empty());
    others.map(|line| folder.join(line)).try_for_each(|other| objects(&other, kept, depth - 1))
}

/// Checks the files below a folder, which need not be there.
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
    fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok)
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

/// Refuses what would be waited for, or read, without end. A socket cannot be opened, and git has one for itself.
fn refuse(file: &Path) -> Result<()> {
    match file.metadata() {
        Ok(metadata) if is_endless(metadata.file_type()) => {
            Err(Error::new(format!("{} is a pipe or a device, where git has a file", file.display()))
                .help("git could not read this repository either; take a good copy of it (`git clone`)"))
        }
        _ => Ok(()),
    }
}

/// The folder that a `.git` file leads to.
fn leads_to(file: &Path) -> Option<PathBuf> {
    let text = small(file)?;
    let path = text.strip_prefix("gitdir:")?.trim();
    Some(file.parent()?.join(path))
}

/// The text of a small file, such as those that lead elsewhere.
fn small(file: &Path) -> Option<String> {
    let mut text = Vec::new();
    crate::open::open(&file.canonicalize().ok()?).ok()?.take(64 * 1024).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// What the format of a repository may say beside its version, in small letters (git's documentation, gitrepository-layout and
/// git-config, "extensions").
const KNOWN: [&str; 8] = [
    "noop",
    "noop-v1",
    "preciousobjects",
    "partialclone",
    "worktreeconfig",
    "objectformat",
    "relativeworktrees",
    "refstorage",
];

/// Refuses a repository of a format that is not known: what it holds could be elsewhere than it is looked for.
pub fn refuse_unknown(repository: &gix::Repository) -> Result<()> {
    let file = repository.common_dir().join("config");
    let refused = |what: String| {
        Err(Error::new(format!("{} is not understood: {what}", file.display()))
            .help("a newer ntnguard may know it; files are scanned without git with `ntnguard scan PATH` in a copy"))
    };
    // One that is not there is the same as an empty one.
    if let Err(error) = fs::File::open(&file)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return refused(format!("it cannot be read ({error})"));
    }
    if file.is_dir() {
        return refused("it is a folder".to_owned());
    }
    let config = repository.config_snapshot();
    let version = config.integer("core.repositoryFormatVersion").unwrap_or(0);
    if version > 1 {
        return refused(format!("the format of the repository has version {version}"));
    }
    let own = [gix::config::Source::Local, gix::config::Source::Worktree];
    let sections = config.plumbing().sections_by_name("extensions").into_iter().flatten();
    for section in sections.filter(|section| version == 1 && own.contains(&section.meta().source)) {
        let sub = section.header().subsection_name().map(|name| format!("{name}."));
        let sub = sub.unwrap_or_default();
        let mut names = section.value_names().map(|name| format!("{sub}{}", name.to_string().to_ascii_lowercase()));
        if let Some(name) = names.find(|name| !KNOWN.contains(&name.as_str())) {
            return refused(format!("it has the extension `{name}`"));
        }
    }
    Ok(())
}

impl Repository {
    /// Refuses a repository in which a pipe stands in the place of an object or a pack: to look an object up is to open it.
    ///
    /// # Errors
    ///
    /// When one does.
    pub fn refuse_piped_objects(&self) -> Result<()> {
        let own = self.inner.common_dir();
        [Kept::Loose, Kept::Packed].into_iter().try_for_each(|kept| refuse_piped_objects(own, kept))
    }

    /// Refuses a repository whose refs are in a table, which is not read: what they lead to is not known.
    ///
    /// # Errors
    ///
    /// When they are.
    pub fn refuse_table(&self) -> Result<()> {
        let table = self.inner.common_dir().join("reftable");
        match table.is_dir() {
            true => Err(Error::new("this repository keeps its refs in a reftable, which ntnguard cannot read")
                .help("`git refs migrate --ref-format=files` (git 2.46) writes them out as files; then try again")),
            false => Ok(()),
        }
    }
}
