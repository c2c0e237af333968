//! Annotations for GitHub Actions: workflow commands, one per line, and the summary.
//!
//! Paths and file contents from the repository must not become workflow commands. So they are
//! masked and escaped, and the summary line begins with our own text.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use super::judged::{REVIEW, by_loudness, state};
use super::unscanned::{LOOK, Unscanned};
use super::{Report, Warning, absent, advice, env, limited, place, summary};
use crate::detect::redact::shown_path;
use crate::model::finding::{Finding, Location, Verdict};
use crate::model::rule::Severity;
use crate::model::skip::Skip;
use crate::model::source_kind::SourceKind;

/// The number of annotations of each level (error, warning, notice) that GitHub shows for one step.
/// GitHub drops further annotations without a message.
const MOST: usize = 10;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(scope) = &report.scope {
        writeln!(out, "Scanned: {scope}")?;
    }
    // The log is the only other place with these findings, so write them all, even if GitHub shows
    // only some as annotations.
    commands(report)
        .iter()
        .try_for_each(|command| writeln!(out, "{command}"))?;
    let (quiet, _) = by_loudness(report);
    if let Some(line) = env::line(&quiet, report.source == SourceKind::Env) {
        writeln!(
            out,
            "{}",
            WorkflowCommand::new("warning", "Env files").says(&line)
        )?;
    }
    absent::line(report).map_or(Ok(()), |line| writeln!(out, "{line}"))?;
    limited::line(report).map_or(Ok(()), |line| writeln!(out, "{line}"))?;
    writeln!(out, "{}", summary::line(report))
}

/// Writes the first [`MOST`] annotations of each level, and the number of the others. For a job
/// whose log and summary show every finding.
pub fn annotations(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (mut written, mut left) = (HashMap::new(), 0);
    for command in commands(report) {
        let before: &mut usize = written.entry(command.level).or_default();
        if *before == MOST {
            left += 1;
            continue;
        }
        *before += 1;
        writeln!(out, "{command}")?;
    }
    if left > 0 {
        let message = format!("{left} more in the log and in the summary of this job");
        writeln!(
            out,
            "{}",
            WorkflowCommand::new("notice", "ntnguard").says(&message)
        )?;
    }
    Ok(())
}

/// Returns the annotations, the most important first.
fn commands(report: &Report) -> Vec<WorkflowCommand> {
    let (_, mut loud) = by_loudness(report);
    // GitHub shows only the first annotations of each level, so credentials come before env files.
    loud.sort_by_key(|(finding, _)| finding.rule.kind);
    let findings = loud.into_iter().map(|(finding, verdict)| {
        // A CI job annotates the files that are checked out. A finding that only a commit has is
        // not on a line of these files.
        let is_there = report.source != SourceKind::Ci || finding.origin.is_on_disk();
        annotation(report, finding, verdict, is_there)
    });
    let accepted = report.accepted_by_change().map(accepted);
    findings
        .chain(report.skips.iter().map(not_scanned))
        .chain(accepted)
        .chain(report.warnings.iter().map(mend))
        .collect()
}

fn not_scanned(skip: &Skip) -> WorkflowCommand {
    let detail = format!("{} ({})", skip.reason, shown_path(skip.detail.as_bytes()));
    let digest = skip
        .digest
        .as_ref()
        .map_or_else(String::new, |digest| format!("\nunscanned: {digest}"));
    let message = format!(
        "{}: {detail}. What to do: {}{digest}",
        place::missed(&skip.origin),
        skip.help()
    );
    // GitHub cannot annotate a directory.
    let path = skip.origin.path().filter(|path| *path != b".");
    WorkflowCommand::new("error", "Not scanned")
        .file(path)
        .says(&message)
}

fn accepted((skip, verdict): &(Skip, Verdict)) -> WorkflowCommand {
    let message = format!("{}.\n{}", Unscanned(skip, Some(verdict)), LOOK);
    WorkflowCommand::new("warning", "Not scanned")
        .file(skip.origin.path())
        .says(&message)
}

fn annotation(
    report: &Report,
    finding: &Finding,
    verdict: &Verdict,
    is_there: bool,
) -> WorkflowCommand {
    let level = match (verdict, finding.severity) {
        (Verdict::Reported, Severity::Error) => "error",
        (_, Severity::Note) => "notice",
        _ => "warning",
    };
    let change = finding
        .ignoring
        .as_ref()
        .map(|ignoring| ignoring.change.as_slice());
    let path = change.or(finding.origin.path().filter(|_| is_there));
    let command = WorkflowCommand::new(level, finding.rule.title).file(path);
    // Line numbers in a member of an archive are not line numbers of the archive's file.
    let is_of_file = is_there && finding.origin.member().is_none();
    let location = finding.location.filter(|_| is_of_file);
    let command = match location {
        Some(location) => at(command, location),
        None => command,
    };
    command.says(&message(report, finding, verdict))
}

/// Adds the lines and columns of a location to a command.
fn at(command: WorkflowCommand, location: Location) -> WorkflowCommand {
    let (start, end) = (location.start, location.end);
    let command = command
        .property("line", &start.line)
        .property("col", &start.column);
    match start.line == end.line {
        true => command.property("endColumn", &end.column),
        false => command.property("endLine", &end.line),
    }
}

/// Returns the text of an annotation: the masked secret or the fault, its location, and the advice.
fn message(report: &Report, finding: &Finding, verdict: &Verdict) -> String {
    let mask = finding
        .evidence
        .as_ref()
        .map_or_else(String::new, |evidence| format!(" {}", evidence.short_mask));
    let commit = finding
        .placement
        .as_ref()
        .and_then(|placement| placement.introduced.as_ref());
    let commit = commit.map_or_else(String::new, |commit| {
        format!(", added by commit {}", commit.id)
    });
    let note = finding.note.as_ref().map_or_else(String::new, |note| {
        format!("\nNote: {}.", note.trim_end_matches('.'))
    });
    let variable = finding.variable.as_ref().map_or_else(String::new, |name| {
        format!(" ({})", shown_path(name.as_bytes()))
    });
    let place = match &finding.ignoring {
        Some(ignoring) => shown_path(&ignoring.change),
        None => place::of(finding),
    };
    let names = finding
        .ignoring
        .as_ref()
        .map_or_else(String::new, |ignoring| {
            format!(": {}", env::names(ignoring))
        });
    let advice = match verdict {
        Verdict::AllowedByChange(_) => REVIEW.to_owned(),
        _ => advice::line(finding),
    };
    let steps = report.pages.as_ref().map(|pages| pages.of(finding.rule));
    let steps = steps.unwrap_or_else(|| format!("ntnguard rules {}", finding.rule.id));
    format!(
        "{}{variable}{mask} in {place}{commit}, {} confidence{}{names}.\n{advice}{note}\nAll steps: {steps}",
        finding.rule.title,
        finding.confidence,
        state(verdict),
    )
}

fn mend(warning: &Warning) -> WorkflowCommand {
    let command =
        WorkflowCommand::new("warning", "ntnguard's policy").file(Some(warning.file.as_bytes()));
    let command = match warning.lines.first() {
        Some(line) => command.property("line", line),
        None => command,
    };
    command.says(&shown_path(warning.message.as_bytes()))
}

/// A workflow command: a line that GitHub's runner turns into an annotation.
struct WorkflowCommand {
    level: &'static str,
    title: String,
    /// The properties after the title, escaped. A comma comes before each of them.
    properties: String,
    message: String,
}

impl WorkflowCommand {
    fn new(level: &'static str, title: &str) -> Self {
        WorkflowCommand {
            level,
            title: title.to_owned(),
            properties: String::new(),
            message: String::new(),
        }
    }

    fn file(self, path: Option<&[u8]>) -> Self {
        match path {
            Some(path) => self.property("file", &shown_path(path)),
            None => self,
        }
    }

    fn property(mut self, name: &str, value: &dyn fmt::Display) -> Self {
        let _ = write!(self.properties, ",{name}={}", property(&value.to_string()));
        self
    }

    fn says(mut self, message: &str) -> Self {
        message.clone_into(&mut self.message);
        self
    }
}

impl fmt::Display for WorkflowCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, message) = (property(&self.title), data(&self.message));
        write!(
            f,
            "::{} title={title}{}::{message}",
            self.level, self.properties
        )
    }
}

/// Escapes the message of a command, as GitHub's runner expects it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes the value of a property. An unescaped comma or colon would end the value.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::WorkflowCommand;

    #[test]
    fn a_name_cannot_end_a_property_or_a_line() {
        let name = b"a,line=1::b\n::error::c%0A::d\x1b[31m\xff";
        let command = WorkflowCommand::new("error", "t")
            .file(Some(name))
            .says("m\n::stop-commands::x");
        assert_eq!(
            command.to_string(),
            "::error title=t,file=a%2Cline=1%3A%3Ab\\n%3A%3Aerror%3A%3Ac%250A%3A%3Ad\\u{1b}[31m\u{fffd}::m%0A::stop-commands::x"
        );
    }
}
