//! The line that sums up the findings about env files that need no change now.

use std::fmt::Write as _;

use super::super::Report;
use super::super::judged::Judged;
use crate::detect::redact::shown_path;
use crate::model::finding::{Ignoring, Verdict};
use crate::model::rule::{RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The largest number of findings in the line, and of paths that are named for one finding.
const NAMED: usize = 2;

/// Returns true if a finding about env files belongs in the line instead of in an entry. In a CI
/// run, that is a finding that existed before the change, or is not an error. In any run, it is a
/// missing ignore rule for names that nothing in the project points to.
pub fn is_quiet(report: &Report, (finding, verdict): &Judged) -> bool {
    let is_mild = finding.severity < Severity::Error || *verdict == Verdict::AlreadyThere;
    let is_unexpected =
        finding.note.is_none() && finding.ignoring.as_ref().is_some_and(is_unexpected);
    finding.rule.kind == RuleKind::Env
        && is_mild
        && verdict.is_loud()
        && (report.source == SourceKind::Ci || is_unexpected)
}

/// Returns true if nothing in the project points to any of the names, and no ignore rule decides
/// about them.
fn is_unexpected(ignoring: &Ignoring) -> bool {
    !ignoring.names.is_empty()
        && ignoring.rule.is_none()
        && ignoring.names.iter().all(|name| name.reasons.is_empty())
}

/// Returns the line; `None` if there is nothing to report. New findings come first. `is_audit` is
/// true in the report of `ntnguard env` itself, where the line does not refer to that command.
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
        " `ntnguard env` shows the details."
    };
    let mend = if findings.iter().any(is_gap) {
        " `ntnguard env --fix` adds the missing lines to .gitignore."
    } else {
        ""
    };
    (!parts.is_empty()).then(|| format!("env files: {}{why}.{more}{mend}", parts.join("; ")))
}

/// Returns the part of the line that is about one finding.
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
                "with no value that is recognised as a secret"
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

/// Returns the paths that an ignore file treats wrongly: the first [`NAMED`], and the number of the
/// others.
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
