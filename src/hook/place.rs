//! The files of one hook in one directory, and their owner.

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
pub enum HookOwner {
    /// There is no hook.
    Nobody,
    /// The whole hook is ntnguard's.
    Ours,
    /// The hook has lines of ntnguard, perhaps next to other lines.
    Shared,
    /// The hook is somebody else's.
    Theirs,
}

/// The path of a hook, and the path of the earlier hook that it runs first.
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
    pub fn whose(&self) -> Result<HookOwner> {
        match self.hook.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(HookOwner::Nobody),
            Err(error) => Err(failed(&self.hook, "read", &error)),
            Ok(metadata) if metadata.is_dir() => Err(Error::new(format!(
                "{} is a folder, not a hook",
                shown(&self.hook)
            ))
            .help("move the folder away")),
            Ok(metadata) if !metadata.is_file() || metadata.len() > defaults::HOOK => {
                Ok(HookOwner::Theirs)
            }
            Ok(_) => match self.text()? {
                text if script::is_ours(&text) => Ok(HookOwner::Ours),
                text if shared::has(&text) => Ok(HookOwner::Shared),
                _ => Ok(HookOwner::Theirs),
            },
        }
    }

    /// Reads the hook's text.
    pub fn text(&self) -> Result<Vec<u8>> {
        fs::read(&self.hook).map_err(|error| failed(&self.hook, "read", &error))
    }

    /// Returns true if there is an earlier hook next to this one, which ntnguard's hook runs first.
    pub fn is_chained(&self) -> bool {
        self.before.symlink_metadata().is_ok()
    }

    /// Writes the hook completely or not at all, and makes it executable.
    pub fn write(&self, text: &[u8]) -> Result<()> {
        self.put(text, None)
    }

    /// Writes the hook completely or not at all, and preserves its file mode.
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

/// Reads a hook, or the target of a symbolic link at its path. `None` if there is no file, if it
/// cannot be read, or if it is too large for a hook.
pub fn peek(hook: &Path) -> Option<Vec<u8>> {
    let metadata = hook.metadata().ok()?;
    if metadata.is_file() && metadata.len() <= defaults::HOOK {
        fs::read(hook).ok()
    } else {
        None
    }
}

/// Creates an executable file under a temporary name, so that a file with a hook's name is always
/// complete.
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

/// Returns true if git may run the file. On systems without an executable mode, that is any file.
#[cfg(not(unix))]
pub fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// Returns an error about `path` that shows only the kind of `error`, because the message of
/// `error` may name a temporary file.
pub fn failed(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(format!(
        "{} cannot be {what}: {}",
        shown(path),
        error.kind()
    ))
    .help("check the permissions of the hooks folder, then run the command again")
}

/// Returns the path for people, without a leading `./`.
pub fn shown(path: &Path) -> String {
    shown_path(path_bytes(path.strip_prefix(".").unwrap_or(path)))
}
