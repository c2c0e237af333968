//! The report for people: one diagnostic for each secret, the skips, and a summary.

use std::io::{self, Write};

use super::draw::{mark, render};
use super::entry::entries;
use super::flaw::FlawDiagnostic;
use super::judged::{Judged, grouped, mask, shown, variable};
use super::{
    Detail, Report, Style, absent, access, concise, env, fit, limited, overview, place, placed,
    rotation, summary, unscanned,
};
use crate::model::finding::Verdict;
use crate::model::source_kind::SourceKind;

/// Writes the whole report.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if let Some(facts) = &report.access {
        return access::write(report, facts, style, out);
    }
    if let Some(scope) = &report.scope {
        writeln!(out, "{}\n", fit::lines(scope, style.sentence, ""))?;
    }
    if style.detail > Detail::Quiet {
        rotation::write(report, style, out)?;
    }
    let (quiet, findings): (Vec<_>, Vec<_>) = shown(report, style)
        .into_iter()
        .partition(|judged| env::is_quiet(report, judged));
    let has_table = report.source == SourceKind::History
        && overview::write(&secrets(findings.clone()), style, out)?;
    if style.detail < Detail::Verbose && count_listed(&findings) > concise::IN_FULL {
        let rest = findings
            .iter()
            .copied()
            .filter(|(finding, _)| !has_table || !overview::has_line(finding));
        concise::findings(rest.collect(), out)?;
        let count = concise::count(&findings, report.source);
        writeln!(out, "\n{}\n", fit::lines(&count, style.sentence, ""))?;
    } else {
        in_full(findings, style, out)?;
    }
    if let Some(line) = env::line(&quiet, report.source == SourceKind::Env) {
        let line = format!("{} {line}", mark(style));
        writeln!(out, "{}\n", fit::lines(&line, style.sentence, "  "))?;
    }
    unscanned::write(report, style, out)?;
    if let Some(advice) = &report.advice {
        writeln!(out, "{}", fit::lines(advice, style.sentence, ""))?;
    }
    if let Some(line) = absent::line(report) {
        writeln!(out, "{}", fit::lines(&line, style.sentence, ""))?;
    }
    if let Some(line) = limited::line(report) {
        writeln!(out, "{}", fit::lines(&line, style.sentence, ""))?;
    }
    if style.detail > Detail::Quiet {
        for warning in &report.warnings {
            writeln!(out, "{}", render(&FlawDiagnostic(warning), style))?;
        }
        let summary = summary::line(report);
        writeln!(out, "{}", fit::lines(&summary, style.sentence, "  "))?;
    }
    Ok(())
}

/// Returns the findings grouped by secret, sorted by kind of rule, then by liveness and urgency.
fn secrets(findings: Vec<&Judged>) -> Vec<Vec<&Judged>> {
    let mut groups = grouped(findings.into_iter());
    groups.sort_by_key(|group| {
        let finding = &group[0].0;
        (
            finding.rule.kind,
            finding.secret_state(),
            placed::urgency(finding),
            overview::order(finding),
        )
    });
    groups
}

/// Returns the number of entries for the findings: an entry for each secret, and an entry for each
/// group of env findings with the same fix.
fn count_listed(findings: &[&Judged]) -> usize {
    let (faults, findings) = env::grouped(findings.to_vec(), 0);
    faults.len() + grouped(findings.into_iter()).len()
}

/// Writes an entry for each secret, then one line for each secret that existed before the change,
/// then an entry for each group of env findings.
fn in_full(findings: Vec<&Judged>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let (faults, findings) = env::grouped(findings, style.width);
    let is_known = |(finding, verdict): &&Judged| {
        *verdict == Verdict::AlreadyThere && finding.fingerprint().is_some()
    };
    let (known, findings): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_known);
    let groups = secrets(findings);
    for entry in entries(&groups, style) {
        writeln!(out, "{}", render(&entry, style))?;
    }
    for judged in &known {
        writeln!(
            out,
            "{}",
            fit::lines(&known_line(judged, style), style.sentence, "  ")
        )?;
    }
    if !known.is_empty() {
        writeln!(out)?;
    }
    faults
        .iter()
        .try_for_each(|fault| writeln!(out, "{}", render(fault, style)))
}

/// Returns the line for a secret that existed before the change.
fn known_line(judged: &Judged, style: Style) -> String {
    let finding = &judged.0;
    let note = finding
        .note
        .as_ref()
        .map_or_else(String::new, |note| format!(" ({note})"));
    format!(
        "{} already there before this change: {}{} {} in {}{note}",
        mark(style),
        finding.rule.title,
        variable(finding),
        mask(finding).unwrap_or_default(),
        place::of(finding)
    )
}
