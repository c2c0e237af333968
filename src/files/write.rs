//! Atomic writing of a file.

use std::io::{self, Write};
use std::path::Path;

/// The users who may read the file after it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The readers of the file that is replaced. For a new file, the readers that the umask allows.
    AsBefore,
    /// Only the owner of the file.
    Owner,
}

/// Replaces `file` atomically: writes `text` to a temporary file in the same directory, then
/// renames it. If `file` is a symbolic link, the link is replaced and its target stays unchanged.
///
/// # Errors
///
/// When the directory cannot be written to, or `file` is a directory.
pub fn replace(file: &Path, text: &[u8], readers: Readers) -> io::Result<()> {
    replace_with(file, readers, |new| new.write_all(text))
}

/// Replaces `file`, as [`replace`] does, with the output of `write`.
///
/// # Errors
///
/// When the directory cannot be written to, `file` is a directory, or `write` fails.
pub fn replace_with(
    file: &Path,
    readers: Readers,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new();
    #[cfg(unix)]
    if readers == Readers::AsBefore {
        // The system subtracts the umask, as for any new file. The default of a temporary file lets
        // only its owner read it.
        beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut new = beside.tempfile_in(folder)?;
    write(&mut new)?;
    let before = file
        .symlink_metadata()
        .ok()
        .filter(|metadata| metadata.is_file());
    if let Some(before) = before.filter(|_| readers == Readers::AsBefore) {
        new.as_file().set_permissions(before.permissions())?;
    }
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}
