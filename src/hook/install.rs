//! Puts hooks into a folder, before what is there already, and takes them away again.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Hook;
use super::script::{self, BEFORE};
use crate::blob::path_bytes;
use crate::error::{Error, Result};
use crate::redact::shown_path;

/// A hook of this size is read to see whose it is.
const MAX_SIZE: u64 = 64 * 1024;

/// What became of a hook's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Installed,
    /// It is new, and runs the one that was there.
    Chained,
    /// It is new, and runs the one that was there, which looks at its own name.
    ChainedByName,
    /// It was there already, and named another program.
    Renewed,
    /// It was there already.
    Unchanged,
    /// It is gone.
    Removed,
    /// It is gone, and the one from before is back.
    Restored,
    /// There was none of ours.
    Absent,
}

impl Change {
    /// It in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Change::Installed => "installed",
            Change::Chained => "installed; it runs the hook that was there first",
            Change::ChainedByName => {
                "installed; it runs the hook that was there first. That looks at its own name, which is another now: check \
                 that it still does its work"
            }
            Change::Renewed => "brought up to date",
            Change::Unchanged => "there already",
            Change::Removed => "removed",
            Change::Restored => "removed; the hook that was there before is back",
            Change::Absent => "not installed by ntnguard, so nothing was changed",
        }
    }
}

/// The files of one hook in one folder.
struct Place {
    hook: PathBuf,
    before: PathBuf,
}

impl Place {
    fn new(folder: &Path, hook: Hook) -> Self {
        let file = hook.file();
        Place { hook: folder.join(file), before: folder.join(format!("{file}{BEFORE}")) }
    }

    /// Whether the hook is ours; `None` where there is none.
    fn is_ours(&self) -> Result<Option<bool>> {
        match self.hook.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&self.hook, "looked at", &error)),
            Ok(metadata) if metadata.is_dir() => {
                Err(Error::new(format!("{} is a folder, not a hook", shown(&self.hook))).help("move it away"))
            }
            Ok(metadata) if !metadata.is_file() || metadata.len() > MAX_SIZE => Ok(Some(false)),
            Ok(_) => match fs::read(&self.hook) {
                Ok(text) => Ok(Some(script::is_ours(&text))),
                Err(error) => Err(failed(&self.hook, "read", &error)),
            },
        }
    }

    fn is_chained(&self) -> bool {
        self.before.symlink_metadata().is_ok()
    }
}

/// Puts `hook` into `folder`. It runs `program`, and first what was there.
///
/// # Errors
///
/// When the folder cannot be written to, or holds what must not be overwritten.
pub fn install(folder: &Path, hook: Hook, program: &Path) -> Result<Change> {
    let place = Place::new(folder, hook);
    let ours = place.is_ours()?;
    if ours == Some(false) && place.is_chained() {
        return Err(Error::new(format!(
            "{} and {} are both somebody else's",
            shown(&place.hook),
            shown(&place.before)
        ))
        .help("ntnguard was installed here, and then another hook in its place: make one of the two, then try again"));
    }
    let chain = ours == Some(false) || place.is_chained();
    let text = script::script(hook, path_bytes(program), chain);
    if ours == Some(true) && fs::read(&place.hook).is_ok_and(|there| there == text) && is_executable(&place.hook) {
        return Ok(Change::Unchanged);
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, "made", &error))?;
    let by_name = ours == Some(false) && looks_at_its_name(&place.hook);
    let new = new_file(folder, &text).map_err(|error| failed(&place.hook, "written", &error))?;
    if ours == Some(false) {
        fs::rename(&place.hook, &place.before).map_err(|error| failed(&place.hook, "renamed", &error))?;
    }
    if let Err(error) = new.persist(&place.hook) {
        if ours == Some(false) {
            let _ = fs::rename(&place.before, &place.hook);
        }
        return Err(failed(&place.hook, "written", &error.error));
    }
    Ok(match ours {
        None => Change::Installed,
        Some(false) if by_name => Change::ChainedByName,
        Some(false) => Change::Chained,
        Some(true) => Change::Renewed,
    })
}

/// Whether a script asks what it is called, as those do that are one for all hooks.
fn looks_at_its_name(hook: &Path) -> bool {
    let text = if hook.is_file() { fs::read(hook).unwrap_or_default() } else { Vec::new() };
    ["$0", "${0", "BASH_SOURCE", "PROGRAM_NAME", "__FILE__", "argv[0]"]
        .iter()
        .any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some())
}

/// Takes `hook` away from `folder`, and brings back what was there before.
///
/// # Errors
///
/// When the folder cannot be written to.
pub fn uninstall(folder: &Path, hook: Hook) -> Result<Change> {
    let place = Place::new(folder, hook);
    if place.is_ours()? != Some(true) {
        return Ok(Change::Absent);
    }
    if place.is_chained() {
        fs::rename(&place.before, &place.hook).map_err(|error| failed(&place.before, "renamed", &error))?;
        return Ok(Change::Restored);
    }
    fs::remove_file(&place.hook).map_err(|error| failed(&place.hook, "removed", &error))?;
    Ok(Change::Removed)
}

/// An executable file that is not yet where it belongs: what has a hook's name is complete.
fn new_file(folder: &Path, text: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut new = tempfile::Builder::new();
    #[cfg(unix)]
    new.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777)); // less the umask
    let mut new = new.tempfile_in(folder)?;
    new.write_all(text)?;
    Ok(new)
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

/// Where files have no such mode, git runs what begins as a script does.
#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

/// The kind of the error alone: its message may name a file that nobody knows.
fn failed(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(format!("{} cannot be {what}: {}", shown(path), error.kind()))
        .help("check who may write to the folder of hooks, then try again")
}

/// A path for people.
pub fn shown(path: &Path) -> String {
    shown_path(path_bytes(path.strip_prefix(".").unwrap_or(path)))
}
