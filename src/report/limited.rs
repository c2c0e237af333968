//! What flags limited a run to: one line, so that it never passes for a whole one.

use serde_json::{Value, json};

use super::Report;
use crate::detect::redact::shown_path;
use crate::policy::Limit;

/// What a run was limited to, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limited {
    /// The ids of the rules that were looked for; empty where all were.
    pub rules: Vec<&'static str>,
    /// The patterns of the paths of which nothing is reported.
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
    /// Returns true if nothing was limited.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.exclude.is_empty()
    }

    /// The patterns, fit to be shown.
    pub fn shown(&self) -> Vec<String> {
        let shown = |pattern: &String| shown_path(pattern.as_bytes());
        self.exclude.iter().map(shown).collect()
    }
}

/// What the run was limited to; `None` where it was to nothing.
pub fn line(report: &Report) -> Option<String> {
    let limited = &report.limited;
    let rules =
        (!limited.rules.is_empty()).then(|| format!("only {} (--rule)", limited.rules.join(", ")));
    let exclude = (!limited.exclude.is_empty())
        .then(|| format!("nothing in {} (--exclude)", excluded(report).join(", ")));
    let parts: Vec<String> = rules.into_iter().chain(exclude).collect();
    let what = parts.join(", and ");
    (!parts.is_empty()).then(|| format!("Limited, so no whole scan: {what} is reported."))
}

/// The patterns, with a word on those that keep a walk over files from nothing.
fn excluded(report: &Report) -> Vec<String> {
    let walks = report.source == "worktree";
    let matches = |pattern: &String| report.left_out.iter().any(|left| left.pattern == *pattern);
    let patterns = report.limited.exclude.iter();
    let remark = |pattern| match walks && !matches(pattern) {
        true => ", which matches nothing from the root of the repository on,",
        false => "",
    };
    let shown = report.limited.shown();
    let all = shown.iter().zip(patterns);
    all.map(|(shown, pattern)| format!("{shown}{}", remark(pattern)))
        .collect()
}

/// The same for code scanning.
pub fn notification(report: &Report) -> Option<Value> {
    let line = line(report)?;
    Some(json!({
        "level": "note",
        "descriptor": {"id": "limited"},
        "message": {"text": "Flags limited what is reported: this is no whole scan."},
        "properties": {
            "detail": line,
            "rules": report.limited.rules,
            "exclude": report.limited.shown(),
        },
    }))
}
