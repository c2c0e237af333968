//! Reads the configuration and the baseline of a repository, combines both into a policy, and warns
//! about expired and unused entries.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::model::rule::Confidence;
use crate::policy::config::{self, Config, baseline};
use crate::policy::{Policy, Stale};
use crate::report::Warning;
use clap::{Args, ValueHint};

use super::choice;

/// The flags that choose the configuration and the baseline.
#[derive(Args)]
pub struct Settings {
    /// Lowest confidence of findings to report: high, medium or low [default: medium]
    #[arg(
        long,
        value_name = "CONFIDENCE",
        value_parser = choice::confidence(),
        hide_possible_values = true
    )]
    min_confidence: Option<Confidence>,
    /// The configuration; by default .ntnguard.yaml at the repository's root
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "no_config",
        value_hint = ValueHint::FilePath
    )]
    config: Option<PathBuf>,
    /// Ignore .ntnguard.yaml and .ntnguard-baseline; a file given with --baseline is still read
    #[arg(long)]
    no_config: bool,
    /// The baseline; by default .ntnguard-baseline at the repository's root
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
}

impl Settings {
    /// Returns the policy of the configuration and the baseline. Each is the file that a flag names
    /// or, without the flag, the file at `root`.
    pub fn policy(&self, root: Option<&Path>) -> Result<Policy> {
        self.load(root).map(Policy::new)
    }

    /// Returns the policy of the configuration and the baseline in `revision`. Allowances in later
    /// commits and in comments have no effect.
    pub fn policy_from(&self, repository: &Repository, revision: &str) -> Result<Policy> {
        let config = self.load_from(repository, revision)?;
        Ok(Policy::new(config).without_comments())
    }

    /// Returns the policy of the configuration and the baseline. Each is the file that a flag names
    /// or, without the flag, the file in `revision`, if there is a revision. Comments that allow
    /// findings have no effect.
    pub fn trusted_policy(
        &self,
        repository: &Repository,
        revision: Option<&str>,
    ) -> Result<Policy> {
        let config = self.load_trusted(repository, revision)?;
        Ok(Policy::new(config).without_comments())
    }

    /// Reads the configuration and the baseline. Each is the file that a flag names or, without the
    /// flag, the file at `root` if it exists. With `--no-config`, nothing at `root` is read.
    pub fn load(&self, root: Option<&Path>) -> Result<Config> {
        let mut config = self.load_config(root)?;
        if let Some(file) = self
            .baseline
            .as_deref()
            .map(SettingsFile::named)
            .or_else(|| self.at(root, baseline::FILE_NAME))
        {
            config.baseline = baseline::load(&file.path, &file.top, &file.name)?;
            config.baseline_name = file.name;
            let lines = config.baseline.len();
            log::debug!("baseline {}: {lines} lines", config.baseline_name);
        } else {
            log::debug!("no baseline");
        }
        Ok(config)
    }

    /// Reads the configuration as [`Settings::load`] does, without the baseline.
    pub fn load_config(&self, root: Option<&Path>) -> Result<Config> {
        let own = root.filter(|_| !self.no_config && self.config.is_none());
        own.map_or(Ok(()), refuse_misnamed)?;
        let config = match self
            .config
            .as_deref()
            .map(SettingsFile::named)
            .or_else(|| self.at(root, config::FILE_NAME))
        {
            Some(file) => {
                log::debug!("configuration {}", file.path.display());
                Config::load(&file.path, &file.top, &file.name)?
            }
            None => {
                log::debug!("no configuration: the defaults are used");
                Config::default()
            }
        };
        Ok(self.apply(config))
    }

    /// Returns the file called `name` at `root`; `None` if it does not exist or `--no-config` is
    /// given.
    fn at(&self, root: Option<&Path>, name: &str) -> Option<SettingsFile> {
        let top = root.filter(|_| !self.no_config)?;
        let place = SettingsFile {
            path: top.join(name),
            top: top.to_owned(),
            name: name.to_owned(),
        };
        place.path.symlink_metadata().is_ok().then_some(place)
    }

    /// Reads the configuration and the baseline in `revision`.
    fn load_from(&self, repository: &Repository, revision: &str) -> Result<Config> {
        let mut config = match repository
            .file_at(revision, config::FILE_NAME)?
            .filter(|_| !self.no_config)
        {
            Some(text) => Config::parse(&at_revision(config::FILE_NAME, revision), text)?,
            None => Config::default(),
        };
        log::debug!(
            "configuration and baseline in {revision}: configuration {}, baseline {}",
            presence(config.source.is_some()),
            presence(repository.file_at(revision, baseline::FILE_NAME)?.is_some())
        );
        self.add_baseline_from(repository, revision, &mut config)?;
        Ok(self.apply(config))
    }

    /// Reads the configuration and the baseline. Each is the file that a flag names or, without the
    /// flag, the file in `revision`, if there is a revision.
    pub fn load_trusted(&self, repository: &Repository, revision: Option<&str>) -> Result<Config> {
        let mut config = match (revision, &self.config) {
            (Some(revision), None) => self.load_from(repository, revision)?,
            _ => self.load_config(None)?,
        };
        match (
            self.baseline.as_deref().map(SettingsFile::named),
            revision.filter(|_| self.config.is_some()),
        ) {
            (Some(file), _) => {
                config.baseline = baseline::load(&file.path, &file.top, &file.name)?;
                config.baseline_name = file.name;
            }
            (None, Some(revision)) => self.add_baseline_from(repository, revision, &mut config)?,
            (None, None) => {}
        }
        Ok(config)
    }

    fn add_baseline_from(
        &self,
        repository: &Repository,
        revision: &str,
        config: &mut Config,
    ) -> Result<()> {
        if let Some(text) = repository
            .file_at(revision, baseline::FILE_NAME)?
            .filter(|_| !self.no_config)
        {
            config.baseline_name = at_revision(baseline::FILE_NAME, revision);
            config.baseline = baseline::parse(&config.baseline_name, &text)?;
        }
        Ok(())
    }

    /// Returns true if a flag chooses a configuration.
    pub fn names_config(&self) -> bool {
        self.config.is_some()
    }

    /// Returns true if a flag chooses a baseline.
    pub fn names_baseline(&self) -> bool {
        self.baseline.is_some()
    }

    /// Returns true if a flag chooses a configuration or a baseline.
    pub fn names_files(&self) -> bool {
        self.names_config() || self.names_baseline()
    }

    /// Returns the flags as arguments for another run. Paths are absolute, so that the other run
    /// may start in any directory.
    pub fn arguments(&self) -> Vec<String> {
        let files = [("config", &self.config), ("baseline", &self.baseline)];
        let files = files
            .into_iter()
            .filter_map(|(flag, file)| Some((flag, absolute(file.as_deref()?))));
        let confidence = self
            .min_confidence
            .map(|confidence| ("min-confidence", confidence.to_string()));
        let values = confidence
            .into_iter()
            .chain(files)
            .map(|(flag, value)| format!("--{flag}={value}"));
        values
            .chain(self.no_config.then(|| "--no-config".to_owned()))
            .collect()
    }

    /// Returns the configuration with the values that flags set.
    pub fn apply(&self, mut config: Config) -> Config {
        config.min_confidence = self.min_confidence.or(config.min_confidence);
        config
    }
}

/// Returns an error if `root` has a file `.ntnguard.yml`, since only `.ntnguard.yaml` is read.
pub fn refuse_misnamed(root: &Path) -> Result<()> {
    if root.join(".ntnguard.yml").symlink_metadata().is_err() {
        return Ok(());
    }
    let name = config::FILE_NAME;
    Err(
        Error::new("the configuration .ntnguard.yml is not read under that name").help(format!(
            "rename it to {name}, or give --config .ntnguard.yml"
        )),
    )
}

fn presence(is_there: bool) -> &'static str {
    if is_there { "there" } else { "not there" }
}

/// Returns the absolute path of a file.
pub fn absolute(file: &Path) -> String {
    std::path::absolute(file)
        .unwrap_or_else(|_| file.to_owned())
        .display()
        .to_string()
}

/// Returns the name of a file in a revision, for errors.
fn at_revision(name: &str, revision: &str) -> String {
    format!("{name} of {revision}")
}

/// A configuration or a baseline on disk.
struct SettingsFile {
    path: PathBuf,
    /// The directory below which symbolic links are not followed.
    top: PathBuf,
    /// The name of the file in errors.
    name: String,
}

impl SettingsFile {
    /// Returns the file that a flag names.
    fn named(file: &Path) -> Self {
        SettingsFile {
            path: file.to_owned(),
            top: ground(),
            name: file.display().to_string(),
        }
    }
}

/// Returns the directory whose content the author of a repository may have written: the top of the
/// current work tree or, outside of one, the current directory. Links in it are not followed.
pub fn ground() -> PathBuf {
    let here = Path::new(".");
    let top = Repository::find(here)
        .ok()
        .flatten()
        .and_then(|repository| repository.work_tree());
    top.unwrap_or_else(|| here.to_owned())
}

/// Returns the directory for a file that the user is to commit: the top of the work tree, or the
/// current directory outside of a repository.
///
/// # Errors
///
/// When the repository is bare. The error suggests `flag` with another file.
pub fn top_to_commit(name: &str, flag: &str) -> Result<PathBuf> {
    let Some(repository) = Repository::here()? else {
        return Ok(PathBuf::from("."));
    };
    repository.work_tree().ok_or_else(|| {
        let message = format!("this repository is bare: {name} cannot be committed here");
        Error::new(message).help(format!(
            "add {name} in a clone and push the commit, or give another file with {flag} FILE"
        ))
    })
}

/// The largest number of warnings about expired entries, and also the largest number of warnings
/// about unused entries. Finding the line of an entry reads the whole configuration.
const MOST: usize = 20;

/// Returns the warnings about expired and unused entries in the configuration and the baseline of
/// `policy`.
pub fn warnings(policy: &Policy, stale: &Stale) -> Vec<Warning> {
    let config = &policy.config;
    let source = config.source.as_ref();
    let entry = |kind, at: usize, message| Warning {
        kind,
        file: source.map_or_else(String::new, |source| source.name.clone()),
        lines: source
            .and_then(|source| source.line_of_allow(at))
            .into_iter()
            .collect(),
        message,
    };
    let expired = config
        .allow
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.is_expired(policy.today))
        .map(|(at, allow)| {
            let day = allow
                .expires
                .map_or_else(String::new, |day| day.to_string());
            entry(
                "expired",
                at,
                format!(
                    "this `allow` expired on {day} ({}): delete it, or give it a later day",
                    allow.reason
                ),
            )
        });
    let unused = stale.allow.iter().map(|at| {
        let reason = &config.allow[*at].reason;
        entry(
            "stale",
            *at,
            format!("this `allow` matched nothing ({reason}): delete it if no other scan needs it"),
        )
    });
    let mut warnings: Vec<_> = expired.take(MOST).chain(unused.take(MOST)).collect();
    if !stale.baseline.is_empty() {
        let mut lines = stale.baseline.clone();
        lines.sort_unstable();
        warnings.push(Warning {
            kind: "stale",
            file: config.baseline_name.clone(),
            lines,
            message:
                "the scan did not find the secrets of these lines; `ntnguard baseline --prune` removes the lines \
                      whose secrets are not in history either"
                    .to_owned(),
        });
    }
    warnings
}
