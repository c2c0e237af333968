//! The command `ntnguard env`, which audits env files and adds missing lines to ignore files.

use std::path::PathBuf;

use crate::env::audit::{self, WantedRules};
use crate::env::fix::{self, IgnoreChange};
use crate::error::{Error, Result};
use crate::model::source_kind::SourceKind;
use crate::run::Job;
use clap::{Args, ValueHint};

use super::surface::Surface;
use super::{FailOn, Outcome, output};

/// The arguments of `ntnguard env [PATH]`.
#[derive(Args)]
pub struct EnvCommand {
    /// A folder of a repository; by default all of the current repository
    #[arg(value_hint = ValueHint::DirPath)]
    path: Option<PathBuf>,
    /// Add the missing lines to .gitignore, and show them
    #[arg(long)]
    fix: bool,
    /// Only show the lines that --fix would add
    #[arg(long, requires = "fix")]
    dry_run: bool,
    #[command(flatten)]
    surface: Surface,
}

impl EnvCommand {
    /// Audits the env files of a repository. With `--fix`, adds missing lines to its ignore files.
    pub fn run(mut self) -> Outcome {
        if self.fix && !self.surface.only.is_empty() {
            let message = "--fix adds all missing lines: it takes no --rule and no --exclude";
            return Err(Error::new(message).help(
                "leave out --rule and --exclude; list files that must stay in git under `env: committed:` \
                 in .ntnguard.yaml",
            ));
        }
        if self.path.is_some() {
            self.surface.place = self.path.clone();
        }
        let repository = audit::open(self.path.as_deref().unwrap_or(".".as_ref()))?;
        let top = repository.work_tree();
        self.surface.count_from(top.as_deref());
        let policy = self.surface.settings.policy(top.as_deref())?;
        let job = self.surface.job(policy, SourceKind::Env)?;
        let (mut report, wanted) = job.audit(self.path.as_deref())?;
        if self.fix && self.mend(wanted, &job)? {
            report = job.audit(self.path.as_deref())?.0;
        }
        self.surface.finish_by(&mut report, FailOn::Warning)
    }

    /// Shows the missing lines of ignore files and, unless it is a dry run, adds them. Returns true
    /// if a file was written.
    fn mend(&self, wanted: WantedRules, job: &Job) -> Result<bool> {
        let top = wanted.top.clone();
        let changes = fix::plan(wanted, &job.policy.config.env_names)?;
        let diff: String = changes.iter().map(IgnoreChange::diff).collect();
        let diff = job.scanner.hidden().mask(diff.as_bytes());
        let diff = String::from_utf8_lossy(&diff).into_owned();
        if !self.dry_run {
            changes.iter().try_for_each(|change| change.make(&top))?;
        }
        // A report for programs must be alone on standard output.
        if self.surface.is_for_people() {
            output::say(&diff)?
        } else {
            output::note(&diff)
        }
        let is_written = !self.dry_run && !changes.is_empty();
        if is_written {
            let files = if changes.len() == 1 {
                "this change was"
            } else {
                "these changes were"
            };
            output::eprint(&format!("{files} written\n"));
        }
        Ok(is_written)
    }
}
