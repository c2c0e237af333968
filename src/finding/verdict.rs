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
    /// Something that the user wrote lets it pass.
    Suppressed(Suppression),
}

/// What lets a finding pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suppression {
    /// Which kind of entry: `inline`, `allowlist`, `baseline`, `rules`, `env.committed`.
    pub by: &'static str,
    /// The reason its author gave.
    pub reason: String,
}

impl Verdict {
    /// Its name in reports.
    pub fn id(&self) -> &'static str {
        match self {
            Verdict::Reported => "reported",
            Verdict::BelowConfidence => "below-confidence",
            Verdict::AlreadyThere => "already-there",
            Verdict::Suppressed(_) => "suppressed",
        }
    }

    /// How much it weighs: a finding has the heaviest verdict of its places.
    pub fn weight(&self) -> u8 {
        match self {
            Verdict::Suppressed(_) => 0,
            Verdict::BelowConfidence => 1,
            Verdict::AlreadyThere => 2,
            Verdict::Reported => 3,
        }
    }
}
