//! Findings as reports for people tell them, with what became of them.

use std::cmp::Reverse;
use std::collections::HashMap;

use miette::Severity;

use super::{Detail, Report, Style, env};
use crate::detect::redact::shown_path;
use crate::model::finding::{Finding, Verdict};
use crate::model::rule::Severity as Means;
use crate::model::source_kind::SourceKind;

/// A finding and what became of it.
pub type Judged = (Finding, Verdict);

/// What to do about what a change allows itself.
pub const REVIEW: &str =
    "Check, before it is merged, that the reason is true. If it is not, this is a leak.";

/// The findings that are shown.
pub fn shown(report: &Report, style: Style) -> Vec<&Judged> {
    let is_shown = |(finding, verdict): &&Judged| match verdict {
        // Who asks for a review asks for all that it has to say.
        _ if finding.severity == Means::Note && report.source != SourceKind::Review => {
            style.detail == Detail::Verbose
        }
        Verdict::BelowConfidence | Verdict::Suppressed(_) => style.detail == Detail::Verbose,
        _ => true,
    };
    report.findings.iter().filter(is_shown).collect()
}

/// The findings of one secret together, in the order of its first place; hygiene faults each for themselves.
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

/// How miette draws a finding, by what it means and what became of it.
pub fn severity((finding, verdict): &Judged) -> Severity {
    match (verdict, finding.severity) {
        (Verdict::Reported, Means::Error) => Severity::Error,
        (Verdict::Reported, Means::Warning)
        | (Verdict::AlreadyThere | Verdict::AllowedByChange(_), _) => Severity::Warning,
        _ => Severity::Advice,
    }
}

/// Why a finding fails nothing, to stand behind what it is.
pub fn state(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Reported => String::new(),
        Verdict::BelowConfidence => " (below the confidence that is reported)".to_owned(),
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

/// The variable that a known value belongs to.
pub fn variable(finding: &Finding) -> String {
    finding
        .variable
        .as_ref()
        .map_or_else(String::new, |variable| {
            format!(" ({})", shown_path(variable.as_bytes()))
        })
}

/// The masked secret, or the masked value of a variable; `None` for a finding about neither.
pub fn mask(finding: &Finding) -> Option<&str> {
    let evidence = finding.evidence.as_ref();
    let excerpt = finding.excerpt.as_ref();
    evidence
        .map(|evidence| evidence.short_mask.as_str())
        .or_else(|| excerpt.map(|excerpt| &excerpt.text[excerpt.mark.clone()]))
}

/// What is told in one line about env files; and what is told one by one: what counts first, then by severity, secrets before
/// env files.
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
            finding.lives(),
            Reverse(finding.severity),
            finding.rule.kind,
        )
    });
    (quiet, loud)
}
