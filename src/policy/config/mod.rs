//! The configuration of a repository: `.ntnguard.yaml` and the baseline. Both are checked
//! completely before any part of them is used.

pub mod access;
pub mod add;
pub mod baseline;
mod checked;
mod file;
pub mod ledger;
mod place;
mod plain;
mod preflight;
mod schema;
mod text;
mod value;
mod version;

use std::path::Path;

use crate::error::Result;
use crate::model::defaults;
use crate::model::rule::Confidence;
use crate::model::time::Days;
use crate::policy::pattern::Pattern;
use crate::policy::{AllowEntry, Baseline, Committed, Setting};

use file::CONFIGURATION;
pub use preflight::{OauthVariables, ObjectVariables, PreflightPlan};
pub use text::ConfigText;
use value::AsText;

/// The name of the configuration file, which is at the root of a repository.
pub const FILE_NAME: &str = ".ntnguard.yaml";

/// The JSON schema of the configuration file, for editors.
pub const SCHEMA: &str = include_str!("../../../docs/ntnguard.schema.json");

/// The effect of the env file audit on a run of `ntnguard ci`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EnvAudit {
    /// Errors fail the run.
    #[default]
    Fail,
    /// Errors are reported as warnings.
    Warn,
    /// The audit does not run.
    Off,
}

/// A checked configuration. Settings that the file does not have are `None` or empty.
#[derive(Clone, Default)]
pub struct Config {
    /// `min-confidence`: the lowest confidence of findings that are reported
    pub min_confidence: Option<Confidence>,
    /// `exclude`: the paths that are not scanned
    pub exclude: Vec<Pattern>,
    /// `rules`: the settings of single rules
    pub rules: Vec<Setting>,
    /// `allow`: the entries that let findings pass or accept skips
    pub allow: Vec<AllowEntry>,
    /// `limits.max-file-size`: the size of the largest file that is scanned, in bytes
    pub max_file_size: Option<u64>,
    /// `limits.archive-depth`: the number of nested archives that are opened
    pub archive_depth: Option<usize>,
    /// `limits.decode-depth`: the number of nested encodings that are decoded
    pub decode_depth: Option<usize>,
    /// `env.committed`: the env files that are committed on purpose
    pub committed: Vec<Committed>,
    /// `env.require`: the variables that both an env file and a template must have
    pub env_required: Vec<String>,
    /// `env.names`: more names of files that hold secrets, besides the built-in ones
    pub env_names: Vec<String>,
    /// `ci.env`: the effect of errors in the audit of env files
    pub ci_env: Option<EnvAudit>,
    /// `ci.trust-changes`: false if every change is judged like a change from a fork
    pub ci_trust_changes: Option<bool>,
    /// `agents.allow-env-read`: true if AI assistants may read env files
    pub agents_allow_env_read: Option<bool>,
    /// `preflight`; `None` if it has nothing to check
    pub preflight: Option<PreflightPlan>,
    /// `rotation.every`: the number of days after which a value must be replaced
    pub rotation_days: Option<Days>,
    /// The baseline, read from the file next to the configuration.
    pub baseline: Baseline,
    /// The path of the baseline, as errors and warnings show it.
    pub baseline_name: String,
    /// The text that the configuration was parsed from; `None` for a default configuration.
    pub source: Option<ConfigText>,
    written: schema::File,
}

impl Config {
    /// Returns the lowest confidence with which a finding fails the run. Findings below it are only
    /// counted.
    pub fn min_confidence(&self) -> Confidence {
        self.min_confidence.unwrap_or(defaults::MIN_CONFIDENCE)
    }

    /// Returns the maximum number of nested encodings, such as base64 in base64, that are decoded.
    pub fn decode_depth(&self) -> usize {
        self.decode_depth.unwrap_or(defaults::DECODE_DEPTH)
    }

    /// Returns the maximum depth of nested archives that are opened.
    pub fn archive_depth(&self) -> usize {
        self.archive_depth.unwrap_or(defaults::ARCHIVE_DEPTH)
    }

    /// Reads and checks the file at `path`. Symbolic links below `top` are not followed. `name` is
    /// the file's name in errors.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not YAML, or does not match the schema. The error has the
    /// position in the file.
    pub fn load(path: &Path, top: &Path, name: &str) -> Result<Self> {
        Self::parse(name, CONFIGURATION.read(path, top, name)?)
    }

    /// Parses and checks the text of a configuration; `name` is the file's name in errors.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn parse(name: &str, text: impl Into<Vec<u8>>) -> Result<Self> {
        let source = ConfigText::new(&CONFIGURATION, name, &text.into())?;
        source.check_min_version()?;
        Self::checked(source.parse()?, source)
    }

    /// Returns the default of each setting that has one.
    fn defaults() -> Self {
        Config {
            min_confidence: Some(defaults::MIN_CONFIDENCE),
            archive_depth: Some(defaults::ARCHIVE_DEPTH),
            decode_depth: Some(defaults::DECODE_DEPTH),
            ci_env: Some(EnvAudit::default()),
            ci_trust_changes: Some(true),
            agents_allow_env_read: Some(false),
            rotation_days: Some(defaults::ROTATION),
            ..Config::default()
        }
    }

    /// Returns the configuration as YAML, with the default of each setting that the file does not
    /// have. Reading the YAML again gives the same settings.
    pub fn effective(mut self) -> String {
        let defaults = Config::defaults();
        let file = &mut self.written;
        file.version = 1;
        file.min_confidence = self.min_confidence.or(defaults.min_confidence);
        let limits = &mut file.limits;
        limits.archive_depth = limits.archive_depth.or(defaults.archive_depth);
        limits.decode_depth = limits.decode_depth.or(defaults.decode_depth);
        file.ci.env = file.ci.env.or(defaults.ci_env);
        file.ci.trust_changes = file.ci.trust_changes.or(defaults.ci_trust_changes);
        let agents = &mut file.agents;
        agents.allow_env_read = agents.allow_env_read.or(defaults.agents_allow_env_read);
        let rotation = self.rotation_days.or(defaults.rotation_days);
        file.rotation.every = rotation.map(AsText);
        serde_yaml::to_string(file).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
