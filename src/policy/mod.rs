//! What becomes of each finding: reported, or not, and why.

use globset::GlobMatcher;

use crate::finding::Finding;
use crate::rule::Confidence;
use crate::rules::{is_about_committing, is_warning};

/// Gives findings their verdicts. Pure.
pub struct Policy {
    /// Findings less sure than this do not fail the run; they are counted.
    pub min_confidence: Confidence,
    /// Env files that are committed on purpose.
    pub committed: Vec<Committed>,
    /// Further names of files that hold secrets.
    pub env_names: Vec<String>,
}

/// An env file that is committed on purpose, and why.
#[derive(Clone)]
pub struct Committed {
    /// Which paths.
    pub paths: GlobMatcher,
    /// Why: required, and shown.
    pub reason: String,
}

/// What becomes of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It fails the run.
    Reported,
    /// It is less sure than the policy's minimum.
    BelowConfidence,
    /// Something that the user wrote lets it pass.
    Suppressed(Suppression),
}

/// What lets a finding pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Suppression {
    /// Which kind of entry: `env.committed`.
    pub by: &'static str,
    /// The reason its author gave.
    pub reason: String,
}

impl Policy {
    /// The verdict on one finding.
    pub fn judge(&self, finding: &Finding) -> Verdict {
        if let Some(committed) = self.committed(finding) {
            return Verdict::Suppressed(Suppression { by: "env.committed", reason: committed.reason.clone() });
        }
        // A warning fails a run only where everything does.
        let confidence = if is_warning(finding.rule) { Confidence::Low } else { finding.confidence };
        if confidence < self.min_confidence { Verdict::BelowConfidence } else { Verdict::Reported }
    }

    fn committed(&self, finding: &Finding) -> Option<&Committed> {
        self.committed_path(finding.origin.path().filter(|_| is_about_committing(finding.rule))?)
    }

    /// What says that the env file at `path` is committed on purpose.
    pub fn committed_path(&self, path: &[u8]) -> Option<&Committed> {
        let path = String::from_utf8_lossy(path);
        self.committed.iter().find(|committed| committed.paths.is_match(path.as_ref()))
    }
}
