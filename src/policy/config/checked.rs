//! Checks the structure of a configuration file beyond its syntax, and converts it to a [`Config`].

use crate::error::Result;
use crate::model::defaults;
use crate::policy::{AllowEntry, Committed, Setting};

use super::place::PathStep::{Entry, Key};
use super::text::ConfigText;
use super::value::{AsText, RuleId, plain};
use super::{Config, schema};

impl Config {
    /// Checks `file`, which was parsed from `source`.
    pub(super) fn checked(file: schema::File, source: ConfigText) -> Result<Self> {
        source.check_version(file.version)?;
        file.check_number_of_patterns(&source)?;
        let env = &file.env;
        Ok(Config {
            min_confidence: file.min_confidence,
            exclude: plain(&file.exclude),
            rules: file.settings(&source)?,
            allow: file.allowed(&source)?,
            max_file_size: file
                .limits
                .max_file_size
                .as_ref()
                .map(|AsText(size)| size.0),
            archive_depth: file.limits.archive_depth,
            decode_depth: file.limits.decode_depth,
            committed: env.committed.iter().map(Committed::from).collect(),
            env_required: plain(&env.require),
            env_names: plain(&env.names).into_iter().map(|name| name.0).collect(),
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
}

impl schema::File {
    fn check_number_of_patterns(&self, source: &ConfigText) -> Result<()> {
        let of_entries: usize = self.allow.iter().map(|entry| entry.paths.len()).sum();
        if self.exclude.len() + of_entries <= defaults::PATTERNS {
            return Ok(());
        }
        let message = format!("it has more than {} patterns", defaults::PATTERNS);
        Err(source.invalid_at(&message, &[Key("allow")]))
    }

    fn settings(&self, source: &ConfigText) -> Result<Vec<Setting>> {
        let setting = |(AsText(id), rule): (&AsText<RuleId>, &schema::Rule)| {
            rule.setting(id).ok_or_else(|| {
                let message = format!("`{id}` is switched off without a reason");
                source.invalid_at(&message, &[Key("rules"), Key(id.0)])
            })
        };
        self.rules.iter().map(setting).collect()
    }

    fn allowed(&self, source: &ConfigText) -> Result<Vec<AllowEntry>> {
        let entry = |(index, entry): (usize, &schema::Allow)| match entry.fault() {
            Some(fault) => Err(source.invalid_at(fault, &[Key("allow"), Entry(index)])),
            None => Ok(AllowEntry::from(entry)),
        };
        self.allow.iter().enumerate().map(entry).collect()
    }
}

impl schema::Rule {
    /// Returns the setting of the rule `id`; `None` if it is switched off without a reason.
    fn setting(&self, id: &RuleId) -> Option<Setting> {
        let off = match self.enabled {
            Some(false) => Some(self.reason.as_ref()?.0.0.clone()),
            _ => None,
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
}

impl From<&schema::Allow> for AllowEntry {
    fn from(entry: &schema::Allow) -> Self {
        AllowEntry {
            fingerprint: entry.fingerprint.as_ref().map(|AsText(own)| own.clone()),
            unscanned: entry.unscanned.as_ref().map(|AsText(own)| own.clone()),
            paths: plain(&entry.paths),
            rules: entry.rules.iter().map(|AsText(rule)| rule.0).collect(),
            reason: entry.reason.0.0.clone(),
            expires: entry.expires.as_ref().map(|AsText(day)| *day),
        }
    }
}

impl From<&schema::Committed> for Committed {
    fn from(entry: &schema::Committed) -> Self {
        Committed {
            paths: entry.path.0.clone(),
            reason: entry.reason.0.0.clone(),
        }
    }
}
