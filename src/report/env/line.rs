//! What of env files needs no change now, in one line.

use std::fmt::Write as _;

use super::super::Report;
use super::super::human::Judged;
use crate::finding::{Ignoring, Verdict};
use crate::redact::shown_path;
use crate::rule::{RuleKind, Severity};

/// So many names are told in the line.
const NAMED: usize = 2;

/// Returns true if a finding about env files is told in the line: where a change is judged, what it did not bring or what is no
/// error; and everywhere, names that nothing speaks for.
pub fn is_quiet(report: &Report, (finding, verdict): &Judged) -> bool {
    let is_mild = finding.severity < Severity::Error || *verdict == Verdict::AlreadyThere;
    let is_unexpected = finding.note.is_none() && finding.ignoring.as_ref().is_some_and(is_unexpected);
    finding.rule.kind == RuleKind::Env && is_mild && verdict.is_loud() && (report.source == "ci" || is_unexpected)
}

/// Whether nothing speaks for any of the names, and no rule takes them back.
fn is_unexpected(ignoring: &Ignoring) -> bool {
    !ignoring.names.is_empty() && ignoring.rule.is_none() && ignoring.names.iter().all(|name| name.reasons.is_empty())
}

/// The line; `None` where there is nothing to tell.
pub fn line(findings: &[&Judged]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut others = 0;
    for (finding, verdict) in findings {
        let before = if *verdict == Verdict::AlreadyThere { ", as before this change" } else { "" };
        match &finding.ignoring {
            Some(ignoring) if finding.rule.is_about_committing && parts.len() < NAMED => {
                let file = shown_path(&ignoring.change);
                parts.push(format!("{file} does not cover {}{before}", names(ignoring)));
            }
            None if finding.command.is_some() && parts.len() < NAMED => {
                let path = finding.origin.path().map_or_else(String::new, shown_path);
                let holds = if finding.values.is_empty() { "and holds nothing secret" } else { "and holds secrets" };
                parts.push(format!("{path} is committed {holds}{before}"));
            }
            _ => others += 1,
        }
    }
    if others > 0 {
        parts.push(format!("{others} more"));
    }
    let is_unexpected = findings.iter().all(|(finding, _)| finding.ignoring.as_ref().is_some_and(is_unexpected));
    let why = if is_unexpected { " (nothing here uses env files yet)" } else { "" };
    (!parts.is_empty()).then(|| {
        format!("env files: {}{why}. `ntnguard env` says more, `ntnguard env --fix` mends it.", parts.join("; "))
    })
}

/// The names that an ignore file should treat otherwise, as far as a line has room for them.
pub fn names(ignoring: &Ignoring) -> String {
    let shown: Vec<String> = ignoring.names.iter().take(NAMED).map(|name| shown_path(&name.path)).collect();
    let mut text = shown.join(", ");
    if ignoring.names.len() > NAMED {
        let _ = write!(text, " and {} more names", ignoring.names.len() - NAMED);
    }
    text
}
