//! What comes of looking at facts together, where a [check](super::check::Check) looks at one text.

use super::finding::Finding;
use super::skip::Skip;

/// What a survey came to.
#[derive(Default)]
pub struct Surveyed {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub skips: Vec<Skip>,
    /// How many texts were read.
    pub texts: u64,
    /// How many bytes they had.
    pub bytes: u64,
}
