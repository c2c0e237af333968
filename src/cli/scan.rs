//! The command `ntnguard scan`, which scans files on disk.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::model::source_kind::SourceKind;
use crate::run::{Files, Subject};
use clap::{Args, ValueHint};

use super::surface::Surface;
use super::verify_flags::VerifyFlags;
use super::{Outcome, agents, stdin};

/// The arguments of `ntnguard scan [PATH…]`.
#[derive(Args)]
pub struct ScanCommand {
    /// Files and folders to scan, even if git ignores them; `-` is standard input
    #[arg(value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Scan instead the files in which AI assistants (Claude Code, Cursor, Codex, Copilot, Gemini,
    /// Windsurf), their editors and your shells store your data
    #[arg(long, conflicts_with_all = ["paths", "path"])]
    agents: bool,
    #[command(flatten)]
    name: stdin::StdinName,
    #[command(flatten)]
    verify: VerifyFlags,
    #[command(flatten)]
    pub surface: Surface,
}

impl ScanCommand {
    /// Scans files on disk, standard input, or the files of AI assistants and shells.
    pub fn run(mut self) -> Outcome {
        let is_elsewhere = self.agents || !self.paths.iter().all(|path| path.is_relative());
        if is_elsewhere
            || self
                .paths
                .iter()
                .any(|path| path.iter().any(|part| part == ".."))
        {
            self.surface.place = None;
        }
        if self.agents {
            return agents::run(&self.surface, &self.verify);
        }
        let stdin = self
            .paths
            .iter()
            .filter(|path| *path == Path::new("-"))
            .count();
        match (stdin, self.paths.len()) {
            (0, _) if self.name.is_given() => {
                return Err(Error::new(
                    "--stdin-filename is given, but standard input is not scanned",
                )
                .help("give `-` to scan standard input: `ntnguard scan - --stdin-filename PATH`"));
            }
            (0, _) => {}
            (1, 1) => return stdin::run(self.name, self.surface, &self.verify),
            _ => {
                return Err(Error::new(
                    "`-` is standard input, which cannot be scanned together with files",
                )
                .help("scan standard input and the files in two runs; for a file called `-`, give `./-`"));
            }
        }
        let repository = Repository::here()?;
        let top = repository.as_ref().and_then(Repository::work_tree);
        if self.paths.is_empty() {
            refuse_bare(repository.as_ref())?;
            self.surface.count_from(top.as_deref());
        }
        let policy = self.surface.settings.policy(Some(root(top.as_deref())))?;
        let files = Files {
            paths: self.paths,
            top,
            except: self.surface.known.clone(),
            folder: None,
        };
        let job = self.surface.job(policy, SourceKind::Worktree)?;
        let job = self.verify.add(job, None)?;
        self.surface.run_job(&job, Subject::Files(files))
    }
}

/// Returns the directory of the configuration: the top of the work tree or, outside of one, the
/// current directory.
pub fn root(top: Option<&Path>) -> &Path {
    top.unwrap_or(Path::new("."))
}

/// Returns an error if the repository is bare, since it has no files on disk to scan.
pub fn refuse_bare(repository: Option<&Repository>) -> Result<()> {
    match repository {
        Some(repository) if repository.work_tree().is_none() => Err(Error::new(
            "this repository is bare: it has no files on disk, only a .git directory",
        )
        .help("scan a clone of the repository, or give the paths of the files to scan")),
        _ => Ok(()),
    }
}
