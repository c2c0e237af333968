//! Finds the repository that a directory belongs to.
//!
//! Git treats every directory with `HEAD`, `objects` and `refs` as a bare repository. So anybody
//! can commit such a directory, with its own configuration, to another repository. Here, such a
//! directory is treated as a repository only if no repository around it tracks files in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Repository;
use super::sound::refuse_pipes;
use crate::error::{Error, Result};

/// The location of the repository that a directory belongs to.
pub struct Nearest {
    /// The directory that contains `.git`, or the bare repository or `.git` directory itself. An
    /// absolute path without links.
    pub folder: PathBuf,
    /// True if git would find the same repository from the same path. False if a directory that
    /// looks like a repository was passed over, if `.git` cannot be read, or if `folder` is itself
    /// the repository.
    pub is_plain: bool,
}

/// Finds the repository that `directory` belongs to; `None` if it is in no repository.
///
/// # Errors
///
/// When a repository around `directory` cannot be read, or when a pipe or a device is in place of
/// one of git's files.
pub fn nearest(directory: &Path) -> Result<Option<Nearest>> {
    let Ok(real) = directory.canonicalize() else {
        return Ok(None);
    };
    let (device, mut passed, mut claim) = (device(&real), false, None);
    for above in real
        .ancestors()
        .take_while(|above| self::device(above) == device)
    {
        let own = above.join(".git");
        if own.symlink_metadata().is_ok() {
            if refuse_pipes(&own)? {
                return Ok(Some(Nearest {
                    folder: above.to_owned(),
                    is_plain: !passed,
                }));
            }
            claim.get_or_insert(above);
        }
        if is_laid_out(above) {
            refuse_pipes(above)?;
            if is_inside_git(above) || !is_tracked(above)? {
                return Ok(Some(Nearest {
                    folder: above.to_owned(),
                    is_plain: false,
                }));
            }
            passed = true;
        }
    }
    // A `.git` that cannot be read is reported when it is opened.
    Ok(claim.map(|above| Nearest {
        folder: above.to_owned(),
        is_plain: false,
    }))
}

/// Returns true if a directory is named `.git` or is inside one: no commit can contain such a path.
fn is_inside_git(folder: &Path) -> bool {
    folder.iter().any(|part| part == OsStr::new(".git"))
}

/// Returns true if a directory has the layout of a `.git` directory.
fn is_laid_out(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
    // The `.git` directory of a linked work tree has `commondir` in place of `objects` and `refs`.
    has("HEAD") && (has("objects") && has("refs") || has("commondir"))
}

/// Returns true if the repository around `folder` tracks files in `folder`.
fn is_tracked(folder: &Path) -> Result<bool> {
    let Some(above) = folder.parent() else {
        return Ok(false);
    };
    let Some(around) = Repository::find(above)? else {
        return Ok(false);
    };
    let Some(inside) = around
        .work_tree()
        .and_then(|top| Some(folder.strip_prefix(top).ok()?.to_owned()))
    else {
        return Ok(false);
    };
    let inside = gix::path::to_unix_separators_on_windows(
        gix::path::into_bstr(&*inside).unwrap_or_default(),
    )
    .into_owned();
    let prefix = [&inside[..], b"/"].concat();
    let index = around.index()?;
    let holds_it = |entry: &gix::index::Entry| {
        let path: &[u8] = entry.path(&index);
        path.starts_with(&prefix) || entry.mode.is_sparse() && prefix.starts_with(path)
    };
    Ok(index.entries().iter().any(holds_it))
}

/// Fails if a repository was found by its layout alone, and its configuration has a work tree
/// elsewhere. The user only works in this directory, and did not ask to scan files elsewhere.
pub fn refuse_elsewhere(repository: &gix::Repository) -> Result<()> {
    let own = repository.git_dir();
    let own = own.canonicalize().unwrap_or_else(|_| own.to_owned());
    match repository.workdir().filter(|_| !is_inside_git(&own)) {
        Some(files) if is_laid_out(&own) && !has_git_file(files, &own) => Err(Error::new(format!(
            "{} looks like a repository, but its configuration says that its files are in {}",
            own.display(),
            files.display()
        ))
        .help("if the configuration is right, set both GIT_DIR and GIT_WORK_TREE; to scan files without git, run `ntnguard scan PATH`")),
        _ => Ok(()),
    }
}

/// Returns true if the `.git` in the work tree `files` is, or leads to, the `.git` directory `own`.
fn has_git_file(files: &Path, own: &Path) -> bool {
    let file = files.join(".git");
    let leads = if file.is_dir() {
        Some(file)
    } else {
        gix::discover::path::from_gitdir_file(&file).ok()
    };
    leads
        .and_then(|path| path.canonicalize().ok())
        .is_some_and(|path| path == own)
}

#[cfg(unix)]
fn device(folder: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    folder.metadata().ok().map(|metadata| metadata.dev())
}

#[cfg(not(unix))]
fn device(_: &Path) -> Option<u64> {
    None
}
