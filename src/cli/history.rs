//! `ntnguard history`

use std::path::{Path, PathBuf};

use clap::Args;
use ntnguard::error::Error;
use ntnguard::git::Repository;
use ntnguard::source::history::History;

use super::Outcome;
use super::surface::Surface;

/// `ntnguard history [REPO]`
#[derive(Args)]
pub struct Command {
    /// The repository; by default the one you stand in
    repository: Option<PathBuf>,
    #[command(flatten)]
    surface: Surface,
}

impl Command {
    /// Scans everything that git still holds.
    pub fn run(self) -> Outcome {
        let here = self.repository.as_deref().unwrap_or(Path::new("."));
        let repository = Repository::find(here)?.ok_or_else(|| {
            Error::new(format!("{} is in no git repository", here.display()))
                .help("name one: `ntnguard history PATH`; files that are in none are scanned with `ntnguard scan PATH`")
        })?;
        let config = self.surface.config(repository.work_tree().as_deref())?;
        let scanner = self.surface.scanner(&config)?;
        let history = History::new(repository, scanner.prefilter(), Surface::limits(&config));
        self.surface.report(&history, &scanner, config)
    }
}
