//! The verdict on each finding: reported or not, with the reason.

mod allowlist;
mod baseline;
pub mod config;
mod ledger;
mod limit;
pub mod pattern;

use std::collections::HashSet;
use std::time::SystemTime;

use crate::model::allowance::Allowance;
use crate::model::finding::{Finding, SuppressedBy, Suppression, Verdict};
use crate::model::rule::Confidence;
use crate::model::skip::Skip;
use crate::model::time::Date;
use crate::policy::config::Config;
use crate::policy::pattern::Pattern;

pub use allowlist::AllowEntry;
pub use baseline::Baseline;
pub use ledger::{Ledger, LedgerLine};
pub use limit::Limit;

/// A policy, which gives findings their verdicts. Judging a finding reads neither files nor the
/// clock.
#[derive(Clone)]
pub struct Policy {
    /// The configuration of the repository or of the user, with the baseline.
    pub config: Config,
    /// True if `ntnguard: allow` comments beside a secret suppress its finding. False for a change
    /// whose author could have added the comment together with the secret.
    pub inline: bool,
    /// Today's date. Entries that expire before this day are ignored.
    pub today: Date,
    /// The limits set by the user who started the run.
    pub limit: Limit,
    /// The change under review, with the exceptions that it contains for its own findings; `None`
    /// if the run reviews no change.
    pub change: Option<Change>,
}

/// A change under review. Its own configuration, baseline and comments may allow its own findings.
#[derive(Clone)]
pub struct Change {
    /// The policy read from the files of the change.
    pub policy: Box<Policy>,
    /// The author of the change.
    pub author: Author,
}

/// The author of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// Somebody who may write to the repository. A finding for which the change contains an
    /// exception does not fail the run, and is reported as allowed by the change.
    Collaborator,
    /// Somebody who may not write to the repository: the allowances of the change are ignored.
    Stranger,
    /// Not known, because the base commit of the change is missing. The allowances of the change
    /// are ignored.
    Unknown,
}

/// The settings of one rule.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The id of the rule that the settings are for.
    pub rule: &'static str,
    /// The highest confidence that the rule's findings may have; `None` does not lower their
    /// confidence.
    pub at_most: Option<Confidence>,
    /// The reason why the rule's findings are suppressed; `None` if they are reported.
    pub off: Option<String>,
}

/// Env files that are committed on purpose.
#[derive(Clone)]
pub struct Committed {
    /// The pattern that the paths of the env files match.
    pub paths: Pattern,
    /// The reason, which the configuration must give and reports show.
    pub reason: String,
}

/// Policy entries that matched nothing in a scan.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stale {
    /// The indexes, from 0, of the allowlist entries that matched nothing.
    pub allow: Vec<usize>,
    /// The line numbers, from 1, of the baseline entries that matched nothing.
    pub baseline: Vec<usize>,
}

impl Policy {
    /// Returns a policy without configuration and baseline: only comments beside a secret suppress
    /// findings.
    pub fn reporting(min_confidence: Confidence) -> Self {
        let mut config = Config::default();
        config.min_confidence = Some(min_confidence);
        Policy {
            today: Date::of(SystemTime::UNIX_EPOCH),
            ..Policy::new(config)
        }
    }

    /// Returns the policy of `config`, with today's date.
    pub fn new(config: Config) -> Self {
        Policy {
            config,
            inline: true,
            today: Date::of(SystemTime::now()),
            limit: Limit::default(),
            change: None,
        }
    }

    /// Returns the policy with comments beside secrets ignored, for a change that could have added
    /// the comments itself.
    pub fn without_comments(self) -> Self {
        Policy {
            inline: false,
            ..self
        }
    }

    /// Returns the confidence of a finding, but at most the limit in the settings of its rule.
    pub fn confidence(&self, finding: &Finding) -> Confidence {
        let at_most = self.setting(finding).and_then(|setting| setting.at_most);
        at_most.map_or(finding.confidence, |at_most| {
            at_most.min(finding.confidence)
        })
    }

    /// Returns the verdict on one finding.
    pub fn judge(&self, finding: &Finding) -> Verdict {
        if let Some(suppression) = self.suppression(finding) {
            return Verdict::Suppressed(suppression);
        }
        let is_trusted = |change: &&Change| change.author == Author::Collaborator;
        if let Some(suppression) = self
            .change
            .as_ref()
            .filter(is_trusted)
            .and_then(|change| change.allows(finding))
        {
            return Verdict::AllowedByChange(suppression);
        }
        if self.confidence(finding) < self.config.min_confidence() {
            Verdict::BelowConfidence
        } else {
            Verdict::Reported
        }
    }

    /// Returns the verdict on content that was not scanned: suppressed if the policy accepts the
    /// skip, allowed by the change if only a trusted change accepts it, otherwise `None`.
    pub fn accept(&self, skip: &Skip) -> Option<Verdict> {
        let trusted = self
            .change
            .as_ref()
            .filter(|change| change.author == Author::Collaborator);
        let of_change = || {
            trusted?
                .policy
                .acceptance(skip)
                .map(Verdict::AllowedByChange)
        };
        self.acceptance(skip)
            .map(Verdict::Suppressed)
            .or_else(of_change)
    }

    /// Returns the reason why the change's own acceptance of `skip` is ignored; `None` if it is not
    /// ignored, or if the change does not accept `skip`.
    pub fn note_unscanned(&self, skip: &Skip) -> Option<&'static str> {
        self.change
            .as_ref()?
            .policy
            .acceptance(skip)
            .and_then(|_| self.why_not_allowed())
    }

    /// Returns the entry by which a stranger's change accepts `skip`, for a maintainer to decide
    /// on; `None` if the change has no such entry, or if the change is not by a stranger.
    pub fn asked_to_accept(&self, skip: &Skip) -> Option<Suppression> {
        self.change
            .as_ref()
            .filter(|change| change.author == Author::Stranger)?
            .policy
            .acceptance(skip)
    }

    fn acceptance(&self, skip: &Skip) -> Option<Suppression> {
        let path = skip.own_path();
        if let Some(pattern) = path.and_then(|path| self.limit.excluding(path)) {
            return Some(excluded(pattern));
        }
        let entry = self.counting().find(|entry| entry.accepts(skip))?;
        Some(allowed(entry))
    }

    /// Returns the reason why the allowance of a finding is ignored; `None` if it is not ignored,
    /// or if the finding has no allowance.
    pub fn note(&self, finding: &Finding) -> Option<&'static str> {
        match &finding.allowance {
            Some(Allowance::Given(_)) if !self.inline => self.why_not_allowed(),
            Some(void) if void.fault().is_some() => void.fault(),
            _ if self.change.as_ref()?.allows(finding).is_some() => self.why_not_allowed(),
            _ => None,
        }
    }

    /// Returns the reason why the allowances of the change are ignored; `None` if they take effect.
    fn why_not_allowed(&self) -> Option<&'static str> {
        match self.change.as_ref().map(|change| change.author) {
            Some(Author::Collaborator) => None,
            Some(Author::Unknown) => Some(
                "the exception for this is part of the change, so it is ignored: the base commit, which could confirm it, is missing in this clone",
            ),
            Some(Author::Stranger) | None => Some(
                "the exception for this is part of the change, so it is ignored: a maintainer has to add it on the base branch",
            ),
        }
    }

    /// Returns the allowance by which a stranger's change allows `finding`, for a maintainer to
    /// decide on; `None` if the change has no such allowance, or if the change is not by a
    /// stranger.
    pub fn asked_for(&self, finding: &Finding) -> Option<Suppression> {
        self.change
            .as_ref()
            .filter(|change| change.author == Author::Stranger)?
            .allows(finding)
    }

    /// Returns the verdict on a secret in history, once its paths are known; `verdict` is the
    /// verdict so far. A reported secret becomes suppressed if each of its paths is excluded or
    /// matched by an entry.
    pub fn judge_placed(&self, finding: &Finding, verdict: Verdict) -> Verdict {
        if verdict != Verdict::Reported {
            return verdict;
        }
        let by = |path: &[u8]| {
            let mut entries = self.counting();
            let entry = entries.find(|entry| entry.matches_at(finding, Some(path)));
            let limit = self.limit.excluding(path).map(excluded);
            limit.or_else(|| entry.map(allowed))
        };
        let paths = finding.placed_paths();
        let first = first_of_all(paths.iter().map(|path| by(path)));
        first.map_or(verdict, Verdict::Suppressed)
    }

    /// Returns the verdict on a git object that was not scanned. `paths` are all paths that the
    /// object has in history. The verdict is `Suppressed` if each path is excluded, or an entry
    /// accepts the object at that path; otherwise `None`.
    pub fn accept_placed<'p>(
        &self,
        skip: &Skip,
        paths: impl Iterator<Item = &'p [u8]>,
    ) -> Option<Verdict> {
        let by = |path: &[u8]| {
            let mut entries = self.counting();
            let entry = entries.find(|entry| entry.accepts_at(skip, Some(path)));
            let limit = self.limit.excluding(path).map(excluded);
            limit.or_else(|| entry.map(allowed))
        };
        first_of_all(paths.map(by)).map(Verdict::Suppressed)
    }

    /// Returns true if the path of unscanned content may decide whether it is accepted.
    pub fn accepts_by_path(&self) -> bool {
        let names_paths = |entry: &AllowEntry| entry.unscanned.is_some() && !entry.paths.is_empty();
        !self.limit.exclude.is_empty() || self.counting().any(names_paths)
    }

    /// Returns the entries that match none of `findings` and `skips`, which must be the results of
    /// a complete scan. Expired entries are left out: they are reported elsewhere. Entries about a
    /// line of code are left out too: no single scan runs all code rules on all code.
    pub fn stale<'f>(
        &self,
        findings: impl Iterator<Item = &'f Finding> + Clone,
        skips: impl Iterator<Item = &'f Skip> + Clone,
    ) -> Stale {
        let unmatched = |entry: &AllowEntry| {
            !entry.is_about_code()
                && !findings.clone().any(|finding| entry.may_match(finding))
                && !skips.clone().any(|skip| entry.may_accept(skip))
        };
        let allow = self
            .config
            .allow
            .iter()
            .enumerate()
            .filter(|(_, entry)| !entry.is_expired(self.today) && unmatched(entry));
        let found: HashSet<_> = findings.clone().filter_map(Finding::fingerprint).collect();
        let unknown =
            self.config.baseline.lines().filter(|(fingerprint, _)| {
                !fingerprint.is_of_code() && !found.contains(fingerprint)
            });
        Stale {
            allow: allow.map(|(at, _)| at).collect(),
            baseline: unknown.filter_map(|(_, line)| line).collect(),
        }
    }

    /// Returns the patterns of the files on disk that a scan leaves out: `exclude` in the
    /// configuration, then `--exclude`.
    pub fn left_out(&self) -> Vec<Pattern> {
        let patterns = self.config.exclude.iter().chain(&self.limit.exclude);
        patterns.cloned().collect()
    }

    /// Replaces the allowlist, the baseline and `env.committed` with the ones in `other`. Keeps all
    /// other settings.
    pub fn take_allowances_of(&mut self, other: Policy) {
        self.config.allow = other.config.allow;
        self.config.baseline = other.config.baseline;
        self.config.committed = other.config.committed;
    }

    fn counting(&self) -> impl Iterator<Item = &AllowEntry> {
        let entries = self.config.allow.iter();
        entries.filter(|entry| !entry.is_expired(self.today))
    }

    fn suppression(&self, finding: &Finding) -> Option<Suppression> {
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
        if let Some(entry) = self.counting().find(|entry| entry.matches(finding)) {
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

    fn setting(&self, finding: &Finding) -> Option<&Setting> {
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
}

/// Returns the first suppression of a list with one item for each path; `None` if a path has no
/// suppression, or if the list is empty.
fn first_of_all(each: impl Iterator<Item = Option<Suppression>>) -> Option<Suppression> {
    let each: Option<Vec<Suppression>> = each.collect();
    each?.into_iter().next()
}

/// Returns the suppression by `--exclude` with this pattern.
fn excluded(pattern: &Pattern) -> Suppression {
    Suppression {
        by: SuppressedBy::Exclude,
        reason: format!("--exclude {pattern}"),
    }
}

/// Returns the suppression by an entry of the allowlist.
fn allowed(entry: &AllowEntry) -> Suppression {
    Suppression {
        by: SuppressedBy::Allowlist,
        reason: entry.reason.clone(),
    }
}

impl Change {
    /// Returns the suppression that the change's own policy has for a finding; `None` if it does
    /// not let the finding pass. A rule that the change switches off suppresses nothing here.
    fn allows(&self, finding: &Finding) -> Option<Suppression> {
        self.policy
            .suppression(finding)
            .filter(|by| by.by != SuppressedBy::Rules)
    }
}
