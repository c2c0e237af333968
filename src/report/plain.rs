//! The report for people as plain text without drawn lines. A git server answers a push with it,
//! and git puts `remote: ` before each line.

use std::io::{self, Write};

use miette::Diagnostic;

use super::entry::entries;
use super::flaw::FlawDiagnostic;
use super::judged::{grouped, shown};
use super::unscanned::{Unscanned, accepted};
use super::{Detail, Report, Style, fit, limited, summary};
use crate::error::Error;

/// The width of a line, in columns. With `remote: ` before it, a line fits a terminal of 80
/// columns.
const WIDTH: usize = 68;

/// Returns an error as text for people.
pub fn explain(error: &Error) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = entry(error, "ntnguard: ", None, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes the report.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    // `entry` breaks all lines, so the facts about history must not be broken before.
    let style = Style {
        width: usize::MAX,
        ..style
    };
    for one in entries(&grouped(shown(report, style).into_iter()), style) {
        let excerpt = one.excerpt.as_ref().map(|excerpt| excerpt.text.as_str());
        entry(&one, "", excerpt, out)?;
    }
    report
        .skips
        .iter()
        .try_for_each(|skip| entry(&Unscanned(skip, None), "", None, out))?;
    accepted(report, style).try_for_each(|skip| entry(&skip, "", None, out))?;
    limited::line(report).map_or(Ok(()), |line| wrapped(&line, "", out))?;
    if style.detail > Detail::Quiet {
        report
            .warnings
            .iter()
            .try_for_each(|warning| entry(&FlawDiagnostic(warning), "", None, out))?;
        wrapped(&summary::line(report).replace(" \u{b7} ", ", "), "", out)?;
    }
    Ok(())
}

/// Writes a diagnostic: `before` and its text, the excerpt, the advice, and an empty line.
fn entry(
    diagnostic: &dyn Diagnostic,
    before: &str,
    excerpt: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = format!("{before}{diagnostic}");
    for (at, line) in text.lines().enumerate() {
        wrapped(line, if at == 0 { "" } else { "  " }, out)?;
    }
    if let Some(excerpt) = excerpt {
        wrapped(excerpt.trim(), "  > ", out)?;
    }
    let help = diagnostic
        .help()
        .map_or_else(String::new, |help| help.to_string());
    help.lines().try_for_each(|line| wrapped(line, "  ", out))?;
    writeln!(out)
}

/// Writes a line, broken to fit [`WIDTH`]. Each part begins with `indent`.
fn wrapped(line: &str, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = format!("{indent}{}", words.join(" "));
    writeln!(out, "{}", fit::lines(&line, WIDTH, indent))
}
