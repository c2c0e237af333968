//! `ntnguard scan`

use std::path::{Path, PathBuf};

use clap::Args;
use ntnguard::error::Error;
use ntnguard::git::Repository;
use ntnguard::source::worktree::Worktree;

use super::surface::Surface;
use super::{Outcome, stdin};

/// `ntnguard scan [PATH…]`
#[derive(Args)]
pub struct Scan {
    /// Files and folders, scanned even when git ignores them; `-` is standard input
    paths: Vec<PathBuf>,
    #[command(flatten)]
    surface: Surface,
}

impl Scan {
    /// Scans files on disk.
    pub fn run(self) -> Outcome {
        let stdin = self.paths.iter().filter(|path| *path == Path::new("-")).count();
        match (stdin, self.paths.len()) {
            (0, _) => {}
            (1, 1) => return stdin::run(self.surface),
            _ => {
                return Err(Error::new("`-` is standard input, which is scanned by itself")
                    .help("for a file of that name write ./-"));
            }
        }
        let here = Path::new(".");
        let repository = Repository::find(here)?;
        let top = repository.as_ref().and_then(Repository::work_tree);
        if repository.is_some() && top.is_none() && self.paths.is_empty() {
            return Err(Error::new("this repository is bare: it has no files on disk, only git's own")
                .help("scan a clone of it, or name the files to scan"));
        }
        let config = self.surface.config(Some(top.as_deref().unwrap_or(here)))?;
        let (roots, base) = match (self.paths, top) {
            (paths, _) if !paths.is_empty() => (paths, None),
            (_, Some(top)) => (vec![top.clone()], Some(top)),
            (_, None) => (vec![here.to_owned()], None),
        };
        let source = Worktree::new(roots, base, self.surface.threads(), Surface::limits(&config));
        let source = source.except(self.surface.known.iter().map(PathBuf::as_path));
        let scanner = self.surface.scanner(&config)?;
        self.surface.report(&source, &scanner, config)
    }
}
