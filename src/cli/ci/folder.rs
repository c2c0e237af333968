//! The directory that `--path` limits a CI run to.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::open::reach;
use crate::git::Repository;
use crate::model::blob::path_bytes;
use crate::source::folder::Folder;

/// The directory whose files a CI run scans.
pub struct CiFolder {
    /// The directory, relative to the root of the repository.
    pub folder: Folder,
    /// The path of the directory on disk.
    pub path: PathBuf,
}

impl CiFolder {
    /// Returns the directory at `path`, or the root of `repository` if there is no path.
    ///
    /// # Errors
    ///
    /// When the repository is bare, does not have this directory, or the directory belongs to
    /// another repository, whose files and commits would not be scanned.
    pub fn find(path: Option<&Path>, repository: &Repository) -> Result<Self> {
        let top = repository.work_tree().ok_or_else(|| {
            Error::new("this repository is bare: no files are checked out in it")
                .help("run the command in a clone of the repository")
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
            .map_err(|_| refused(path, "it is outside of the repository"))?;
        if !is_spelled_so(inside, &top) {
            return Err(refused(
                path,
                "its name on disk differs in upper and lower case",
            ));
        }
        if Repository::find(&real)?.and_then(|own| own.work_tree()) != Some(top.clone()) {
            return Err(refused(
                path,
                "it belongs to another repository, with its own commits: run ntnguard in that repository",
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

/// Returns the real path of the directory at `path`. A symbolic link below `top` is an error: the
/// author of a change could make it point to another directory.
fn resolve(path: &Path, top: &Path) -> std::result::Result<PathBuf, String> {
    // `reach` does not check the last part of a path. With `x` added, the last part is `x`, so all
    // of `path` is checked.
    let mut real = reach(&path.join("x"), top).map_err(|error| error.to_string())?;
    real.pop();
    let real = real.canonicalize().map_err(|error| error.to_string())?;
    if real.is_dir() {
        Ok(real)
    } else {
        Err("it is not a folder".to_owned())
    }
}

/// Returns true if the directories on disk list each part of the path in the same spelling. Git
/// distinguishes upper and lower case even where the file system does not.
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
        .help("after --path, give the path of a folder of this repository")
}
