//! The file of the ledger, which records since when each variable has its value.

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

/// The file of the ledger.
pub struct LedgerFile {
    path: PathBuf,
    /// The directory below which no symbolic link is followed.
    top: PathBuf,
    /// The name of the file in messages.
    pub name: String,
}

impl LedgerFile {
    /// Returns the file that a flag names or, without the flag, the ledger of the current
    /// repository or directory.
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

    /// Returns the ledger of the repository with the root `top`.
    fn at(top: &Path) -> Self {
        LedgerFile {
            path: top.join(FILE_NAME),
            top: top.to_owned(),
            name: FILE_NAME.to_owned(),
        }
    }

    /// Reads the ledger; returns an empty ledger if the file does not exist.
    pub fn read(&self) -> Result<Ledger> {
        match self.path.symlink_metadata() {
            Ok(_) => ledger::load(&self.path, &self.top, &self.name),
            Err(_) => Ok(Ledger::default()),
        }
    }

    /// Records the `values` that the ledger does not have yet, with the date `today`. Returns the
    /// ledger, and the variables that were recorded.
    pub fn record(
        &self,
        values: &[(VariableName, Fingerprint)],
        today: Date,
    ) -> Result<(Ledger, Vec<String>)> {
        target::refuse_device(&self.path)?;
        // Another command that read the file now would write it back without these values.
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
        // The ledger is parsed again, so that findings have the line numbers of the new file.
        Ok((ledger::parse(&self.name, ledger.text().as_bytes())?, new))
    }
}

/// Adds a finding for each value that is both in the ledger at `top` and among the findings of the
/// report: such a value is in use and has leaked.
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
