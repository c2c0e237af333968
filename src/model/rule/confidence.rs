//! The confidence in a finding.

use std::fmt;
use std::str::FromStr;

/// The confidence that a finding is a real credential. Ordered: `Low < Medium < High`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Looks like a credential, but is a placeholder or a published example, or more likely belongs
    /// to another product.
    Low,
    /// Has the right shape, but nothing around the value confirms the kind.
    Medium,
    /// Has the right shape and structure, or the right shape and a mention of Notion nearby.
    High,
}

impl Confidence {
    /// Returns the name used in reports and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Confidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Confidence::Low, Confidence::Medium, Confidence::High]
            .into_iter()
            .find(|confidence| confidence.id() == text)
            .ok_or_else(|| "expected high, medium or low".to_owned())
    }
}
