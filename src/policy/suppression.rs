//! The entries of a policy that suppress findings or accept skips.

use crate::model::allowance::Allowance;
use crate::model::finding::{Finding, SuppressedBy, Suppression};
use crate::model::skip::Skip;

use super::pattern::Pattern;
use super::{AllowEntry, Committed, Policy, Setting};

impl Policy {
    /// Returns the suppression by `--exclude` or an entry that accepts that the object of `skip` was
    /// not scanned; `None` if there is none.
    pub(super) fn acceptance(&self, skip: &Skip) -> Option<Suppression> {
        let path = skip.own_path();
        if let Some(pattern) = path.and_then(|path| self.limit.excluding(path)) {
            return Some(excluded(pattern));
        }
        let entry = self.in_force().find(|entry| entry.accepts(skip))?;
        Some(allowed(entry))
    }

    /// Returns the first suppression of a finding, apart from exceptions of a change; `None` if there
    /// is none.
    pub(super) fn suppression(&self, finding: &Finding) -> Option<Suppression> {
        let by = |by, reason: &str| {
            Some(Suppression {
                by,
                reason: reason.to_owned(),
            })
        };
        if let Some(pattern) = self.limit.excluding_all(finding.named_paths()) {
            return Some(excluded(pattern));
        }
        if let Some(committed) = self.committed(finding) {
            return by(SuppressedBy::EnvCommitted, &committed.reason);
        }
        if let Some(Allowance::Given(reason)) = finding.allowance.as_ref().filter(|_| self.inline) {
            return by(SuppressedBy::Inline, reason);
        }
        if let Some(entry) = self.in_force().find(|entry| entry.matches(finding)) {
            return Some(allowed(entry));
        }
        let identity = finding.fingerprint();
        if identity.is_some_and(|identity| self.config.baseline.has(identity)) {
            return by(
                SuppressedBy::Baseline,
                "known when the baseline was written",
            );
        }
        by(SuppressedBy::Rules, self.setting(finding)?.off.as_ref()?)
    }

    /// Returns the settings of a finding's rule; `None` if the configuration does not have the rule.
    pub(super) fn setting(&self, finding: &Finding) -> Option<&Setting> {
        let mut settings = self.config.rules.iter();
        settings.find(|setting| setting.rule == finding.rule.id)
    }

    /// Returns the `env.committed` entry for the first path of a finding; `None` if any of the
    /// paths has no entry, or if the finding's rule is not about committed files.
    fn committed(&self, finding: &Finding) -> Option<&Committed> {
        let mut paths = finding
            .named_paths()
            .filter(|_| finding.rule.is_about_committing);
        let first = self.committed_path(paths.next()?)?;
        paths
            .all(|path| self.committed_path(path).is_some())
            .then_some(first)
    }

    /// Returns the `env.committed` entry for the env file at `path`; `None` if no entry matches.
    pub fn committed_path(&self, path: &[u8]) -> Option<&Committed> {
        let mut committed = self.config.committed.iter();
        committed.find(|committed| committed.paths.matches(path))
    }

    /// Returns the entries of the allowlist that have not expired.
    pub(super) fn in_force(&self) -> impl Iterator<Item = &AllowEntry> {
        let entries = self.config.allow.iter();
        entries.filter(|entry| !entry.is_expired(self.today))
    }
}

/// Returns the suppression by `--exclude` with this pattern.
pub fn excluded(pattern: &Pattern) -> Suppression {
    Suppression {
        by: SuppressedBy::Exclude,
        reason: format!("--exclude {pattern}"),
    }
}

/// Returns the suppression by an entry of the allowlist.
pub fn allowed(entry: &AllowEntry) -> Suppression {
    Suppression {
        by: SuppressedBy::Allowlist,
        reason: entry.reason.clone(),
    }
}
