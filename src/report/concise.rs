//! The report with one line for each finding: for editors, for `grep`, and for many findings.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::judged::{Judged, mask, shown, state, variable};
use super::unscanned::Unscanned;
use super::{Report, Style, absent, limited, place};
use crate::model::rule::Severity;
use crate::model::source_kind::SourceKind;

/// The largest number of entries that a report for people shows in full. If there are more, each
/// finding gets one line, so that the report stays readable.
pub const IN_FULL: usize = 20;

/// Writes the report without its summary: editors expect lines that begin with a path.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    findings(shown(report, style), out)?;
    for skip in &report.skips {
        writeln!(out, "{}", Unscanned(skip, None))?;
    }
    absent::line(report).map_or(Ok(()), |line| writeln!(out, "{line}"))?;
    limited::line(report).map_or(Ok(()), |line| writeln!(out, "{line}"))
}

/// Writes one line for each finding: secrets before env files, then live secrets first, then the
/// most severe first. Equal findings stay in the order given.
pub fn findings(mut findings: Vec<&Judged>, out: &mut dyn Write) -> io::Result<()> {
    findings.sort_by_key(|(finding, _)| {
        (
            finding.rule.kind,
            finding.secret_state(),
            std::cmp::Reverse(finding.severity),
        )
    });
    findings
        .into_iter()
        .try_for_each(|judged| writeln!(out, "{}", line(judged)))
}

/// Returns the number of findings of each rule, with the flag that shows all of them in full.
pub fn count(findings: &[&Judged], source: SourceKind) -> String {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for (finding, _) in findings {
        *rules.entry(finding.rule.id).or_default() += 1;
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    let rules: Vec<String> = rules
        .into_iter()
        .map(|(id, count)| format!("{count} {id}"))
        .collect();
    let what = rules.join(", ");
    let accept = match source {
        SourceKind::Review => "ntnguard baseline review",
        SourceKind::History => "ntnguard baseline history",
        _ => "ntnguard baseline",
    };
    format!(
        "{what}. Each finding has only one line here, because there are more than {IN_FULL}: -v shows all in \
         full, `ntnguard rules ID` explains what to do; `{accept}` accepts the findings that exist now."
    )
}

/// Returns `path:line:column: error[rule] title, mask`.
fn line((finding, verdict): &Judged) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mask = mask(finding).map_or_else(String::new, |mask| format!(", {mask}"));
    let variable = variable(finding);
    let place = finding.ignoring.as_ref().map_or_else(
        || place::of(finding),
        |ignoring| {
            format!(
                "{}: {}",
                crate::detect::redact::shown_path(&ignoring.change),
                super::env::names(ignoring)
            )
        },
    );
    let liveness = finding.liveness.as_ref();
    let lives = liveness.map_or_else(String::new, |known| format!(", {}", known.state.id()));
    format!(
        "{place}: {severity}[{}] {}{variable}{mask}{lives}{}",
        finding.rule.id,
        finding.rule.title,
        state(verdict)
    )
}
