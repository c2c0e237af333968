//! The command `ntnguard allow`, which adds an entry to the configuration.

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

/// The arguments of `ntnguard allow FINGERPRINT`.
#[derive(Args)]
pub struct AllowCommand {
    /// The fingerprint of the finding, as `-v` and JSON show it: `v1:…` for a secret, `c1:…` for
    /// code. Never write the secret itself
    fingerprint: String,
    /// Why the finding is allowed; the configuration and reports show this text
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day on which the entry applies, such as 2027-01-31 [default: it never expires]
    #[arg(long, value_name = "DAY")]
    expires: Option<Date>,
    /// Accept a file that could not be scanned, because somebody has checked it by other means. The
    /// fingerprint is then the digest of the file, as reports show it
    #[arg(long)]
    unscanned: bool,
    /// The configuration; by default .ntnguard.yaml at the repository's root
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
}

impl AllowCommand {
    /// Adds an entry to the configuration.
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
        // Another command that read the file now would write it back without this entry.
        let _lock = Lock::take(&file)?;
        let text = read(&file, &settings::ground(), &name)?;
        match added(&name, text, &entry)? {
            Added::Text(text) => write(&file, &name, &text),
            Added::Unknown => paste(&name, &entry),
        }
    }

    /// Makes the entry from the flags. An error never quotes the fingerprint, which may be a secret
    /// that the user typed by mistake.
    fn entry(&self) -> Result<NewEntry> {
        let fingerprint: Fingerprint = self.fingerprint.parse().map_err(|_| {
            Error::new("the argument is not a fingerprint").help(
                "a fingerprint is `v1:` or `c1:` and 32 hexadecimal digits, as `-v` and JSON show it. \
                 If you wrote the secret itself, it is in your shell's history now",
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
        let message = "the reason contains a text that may be a secret";
        return Err(
            Error::new(message).help("the reason would be committed: write it without the secret")
        );
    }
    let help =
        "say in --reason why this is not a leak: the configuration and reports show the reason";
    text.parse()
        .map_err(|_| Error::new("the reason says nothing").help(help))
}

fn still_to_come(day: Date) -> Result<Date> {
    let today = Date::of(SystemTime::now());
    if day >= today {
        return Ok(day);
    }
    let message = format!("{day} is over: the entry would have no effect");
    Err(Error::new(message).help(format!(
        "give {today} or a later day after --expires, or leave out --expires"
    )))
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
            "{name} was not changed: an entry cannot be added to it automatically"
        ))
        .help("add the entry below to the list `allow` yourself"),
    );
    output::say(&entry.pasted())?;
    Ok(ExitStatus::Failed)
}
