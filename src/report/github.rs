//! Annotations for GitHub Actions: workflow commands, one a line, and the summary.
//!
//! What a repository calls its files and writes into them must not become a command of its own, so everything of it is
//! spelled out and escaped; the summary begins with words of ours.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Report, Warning, human, summary};
use crate::finding::Finding;
use crate::redact::shown_path;
use crate::skip::Skip;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(scope) = &report.scope {
        writeln!(out, "Scanned: {scope}")?;
    }
    annotations(report, out)?;
    writeln!(out, "{}", summary::line(report))
}

/// The annotations alone.
pub fn annotations(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.reported() {
        // The files are checked out, so what only commits have is on none of their lines.
        let is_there = report.source != "ci" || finding.origin.is_on_disk();
        writeln!(out, "{}", annotation(finding, is_there))?;
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

fn annotation(finding: &Finding, is_there: bool) -> String {
    let mut command = Command::new("error", finding.rule.title).file(finding.origin.path().filter(|_| is_there));
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
    command.says(&format!(
        "{}{mask} in {}{commit}, {} confidence.\n{}\nAll steps: ntnguard rules {}{note}",
        finding.rule.title,
        human::place(finding),
        finding.confidence,
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
