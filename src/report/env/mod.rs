//! Findings about env files, for people. Findings with the same fix form one entry, which also
//! shows the ignore rule that decides. Findings that need no change now share one line.

mod line;
mod list;

use std::collections::HashMap;
use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan,
    SpanContents,
};

use super::entry;
use super::judged::{Judged, severity, state};
use super::list::cut;
use crate::detect::redact::{shell_word, shown_path};
use crate::model::finding::{Finding, IgnoreRule, Name, Says, Verdict};
use crate::model::rule::Severity as Means;

pub use line::{is_quiet, line, names};

/// The largest number of names in an entry that are shown although they are not errors.
const OTHERS: usize = 6;

/// The largest number of reasons shown for missing ignore rules.
const REASONS: usize = 3;

/// The key of an entry: rule, severity, verdict, note and file. Findings with the same key form one
/// entry.
type GroupKey<'a> = (
    &'static str,
    Means,
    &'a Verdict,
    Option<&'a str>,
    Option<&'a [u8]>,
);

/// Returns the groups of findings that form one entry, the most severe first, and all other
/// findings.
pub fn grouped<'a>(
    findings: Vec<&'a Judged>,
    width: usize,
) -> (Vec<ReportGroup<'a>>, Vec<&'a Judged>) {
    let mut groups: Vec<ReportGroup<'a>> = Vec::new();
    let mut known: HashMap<GroupKey<'a>, usize> = HashMap::new();
    let mut others = Vec::new();
    for judged in findings {
        let Some(key) = key(judged) else {
            others.push(judged);
            continue;
        };
        let at = *known.entry(key).or_insert(groups.len());
        if at == groups.len() {
            groups.push(ReportGroup {
                findings: Vec::new(),
                width,
            });
        }
        groups[at].findings.push(judged);
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.first().severity));
    (groups, others)
}

/// Returns the key of a finding's group; `None` for a finding that belongs to no group. Findings
/// about missing ignore rules share a group if they are about the same ignore file and have the
/// same note. Findings about whole files share a group if they have the same note. Findings about
/// variables without a location share a group if they are in the same file.
fn key(judged: &Judged) -> Option<GroupKey<'_>> {
    let (finding, verdict) = judged;
    let is_of_file = finding.command.is_some() && finding.placement.is_none();
    let is_of_variable =
        finding.variable.is_some() && finding.location.is_none() && finding.evidence.is_none();
    let (note, file) = match (&finding.ignoring, is_of_variable) {
        (Some(ignoring), _) => (finding.note.as_deref(), Some(ignoring.change.as_slice())),
        (None, true) => (None, finding.origin.path()),
        (None, false) if is_of_file => (finding.note.as_deref(), None),
        (None, false) => return None,
    };
    Some((finding.rule.id, finding.severity, verdict, note, file))
}

/// Findings with the same fix, as one diagnostic.
pub struct ReportGroup<'a> {
    findings: Vec<&'a Judged>,
    width: usize,
}

impl ReportGroup<'_> {
    fn first(&self) -> &Finding {
        &self.findings[0].0
    }

    fn rule_line(&self) -> Option<&IgnoreRule> {
        self.first()
            .ignoring
            .as_ref()
            .and_then(|ignoring| ignoring.rule.as_ref())
    }

    fn names(&self) -> &[Name] {
        self.first()
            .ignoring
            .as_ref()
            .map_or(&[], |ignoring| &ignoring.names)
    }

    fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.findings
            .iter()
            .filter_map(|(finding, _)| finding.origin.path())
    }

    fn by_folder<'p>(&self, paths: impl Iterator<Item = &'p [u8]>) -> String {
        list::by_folder(paths, self.width.saturating_sub(entry::BAR))
    }

    /// Returns the fault, the number of names, and the file to change.
    fn title(&self) -> String {
        let finding = self.first();
        let (count, place) = match (&finding.ignoring, finding.command) {
            (Some(ignoring), _) => (
                ignoring.names.len(),
                format!("change {}", shown_path(&ignoring.change)),
            ),
            (None, Some(_)) => (self.findings.len(), "take it out".to_owned()),
            (None, None) => (
                self.findings.len(),
                format!(
                    "in {}",
                    self.paths().next().map_or(String::new(), shown_path)
                ),
            ),
        };
        format!("{} ({count}): {place}", finding.rule.title)
    }

    /// Returns the list below the title: names of variables, or paths by directory.
    fn list(&self) -> String {
        let finding = self.first();
        if finding.ignoring.is_some() {
            return self.gap();
        }
        if finding.command.is_some() {
            return self.by_folder(self.paths());
        }
        let named = |finding: &Finding| {
            let variable = finding.variable.clone().unwrap_or_default();
            finding
                .note
                .as_ref()
                .map_or(variable.clone(), |note| format!("{variable}: {note}"))
        };
        let names = self.findings.iter().map(|(finding, _)| named(finding));
        cut(names, list::LISTED, "\n")
    }

    /// Returns the text about missing ignore rules: the reasons to expect env files, the names that
    /// are errors, and some of the other names.
    fn gap(&self) -> String {
        let of = |wanted: bool| {
            let names = self
                .names()
                .iter()
                .filter(move |name| (name.severity == Means::Error) == wanted);
            names.map(|name| name.path.as_slice())
        };
        let mut parts = self.reasons();
        if of(true).next().is_some() {
            parts.push(self.by_folder(of(true)));
        }
        let others = of(false).count();
        if others > 0 {
            let more = others.saturating_sub(OTHERS);
            let more = if more > 0 {
                format!("\nand {more} more (all of them with --format json)")
            } else {
                String::new()
            };
            let what = if of(true).next().is_some() {
                "other names that env files have:\n"
            } else {
                ""
            };
            parts.push(format!(
                "{what}{}{more}",
                self.by_folder(of(false).take(OTHERS))
            ));
        }
        parts.join("\n")
    }

    /// Returns the reasons to expect env files with these names, one sentence for each reason.
    fn reasons(&self) -> Vec<String> {
        let mut sentences: Vec<String> = Vec::new();
        for reason in self.names().iter().flat_map(|name| name.reasons.iter()) {
            let file = shown_path(&reason.file);
            let at = reason
                .line
                .map_or(file.clone(), |line| format!("{file}:{line}"));
            let sentence = match &reason.says {
                Says::IsEnvFile => format!("{file} is an env file."),
                Says::IsTemplate => format!("{file} is a template of an env file."),
                Says::DependsOn(package) => {
                    format!(
                        "{file} names the package {}, which reads env files.",
                        shown_path(package.as_bytes())
                    )
                }
                Says::Names(path) => format!("{at} names {} as an env file.", shown_path(path)),
                Says::ReadsNotion => format!("{at} reads a Notion variable from the environment."),
            };
            if sentences.len() < REASONS && !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences
    }

    /// Returns the effect of the ignore rule that decides.
    fn label(rule: &IgnoreRule, is_only_here: bool) -> &'static str {
        match (rule.negated, is_only_here) {
            (true, _) => "this rule re-includes them",
            (false, true) => "this rule ignores them, but only on this machine",
            (false, false) => "this rule ignores them",
        }
    }

    /// Returns the commands that fix the findings, one in each line.
    fn commands(&self) -> String {
        let command = |(finding, _): &&Judged| {
            let path = finding.origin.path()?;
            Some(format!("{} {}", finding.command?, shell_word(path)))
        };
        cut(self.findings.iter().filter_map(command), list::LISTED, "\n")
    }
}

impl fmt::Debug for ReportGroup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ReportGroup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}\n{}",
            self.title(),
            state(&self.findings[0].1),
            self.list()
        )?;
        let note = self
            .first()
            .note
            .as_ref()
            .filter(|_| self.first().variable.is_none());
        note.map_or(Ok(()), |note| write!(f, "\n{note}"))
    }
}

impl std::error::Error for ReportGroup<'_> {}

impl Diagnostic for ReportGroup<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.first().rule.id))
    }

    fn severity(&self) -> Option<Severity> {
        Some(severity(self.findings[0]))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let rule = self.first().rule;
        let commands = self.commands();
        let commands = if commands.is_empty() {
            commands
        } else {
            format!("{commands}\n")
        };
        Some(Box::new(format!(
            "{commands}{}\nAll steps: ntnguard rules {}",
            rule.advice, rule.id
        )))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.rule_line().map(|_| self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let rule = self.rule_line()?;
        let is_only_here = self.first().rule.is_about_committing;
        let label = Some(Self::label(rule, is_only_here).to_owned());
        let label = LabeledSpan::new(label, 0, rule.text.trim_end().len());
        Some(Box::new(std::iter::once(label)))
    }
}

/// Gives miette the ignore rule as a source whose line has its real number in the file.
impl SourceCode for ReportGroup<'_> {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let rule = self.rule_line().ok_or(MietteError::OutOfBounds)?;
        let whole = SourceSpan::from(0..rule.text.len());
        let name = shown_path(&rule.file);
        Ok(Box::new(MietteSpanContents::new_named(
            name,
            rule.text.as_bytes(),
            whole,
            rule.line - 1,
            0,
            1,
        )))
    }
}
