//! The folder of the repository that `--path` limits a run to.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::open::reach;
use crate::git::Repository;
use crate::model::blob::path_bytes;
use crate::source::folder::Folder;

/// The folder in which a run looks at files.
pub struct CiFolder {
    /// The folder, from the root of the repository.
    pub folder: Folder,
    /// The same on disk.
    pub path: PathBuf,
}

impl CiFolder {
    /// Returns the folder at `path`; all of `repository` if there is no path.
    ///
    /// # Errors
    ///
    /// When the repository has no such folder, or the folder belongs to another repository: nothing
    /// of it would be scanned.
    pub fn find(path: Option<&Path>, repository: &Repository) -> Result<Self> {
        let top = repository.work_tree().ok_or_else(|| {
            Error::new("this repository is bare: no files are checked out in it")
                .help("run it in a clone of it")
        })?;
        let Some(path) = path else {
            return Ok(CiFolder {
                folder: Folder::default(),
                path: top,
            });
        };
        let real = resolve(path, &top).map_err(|why| refused(path, &why))?;
        let inside = real
            .strip_prefix(&top)
            .map_err(|_| refused(path, "it lies outside of the repository"))?;
        if !is_spelled_so(inside, &top) {
            return Err(refused(path, "its name is spelled otherwise on disk"));
        }
        if Repository::find(&real)?.and_then(|own| own.work_tree()) != Some(top.clone()) {
            return Err(refused(
                path,
                "it lies in a repository of its own, which has its own commits: run it there",
            ));
        }
        let parts: Vec<&[u8]> = inside
            .iter()
            .map(|part| path_bytes(Path::new(part)))
            .collect();
        Ok(CiFolder {
            folder: Folder::new(parts.join(&b'/')),
            path: real,
        })
    }
}

/// Returns the folder that `path` leads to. A link below `top` is not followed, since its target
/// was chosen by the author of the repository: following it would let a change choose the folder.
fn resolve(path: &Path, top: &Path) -> std::result::Result<PathBuf, String> {
    // Of what has something below it the last part is looked at, too.
    let mut real = reach(&path.join("x"), top).map_err(|error| error.to_string())?;
    real.pop();
    let real = real.canonicalize().map_err(|error| error.to_string())?;
    if real.is_dir() {
        Ok(real)
    } else {
        Err("it is not a folder".to_owned())
    }
}

/// Returns true if each part of a path is the name of an entry, byte by byte: git distinguishes
/// letter case where the file system does not.
fn is_spelled_so(inside: &Path, top: &Path) -> bool {
    let has = |folder: &Path, name| {
        fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name() == name))
    };
    let parts = inside
        .ancestors()
        .filter_map(|path| Some((path.parent()?, path.file_name()?)));
    parts
        .into_iter()
        .all(|(parent, name)| has(&top.join(parent), name))
}

fn refused(path: &Path, why: &str) -> Error {
    Error::new(format!("{} cannot be scanned: {why}", path.display()))
        .help("--path names a folder of this repository")
}
