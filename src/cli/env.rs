//! `ntnguard env`

use std::path::PathBuf;

use crate::detect::redact::Hidden;
use crate::env::audit::{self, Request, WantedRules};
use crate::env::fix::{self, IgnoreChange};
use crate::error::{Error, Result};
use clap::{Args, ValueHint};

use super::surface::Surface;
use super::{FailOn, Outcome, output};

/// `ntnguard env [PATH]`
#[derive(Args)]
pub struct EnvCommand {
    /// A folder of a repository; by default the whole repository you stand in
    #[arg(value_hint = ValueHint::DirPath)]
    path: Option<PathBuf>,
    /// Add what is missing to .gitignore, and show it
    #[arg(long)]
    fix: bool,
    /// Only show what --fix would add
    #[arg(long, requires = "fix")]
    dry_run: bool,
    #[command(flatten)]
    surface: Surface,
}

impl EnvCommand {
    /// Audits the env files of a repository, and mends its ignore files.
    pub fn run(mut self) -> Outcome {
        self.surface.only.refuse_absent("env", false)?;
        if self.fix && !self.surface.only.is_empty() {
            let message = "--fix adds all that is missing: it takes no --rule and no --exclude";
            return Err(Error::new(message).help(
                "leave them out; what is never to be ignored stands under `env: committed:` \
                 in .ntnguard.yaml",
            ));
        }
        let repository = audit::open(self.path.as_deref().unwrap_or(".".as_ref()))?;
        let top = repository.work_tree();
        self.surface.count_from(top.as_deref());
        let config = self.surface.config(top.as_deref())?;
        self.surface.use_threads();
        let (scanner, required, file_size) = (
            self.surface.scanner(&config)?,
            config.env_required.clone(),
            config.max_file_size,
        );
        let policy = self.surface.policy(config);
        let request = Request {
            scanner: &scanner,
            policy: &policy,
            required: &required,
            file_size,
        };
        let (mut report, wanted) = crate::audit(self.path.as_deref(), &request)?;
        if self.fix && self.mend(wanted, &policy.env_names, &scanner.hidden())? {
            report = crate::audit(self.path.as_deref(), &request)?.0;
        }
        self.surface.finish_by(&mut report, FailOn::Warning)
    }

    /// Shows what is missing in ignore files and, unless it is a dry run, adds it; whether something was written.
    fn mend(&self, wanted: WantedRules, names: &[String], hidden: &Hidden) -> Result<bool> {
        let top = wanted.top.clone();
        let changes = fix::plan(wanted, names)?;
        let diff: String = changes.iter().map(IgnoreChange::diff).collect();
        let diff = String::from_utf8_lossy(&hidden.mask(diff.as_bytes())).into_owned();
        if !self.dry_run {
            changes.iter().try_for_each(|change| change.make(&top))?;
        }
        // A report for programs has standard output for itself.
        if self.surface.is_for_people() {
            output::say(&diff)?
        } else {
            output::tell(&diff)
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
