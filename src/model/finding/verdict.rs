//! The verdict on a finding, or on one of its occurrences. It decides if the finding is shown and
//! if it fails the run.

/// The verdict on a finding, or on one of its occurrences. It decides if the finding is shown and
/// if it fails the run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The finding is reported, and fails the run if it is severe enough.
    Reported,
    /// The confidence is below the policy's minimum.
    BelowConfidence,
    /// The version before the change has the finding, too, so the change did not add it.
    AlreadyThere,
    /// The finding passes only because of an exception that the scanned change adds for its own
    /// findings. The finding does not fail the run, but reports always show it.
    AllowedByChange(Suppression),
    /// A suppression that the user wrote lets the finding pass.
    Suppressed(Suppression),
}

/// The entry that lets a finding pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suppression {
    /// The kind of entry, such as a comment or the baseline.
    pub by: SuppressedBy,
    /// The reason that the author of the entry gave.
    pub reason: String,
}

/// The kinds of entries that let findings pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuppressedBy {
    /// A comment beside the secret.
    Inline,
    /// An entry of the configuration's `allow`.
    Allowlist,
    /// The baseline.
    Baseline,
    /// A rule that the configuration switches off.
    Rules,
    /// An entry of the configuration's `env: committed:`, for an env file that is committed on
    /// purpose.
    EnvCommitted,
    /// The flag `--exclude`.
    Exclude,
}

impl SuppressedBy {
    /// Every kind of entry.
    pub const ALL: [SuppressedBy; 6] = [
        SuppressedBy::Inline,
        SuppressedBy::Allowlist,
        SuppressedBy::Baseline,
        SuppressedBy::Rules,
        SuppressedBy::EnvCommitted,
        SuppressedBy::Exclude,
    ];

    /// Returns the name used in reports.
    pub fn id(self) -> &'static str {
        match self {
            SuppressedBy::Inline => "inline",
            SuppressedBy::Allowlist => "allowlist",
            SuppressedBy::Baseline => "baseline",
            SuppressedBy::Rules => "rules",
            SuppressedBy::EnvCommitted => "env.committed",
            SuppressedBy::Exclude => "exclude",
        }
    }
}

impl Verdict {
    /// Returns the name used in reports.
    pub fn id(&self) -> &'static str {
        match self {
            Verdict::Reported => "reported",
            Verdict::BelowConfidence => "below-confidence",
            Verdict::AlreadyThere => "already-there",
            Verdict::AllowedByChange(_) => "allowed-by-change",
            Verdict::Suppressed(_) => "suppressed",
        }
    }

    /// Returns the suppression that lets the finding pass; `None` if no suppression lets it pass.
    pub fn suppression(&self) -> Option<&Suppression> {
        match self {
            Verdict::Suppressed(by) | Verdict::AllowedByChange(by) => Some(by),
            Verdict::Reported | Verdict::BelowConfidence | Verdict::AlreadyThere => None,
        }
    }

    /// Returns true if reports always show the finding. They show suppressed findings, and findings
    /// below the minimum confidence, only on request.
    pub fn is_loud(&self) -> bool {
        matches!(
            self,
            Verdict::Reported | Verdict::AlreadyThere | Verdict::AllowedByChange(_)
        )
    }

    /// Returns the weight, from 0 to 4. A finding has the verdict of its occurrence with the
    /// largest weight.
    pub fn weight(&self) -> u8 {
        match self {
            Verdict::Suppressed(_) => 0,
            Verdict::BelowConfidence => 1,
            Verdict::AlreadyThere => 2,
            Verdict::AllowedByChange(_) => 3,
            Verdict::Reported => 4,
        }
    }
}
