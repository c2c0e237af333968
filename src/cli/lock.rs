//! One change of a file at a time: who reads it, adds to it and writes it back has a lock beside it.

use std::fs::{OpenOptions, remove_file};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::files::open::reach;

use super::settings::ground;
use super::target::cannot_write;

/// How long others may take: each holds its lock for some milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// How soon to try again.
const PAUSE: Duration = Duration::from_millis(5);

/// The right to change a file, until this is dropped: a file of its name and `.lock`.
#[derive(Debug)]
pub struct Lock(PathBuf);

impl Lock {
    /// Waits until nobody else changes `file`.
    ///
    /// # Errors
    ///
    /// When its folder cannot be written to, or somebody else does not come to an end.
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

/// Returns true if a lock could not be made because there is one. On Windows one that is just being removed is forbidden
/// ground.
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
        "{file} was not changed: another ntnguard changes it"
    ))
    .help(format!("try again; if no other one runs, delete {lock}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Lock;

    #[test]
    fn one_at_a_time_changes_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let soon = Duration::from_millis(20);
        let first = Lock::within(soon, &file).unwrap();
        let error = Lock::within(soon, &file).unwrap_err();
        assert!(error.to_string().contains("another ntnguard changes it"));
        drop(first);
        drop(Lock::within(soon, &file).unwrap());
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        assert!(Lock::within(soon, &folder.path().join("no/file")).is_err());
    }
}
