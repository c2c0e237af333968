//! The findings and skips of a survey. A survey examines several files or answers together, while a
//! [check](super::check::Check) examines one text at a time.

use super::finding::Finding;
use super::skip::Skip;

/// The findings and skips of a survey, and the amount of data that it read.
#[derive(Default)]
pub struct Surveyed {
    /// The findings of the survey.
    pub findings: Vec<Finding>,
    /// The files or answers that could not be examined, with the reasons.
    pub skips: Vec<Skip>,
    /// The number of files or answers that were read.
    pub texts: u64,
    /// The number of bytes in these texts.
    pub bytes: u64,
}
