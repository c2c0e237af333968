//! Annotations for GitHub Actions: workflow commands, one a line, and the summary.
//!
//! What a repository calls its files and writes into them must not become a command of its own, so everything of it is
//! spelled out and escaped; the summary begins with words of ours.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::human::Judged;
use super::{Report, Warning, env, human, summary};
use crate::finding::{Finding, Verdict};
use crate::redact::shown_path;
use crate::rule::Severity;
use crate::skip::Skip;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(scope) = &report.scope {
        writeln!(out, "Scanned: {scope}")?;
    }
    annotations(report, out)?;
    if let Some(line) = env::line(&quiet(report), report.source == "env") {
        writeln!(out, "{}", Command::new("warning", "Env files").says(&line))?;
    }
    writeln!(out, "{}", summary::line(report))
}

/// The findings that are told in one line, which a log has already where annotations stand behind a report.
fn quiet(report: &Report) -> Vec<&Judged> {
    report.findings.iter().filter(|judged| env::is_quiet(report, judged)).collect()
}

/// The annotations alone.
pub fn annotations(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let is_loud = |judged: &&Judged| judged.1.is_loud() && !env::is_quiet(report, judged);
    let mut told: Vec<&Judged> = report.findings.iter().filter(is_loud).collect();
    // GitHub shows few annotations of a step, the first ones.
    told.sort_by_key(|(finding, verdict)| {
        (*verdict != Verdict::Reported, std::cmp::Reverse(finding.severity), finding.rule.kind)
    });
    for (finding, verdict) in told {
        // The files are checked out, so what only commits have is on none of their lines.
        let is_there = report.source != "ci" || finding.origin.is_on_disk();
        writeln!(out, "{}", annotation(finding, verdict, is_there))?;
    }
    for skip in &report.skips {
        let message = format!("{}: {}. What to do: {}", human::missed(&skip.origin), detail(skip), skip.reason.help());
        writeln!(out, "{}", Command::new("error", "Not scanned").file(skip.origin.path()).says(&message))?;
    }
    for warning in &report.warnings {
        writeln!(out, "{}", mend(warning))?;
    }
    Ok(())
}

fn annotation(finding: &Finding, verdict: &Verdict, is_there: bool) -> String {
    let level = match (verdict, finding.severity) {
        (Verdict::Reported, Severity::Error) => "error",
        (_, Severity::Note) => "notice",
        _ => "warning",
    };
    let change = finding.ignoring.as_ref().map(|ignoring| ignoring.change.as_slice());
    let path = change.or(finding.origin.path().filter(|_| is_there));
    let mut command = Command::new(level, finding.rule.title).file(path);
    // The lines of a member are not those of the file.
    if let Some(at) = finding.location.filter(|_| is_there && finding.origin.member().is_none()) {
        command = command.property("line", &at.start.line).property("col", &at.start.column);
        if at.start.line == at.end.line {
            command = command.property("endColumn", &at.end.column);
        } else {
            command = command.property("endLine", &at.end.line);
        }
    }
    let mask = finding.evidence.as_ref().map_or_else(String::new, |evidence| format!(" {}", evidence.mask));
    let commit = finding.placement.as_ref().and_then(|placement| placement.introduced.as_ref());
    let commit = commit.map_or_else(String::new, |commit| format!(", added by commit {}", commit.id));
    let note =
        finding.note.as_ref().map_or_else(String::new, |note| format!("\nNote: {}.", note.trim_end_matches('.')));
    let variable =
        finding.variable.as_ref().map_or_else(String::new, |name| format!(" ({})", shown_path(name.as_bytes())));
    let place = match &finding.ignoring {
        Some(ignoring) => shown_path(&ignoring.change),
        None => human::place(finding),
    };
    let names = finding.ignoring.as_ref().map_or_else(String::new, |ignoring| format!(": {}", env::names(ignoring)));
    command.says(&format!(
        "{}{variable}{mask} in {place}{commit}, {} confidence{}{names}.\n{}\nAll steps: ntnguard rules {}{note}",
        finding.rule.title,
        finding.confidence,
        human::state(verdict),
        finding.rule.advice,
        finding.rule.id
    ))
}

fn detail(skip: &Skip) -> String {
    format!("{} ({})", skip.reason, shown_path(skip.detail.as_bytes()))
}

fn mend(warning: &Warning) -> String {
    let command = Command::new("warning", "ntnguard's policy").file(Some(warning.file.as_bytes()));
    let command = match warning.lines.first() {
        Some(line) => command.property("line", line),
        None => command,
    };
    command.says(&shown_path(warning.message.as_bytes()))
}

/// A workflow command.
struct Command {
    text: String,
}

impl Command {
    fn new(level: &str, title: &str) -> Self {
        Command { text: format!("::{level} title={}", property(title)) }
    }

    fn file(self, path: Option<&[u8]>) -> Self {
        match path {
            Some(path) => self.property("file", &shown_path(path)),
            None => self,
        }
    }

    fn property(mut self, name: &str, value: &dyn std::fmt::Display) -> Self {
        let _ = write!(self.text, ",{name}={}", property(&value.to_string()));
        self
    }

    fn says(self, message: &str) -> String {
        format!("{}::{}", self.text, data(message))
    }
}

/// What a command says, escaped as the runner undoes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: commas and colons would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn nothing_in_a_name_ends_a_property_or_a_line() {
        let name = b"a,line=1::b\n::error::c%0A::d\x1b[31m\xff";
        let command = Command::new("error", "t").file(Some(name)).says("m\n::stop-commands::x");
        assert_eq!(
            command,
            "::error title=t,file=a%2Cline=1%3A%3Ab\\n%3A%3Aerror%3A%3Ac%250A%3A%3Ad\\u{1b}[31m\u{fffd}::m%0A::stop-commands::x"
        );
    }
}
