//! The formats of reports, and their names.

use std::str::FromStr;

/// The format of a report, chosen with `--format` or by `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text for people, with excerpts and advice.
    Human,
    /// Text for people and editors: one line for each finding.
    Concise,
    /// One JSON document, format version 1.
    Json,
    /// SARIF 2.1.0, for GitHub's code scanning.
    Sarif,
    /// Annotations for GitHub Actions.
    Github,
    /// GitLab's secret detection report.
    Gitlab,
    /// One HTML page, for people who work on an incident.
    Html,
    /// A summary in Markdown, for the summary page of a CI job.
    Markdown,
}

impl Format {
    /// All formats, each with its name on the command line.
    pub const NAMES: [(&'static str, Format); 8] = [
        ("human", Format::Human),
        ("concise", Format::Concise),
        ("json", Format::Json),
        ("sarif", Format::Sarif),
        ("github", Format::Github),
        ("gitlab", Format::Gitlab),
        ("html", Format::Html),
        ("markdown", Format::Markdown),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::NAMES.iter().find(|(name, _)| *name == text);
        named.map(|(_, format)| *format).ok_or_else(|| {
            "expected human, concise, json, sarif, github, gitlab, html or markdown".to_owned()
        })
    }
}
