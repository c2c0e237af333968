//! What becomes of a finding, or of one of its places.

/// What becomes of a finding, or of one of its places.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It counts: it fails the run if it is severe enough.
    Reported,
    /// It is less sure than the policy's minimum.
    BelowConfidence,
    /// What the change is compared with has it too, so the change did not bring it.
    AlreadyThere,
    /// Only what the change itself brought along lets it pass: it does not fail, and is never silent.
    AllowedByChange(Suppression),
    /// Something that the user wrote lets it pass.
    Suppressed(Suppression),
}

/// What lets a finding pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suppression {
    /// Which kind of entry it is.
    pub by: SuppressedBy,
    /// The reason its author gave.
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
    /// An env file that is committed on purpose.
    EnvCommitted,
    /// The flag `--exclude`.
    Exclude,
}

impl SuppressedBy {
    /// Its name in reports.
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
    /// Its name in reports.
    pub fn id(&self) -> &'static str {
        match self {
            Verdict::Reported => "reported",
            Verdict::BelowConfidence => "below-confidence",
            Verdict::AlreadyThere => "already-there",
            Verdict::AllowedByChange(_) => "allowed-by-change",
            Verdict::Suppressed(_) => "suppressed",
        }
    }

    /// What lets it pass, if something that somebody wrote does.
    pub fn suppression(&self) -> Option<&Suppression> {
        match self {
            Verdict::Suppressed(by) | Verdict::AllowedByChange(by) => Some(by),
            Verdict::Reported | Verdict::BelowConfidence | Verdict::AlreadyThere => None,
        }
    }

    /// Returns true if people are told of it without asking: it counts, or would but for the base or the change itself.
    pub fn is_loud(&self) -> bool {
        matches!(
            self,
            Verdict::Reported | Verdict::AlreadyThere | Verdict::AllowedByChange(_)
        )
    }

    /// How much it weighs: a finding has the heaviest verdict of its places.
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
