//! The directory of a plan. Only its owner can read it, and it must be outside the repository, so
//! that nobody can commit it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::open::reach;
use crate::files::write::{Readers, replace};
use crate::git::Repository;

/// A directory that a plan may be written to.
pub struct PlanFolder {
    path: PathBuf,
}

/// The names of all files of a plan. Its `.gitignore` makes git ignore the whole directory.
const FILES: [&str; 17] = [
    MARK,
    ".gitignore",
    "README.md",
    "lfs-objects.txt",
    "purge.py",
    "purge_git.py",
    "purge_push.py",
    "purge_refs.py",
    "purge_texts.py",
    "purge.sh",
    "push.txt",
    "refs.txt",
    "rename.txt",
    "replace-message.txt",
    "replace-text.txt",
    "rewritten.txt",
    "strip-blobs.txt",
];

/// The file that identifies a directory as a plan: the names of the other files are too common. It
/// is written first.
const MARK: &str = "replace-record.txt";

impl PlanFolder {
    /// Checks that a plan for `repository` may be written to the directory `path`, which need not
    /// exist yet.
    ///
    /// # Errors
    ///
    /// When the directory is in the repository, cannot be read, or contains files that do not
    /// belong to an earlier plan.
    pub fn new(path: &Path, repository: &Repository) -> Result<Self> {
        let top = repository.work_tree();
        if top.is_some_and(|top| {
            reach(&path.join(MARK), &top)
                .is_err_and(|error| error.kind() == io::ErrorKind::InvalidInput)
        }) {
            return Err(Error::new(format!(
                "the path {} goes through a symbolic link inside the repository",
                path.display()
            ))
            .help("the plan contains the secrets in plain text: give a folder outside of the repository, such as ../purge"));
        }
        let place = resolved(path);
        if repository.has_inside(&place) {
            return Err(Error::new(format!(
                "the plan would be in the repository itself: {}",
                path.display()
            ))
            .help("the plan contains the secrets in plain text: give a folder outside of the repository, such as ../purge"));
        }
        match fs::read_dir(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(path, &error)),
            Ok(entries) => {
                if !may_be_replaced(entries) {
                    return Err(Error::new(format!(
                        "{} contains files that do not belong to an earlier plan",
                        path.display()
                    ))
                    .help(
                        "give the path of an empty folder, or of a folder that does not exist yet",
                    ));
                }
            }
        }
        Ok(PlanFolder { path: place })
    }

    /// Returns the path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns true if the directory contains an earlier plan.
    pub fn has_plan(&self) -> bool {
        self.path.join(MARK).is_file()
    }

    /// Writes all files of a plan, each atomically.
    pub(super) fn write(&self, files: &[(&str, Vec<u8>)]) -> Result<()> {
        make(&self.path).map_err(|error| failed(&self.path, &error))?;
        for (name, content) in files.iter().chain([&(".gitignore", b"*\n".to_vec())]) {
            debug_assert!(
                FILES.contains(name),
                "a folder with {name} would not be recognised as a plan"
            );
            replace(&self.path.join(name), content, Readers::Owner)
                .map_err(|error| failed(&self.path, &error))?;
        }
        Ok(())
    }
}

/// Returns true if a directory is empty, or contains an earlier plan and nothing else.
fn may_be_replaced(entries: fs::ReadDir) -> bool {
    let name = |entry: io::Result<fs::DirEntry>| {
        Some(entry.ok()?.file_name().to_string_lossy().into_owned())
    };
    let names: Vec<String> = entries
        .map(|entry| name(entry).unwrap_or_default())
        .collect();
    let is_ours = |name: &String| FILES.contains(&name.as_str());
    names.is_empty() || names.iter().all(is_ours) && names.iter().any(|name| name == MARK)
}

/// Resolves the links in the part of `path` that exists.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = path
        .ancestors()
        .find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = known.unwrap_or((&path, path.clone()));
    path.strip_prefix(above)
        .ok()
        .filter(|rest| !rest.as_os_str().is_empty())
        .map_or_else(|| real.clone(), |rest| real.join(rest))
}

/// Creates a directory that only its owner can read and write.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn failed(folder: &Path, error: &io::Error) -> Error {
    Error::new(format!(
        "the plan cannot be written to {}: {}",
        folder.display(),
        error.kind()
    ))
    .help("give the path of a folder that you can create and write to")
}
