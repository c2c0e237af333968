//! The file of the ledger.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::model::secret::Fingerprint;
use crate::model::time::Date;
use crate::model::variable_name::VariableName;
use crate::policy::Ledger;
use crate::policy::config::ledger::{self, FILE_NAME};
use crate::report::Report;
use crate::run::{Job, LeakedSurvey};

use crate::cli::lock::Lock;
use crate::cli::{settings, target};

/// The place of the ledger.
pub struct LedgerFile {
    path: PathBuf,
    /// The folder below which no link is followed.
    top: PathBuf,
    /// The name of the file in messages.
    pub name: String,
}

impl LedgerFile {
    /// Returns the file that is named or, else, the one of the current repository or folder.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        match named {
            Some(file) => Ok(LedgerFile {
                path: file.to_owned(),
                top: settings::ground(),
                name: file.display().to_string(),
            }),
            None => Ok(Self::at(&settings::top_to_commit(FILE_NAME, "--ledger")?)),
        }
    }

    /// Returns the file at the root of a repository.
    fn at(top: &Path) -> Self {
        LedgerFile {
            path: top.join(FILE_NAME),
            top: top.to_owned(),
            name: FILE_NAME.to_owned(),
        }
    }

    /// Reads the ledger; returns an empty one if there is no file yet.
    pub fn read(&self) -> Result<Ledger> {
        match self.path.symlink_metadata() {
            Ok(_) => ledger::load(&self.path, &self.top, &self.name),
            Err(_) => Ok(Ledger::default()),
        }
    }

    /// Writes down the new ones of `values` with the date `today`. Returns the ledger, and the
    /// variables that are new.
    pub fn record(
        &self,
        values: &[(VariableName, Fingerprint)],
        today: Date,
    ) -> Result<(Ledger, Vec<String>)> {
        target::refuse_device(&self.path)?;
        // Until it is written: who reads it meanwhile would write it without what is added here.
        let _lock = Lock::take(&self.path)?;
        let mut ledger = self.read()?;
        let mut new = Vec::new();
        for (variable, value) in values {
            if ledger.record(variable, value, today) {
                new.push(variable.to_string());
            }
        }
        if !new.is_empty() {
            target::write_whole(&self.path, ledger.text().as_bytes())?;
        }
        // Findings name lines of the file as it is now.
        Ok((ledger::parse(&self.name, ledger.text().as_bytes())?, new))
    }
}

/// Adds findings about values of the ledger at `top` that are among the findings of a report: these
/// leaked, and are in use.
pub fn add_leaked(job: &Job, top: Option<&Path>, report: &mut Report) -> Result<()> {
    let Some(file) = top.map(LedgerFile::at) else {
        return Ok(());
    };
    let ledger = file.read()?;
    let survey = LeakedSurvey {
        report,
        ledger: &ledger,
        file: &file.name,
    };
    let leaked = job.survey(&survey, &job.policy)?;
    report.findings.extend(leaked.findings);
    Ok(())
}
