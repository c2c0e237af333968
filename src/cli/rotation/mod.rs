//! The command `ntnguard rotation`, which reports tokens that are due for replacement.

mod ledger;

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::model::defaults;
use crate::model::secret::Fingerprint;
use crate::model::source_kind::SourceKind;
use crate::model::time::{Date, Days};
use crate::model::variable_name::VariableName;
use crate::policy::Ledger;
use crate::report::{Report, ValueAge};
use crate::run::{Job, RotationSurvey};
use clap::{Args, ValueHint};

use super::ask::{self, Values, typed_name};
use super::surface::Surface;
use super::{FailOn, Outcome, output, scan};
use ledger::LedgerFile;
pub use ledger::add_leaked;

/// The arguments of `ntnguard rotation [NAME…]`.
#[derive(Args)]
pub struct RotationCommand {
    /// Variables with tokens; by default all variables with a Notion credential in the env files
    /// or, without --env-file, in the environment
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Read variables from FILE first, then from the environment (repeatable; the first file that
    /// sets a variable wins)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    env_file: Vec<PathBuf>,
    /// Record the values that the ledger does not have, as in use since today
    #[arg(long)]
    record: bool,
    /// Number of days after which a token is to be replaced [default: `rotation: {every: …}` in
    /// .ntnguard.yaml, or 90d]
    #[arg(long, value_name = "DAYS")]
    every: Option<Days>,
    /// The ledger; by default .ntnguard-rotation at the repository's root
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    ledger: Option<PathBuf>,
    #[command(flatten)]
    surface: Surface,
}

impl RotationCommand {
    /// Compares the current values of variables with the ledger, and reports the values that are
    /// due for rotation.
    pub fn run(self) -> Outcome {
        let values = self.values()?;
        let top = Repository::here()?.and_then(|repository| repository.work_tree());
        let root = scan::root(top.as_deref());
        let policy = self.surface.settings.policy(Some(root))?;
        let job = self.surface.job(policy, SourceKind::Rotation)?;
        let file = LedgerFile::find(self.ledger.as_deref())?;
        let ledger = match self.record {
            true => self.recorded(&file, &values, job.policy.today)?,
            false => file.read()?,
        };
        let own = job.policy.config.rotation_days;
        let survey = RotationSurvey {
            values: &values,
            ledger: &ledger,
            file: &file.name,
            every: self.every.or(own).unwrap_or(defaults::ROTATION),
            today: job.policy.today,
        };
        let mut report = judged(&job, &survey)?;
        self.surface.finish_by(&mut report, FailOn::Warning)
    }

    /// Returns the variables to check, each with the fingerprint of its value.
    fn values(&self) -> Result<Vec<(VariableName, Fingerprint)>> {
        let values = Values::read(&self.env_file)?;
        if self.names.is_empty() {
            let found = values.credentials();
            return match found.is_empty() {
                true => Err(Error::new(format!(
                    "no variable of {} has a Notion credential",
                    values.own_places()
                ))
                .help("give the names of the variables, or --env-file FILE with the file that sets them")),
                false => Ok(found),
            };
        }
        let named = self.names.iter().map(|name| {
            let variable = typed_name(name)?;
            let value = values
                .secret(&variable)
                .ok_or_else(|| ask::missing(&values, name))?;
            match ask::common_fault(&value) {
                Some(fault) => Err(Error::new(format!("{name} {fault}"))
                    .help("set the variable to a token first: only a token has an age")),
                None => Ok((variable, value.fingerprint())),
            }
        });
        named.collect()
    }

    /// Records new values in the ledger, prints their variables, and returns the ledger.
    fn recorded(
        &self,
        file: &LedgerFile,
        values: &[(VariableName, Fingerprint)],
        today: Date,
    ) -> Result<Ledger> {
        let (ledger, new) = file.record(values, today)?;
        let name = &file.name;
        output::note(&match new.len() {
            0 => format!("{name}: nothing new\n"),
            _ => format!(
                "{name}: recorded {} on {today}; commit it\n",
                new.join(", ")
            ),
        });
        Ok(ledger)
    }
}

fn judged(job: &Job, survey: &RotationSurvey<'_>) -> Result<Report> {
    let mut report = job.survey(survey, &job.policy)?;
    let ages = survey.values.iter().map(|(variable, value)| {
        let line = survey.ledger.line(variable);
        let line = line.filter(|line| line.fingerprint == *value && line.day <= survey.today);
        let days = line.map(|line| survey.today.days_since(line.day));
        ValueAge {
            variable: variable.to_string(),
            fingerprint: value.clone(),
            recorded: line.map(|line| line.day).zip(days),
            left: days.map(|days| i64::from(survey.every.0) - days),
        }
    });
    report.ages = ages.collect();
    Ok(report)
}
