//! Findings with their verdicts: selection, grouping and order for reports, and the text of
//! verdicts.

use std::cmp::Reverse;
use std::collections::HashMap;

use miette::Severity;

use super::{Detail, Report, Style, env};
use crate::detect::redact::shown_path;
use crate::model::finding::{Finding, Verdict};
use crate::model::rule::Severity as Means;
use crate::model::source_kind::SourceKind;

/// A finding and its verdict.
pub type Judged = (Finding, Verdict);

/// The advice on findings that are allowed only by exceptions of the change that contains them.
pub const REVIEW: &str =
    "Before you merge the change, check that the reason is true. If it is not, this is a leak.";

/// Returns the findings that a report for people shows, which depends on its amount of detail.
pub fn shown(report: &Report, style: Style) -> Vec<&Judged> {
    let is_shown = |(finding, verdict): &&Judged| match verdict {
        // `ntnguard review` shows notes even without -v.
        _ if finding.severity == Means::Note && report.source != SourceKind::Review => {
            style.detail == Detail::Verbose
        }
        Verdict::BelowConfidence | Verdict::Suppressed(_) => style.detail == Detail::Verbose,
        _ => true,
    };
    report.findings.iter().filter(is_shown).collect()
}

/// Groups the findings that have the same rule, fingerprint and verdict. Each finding without a
/// fingerprint forms its own group. Groups are in the order of their first findings.
pub fn grouped<'a>(findings: impl Iterator<Item = &'a Judged>) -> Vec<Vec<&'a Judged>> {
    let mut groups: Vec<Vec<&Judged>> = Vec::new();
    let mut known = HashMap::new();
    for judged in findings {
        let (finding, verdict) = judged;
        let new = groups.len();
        let at = match finding.fingerprint() {
            Some(fingerprint) => *known
                .entry((finding.rule.id, fingerprint, verdict))
                .or_insert(new),
            None => new,
        };
        if at == new {
            groups.push(Vec::new());
        }
        groups[at].push(judged);
    }
    groups
}

/// Returns miette's severity for a finding, which sets its sign and colour.
pub fn severity((finding, verdict): &Judged) -> Severity {
    match (verdict, finding.severity) {
        (Verdict::Reported, Means::Error) => Severity::Error,
        (Verdict::Reported, Means::Warning)
        | (Verdict::AlreadyThere | Verdict::AllowedByChange(_), _) => Severity::Warning,
        _ => Severity::Advice,
    }
}

/// Returns the verdict as text to append to a title, in brackets; empty for a reported finding.
pub fn state(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Reported => String::new(),
        Verdict::BelowConfidence => " (below the lowest confidence that is reported)".to_owned(),
        Verdict::AlreadyThere => " (already there before this change)".to_owned(),
        Verdict::AllowedByChange(by) => {
            format!(
                " (allowed by this change alone, {}: {})",
                by.by.id(),
                shown_path(by.reason.as_bytes())
            )
        }
        Verdict::Suppressed(by) => format!(
            " (suppressed by {}: {})",
            by.by.id(),
            shown_path(by.reason.as_bytes())
        ),
    }
}

/// Returns the variable that has the found value, in brackets; empty if the finding has no
/// variable.
pub fn variable(finding: &Finding) -> String {
    finding
        .variable
        .as_ref()
        .map_or_else(String::new, |variable| {
            format!(" ({})", shown_path(variable.as_bytes()))
        })
}

/// Returns the masked secret, or else the marked part of the excerpt; `None` if the finding has
/// neither.
pub fn mask(finding: &Finding) -> Option<&str> {
    let evidence = finding.evidence.as_ref();
    let excerpt = finding.excerpt.as_ref();
    evidence
        .map(|evidence| evidence.short_mask.as_str())
        .or_else(|| excerpt.map(|excerpt| &excerpt.text[excerpt.mark.clone()]))
}

/// Returns the findings about env files that share one line, and the findings that get an entry
/// each. The entries are sorted: reported findings first, then live secrets, then by severity, then
/// secrets before env files. Findings that a report may hide are in neither list.
pub fn by_loudness(report: &Report) -> (Vec<&Judged>, Vec<&Judged>) {
    let findings = report
        .findings
        .iter()
        .filter(|(_, verdict)| verdict.is_loud());
    let (quiet, mut loud): (Vec<_>, Vec<_>) =
        findings.partition(|judged| env::is_quiet(report, judged));
    loud.sort_by_key(|(finding, verdict)| {
        (
            *verdict != Verdict::Reported,
            finding.secret_state(),
            Reverse(finding.severity),
            finding.rule.kind,
        )
    });
    (quiet, loud)
}
