//! The style of reports for people.

/// The style of a report for people.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// True if the report has colours.
    pub color: bool,
    /// True if the report may contain characters other than ASCII.
    pub unicode: bool,
    /// The width of drawn diagnostics, in columns.
    pub width: usize,
    /// The width of sentences outside of drawn diagnostics, in columns. In a pipe or a file it is
    /// unlimited, so that programs can search for a phrase without meeting line breaks.
    pub sentence: usize,
    /// The amount of detail.
    pub detail: Detail,
    /// True for plain text without drawn lines. A git server's answer to a push is written in this
    /// way, because git puts `remote: ` before each of its lines.
    pub plain: bool,
}

/// The amount of detail in a report for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Findings and skips only.
    Quiet,
    /// Also a summary and warnings.
    Normal,
    /// Also findings that are suppressed or below the minimum confidence.
    Verbose,
}
