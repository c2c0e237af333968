//! `ntnguard stdin`

#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::os::fd::AsFd;

use std::path::{Component, Path, PathBuf};

use clap::{Args, ValueHint};
use ntnguard::error::{Error, Result};
use ntnguard::git::Repository;
use ntnguard::source::stdin::Stdin;

use super::Outcome;
use super::surface::Surface;

/// `ntnguard stdin`
#[derive(Args)]
pub struct Command {
    #[command(flatten)]
    name: FileName,
    #[command(flatten)]
    pub surface: Surface,
}

/// The flag that names the file whose content standard input has.
#[derive(Args)]
pub struct FileName {
    /// Judge and tell standard input as the content of the file at PATH, which is not opened
    #[arg(long = "stdin-filename", value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: Option<PathBuf>,
}

impl FileName {
    /// Returns true if a file is named.
    pub fn is_given(&self) -> bool {
        self.path.is_some()
    }
}

impl Command {
    /// Scans standard input.
    pub fn run(self) -> Outcome {
        run(self.name, self.surface)
    }
}

/// Scans standard input, under the name of a file if one is given.
pub fn run(name: FileName, surface: Surface) -> Outcome {
    let top = Repository::here()?.and_then(|repository| repository.work_tree());
    let named = name.path.map(|path| from_root(&path, top.as_deref()));
    let named = named.transpose()?;
    let config = surface.config(top.as_deref())?;
    let scanner = surface.scanner(&config)?;
    let mut source = Stdin::new(stream()?, Surface::limits(&config));
    if let Some(path) = named {
        source = source.named(path);
    }
    surface.report(&source, &scanner, config)
}

/// The path of a file from the repository's root, without looking whether there is one; as it is
/// typed where it lies in none.
fn from_root(path: &Path, top: Option<&Path>) -> Result<PathBuf> {
    let nameless = || {
        Error::new("--stdin-filename names no file")
            .help("name the file whose content standard input has")
    };
    let name = path.file_name().ok_or_else(nameless)?;
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(nameless());
    }
    let failed = |error| Error::new(format!("this folder cannot be told: {error}"));
    let plain = without_dots(&std::path::absolute(path).map_err(failed)?);
    // A folder may have another name, by a link.
    let real = plain.parent().and_then(|folder| folder.canonicalize().ok());
    let real = real.map(|folder| folder.join(name));
    let below = |top: &Path| {
        let paths = [Some(&plain), real.as_ref()].into_iter().flatten();
        paths
            .filter_map(|path| path.strip_prefix(top).ok())
            .next()
            .map(Path::to_owned)
    };
    Ok(top.and_then(below).unwrap_or_else(|| path.to_owned()))
}

/// A path without `.` and `..`.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// Standard input as it is: the standard library's takes one that cannot be read for an empty one.
#[cfg(unix)]
pub fn stream() -> Result<File> {
    let copy = std::io::stdin().as_fd().try_clone_to_owned();
    copy.map(File::from)
        .map_err(|error| Error::new(format!("standard input cannot be read: {error}")))
}

#[cfg(not(unix))]
pub fn stream() -> Result<std::io::Stdin> {
    Ok(std::io::stdin())
}
