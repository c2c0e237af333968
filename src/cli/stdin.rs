//! `ntnguard stdin`

use std::path::Path;

use ntnguard::git::Repository;
use ntnguard::source::stdin::Stdin;

use super::Outcome;
use super::surface::Surface;

/// Scans standard input.
pub fn run(surface: Surface) -> Outcome {
    let top = Repository::find(Path::new("."))?.and_then(|repository| repository.work_tree());
    let config = surface.config(top.as_deref())?;
    surface.report(&Stdin::new(std::io::stdin()), config)
}
