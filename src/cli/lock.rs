//! Locks for files. While a command reads, changes and writes a file, it holds a lock file beside
//! the file.

use std::fs::{OpenOptions, remove_file};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::files::open::reach;

use super::settings::ground;
use super::target::cannot_write;

/// The longest time to wait for a lock. A command holds a lock for some milliseconds only.
const PATIENCE: Duration = Duration::from_secs(10);

/// The time between two attempts to take a lock.
const PAUSE: Duration = Duration::from_millis(5);

/// The lock of a file: a lock file with the same name and `.lock` at its end. Dropping this value
/// deletes the lock file.
#[derive(Debug)]
pub struct Lock(PathBuf);

impl Lock {
    /// Takes the lock of `file`, and waits if another command holds it.
    ///
    /// # Errors
    ///
    /// When the directory of the file cannot be written to, or another command does not release the
    /// lock within ten seconds.
    pub fn take(file: &Path) -> Result<Self> {
        Lock::within(PATIENCE, file)
    }

    fn within(patience: Duration, file: &Path) -> Result<Self> {
        let failed = |error: io::Error| cannot_write(file, &error);
        let mut beside = reach(file, &ground()).map_err(failed)?.into_os_string();
        beside.push(".lock");
        let (beside, start) = (PathBuf::from(beside), Instant::now());
        loop {
            match OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&beside)
            {
                Ok(_) => return Ok(Lock(beside)),
                Err(error) if !is_taken(&error, &beside) => return Err(failed(error)),
                Err(_) if start.elapsed() < patience => sleep(PAUSE),
                Err(_) => return Err(held(file, &beside)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = remove_file(&self.0);
    }
}

/// Returns true if a lock file could not be created because it exists. On Windows, the error for a
/// lock file that is being deleted is a denied permission.
fn is_taken(error: &io::Error, lock: &Path) -> bool {
    let is_there = || lock.symlink_metadata().is_ok();
    match error.kind() {
        ErrorKind::AlreadyExists => true,
        ErrorKind::PermissionDenied => cfg!(windows) || is_there(),
        _ => false,
    }
}

fn held(file: &Path, lock: &Path) -> Error {
    let (file, lock) = (file.display(), lock.display());
    Error::new(format!(
        "{file} was not changed: another ntnguard process is changing it"
    ))
    .help(format!(
        "run the command again; if no other ntnguard is running, delete {lock}"
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Lock;

    #[test]
    fn a_locked_file_cannot_be_locked_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let soon = Duration::from_millis(20);
        let first = Lock::within(soon, &file).unwrap();
        let error = Lock::within(soon, &file).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("another ntnguard process is changing it")
        );
        drop(first);
        drop(Lock::within(soon, &file).unwrap());
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        assert!(Lock::within(soon, &folder.path().join("no/file")).is_err());
    }
}
