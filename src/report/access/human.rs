//! The access of a token, for people: its owner, its capabilities, its reach, and the differences
//! from the expected access.

use std::io::{self, Write};

use super::AccessFacts;
use crate::live::reach::ReachedRoot;
use crate::model::access::{Capability, UserAccess};
use crate::model::finding::{Finding, Verdict};
use crate::model::rule::Severity;
use crate::model::time::{moment, seconds};
use crate::report::judged::{self, Judged, state};
use crate::report::summary::count;
use crate::report::{Detail, Report, Style, fit, limited, live};

/// The largest number of roots that the report lists. JSON lists all roots.
const ROOTS: usize = 40;

/// The number of columns before each text. These columns contain the name of the fact, or blanks.
const INDENT: usize = 12;

/// Writes the whole report.
pub fn write(
    report: &Report,
    facts: &AccessFacts,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = AccessPage {
        facts,
        shown: judged::shown(report, style),
        style,
    };
    let is_quiet = style.detail == Detail::Quiet;
    if !is_quiet {
        page.head(out)?;
        page.abilities(out)?;
        page.reach(out)?;
    }
    page.faults(is_quiet, out)?;
    for skip in &report.skips {
        let text = format!("{}; {}", skip.detail, skip.help());
        page.line("unknown", &text, out)?;
    }
    if let Some(line) = limited::line(report) {
        writeln!(out, "{}", fit::lines(&line, style.sentence, ""))?;
    }
    match is_quiet {
        true => Ok(()),
        false => page.end(report, out),
    }
}

/// The data for writing one report.
struct AccessPage<'a> {
    facts: &'a AccessFacts,
    shown: Vec<&'a Judged>,
    style: Style,
}

impl AccessPage<'_> {
    /// Writes a text with the name of the fact before it, and breaks long lines.
    fn line(&self, word: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let line = format!("  {word:<width$}{text}", width = INDENT - 2);
        let indent = " ".repeat(INDENT);
        writeln!(out, "{}", fit::lines(&line, self.style.sentence, &indent))
    }

    fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        let whose = live::whose(&self.facts.identity);
        writeln!(out, "{}", fit::lines(&whose, self.style.sentence, "  "))?;
        let (day, time) = day_and_time(seconds(self.facts.checked));
        let requests = count(self.facts.requests as usize, "request");
        let asked = format!("{requests} to {}, {day} {time} UTC", self.facts.host);
        writeln!(out, "{}\n", fit::lines(&asked, self.style.sentence, "  "))
    }

    fn abilities(&self, out: &mut dyn Write) -> io::Result<()> {
        let access = &self.facts.access;
        let words = |list: &[Capability]| list.iter().map(|one| one.words()).collect::<Vec<_>>();
        let (mut may, mut may_not) = (
            words(&access.capabilities.has),
            words(&access.capabilities.has_not),
        );
        match access.users {
            Some(UserAccess::None) => may_not.push("see members"),
            Some(users) => may.push(users.words()),
            None => {}
        }
        for (word, list) in [("may", may), ("may not", may_not)] {
            if !list.is_empty() {
                self.line(word, &list.join(", "), out)?;
            }
        }
        match access.members {
            Some(members) => {
                let people = match members {
                    1 => "1 person".to_owned(),
                    people => format!("{people} people"),
                };
                self.line("members", &people, out)
            }
            None => Ok(()),
        }
    }

    fn reach(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.facts.access.roots.is_none() {
            let text = "unknown, because the token does not have the capability to read content";
            return self.line("reaches", text, out);
        }
        let sum = self.facts.counts();
        let parts = [
            (sum.trashed, "in the trash"),
            (sum.published, "published to the web"),
        ];
        let parts = parts.iter().filter(|(number, _)| *number > 0);
        let parts: String = parts
            .map(|(number, what)| format!("; {number} of the pages and data sources {what}"))
            .collect();
        self.line("reaches", &format!("{}{parts}", self.facts.reached()), out)?;
        let mut roots: Vec<&ReachedRoot> = self.facts.roots().iter().collect();
        roots.sort_by_key(|root| self.about(root).next().is_none());
        let width = self.title_width(&roots);
        for root in roots.iter().take(ROOTS) {
            self.root(root, width, out)?;
        }
        match roots.len().saturating_sub(ROOTS) {
            0 => Ok(()),
            more => self.line(
                "",
                &format!("and {more} more (all of them with --format json)"),
                out,
            ),
        }
    }

    /// Returns the shown findings about a root.
    fn about(&self, root: &ReachedRoot) -> impl Iterator<Item = &Judged> {
        let id = root.id.to_string();
        let of_root = move |finding: &Finding| finding.subject.as_ref() == Some(&id);
        let shown = self.shown.iter().copied();
        shown.filter(move |(finding, _)| of_root(finding))
    }

    /// Returns the width of the column of titles, in characters; 0 if the report is too narrow for
    /// columns.
    fn title_width(&self, roots: &[&ReachedRoot]) -> usize {
        if self.style.width < 60 {
            return 0;
        }
        let longest = roots
            .iter()
            .take(ROOTS)
            .map(|root| title(root).chars().count());
        longest.max().unwrap_or(0).min(self.style.width / 3)
    }

    fn root(&self, root: &ReachedRoot, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let findings: Vec<String> = self.about(root).map(fault).collect();
        let text = match findings.is_empty() {
            true => self.state_words(root),
            false => findings.join("; "),
        };
        let line = format!("{}{:<width$}  {text}", " ".repeat(INDENT), title(root));
        let indent = " ".repeat(INDENT + 2);
        writeln!(out, "{}", fit::lines(&line, self.style.sentence, &indent))
    }

    /// Returns the text about a root without findings: the reason why it is expected, or its size.
    fn state_words(&self, root: &ReachedRoot) -> String {
        let expected = self
            .facts
            .expected
            .as_ref()
            .and_then(|known| known.roots.as_ref());
        let reach = &self.facts.access.reach;
        let known =
            expected.and_then(|known| known.iter().find(|one| reach.means(one.id, root.id)));
        match known {
            Some(known) => {
                let until = known
                    .expires
                    .map_or_else(String::new, |day| format!(" until {day}"));
                format!("expected{until}: {}", known.reason)
            }
            None => {
                let pages = count(root.counts.pages as usize, "page");
                let in_trash = if root.is_trashed {
                    ", in the trash"
                } else {
                    ""
                };
                format!("{}, {pages}{in_trash}", root.kind.id().replace('-', " "))
            }
        }
    }

    /// Writes the findings that are not about a root, and the hints. If `is_quiet`, writes all
    /// findings and no hints, because then no roots were written.
    fn faults(&self, is_quiet: bool, out: &mut dyn Write) -> io::Result<()> {
        let ids: Vec<String> = self
            .facts
            .roots()
            .iter()
            .map(|root| root.id.to_string())
            .collect();
        for judged in &self.shown {
            let finding = &judged.0;
            let is_reported = finding.subject.as_ref().is_some_and(|id| ids.contains(id));
            if !is_reported || is_quiet {
                let excerpt = finding.excerpt.as_ref();
                let name = excerpt.map_or_else(String::new, |title| format!("{}: ", title.text));
                self.line("drift", &format!("{name}{}", fault(judged)), out)?;
            }
        }
        match is_quiet {
            true => Ok(()),
            false => self
                .facts
                .hints()
                .iter()
                .try_for_each(|hint| self.line("hint", hint, out)),
        }
    }

    /// Writes the number of differences, and the advice on them.
    fn end(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let errors = report.reported_as(Severity::Error);
        let warnings = report.reported_as(Severity::Warning);
        let mut parts = match (&self.facts.expected, errors + warnings) {
            (None, _) => vec![format!(
                "Nothing was compared: {} has no entry for {} (`--write` adds one)",
                self.facts.file, self.facts.variable
            )],
            (Some(_), 0) if self.facts.access.roots.is_none() => {
                vec!["Everything that could be compared is as expected".to_owned()]
            }
            (Some(_), 0) => vec!["Everything is as expected".to_owned()],
            (Some(_), _) => {
                let counted = [(errors, "error"), (warnings, "warning")];
                let some = counted.iter().filter(|(number, _)| *number > 0);
                some.map(|(number, noun)| count(*number, noun)).collect()
            }
        };
        if report.suppressed() > 0 {
            parts.push(format!(
                "{} suppressed (-v shows them)",
                report.suppressed()
            ));
        }
        if !report.is_complete() {
            parts.push("INCOMPLETE: this is not a clean result".to_owned());
        }
        let mut lines = vec![parts.join(" \u{b7} ")];
        if self
            .shown
            .iter()
            .any(|(finding, verdict)| is_open(finding, verdict))
        {
            lines.push(
                "To remove access, open the page in Notion, then the menu at the top right, Connections, the \
                 integration, Disconnect. All steps: ntnguard rules ID"
                    .to_owned(),
            );
        }
        if self.facts.access.roots.is_some() {
            lines.push(
                "Notion's search may miss pages below a root. Pages that are shared directly are always listed, \
                 Notion says."
                    .to_owned(),
            );
        }
        writeln!(out)?;
        let mut lines = lines.iter();
        lines.try_for_each(|line| writeln!(out, "{}", fit::lines(line, self.style.sentence, "  ")))
    }
}

/// Returns true if a finding is a reported error about an object in Notion, such as a page that the
/// token reaches and should not reach.
fn is_open(finding: &Finding, verdict: &Verdict) -> bool {
    let is_page = finding.subject.as_ref().is_some_and(|id| id.len() == 36);
    is_page && finding.severity == Severity::Error && *verdict == Verdict::Reported
}

/// Returns a finding as `severity[rule] note`, with its verdict.
fn fault((finding, verdict): &Judged) -> String {
    let note = finding.note.as_deref().unwrap_or(finding.rule.title);
    let (severity, id) = (finding.severity, finding.rule.id);
    format!("{severity}[{id}] {note}{}", state(verdict))
}

/// Returns the title of a root; for an empty title, a text such as `(page without a name)`.
fn title(root: &ReachedRoot) -> String {
    match root.title.is_empty() {
        true => format!("({} without a name)", root.kind.id().replace('-', " ")),
        false => root.title.clone(),
    }
}

/// Returns the day and the time of day in UTC, such as `2026-11-28` and `16:02`. `seconds` are
/// since 1970.
fn day_and_time(seconds: i64) -> (String, String) {
    let moment = moment(seconds);
    let (day, time) = moment.split_once('T').unwrap_or((&moment, ""));
    (day.to_owned(), time.chars().take(5).collect())
}
