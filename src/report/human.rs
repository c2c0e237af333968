//! The report for people: one diagnostic a secret, what was not scanned, a summary.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, Severity, ThemeCharacters, ThemeStyles,
};

use super::entry::{Entry, PLACES};
use super::{
    Detail, Judged, Report, Style, Warning, absent, concise, env, overview, place, placed, summary,
};
use crate::error::Error;
use crate::finding::{Finding, Verdict};
use crate::redact::shown_path;
use crate::rule::Severity as Means;
use crate::skip::Skip;

/// What to do about what a change allows itself.
pub const REVIEW: &str =
    "Check, before it is merged, that the reason is true. If it is not, this is a leak.";

/// What to do about what a change accepts unscanned.
pub const LOOK: &str = "Check, before it is merged, that somebody has looked into it.";

/// An error as people read it.
pub fn explain(error: &Error, style: Style) -> String {
    render(error, style)
}

pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if let Some(scope) = &report.scope {
        writeln!(out, "{scope}\n")?;
    }
    let (quiet, findings): (Vec<_>, Vec<_>) = shown(report, style)
        .into_iter()
        .partition(|judged| env::is_quiet(report, judged));
    let has_table =
        report.source == "history" && overview::write(&secrets(findings.clone()), style, out)?;
    if style.detail < Detail::Verbose && told(&findings) > concise::IN_FULL {
        let rest = findings
            .iter()
            .copied()
            .filter(|(finding, _)| !has_table || !overview::has_line(finding));
        concise::findings(rest.collect(), out)?;
        writeln!(out, "\n{}\n", concise::count(&findings))?;
    } else {
        in_full(findings, style, out)?;
    }
    if let Some(line) = env::line(&quiet, report.source == "env") {
        writeln!(out, "{} {line}\n", mark(style))?;
    }
    write_skips(report, style, out)?;
    if let Some(advice) = &report.advice {
        writeln!(out, "{advice}")?;
    }
    absent::line(report).map_or(Ok(()), |line| writeln!(out, "{line}"))?;
    if style.detail > Detail::Quiet {
        for warning in &report.warnings {
            writeln!(out, "{}", render(&Mend(warning), style))?;
        }
        writeln!(out, "{}", summary::line(report))?;
    }
    Ok(())
}

/// The findings of each secret together: credentials first, and of these what is to be dealt with first.
fn secrets(findings: Vec<&Judged>) -> Vec<Vec<&Judged>> {
    let mut groups = grouped(findings.into_iter());
    groups.sort_by_key(|group| {
        let finding = &group[0].0;
        (
            finding.rule.kind,
            placed::urgency(finding),
            overview::order(finding),
        )
    });
    groups
}

/// How many entries findings are told in: a secret is one, and so are names that one change of an ignore file mends.
fn told(findings: &[&Judged]) -> usize {
    let (faults, findings) = env::grouped(findings.to_vec());
    faults.len() + grouped(findings.into_iter()).len()
}

/// Writes each secret with its places and what to do, what was there before in one line each, then faults of env files.
fn in_full(findings: Vec<&Judged>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let (faults, findings) = env::grouped(findings);
    let is_known = |(finding, verdict): &&Judged| {
        *verdict == Verdict::AlreadyThere && finding.evidence.is_some()
    };
    let (known, findings): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_known);
    let groups = secrets(findings);
    for entry in entries(&groups, style.detail == Detail::Verbose) {
        writeln!(out, "{}", render(&entry, style))?;
    }
    for (finding, _) in &known {
        let mask = finding
            .excerpt
            .as_ref()
            .map_or("", |excerpt| &excerpt.text[excerpt.mark.clone()]);
        let note = finding
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!(" ({note})"));
        let what = format!(
            "{}{} {mask} in {}{note}",
            finding.rule.title,
            variable(finding),
            place::of(finding)
        );
        writeln!(
            out,
            "{} already there before this change: {what}",
            mark(style)
        )?;
    }
    if !known.is_empty() {
        writeln!(out)?;
    }
    faults
        .iter()
        .try_for_each(|fault| writeln!(out, "{}", render(fault, style)))
}

/// What a line begins with that is told beside what counts.
fn mark(style: Style) -> &'static str {
    if style.unicode { "\u{26a0}" } else { "!" }
}

/// The findings that are shown.
pub fn shown(report: &Report, style: Style) -> Vec<&Judged> {
    let is_shown = |(finding, verdict): &&Judged| match verdict {
        _ if finding.severity == Means::Note => style.detail == Detail::Verbose,
        Verdict::BelowConfidence | Verdict::Suppressed(_) => style.detail == Detail::Verbose,
        _ => true,
    };
    report.findings.iter().filter(is_shown).collect()
}

/// What was not scanned, and, as far as it is shown, what somebody has accepted of it.
pub fn write_skips(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let skips = report
        .skips
        .iter()
        .map(|skip| Unscanned(skip, None))
        .chain(accepted(report, style));
    skips
        .into_iter()
        .try_for_each(|skip| writeln!(out, "{}", render(&skip, style)))
}

/// What was not scanned and is accepted, as far as it is shown.
pub fn accepted(report: &Report, style: Style) -> impl Iterator<Item = Unscanned<'_>> {
    let is_shown = move |verdict: &Verdict| verdict.is_loud() || style.detail == Detail::Verbose;
    let shown = report
        .accepted
        .iter()
        .filter(move |(_, verdict)| is_shown(verdict));
    shown.map(|(skip, verdict)| Unscanned(skip, Some(verdict)))
}

/// The findings of one secret together, in the order of its first place; hygiene faults each for themselves.
pub fn grouped<'a>(findings: impl Iterator<Item = &'a Judged>) -> Vec<Vec<&'a Judged>> {
    let mut groups: Vec<Vec<&Judged>> = Vec::new();
    let mut known = HashMap::new();
    for judged in findings {
        let (finding, verdict) = judged;
        let new = groups.len();
        let at = match &finding.evidence {
            Some(evidence) => *known
                .entry((finding.rule.id, &evidence.fingerprint, verdict))
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

/// The diagnostics of `groups`; what to do about a kind of secret is told in full with the first of it.
pub fn entries<'a>(
    groups: &'a [Vec<&'a Judged>],
    with_fingerprint: bool,
) -> impl Iterator<Item = Entry<'a>> {
    let mut told = HashSet::new();
    groups.iter().map(move |group| {
        let (finding, verdict) = group[0];
        Entry {
            group,
            with_fingerprint,
            is_first: told.insert((finding.rule.id, verdict)),
        }
    })
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
                by.by,
                shown_path(by.reason.as_bytes())
            )
        }
        Verdict::Suppressed(by) => format!(
            " (suppressed by {}: {})",
            by.by,
            shown_path(by.reason.as_bytes())
        ),
    }
}

fn render(diagnostic: &dyn Diagnostic, style: Style) -> String {
    let theme = GraphicalTheme {
        characters: if style.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters::ascii()
        },
        styles: if style.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false);
    // Writing to a String cannot fail, and our diagnostics have all the text that their spans name.
    let _ = handler.render_report(&mut text, diagnostic);
    text
}

/// Something that was not scanned, with what accepts it.
pub struct Unscanned<'a>(pub &'a Skip, pub Option<&'a Verdict>);

impl fmt::Debug for Unscanned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Unscanned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Skip {
            origin,
            reason,
            detail,
            ..
        } = self.0;
        let state = self.1.map_or_else(String::new, state);
        write!(
            f,
            "not scanned: {} ({reason}: {}){state}",
            place::missed(origin),
            shown_path(detail.as_bytes())
        )
    }
}

impl std::error::Error for Unscanned<'_> {}

impl Diagnostic for Unscanned<'_> {
    fn severity(&self) -> Option<Severity> {
        let is_quiet = self.1.is_some_and(|verdict| !verdict.is_loud());
        Some(if is_quiet {
            Severity::Advice
        } else {
            Severity::Warning
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        match (self.1, &self.0.digest) {
            (Some(verdict), _) => verdict
                .is_loud()
                .then(|| Box::new(LOOK) as Box<dyn fmt::Display>),
            (None, Some(digest)) => Some(Box::new(format!(
                "{}\nOr, once you have looked into it otherwise, accept it as it is now, under `allow` in .ntnguard.yaml:\n\
                 - unscanned: {digest}\n  reason: \u{2026}",
                self.0.help()
            ))),
            (None, None) => Some(Box::new(self.0.help())),
        }
    }
}

/// Something in the configuration that should be mended.
pub struct Mend<'a>(pub &'a Warning);

impl fmt::Debug for Mend<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Mend<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Warning {
            file,
            lines,
            message,
            ..
        } = self.0;
        let numbers: Vec<String> = lines.iter().take(PLACES).map(usize::to_string).collect();
        let at = match lines.len() {
            0 => String::new(),
            1 => format!(":{}", numbers[0]),
            all if all > PLACES => {
                format!(", lines {} and {} more", numbers.join(", "), all - PLACES)
            }
            _ => format!(", lines {}", numbers.join(", ")),
        };
        write!(
            f,
            "{}{at}: {}",
            shown_path(file.as_bytes()),
            shown_path(message.as_bytes())
        )
    }
}

impl std::error::Error for Mend<'_> {}

impl Diagnostic for Mend<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Warning)
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
