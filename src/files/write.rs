//! Writing a file whole or not at all.

use std::io::{self, Write};
use std::path::Path;

/// The users who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The usual readers of a new file or, if a file is replaced, the readers of that file.
    AsBefore,
    /// The owner alone.
    Owner,
}

/// Writes `text` beside `file`, then moves it there. A link in that place is replaced, and its
/// target stays as it is.
///
/// # Errors
///
/// When the folder cannot be written to, or a folder is in the place.
pub fn replace(file: &Path, text: &[u8], readers: Readers) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new();
    #[cfg(unix)]
    if readers == Readers::AsBefore {
        // Less the umask, as for any new file; without this, only the owner may read it.
        beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut new = beside.tempfile_in(folder)?;
    new.write_all(text)?;
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
