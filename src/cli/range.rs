//! The command `ntnguard range`, which scans the changes of commits.

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::run::Subject;
use clap::Args;

use super::Outcome;
use super::surface::Surface;
use super::verify_flags::VerifyFlags;

/// The arguments of `ntnguard range REV-RANGE`.
#[derive(Args)]
pub struct RangeCommand {
    /// The commits to scan. A..B: the commits in B that are not in A. A...B: the commits that are
    /// in only one of A and B. A single revision: that commit alone
    #[arg(value_name = "REV-RANGE")]
    range: String,
    /// Read the configuration and the baseline from this revision instead of from disk. Comments
    /// such as `ntnguard: allow` then have no effect
    #[arg(long, value_name = "REV", conflicts_with_all = ["config", "baseline"])]
    config_from: Option<String>,
    #[command(flatten)]
    verify: VerifyFlags,
    #[command(flatten)]
    surface: Surface,
}

impl RangeCommand {
    /// Scans the changes that the commits add.
    pub fn run(self) -> Outcome {
        let repository = repository()?;
        let settings = &self.surface.settings;
        let policy = match &self.config_from {
            Some(revision) => settings.policy_from(&repository, revision)?,
            None => settings.policy(repository.work_tree().as_deref())?,
        };
        let commits = Subject::Revisions(&repository, self.range);
        let job = self.surface.job(policy, commits.kind())?;
        let job = self.verify.add(job, None)?;
        self.surface.run_job(&job, commits)
    }
}

/// Opens the repository of the current directory, to read its objects.
pub fn repository() -> Result<Repository> {
    Repository::here()?
        .ok_or_else(|| missing("there is no git repository here"))?
        .without_pipes()
}

/// Returns the error about a missing repository, with advice on how to choose one.
pub fn missing(message: &str) -> Error {
    let is_half_named = std::env::var_os("GIT_DIR").is_some_and(|named| !named.is_empty());
    Error::new(message).help(if is_half_named {
        "GIT_DIR is used only together with GIT_WORK_TREE: set GIT_WORK_TREE to the top folder of the work tree"
    } else {
        "run the command in a repository; to scan files outside of a repository: `ntnguard scan PATH`"
    })
}
