//! `ntnguard staged`

use std::mem::ManuallyDrop;

use crate::git::Repository;
use crate::source::index::Index;

use super::Outcome;
use super::surface::Surface;

/// Scans what the next commit would add.
pub fn run(mut surface: Surface) -> Outcome {
    let repository = Repository::of_hook()?;
    let top = repository.work_tree();
    surface.count_from(top.as_deref());
    let config = surface.config(top.as_deref())?;
    // The process is about to end: to free the index and unmap the packs first would be a tenth of the whole run.
    let source = ManuallyDrop::new(Index::open(repository, Surface::limits(&config))?);
    let scanner = surface.scanner(&config)?;
    surface.report(&*source, &scanner, config)
}
