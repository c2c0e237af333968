//! The files of one hook in one folder, and their owner.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::script::{self, BEFORE};
use super::{Hook, shared};
use crate::detect::redact::shown_path;
use crate::error::{Error, Result};
use crate::model::blob::path_bytes;
use crate::model::defaults;

/// The owner of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// No hook.
    Nobody,
    /// The whole hook is ours.
    Ours,
    /// Our lines are in it, perhaps beside others'.
    Shared,
    /// Somebody else's.
    Theirs,
}

/// The path of a hook, and that of the hook that it runs first.
pub struct HookPlace {
    pub hook: PathBuf,
    pub before: PathBuf,
}

impl HookPlace {
    pub fn new(folder: &Path, hook: Hook) -> Self {
        let file = hook.file();
        HookPlace {
            hook: folder.join(file),
            before: folder.join(format!("{file}{BEFORE}")),
        }
    }

    /// Returns the owner of the hook.
    pub fn whose(&self) -> Result<Whose> {
        match self.hook.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Whose::Nobody),
            Err(error) => Err(failed(&self.hook, "looked at", &error)),
            Ok(metadata) if metadata.is_dir() => Err(Error::new(format!(
                "{} is a folder, not a hook",
                shown(&self.hook)
            ))
            .help("move it away")),
            Ok(metadata) if !metadata.is_file() || metadata.len() > defaults::HOOK => {
                Ok(Whose::Theirs)
            }
            Ok(_) => match self.text()? {
                text if script::is_ours(&text) => Ok(Whose::Ours),
                text if shared::has(&text) => Ok(Whose::Shared),
                _ => Ok(Whose::Theirs),
            },
        }
    }

    /// Reads the hook's text.
    pub fn text(&self) -> Result<Vec<u8>> {
        fs::read(&self.hook).map_err(|error| failed(&self.hook, "read", &error))
    }

    /// Returns true if a hook from before lies beside it, which ours runs first.
    pub fn is_chained(&self) -> bool {
        self.before.symlink_metadata().is_ok()
    }

    /// Writes the hook whole or not at all, executable.
    pub fn write(&self, text: &[u8]) -> Result<()> {
        self.put(text, None)
    }

    /// Writes the hook whole or not at all, with the mode that it had.
    pub fn rewrite(&self, text: &[u8]) -> Result<()> {
        self.put(
            text,
            self.hook.metadata().ok().map(|there| there.permissions()),
        )
    }

    fn put(&self, text: &[u8], mode: Option<Permissions>) -> Result<()> {
        let failed = |error: io::Error| failed(&self.hook, "written", &error);
        let new = new_file(self.hook.parent().unwrap_or(Path::new(".")), text).map_err(failed)?;
        mode.map_or(Ok(()), |mode| new.as_file().set_permissions(mode))
            .map_err(failed)?;
        new.persist(&self.hook)
            .map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Reads a hook, or the target of a link in its place; `None` if there is none, or it is too large
/// for a hook.
pub fn peek(hook: &Path) -> Option<Vec<u8>> {
    let metadata = hook.metadata().ok()?;
    if metadata.is_file() && metadata.len() <= defaults::HOOK {
        fs::read(hook).ok()
    } else {
        None
    }
}

/// Creates an executable file under a temporary name: a file with a hook's name is always complete.
pub fn new_file(folder: &Path, text: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut new = tempfile::Builder::new();
    #[cfg(unix)]
    new.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777)); // less the umask
    let mut new = new.tempfile_in(folder)?;
    new.write_all(text)?;
    Ok(new)
}

/// Returns true if git would run the file.
#[cfg(unix)]
pub fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Returns true if the path is a file. Where files have no executable mode, git runs every hook
/// that begins as a script does.
#[cfg(not(unix))]
pub fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// An error about `path` with the kind of `error` alone: its message may name a file that nobody
/// knows.
pub fn failed(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(format!(
        "{} cannot be {what}: {}",
        shown(path),
        error.kind()
    ))
    .help("check who may write to the folder of hooks, then try again")
}

/// The path as people read it, without a leading `./`.
pub fn shown(path: &Path) -> String {
    shown_path(path_bytes(path.strip_prefix(".").unwrap_or(path)))
}
