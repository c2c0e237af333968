//! The result of a survey, which looks at facts together, where a [check](super::check::Check)
//! looks at one text.

use super::finding::Finding;
use super::skip::Skip;

/// The result of a survey.
#[derive(Default)]
pub struct Surveyed {
    /// The faults that were found.
    pub findings: Vec<Finding>,
    /// Things that could not be looked at.
    pub skips: Vec<Skip>,
    /// The number of texts that were read.
    pub texts: u64,
    /// The number of bytes in these texts.
    pub bytes: u64,
}
