//! The verdict on each finding: reported or not, with the reason.

mod allowlist;
mod baseline;
mod change;
pub mod config;
mod ledger;
mod limit;
pub mod pattern;
mod placed;
mod stale;
mod suppression;

use std::time::SystemTime;

use crate::model::finding::{Finding, Verdict};
use crate::model::rule::Confidence;
use crate::model::skip::Skip;
use crate::model::time::Date;
use crate::policy::config::Config;
use crate::policy::pattern::Pattern;

pub use allowlist::AllowEntry;
pub use baseline::Baseline;
pub use change::{Author, Change};
pub use ledger::{Ledger, LedgerLine};
pub use limit::Limit;
pub use stale::Stale;

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
        let trusted = self.change_by(Author::Collaborator);
        if let Some(suppression) = trusted.and_then(|change| change.allows(finding)) {
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
        let trusted = self.change_by(Author::Collaborator);
        let by_change = || {
            trusted?
                .policy
                .acceptance(skip)
                .map(Verdict::AllowedByChange)
        };
        let suppressed = self.acceptance(skip).map(Verdict::Suppressed);
        suppressed.or_else(by_change)
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
}
