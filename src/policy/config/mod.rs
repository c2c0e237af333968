//! The configuration of a repository: `.ntnguard.yaml` and the baseline. Both are checked
//! completely before any part of them is used.

pub mod access;
pub mod add;
pub mod baseline;
mod file;
pub mod ledger;
mod place;
mod plain;
mod preflight;
mod schema;
mod value;
mod version;

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::defaults;
use crate::model::rule::Confidence;
use crate::model::time::Days;
use crate::policy::pattern::Pattern;
use crate::policy::{AllowEntry, Baseline, Committed, Setting};

use place::PathStep::{self, Entry as Nth, Key};
use plain::plain;
pub use preflight::{OauthVariables, ObjectVariables, PreflightPlan};
use value::AsText;
use version::Version;

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

/// The text of a configuration file, for error positions.
#[derive(Clone)]
pub struct ConfigText {
    /// The path of the file, as errors show it.
    pub name: String,
    text: String,
}

impl ConfigText {
    /// Returns the line, from 1, of the `allow` entry with index `entry`, from 0; `None` if it is
    /// not found.
    pub fn line_of_allow(&self, entry: usize) -> Option<usize> {
        let offset = place::offset(&self.text, &[Key("allow"), Nth(entry)])?;
        Some(1 + self.text[..offset].matches('\n').count())
    }

    fn wrong(&self, message: &str, steps: &[PathStep<'_>]) -> Error {
        invalid(self, message).at(
            &self.name,
            &self.text,
            place::offset(&self.text, steps).unwrap_or(0),
        )
    }
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
        Self::parse(
            name,
            file::read(path, top, name, "configuration", defaults::CONFIGURATION)?,
        )
    }

    /// Parses and checks the text of a configuration; `name` is the file's name in errors.
    ///
    /// # Errors
    ///
    /// As [`Config::load`].
    pub fn parse(name: &str, text: impl Into<Vec<u8>>) -> Result<Self> {
        let text = text.into();
        if text.len() as u64 > defaults::CONFIGURATION {
            return Err(file::too_large(
                "configuration",
                name,
                defaults::CONFIGURATION,
            ));
        }
        let text = String::from_utf8(text)
            .map_err(|_| Error::new(format!("the configuration {name} is not UTF-8")))?;
        let source = ConfigText {
            name: name.to_owned(),
            text: file::without_mark(&text).to_owned(),
        };
        if let Some(offset) = file::too_deep(&source.text) {
            let message = format!("it nests deeper than {} levels", file::MAX_DEPTH);
            return Err(invalid(&source, &message).at(name, &source.text, offset));
        }
        refuse_newer(&source)?;
        let file: schema::File =
            serde_yaml::from_str(&source.text).map_err(|error| refused(&source, &error))?;
        if file.version != 1 {
            let message = format!(
                "version {} is not supported; write `version: 1`",
                file.version
            );
            return Err(source.wrong(&message, &[Key("version")]));
        }
        Self::checked(file, source)
    }

    fn checked(file: schema::File, source: ConfigText) -> Result<Self> {
        let patterns = file.exclude.len()
            + file
                .allow
                .iter()
                .map(|entry| entry.paths.len())
                .sum::<usize>();
        if patterns > defaults::PATTERNS {
            return Err(source.wrong(
                &format!("it has more than {} patterns", defaults::PATTERNS),
                &[Key("allow")],
            ));
        }
        let rules = file.rules.iter().map(|(AsText(id), rule)| {
            rule.setting(id).ok_or_else(|| {
                source.wrong(
                    &format!("`{id}` is switched off without a reason"),
                    &[Key("rules"), Key(id.0)],
                )
            })
        });
        let allow = file.allow.iter().enumerate().map(|(at, entry)| {
            entry.fault().map_or_else(
                || Ok(entry.entry()),
                |fault| Err(source.wrong(fault, &[Key("allow"), Nth(at)])),
            )
        });
        Ok(Config {
            min_confidence: file.min_confidence,
            exclude: file
                .exclude
                .iter()
                .map(|AsText(pattern)| pattern.clone())
                .collect(),
            rules: rules.collect::<Result<_>>()?,
            allow: allow.collect::<Result<_>>()?,
            max_file_size: file
                .limits
                .max_file_size
                .as_ref()
                .map(|AsText(size)| size.0),
            archive_depth: file.limits.archive_depth,
            decode_depth: file.limits.decode_depth,
            committed: file
                .env
                .committed
                .iter()
                .map(schema::Committed::committed)
                .collect(),
            env_required: file
                .env
                .require
                .iter()
                .map(|AsText(name)| name.clone())
                .collect(),
            env_names: file
                .env
                .names
                .iter()
                .map(|AsText(name)| name.0.clone())
                .collect(),
            ci_env: file.ci.env,
            ci_trust_changes: file.ci.trust_changes,
            agents_allow_env_read: file.agents.allow_env_read,
            preflight: file.preflight.as_ref().and_then(schema::Preflight::plan),
            rotation_days: file.rotation.every.as_ref().map(|AsText(days)| *days),
            source: Some(source),
            written: file,
            ..Config::default()
        })
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

impl schema::Rule {
    fn setting(&self, id: &value::RuleId) -> Option<Setting> {
        let reason = self.reason.as_ref().map(|AsText(reason)| reason.0.clone());
        let off = if self.enabled == Some(false) {
            Some(reason?)
        } else {
            None
        };
        Some(Setting {
            rule: id.0,
            at_most: self.confidence,
            off,
        })
    }
}

impl schema::Allow {
    /// Returns the error in the combination of the entry's keys; `None` if the combination is
    /// valid.
    fn fault(&self) -> Option<&'static str> {
        let names_finding = self.fingerprint.is_some() || !self.rules.is_empty();
        if self.unscanned.is_some() {
            names_finding.then_some(
                "`unscanned` names an object, not a finding: leave out `fingerprint` and `rules`",
            )
        } else if names_finding || !self.paths.is_empty() {
            None
        } else {
            Some(
                "an entry needs `fingerprint`, `paths`, `rules` or `unscanned`; without them it would allow everything",
            )
        }
    }

    fn entry(&self) -> AllowEntry {
        AllowEntry {
            fingerprint: self
                .fingerprint
                .as_ref()
                .map(|AsText(fingerprint)| fingerprint.clone()),
            unscanned: self.unscanned.as_ref().map(|AsText(digest)| digest.clone()),
            paths: self
                .paths
                .iter()
                .map(|AsText(pattern)| pattern.clone())
                .collect(),
            rules: self.rules.iter().map(|AsText(rule)| rule.0).collect(),
            reason: self.reason.0.0.clone(),
            expires: self.expires.as_ref().map(|AsText(day)| *day),
        }
    }
}

impl schema::Committed {
    fn committed(&self) -> Committed {
        Committed {
            paths: self.path.0.clone(),
            reason: self.reason.0.0.clone(),
        }
    }
}

/// Returns an error if the configuration demands a newer release. This comes before everything
/// else, because a newer configuration may have keys that this release does not know.
fn refuse_newer(source: &ConfigText) -> Result<()> {
    let (name, current) = (&source.name, Version::current());
    match version::demanded(&source.text).filter(|wanted| *wanted > current) {
        None => Ok(()),
        Some(wanted) => {
            let message = format!(
                "the configuration {name} needs ntnguard {wanted} or newer; this is {current}"
            );
            let offset = place::offset(&source.text, &[Key("min-version")]).unwrap_or(0);
            Err(Error::new(message)
                .help("update ntnguard; docs/install.md shows how")
                .at(name, &source.text, offset))
        }
    }
}

fn invalid(source: &ConfigText, message: &str) -> Error {
    let error = Error::new(format!(
        "the configuration {} is not valid: {}",
        source.name,
        plain(message)
    ));
    if message.contains("missing field `version`") {
        return error.help("begin the file with the line `version: 1`");
    }
    error.help(
        "docs/configuration.md describes the keys; `ntnguard config --schema` prints a JSON schema",
    )
}

/// Converts the parser's error to an error with a position and, if a name was misspelt, a
/// suggestion.
fn refused(source: &ConfigText, error: &serde_yaml::Error) -> Error {
    let message = error.to_string();
    let wrong = invalid(source, &message);
    let wrong = match meant(&message) {
        Some(name) => wrong.help(format!("did you mean `{name}`?")),
        None => wrong,
    };
    wrong.at(
        &source.name,
        &source.text,
        place::of_error(&source.text, error).unwrap_or(0),
    )
}

/// Returns the name that was probably meant: of the names that the parser expected according to
/// `message`, the most similar to the name that it found. `None` if no name is similar.
fn meant(message: &str) -> Option<&str> {
    let (found, expected) = message
        .split_once("expected one of")
        .or(message.split_once("expected `"))?;
    let written = found.split('`').nth(1)?;
    let names = expected
        .split('`')
        .filter(|name| !name.trim_matches([' ', ',']).is_empty() && !name.contains(' '));
    let similar = names
        .map(|name| (strsim::jaro_winkler(written, name), name))
        .filter(|(likeness, _)| *likeness > 0.8);
    similar
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
