//! A summary in Markdown, for the summary page of a CI job. Each finding is one row of a table.
//!
//! Paths from the repository are put into `<code>`. Each character that Markdown, HTML or GitHub's
//! additions could read as markup is written as a numeric character reference. So a path cannot add
//! a row, link, tag or mention.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::judged::{Judged, REVIEW, by_loudness, state};
use super::unscanned::{LOOK, Unscanned};
use super::{Report, absent, advice, env, limited, place, summary};
use crate::detect::redact::shown_path;
use crate::error::Error;
use crate::model::finding::Verdict;
use crate::model::rule::Severity;
use crate::model::source_kind::SourceKind;

/// The largest number of rows of a table. Together with [`LONGEST`] it keeps the summary below 1
/// MiB, GitHub's limit ("Workflow commands", docs.github.com).
const ROWS: usize = 100;

/// The largest number of characters of a path. Escaping replaces a character with up to ten
/// characters.
const LONGEST: usize = 160;

/// The largest number of characters of a line outside of tables.
const LONGEST_LINE: usize = 2000;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## ntnguard: {}\n", title(report))?;
    if let Some(scope) = &report.scope {
        writeln!(out, "Scanned: {}\n", code_of(scope, LONGEST_LINE))?;
    }
    let (quiet, loud) = by_loudness(report);
    if !loud.is_empty() {
        writeln!(
            out,
            "| what | where | first commit | since |\n|---|---|---|---|"
        )?;
        loud.iter()
            .take(ROWS)
            .try_for_each(|judged| writeln!(out, "{}", row(judged)))?;
        rest(loud.len(), out)?;
        write_steps(report, &loud, out)?;
    }
    if let Some(line) = env::line(&quiet, report.source == SourceKind::Env) {
        writeln!(out, "{}\n", code_of(&line, LONGEST_LINE))?;
    }
    if !report.skips.is_empty() {
        writeln!(
            out,
            "### Not looked at\n\n| what | why | what to do |\n|---|---|---|"
        )?;
        for skip in report.skips.iter().take(ROWS) {
            let why = format!("{}: {}", skip.reason, shown_path(skip.detail.as_bytes()));
            let digest = skip
                .digest
                .as_ref()
                .map_or_else(String::new, |digest| format!(" ({digest})"));
            let what = code(&format!("{}{digest}", place::missed(&skip.origin)));
            writeln!(out, "| {what} | {} | {} |", code(&why), plain(skip.help()))?;
        }
        rest(report.skips.len(), out)?;
    }
    for (skip, verdict) in report.accepted_by_change().take(ROWS) {
        let what = Unscanned(skip, Some(verdict)).to_string();
        writeln!(out, "- {}: {}\n", code_of(&what, LONGEST_LINE), LOOK)?;
    }
    if let Some(advice) = &report.advice {
        writeln!(
            out,
            "```text\n{}\n```\n",
            advice.trim_end().replace("```", "'''")
        )?;
    }
    absent::line(report).map_or(Ok(()), |line| {
        writeln!(out, "{}\n", code_of(&line, LONGEST_LINE))
    })?;
    limited::line(report).map_or(Ok(()), |line| {
        writeln!(out, "{}\n", code_of(&line, LONGEST_LINE))
    })?;
    writeln!(out, "{}\n", code_of(&summary::line(report), LONGEST_LINE))
}

/// Returns the summary of a failed run: the error, and its advice.
pub fn failure(error: &Error) -> String {
    let help = error.help_text().map_or_else(String::new, |help| {
        format!("{}\n\n", code_of(help, LONGEST_LINE))
    });
    format!(
        "## ntnguard: nothing was scanned\n\n{}\n\n{help}",
        code_of(&error.to_string(), LONGEST_LINE)
    )
}

fn title(report: &Report) -> String {
    let allowed = match report.allowed_by_change() {
        0 => String::new(),
        number => format!(", {number} allowed by the change itself"),
    };
    format!("{}{allowed}", counted(report))
}

fn counted(report: &Report) -> String {
    let complete = if report.is_complete() {
        ""
    } else {
        ", and not everything could be looked at"
    };
    match report.reported_as(Severity::Error) {
        0 if report.is_complete() && has_news(report) => "no finding fails this check".to_owned(),
        0 if report.is_complete() => "nothing was found".to_owned(),
        0 => "incomplete: this is not a clean result".to_owned(),
        1 => format!("1 finding{complete}"),
        many => format!("{many} findings{complete}"),
    }
}

/// Returns true if the summary lists findings or accepted skips, whether or not they fail the run.
fn has_news(report: &Report) -> bool {
    report.findings.iter().any(|(_, verdict)| verdict.is_loud())
        || report.accepted_by_change().next().is_some()
}

fn row((finding, verdict): &Judged) -> String {
    let commit = finding
        .placement
        .as_ref()
        .and_then(|placement| placement.introduced.as_ref());
    let mask = finding
        .evidence
        .as_ref()
        .map_or_else(String::new, |evidence| {
            format!(" {}", code(&evidence.short_mask))
        });
    let lives = finding.liveness.as_ref();
    let lives = lives.map_or_else(String::new, |known| format!(" ({})", known.state.id()));
    let (id, since) = match commit {
        Some(commit) => (
            code(&format!("{:.10}", commit.id)),
            plain(&commit.time().replace('T', " ").replace('Z', " UTC")),
        ),
        None => (String::new(), String::new()),
    };
    let place = match commit.filter(|_| !finding.origin.is_on_disk()) {
        Some(commit) => format!(
            "{} in commit {}",
            code(&place::of(finding)),
            code(&commit.id)
        ),
        None => code(&place::of(finding)),
    };
    let more = finding.occurrences.len().saturating_sub(1);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let state = match verdict {
        Verdict::Reported => String::new(),
        other => code(&state(other)),
    };
    format!(
        "| {}{mask}{lives}{state} | {place}{more} | {id} | {since} |",
        plain(finding.rule.title)
    )
}

/// Writes the advice on findings. Advice that several findings of a rule share is written once.
fn write_steps(report: &Report, loud: &[&Judged], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### What to do now\n")?;
    let is_allowed = |judged: &&&Judged| matches!(judged.1, Verdict::AllowedByChange(_));
    if loud.iter().any(|judged| is_allowed(&judged)) {
        writeln!(out, "- **Allowed by this change alone**: {}", REVIEW)?;
    }
    let mut listed = Vec::new();
    for (finding, _) in loud.iter().filter(|judged| !is_allowed(judged)) {
        let (rule, advice) = (finding.rule, advice::line(finding));
        if !listed.contains(&(rule.id, advice.clone())) {
            listed.push((rule.id, advice.clone()));
            let steps = match &report.pages {
                Some(pages) => format!("[{}]({})", rule.id, pages.of(rule)),
                None => format!("`ntnguard rules {}`", rule.id),
            };
            writeln!(
                out,
                "- **{}**: {} All steps: {steps}",
                plain(rule.title),
                plain(&advice)
            )?;
        }
    }
    writeln!(out)
}

fn rest(all: usize, out: &mut dyn Write) -> io::Result<()> {
    if all > ROWS {
        writeln!(out, "\n{} more are in the log.", all - ROWS)?;
    }
    writeln!(out)
}

/// Escapes our own text for a cell of a table.
fn plain(text: &str) -> String {
    text.replace('|', "&#124;")
        .replace('<', "&lt;")
        .replace('\n', " ")
}

/// Escapes a text that may come from the repository, cut to [`LONGEST`] characters.
fn code(text: &str) -> String {
    code_of(text, LONGEST)
}

/// Escapes a text that may come from the repository, cut to `longest` characters, so that it is
/// shown literally.
fn code_of(text: &str, longest: usize) -> String {
    let mut out = String::from("<code>");
    let mut before = ' ';
    let shown = shown_path(text.as_bytes());
    for c in shown.chars().take(longest) {
        // GitHub makes a link of a text with `www.` or `:`.
        let is_plain = c.is_alphanumeric()
            || matches!(c, ' ' | '/' | '-' | ',')
            || c == '.' && !matches!(before, 'w' | 'W');
        if is_plain {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
        before = c;
    }
    if shown.chars().nth(longest).is_some() {
        out.push('…');
    }
    out + "</code>"
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_hostile_name_is_escaped_in_markdown() {
        let hostile = "a|b`<img src=x>[l](http://x.y)@me #1 www.x.y\n| x |\u{202e}**";
        let shown = code(hostile);
        let inner = shown
            .strip_prefix("<code>")
            .and_then(|shown| shown.strip_suffix("</code>"))
            .unwrap();
        assert!(
            !inner.contains([
                '|', '`', '<', '>', '[', ']', '(', '@', ':', '\n', '*', '\u{202e}', '_', '!', '\\'
            ]),
            "{inner}"
        );
        assert!(!inner.contains("www."), "{inner}");
        assert!(
            inner.starts_with("a&#124;b&#96;&#60;img src&#61;x&#62;"),
            "{inner}"
        );
        assert_eq!(
            code("src/app.ts:3:17"),
            "<code>src/app.ts&#58;3&#58;17</code>"
        );
        assert!(code(&"x".repeat(5000)).len() < 400);
    }
}
