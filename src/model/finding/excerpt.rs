//! The masked line of a finding, safe to show.

use std::ops::Range;

/// The finding's line, shortened to the text around the secret, with every secret masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The masked text: one line, free of control characters.
    pub text: String,
    /// The range of the finding's own masked secret in `text`, in bytes.
    pub mark: Range<usize>,
}
