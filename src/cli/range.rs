//! `ntnguard range`

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::run::Subject;
use clap::Args;

use super::Outcome;
use super::surface::Surface;
use super::verify_flags::VerifyFlags;

/// `ntnguard range REV-RANGE`
#[derive(Args)]
pub struct RangeCommand {
    /// A..B: the commits of B that A has not; A...B: those that only one of them has; one revision:
    /// that commit alone
    #[arg(value_name = "REV-RANGE")]
    range: String,
    /// Read configuration and baseline as this revision has them; comments that the commits bring
    /// along allow nothing
    #[arg(long, value_name = "REV", conflicts_with_all = ["config", "baseline"])]
    config_from: Option<String>,
    #[command(flatten)]
    verify: VerifyFlags,
    #[command(flatten)]
    surface: Surface,
}

impl RangeCommand {
    /// Scans the content that the commits add.
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

/// Opens the repository of the current folder, for looking up objects.
pub fn repository() -> Result<Repository> {
    Repository::here()?
        .ok_or_else(|| missing("there is no git repository here"))?
        .without_pipes()
}

/// The error about a missing repository, with advice on how to name one.
pub fn missing(message: &str) -> Error {
    let is_half_named = std::env::var_os("GIT_DIR").is_some_and(|named| !named.is_empty());
    Error::new(message).help(if is_half_named {
        "GIT_DIR counts together with GIT_WORK_TREE alone: name the top of the files too"
    } else {
        "run it in a repository; files that are in none are scanned with `ntnguard scan PATH`"
    })
}
