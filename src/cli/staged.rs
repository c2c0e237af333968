//! `ntnguard staged`

use std::mem::ManuallyDrop;

use ntnguard::git::Repository;
use ntnguard::source::index::Index;

use super::Outcome;
use super::surface::Surface;

/// A staged blob is read whole, so there is a limit even where none is configured.
const MAX_SIZE: u64 = 1024 * 1024 * 1024;

/// Scans what the next commit would add.
pub fn run(surface: Surface) -> Outcome {
    let repository = Repository::of_hook()?;
    let config = surface.config(repository.work_tree().as_deref())?;
    // The process is about to end: to free the index and unmap the packs first would be a tenth of the whole run.
    let source = ManuallyDrop::new(Index::open(repository, config.max_file_size.unwrap_or(MAX_SIZE))?);
    surface.report(&*source, config)
}
