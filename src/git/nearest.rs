//! The search for the folder whose repository answers for a folder.
//!
//! Git takes any folder with a `HEAD`, `objects` and `refs` for a bare repository, and so anybody
//! can commit one, with a configuration of its own. Here such a folder answers for itself only if
//! no repository around it tracks files in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Repository;
use super::sound::refuse_pipes;
use crate::error::{Error, Result};

/// The repository at or above a folder.
pub struct Nearest {
    /// The folder that has the `.git`, or git's own folder; without links.
    pub folder: PathBuf,
    /// True if git, starting from the same path, finds the same repository: no folder was passed
    /// over.
    pub is_plain: bool,
}

/// Finds the repository that answers for `directory`; `None` if there is none.
///
/// # Errors
///
/// When that cannot be determined, or a pipe stands in the place of one of git's files.
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

/// Returns true if a folder is named `.git` or lies in one: no commit can have such a name.
fn is_inside_git(folder: &Path) -> bool {
    folder.iter().any(|part| part == OsStr::new(".git"))
}

/// Returns true if a folder looks like git's own.
fn is_laid_out(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
    // A linked work tree's own folder has its objects elsewhere.
    has("HEAD") && (has("objects") && has("refs") || has("commondir"))
}

/// Returns true if the repository around `folder` tracks anything in it.
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

/// Refuses a repository that was found by its layout alone and says that its files lie elsewhere:
/// the user, who only stands in it, did not ask for those.
pub fn refuse_elsewhere(repository: &gix::Repository) -> Result<()> {
    let own = repository.git_dir();
    let own = own.canonicalize().unwrap_or_else(|_| own.to_owned());
    match repository.workdir().filter(|_| !is_inside_git(&own)) {
        Some(files) if is_laid_out(&own) && !has_git_file(files, &own) => Err(Error::new(format!(
            "{} is laid out as a repository, and says that its files are in {}",
            own.display(),
            files.display()
        ))
        .help("if that is meant, name both: GIT_DIR and GIT_WORK_TREE; files are scanned with `ntnguard scan PATH`")),
        _ => Ok(()),
    }
}

/// Returns true if the `.git` of a work tree, a file or a link, leads to git's own folder `own`.
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
