//! `ntnguard allow`

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::detect::redact::redact;
use crate::error::{Error, Result};
use crate::model::secret::Fingerprint;
use crate::model::time::Date;
use crate::policy::config::FILE_NAME;
use crate::policy::config::add::{Added, NewEntry, ReasonText, added, read};
use clap::{Args, ValueHint};

use super::lock::Lock;
use super::{ExitStatus, Outcome, output, settings, target};

/// `ntnguard allow FINGERPRINT`
#[derive(Args)]
pub struct AllowCommand {
    /// The fingerprint of a finding (`v1:…`, of code `c1:…`), as `-v` and JSON show it: never the
    /// secret itself
    fingerprint: String,
    /// Why it is allowed, for those who read the configuration and the reports
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day on which this counts, as 2027-01-31 [default: it counts for ever]
    #[arg(long, value_name = "DAY")]
    expires: Option<Date>,
    /// The fingerprint is the digest of a file that could not be looked into, as reports show it;
    /// somebody has, otherwise
    #[arg(long)]
    unscanned: bool,
    /// The configuration; by default .ntnguard.yaml at the repository's root
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

impl AllowCommand {
    /// Writes an entry into the configuration.
    pub fn run(self) -> Outcome {
        let entry = self.entry()?;
        let (file, name) = match self.config {
            Some(file) => (file.clone(), file.display().to_string()),
            None => {
                let top = settings::top_to_commit(FILE_NAME, "--config")?;
                settings::refuse_misnamed(&top)?;
                (top.join(FILE_NAME), FILE_NAME.to_owned())
            }
        };
        target::refuse_device(&file)?;
        // Until it is written: who reads it meanwhile would write it without this entry.
        let _lock = Lock::take(&file)?;
        let text = read(&file, &settings::ground(), &name)?;
        match added(&name, text, &entry)? {
            Added::Text(text) => write(&file, &name, &text),
            Added::Unknown => paste(&name, &entry),
        }
    }

    /// Reads the entry from the flags. The error never shows the argument, since it may be a
    /// secret.
    fn entry(&self) -> Result<NewEntry> {
        let fingerprint: Fingerprint = self.fingerprint.parse().map_err(|_| {
            Error::new("what stands in the place of the fingerprint is none").help(
                "a fingerprint is `v1:` or `c1:` and 32 hexadecimal digits, as `-v` and JSON show it. \
                 Was it the secret itself? Then it is in your shell's history now",
            )
        })?;
        Ok(NewEntry {
            fingerprint,
            is_unscanned: self.unscanned,
            reason: reason(self.reason.trim())?,
            expires: self.expires.map(still_to_come).transpose()?,
        })
    }
}

fn reason(text: &str) -> Result<ReasonText> {
    if redact(text) != text {
        let message = "the reason holds what may be a secret";
        return Err(Error::new(message).help("it would be committed: leave it out"));
    }
    let help = "say in --reason why this is not a leak: the configuration and reports show it";
    text.parse()
        .map_err(|_| Error::new("the reason says nothing").help(help))
}

fn still_to_come(day: Date) -> Result<Date> {
    let today = Date::of(SystemTime::now());
    if day >= today {
        return Ok(day);
    }
    let message = format!("{day} is over: the entry would not count");
    Err(Error::new(message).help(format!("name a day from {today} on, or none")))
}

fn write(file: &Path, name: &str, text: &str) -> Outcome {
    target::write_whole(file, text.as_bytes())?;
    output::say(&format!("{name}: 1 entry added below `allow`; commit it"))?;
    Ok(ExitStatus::Clean)
}

/// Prints the entry for a configuration that must be changed by hand.
fn paste(name: &str, entry: &NewEntry) -> Outcome {
    output::explain(
        &Error::new(format!(
            "{name} was not changed: it is not written line by line"
        ))
        .help("add the entry that follows to its list `allow` yourself"),
    );
    output::say(&entry.pasted())?;
    Ok(ExitStatus::Failed)
}
