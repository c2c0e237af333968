//! The report on Notion's answers, for people: a line for each variable, and its advice below it.

use std::io::{self, Write};

use super::{CheckOutcome, Expected, LiveReport, TokenRow, words};
use crate::report::{Detail, Style, fit};

/// A line of the report: its sign, the variable, the state, and texts. Each text after the first
/// has its own line below.
struct ReportLine {
    mark: &'static str,
    variable: String,
    word: &'static str,
    texts: Vec<String>,
    outcome: CheckOutcome,
}

/// The largest width of the column of variables, in characters. A longer name stays whole.
const WIDEST: usize = 40;

pub fn write(report: &LiveReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let is_list = report.source != "verify";
    let mut lines: Vec<ReportLine> = report
        .tokens
        .iter()
        .map(|row| token(row, is_list))
        .collect();
    lines.extend(report.checks.iter().map(|check| {
        ReportLine {
            mark: if is_list { mark(check.outcome) } else { "" },
            variable: check.variable.clone(),
            word: "",
            texts: std::iter::once(check.message.clone())
                .chain(check.help.clone())
                .collect(),
            outcome: check.outcome,
        }
    }));
    let width = lines.iter().map(|line| line.variable.chars().count()).max();
    let width = width.unwrap_or(0).min(WIDEST);
    let is_quiet = style.detail == Detail::Quiet;
    for line in lines
        .iter()
        .filter(|line| !is_quiet || line.outcome != CheckOutcome::AsExpected)
    {
        out.write_all(written(line, width, style).as_bytes())?;
    }
    match is_quiet {
        true => Ok(()),
        false => writeln!(out, "{}", summary(report)),
    }
}

fn mark(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::AsExpected => "  ok  ",
        CheckOutcome::NotAsExpected => "  no  ",
        CheckOutcome::Unknown => "   ?  ",
    }
}

fn token(row: &TokenRow, is_list: bool) -> ReportLine {
    let outcome = row.outcome();
    let own = row.variable == "-";
    ReportLine {
        mark: if is_list { mark(outcome) } else { "" },
        variable: if own {
            "standard input".to_owned()
        } else {
            row.variable.clone()
        },
        word: words::state(&row.verified.result),
        texts: words::about(row),
        outcome,
    }
}

/// Returns the line with its first text, and the other texts below it. Long texts are broken.
fn written(line: &ReportLine, width: usize, style: Style) -> String {
    let word = match line.word {
        "" => String::new(),
        word => format!("{word:<9}"),
    };
    let head = format!("{}{:<width$}  {word}", line.mark, line.variable);
    let indent = " ".repeat(head.chars().count());
    let begins = std::iter::once(head.as_str()).chain(std::iter::repeat(indent.as_str()));
    let texts = begins
        .zip(&line.texts)
        .map(|(begin, text)| format!("{begin}{text}"));
    let texts = texts.map(|text| fit::lines(&text, style.sentence, &indent) + "\n");
    texts.collect()
}

fn summary(report: &LiveReport) -> String {
    let counted = [
        (CheckOutcome::AsExpected, "as expected"),
        (CheckOutcome::NotAsExpected, "not as expected"),
        (CheckOutcome::Unknown, "unknown"),
    ];
    let counted = counted.map(|(outcome, text)| (report.count(outcome), text));
    let some = counted.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = some
        .map(|(count, text)| format!("{count} {text}"))
        .collect();
    if report.host.is_empty() {
        return parts.join(", ");
    }
    let (host, requests) = (&report.host, report.requests);
    let plural = if requests == 1 { "" } else { "s" };
    format!("{}; {requests} request{plural} to {host}", parts.join(", "))
}

impl Expected {
    /// Returns the name used in JSON.
    pub(super) fn id(self) -> &'static str {
        match self {
            Expected::Live => "live",
            Expected::Dead => "dead",
        }
    }
}
