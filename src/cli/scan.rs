//! `ntnguard scan`

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::policy::config::Config;
use crate::source::Source;
use crate::source::worktree::Worktree;
use clap::{Args, ValueHint};

use super::surface::Surface;
use super::{Outcome, bar, stdin};

/// `ntnguard scan [PATH…]`
#[derive(Args)]
pub struct ScanCommand {
    /// Files and folders, scanned even when git ignores them; `-` is standard input
    #[arg(value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    name: stdin::StdinName,
    #[command(flatten)]
    pub surface: Surface,
}

impl ScanCommand {
    /// Scans files on disk.
    pub fn run(mut self) -> Outcome {
        let stdin = self
            .paths
            .iter()
            .filter(|path| *path == Path::new("-"))
            .count();
        match (stdin, self.paths.len()) {
            (0, _) if self.name.is_given() => {
                return Err(Error::new(
                    "--stdin-filename names standard input, which is not scanned",
                )
                .help("scan it: `ntnguard scan - --stdin-filename PATH`"));
            }
            (0, _) => {}
            (1, 1) => return stdin::run(self.name, self.surface),
            _ => {
                return Err(
                    Error::new("`-` is standard input, which is scanned by itself")
                        .help("for a file of that name write ./-"),
                );
            }
        }
        let here = Path::new(".");
        let repository = Repository::here()?;
        let top = repository.as_ref().and_then(Repository::work_tree);
        if self.paths.is_empty() {
            refuse_bare(repository.as_ref())?;
            self.surface.count_from(top.as_deref());
        }
        let mut config = self.surface.config(Some(top.as_deref().unwrap_or(here)))?;
        config.exclude.extend(self.surface.only.excluded());
        let source = files(self.paths, top, self.surface.threads(), &mut config);
        let source = source.except(self.surface.known.iter().map(PathBuf::as_path));
        let scanner = self.surface.scanner(&config)?;
        source.progress().map_or(Ok(()), bar::stop_on_interrupt)?;
        self.surface.report(&source, &scanner, config)
    }
}

/// Refuses a repository that has no files on disk.
pub fn refuse_bare(repository: Option<&Repository>) -> Result<()> {
    match repository {
        Some(repository) if repository.work_tree().is_none() => Err(Error::new(
            "this repository is bare: it has no files on disk, only git's own",
        )
        .help("scan a clone of it, or name the files to scan")),
        _ => Ok(()),
    }
}

/// The files in a folder of the repository at `top`, told from there.
pub fn files_below(folder: PathBuf, top: PathBuf, threads: usize, config: &mut Config) -> Worktree {
    let excluded = std::mem::take(&mut config.exclude);
    let files = Worktree::new(
        vec![folder],
        Some(top.clone()),
        threads,
        Surface::limits(config),
    );
    files.leaving_out(&top, excluded)
}

/// The files at `paths`; without any, all that are below `top`, the root of the repository, or below this folder.
pub fn files(
    paths: Vec<PathBuf>,
    top: Option<PathBuf>,
    threads: usize,
    config: &mut Config,
) -> Worktree {
    let here = || PathBuf::from(".");
    let patterns_begin = top.clone().unwrap_or_else(here);
    let is_all = paths.is_empty() && top.is_none();
    let (roots, base) = match (paths, top) {
        (paths, _) if !paths.is_empty() => (paths, None),
        // Short paths are quicker to open.
        (_, Some(top)) if std::env::current_dir().is_ok_and(|here| here == top) => {
            (vec![here()], Some(here()))
        }
        (_, Some(top)) => (vec![top.clone()], Some(top)),
        (_, None) => (vec![here()], None),
    };
    let excluded = std::mem::take(&mut config.exclude);
    let files = Worktree::new(roots, base, threads, Surface::limits(config));
    let files = files.leaving_out(&patterns_begin, excluded);
    // In a repository an entry may be for what only its history has.
    if is_all { files.as_whole() } else { files }
}
