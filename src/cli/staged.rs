//! `ntnguard staged`

use std::mem::ManuallyDrop;

use ntnguard::git::Repository;
use ntnguard::source::index::Index;

use super::Outcome;
use super::surface::Surface;

/// Scans what the next commit would add.
pub fn run(surface: Surface) -> Outcome {
    let repository = Repository::of_hook()?;
    let config = surface.config(repository.work_tree().as_deref())?;
    // The process is about to end: to free the index and unmap the packs first would be a tenth of the whole run.
    let source = ManuallyDrop::new(Index::open(repository, Surface::limits(&config))?);
    let scanner = surface.scanner(&config)?;
    surface.report(&*source, &scanner, config)
}
