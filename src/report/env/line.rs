//! The findings about env files that need no change now, in one line.

use std::fmt::Write as _;

use super::super::Report;
use super::super::judged::Judged;
use crate::detect::redact::shown_path;
use crate::model::finding::{Ignoring, Verdict};
use crate::model::rule::{RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The number of names, and of faults, in the line.
const NAMED: usize = 2;

/// Returns true if a finding about env files belongs in the line: in a CI run, those that were
/// there before the change or are no errors; and everywhere, names that the project gives no reason
/// to expect.
pub fn is_quiet(report: &Report, (finding, verdict): &Judged) -> bool {
    let is_mild = finding.severity < Severity::Error || *verdict == Verdict::AlreadyThere;
    let is_unexpected =
        finding.note.is_none() && finding.ignoring.as_ref().is_some_and(is_unexpected);
    finding.rule.kind == RuleKind::Env
        && is_mild
        && verdict.is_loud()
        && (report.source == SourceKind::Ci || is_unexpected)
}

/// Returns true if the project gives no reason to expect any of the names, and no rule takes them
/// back.
fn is_unexpected(ignoring: &Ignoring) -> bool {
    !ignoring.names.is_empty()
        && ignoring.rule.is_none()
        && ignoring.names.iter().all(|name| name.reasons.is_empty())
}

/// Returns the line; `None` where there is nothing to report. New findings come first. `is_audit`:
/// the line is part of the report of `ntnguard env` itself.
pub fn line(findings: &[&Judged], is_audit: bool) -> Option<String> {
    let mut findings = findings.to_vec();
    findings.retain(|(finding, _)| finding.severity > Severity::Note);
    findings.sort_by_key(|(finding, verdict)| {
        (
            *verdict != Verdict::Reported,
            std::cmp::Reverse(finding.severity),
        )
    });
    let mut parts: Vec<String> = findings
        .iter()
        .take(NAMED)
        .map(|judged| part(judged))
        .collect();
    if findings.len() > NAMED {
        parts.push(format!("{} more", findings.len() - NAMED));
    }
    let is_gap = |judged: &&Judged| judged.0.ignoring.is_some();
    let is_unexpected = findings
        .iter()
        .all(|(finding, _)| finding.ignoring.as_ref().is_some_and(is_unexpected));
    let why = if is_unexpected {
        " (nothing here uses env files yet)"
    } else {
        ""
    };
    let more = if is_audit {
        ""
    } else {
        " `ntnguard env` says more."
    };
    let mend = if findings.iter().any(is_gap) {
        " `ntnguard env --fix` adds what ignore files lack."
    } else {
        ""
    };
    (!parts.is_empty()).then(|| format!("env files: {}{why}.{more}{mend}", parts.join("; ")))
}

/// Returns the text on one finding.
fn part((finding, verdict): &Judged) -> String {
    let before = if *verdict == Verdict::AlreadyThere {
        ", as before this change"
    } else {
        ""
    };
    let path = finding.origin.path().map_or_else(String::new, shown_path);
    match &finding.ignoring {
        Some(ignoring) if finding.rule.is_about_committing => {
            format!(
                "{} does not cover {}{before}",
                shown_path(&ignoring.change),
                names(ignoring)
            )
        }
        Some(ignoring) => format!(
            "{} ignores {}{before}",
            shown_path(&ignoring.change),
            names(ignoring)
        ),
        None if finding.command.is_some() => {
            let holds = if finding.values.is_empty() {
                "with nothing that is recognised as a secret"
            } else {
                "with secrets in it"
            };
            format!("{path} is committed, {holds}{before}")
        }
        None => {
            let at = finding
                .location
                .map_or(path.clone(), |at| format!("{path}:{}", at.start.line));
            let variable = finding.variable.as_ref().map_or_else(String::new, |name| {
                format!(" {}", shown_path(name.as_bytes()))
            });
            format!("{} in {at}{variable}{before}", finding.rule.title)
        }
    }
}

/// Returns the names that an ignore file should treat otherwise, as far as a line has room for
/// them.
pub fn names(ignoring: &Ignoring) -> String {
    let shown: Vec<String> = ignoring
        .names
        .iter()
        .take(NAMED)
        .map(|name| shown_path(&name.path))
        .collect();
    let mut text = shown.join(", ");
    if ignoring.names.len() > NAMED {
        let _ = write!(text, " and {} more names", ignoring.names.len() - NAMED);
    }
    text
}
