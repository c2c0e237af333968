//! The line of a finding, fit to be shown.

use std::ops::Range;

/// The finding's line, shortened to what surrounds it, with every secret in it already masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The masked text: one line, free of control characters.
    pub text: String,
    /// Where in `text` the finding's own masked secret stands, in bytes.
    pub mark: Range<usize>,
}
