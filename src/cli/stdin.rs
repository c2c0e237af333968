//! The command `ntnguard stdin`, which scans standard input.

#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::os::fd::AsFd;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::run::Subject;
use crate::source::rooted::from_root;
use clap::{Args, ValueHint};

use super::Outcome;
use super::surface::Surface;
use super::verify_flags::VerifyFlags;

/// The arguments of `ntnguard stdin`.
#[derive(Args)]
pub struct StdinCommand {
    #[command(flatten)]
    name: StdinName,
    #[command(flatten)]
    verify: VerifyFlags,
    #[command(flatten)]
    pub surface: Surface,
}

/// The flag with the path of the file whose content comes on standard input.
#[derive(Args)]
pub struct StdinName {
    /// Treat standard input as the content of the file at PATH; the file itself is not opened
    #[arg(long = "stdin-filename", value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: Option<PathBuf>,
}

impl StdinName {
    /// Returns true if the flag is given.
    pub fn is_given(&self) -> bool {
        self.path.is_some()
    }
}

impl StdinCommand {
    /// Scans standard input.
    pub fn run(self) -> Outcome {
        run(self.name, self.surface, &self.verify)
    }
}

/// Scans standard input. If `name` has a path, findings are judged and reported at that path.
pub fn run(name: StdinName, mut surface: Surface, verify: &VerifyFlags) -> Outcome {
    surface.place = None;
    let top = Repository::here()?.and_then(|repository| repository.work_tree());
    let mut named = name.path;
    if let Some(path) = &mut named
        && let Some(rooted) = named_from_root(path, top.as_deref())?
    {
        *path = rooted;
        surface.count_from(top.as_deref());
    }
    let policy = surface.settings.policy(top.as_deref())?;
    let stream = Subject::Stream(Box::new(stream()?), named);
    let job = verify.add(surface.job(policy, stream.kind())?, None)?;
    surface.run_job(&job, stream)
}

/// Returns the path of a file relative to the repository's root `top`; `None` if the file is
/// outside of the repository. The file need not exist.
fn named_from_root(path: &Path, top: Option<&Path>) -> Result<Option<PathBuf>> {
    if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(
            Error::new("--stdin-filename needs the path of a file, not of a folder")
                .help("give the path of the file whose content comes on standard input"),
        );
    }
    Ok(top.and_then(|top| from_root(path, top)))
}

/// Returns standard input, unbuffered. The standard library's own handle treats a closed descriptor
/// as empty input, so a failure to read would not be noticed.
#[cfg(unix)]
pub fn stream() -> Result<File> {
    let copy = std::io::stdin().as_fd().try_clone_to_owned();
    copy.map(File::from).map_err(|error| {
        Error::new(format!("standard input cannot be read: {error}"))
            .help("standard input may be closed: open it, as in `PROGRAM | ntnguard stdin`")
    })
}

#[cfg(not(unix))]
pub fn stream() -> Result<std::io::Stdin> {
    Ok(std::io::stdin())
}
