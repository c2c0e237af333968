//! `ntnguard stdin`

#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::os::fd::AsFd;

use ntnguard::error::{Error, Result};
use ntnguard::git::Repository;
use ntnguard::source::stdin::Stdin;

use super::Outcome;
use super::surface::Surface;

/// Scans standard input.
pub fn run(surface: Surface) -> Outcome {
    let top = Repository::here()?.and_then(|repository| repository.work_tree());
    let config = surface.config(top.as_deref())?;
    let scanner = surface.scanner(&config)?;
    surface.report(
        &Stdin::new(stream()?, Surface::limits(&config)),
        &scanner,
        config,
    )
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
