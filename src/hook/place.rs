//! The files of one hook in one folder, and whose they are.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::script::{self, BEFORE};
use super::{Hook, shared};
use crate::detect::redact::shown_path;
use crate::error::{Error, Result};
use crate::model::blob::path_bytes;
use crate::model::defaults;

/// Whose a hook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// There is none.
    Nobody,
    /// All of it is ours.
    Ours,
    /// It has our lines among others'.
    Shared,
    /// Somebody else's.
    Theirs,
}

/// Where a hook lies, and where the one that it runs first.
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

    /// Whose the hook is.
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

    /// The hook's text.
    pub fn text(&self) -> Result<Vec<u8>> {
        fs::read(&self.hook).map_err(|error| failed(&self.hook, "read", &error))
    }

    /// Returns true if a hook was there before, which ours runs first.
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

/// The text of a hook, or of what a link in its place leads to; `None` if there is none, or it is too large to be one.
pub fn peek(hook: &Path) -> Option<Vec<u8>> {
    let metadata = hook.metadata().ok()?;
    if metadata.is_file() && metadata.len() <= defaults::HOOK {
        fs::read(hook).ok()
    } else {
        None
    }
}

/// An executable file that is not yet where it belongs: what has a hook's name is complete.
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

/// Where files have no such mode, git runs what begins as a script does.
#[cfg(not(unix))]
pub fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// The kind of the error alone: its message may name a file that nobody knows.
pub fn failed(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(format!(
        "{} cannot be {what}: {}",
        shown(path),
        error.kind()
    ))
    .help("check who may write to the folder of hooks, then try again")
}

/// A path for people.
pub fn shown(path: &Path) -> String {
    shown_path(path_bytes(path.strip_prefix(".").unwrap_or(path)))
}
