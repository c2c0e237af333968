//! The limits that flags put on a run. Each report shows them in a line, so that nobody mistakes
//! the run for a complete scan.

use serde_json::{Value, json};

use super::Report;
use crate::detect::redact::shown_path;
use crate::model::source_kind::SourceKind;
use crate::policy::Limit;

/// The limits of a run, as reports show them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limited {
    /// The ids of the rules given with `--rule`; empty if all rules were used.
    pub rules: Vec<&'static str>,
    /// The patterns given with `--exclude`. Findings in paths that match a pattern are not
    /// reported.
    pub exclude: Vec<String>,
}

impl From<&Limit> for Limited {
    fn from(limit: &Limit) -> Self {
        Limited {
            rules: limit.rules.clone(),
            exclude: limit.exclude.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Limited {
    /// Returns true if there are no limits.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.exclude.is_empty()
    }

    /// Returns the patterns, masked and safe to print.
    pub fn shown(&self) -> Vec<String> {
        let shown = |pattern: &String| shown_path(pattern.as_bytes());
        self.exclude.iter().map(shown).collect()
    }
}

/// Returns the line with the limits of a run; `None` if there are no limits.
pub fn line(report: &Report) -> Option<String> {
    let limited = &report.limited;
    let rules =
        (!limited.rules.is_empty()).then(|| format!("only {} (--rule)", limited.rules.join(", ")));
    let exclude = (!limited.exclude.is_empty())
        .then(|| format!("nothing in {} (--exclude)", limited.shown().join(", ")));
    let parts: Vec<String> = rules.into_iter().chain(exclude).collect();
    let what = parts.join(", and ");
    let idle = idle(report);
    (!parts.is_empty())
        .then(|| format!("Limited by flags, so not a complete scan: {what} is reported.{idle}"))
}

/// Returns a remark on the patterns that match no path, because they may be mistakes. Empty if each
/// pattern matches, or if the run did not walk the files on disk.
fn idle(report: &Report) -> String {
    if report.source != SourceKind::Worktree {
        return String::new();
    }
    let matches = |pattern: &String| report.left_out.iter().any(|left| left.pattern == *pattern);
    let all = report.limited.exclude.iter().zip(report.limited.shown());
    let idle: Vec<String> = all
        .filter(|(pattern, _)| !matches(pattern))
        .map(|(_, shown)| shown)
        .collect();
    match idle.is_empty() {
        true => String::new(),
        false => format!(
            " No path matches {}: patterns begin at the root of the repository.",
            idle.join(", ")
        ),
    }
}

/// Returns the SARIF notification about the limits; `None` if there are no limits.
pub fn notification(report: &Report) -> Option<Value> {
    let line = line(report)?;
    Some(json!({
        "level": "note",
        "descriptor": {"id": "limited"},
        "message": {"text": "Flags of the command line limit this report: it is not a complete scan."},
        "properties": {
            "detail": line,
            "rules": report.limited.rules,
            "exclude": report.limited.shown(),
        },
    }))
}
