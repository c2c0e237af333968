//! Findings about env files for people: those that one change mends are told together, with the ignore rule that decides.

mod list;

use std::collections::HashMap;
use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents,
};

use super::human::{Judged, state};
use crate::finding::{Finding, IgnoreRule, Ignoring};
use crate::policy::Verdict;
use crate::redact::shown_path;
use crate::rule::Confidence;
use crate::rules::{ENV_IGNORED_ONLY_LOCALLY, ENV_KEY_MISSING, ENV_NOT_IGNORED, ENV_TRACKED, is_warning};

/// Whether a finding is shown though it fails nothing: a warning, unless it is about what is not likely to be.
pub fn is_shown(finding: &Finding) -> bool {
    is_warning(finding.rule) && finding.confidence > Confidence::Low
}

/// What findings are told together for.
type Key<'a> = (&'static str, &'a Verdict, Option<&'a Ignoring>, Option<&'a str>, Option<&'a [u8]>);

/// The findings that are told together, in the order of the first of each; the others are given back.
pub fn grouped<'a>(findings: Vec<&'a Judged>) -> (Vec<Group<'a>>, Vec<&'a Judged>) {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known: HashMap<Key<'a>, usize> = HashMap::new();
    let mut others = Vec::new();
    for judged in findings {
        let Some(key) = key(judged) else {
            others.push(judged);
            continue;
        };
        let at = *known.entry(key).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group { findings: Vec::new() });
        }
        groups[at].findings.push(judged);
    }
    (groups, others)
}

fn key(judged: &Judged) -> Option<Key<'_>> {
    let (finding, verdict) = judged;
    let is_missing = finding.rule.id == ENV_KEY_MISSING.id;
    if finding.ignoring.is_none() && !is_missing && finding.rule.id != ENV_TRACKED.id {
        return None;
    }
    let (note, file) = (finding.note.as_deref().filter(|_| !is_missing), finding.origin.path().filter(|_| is_missing));
    Some((finding.rule.id, verdict, finding.ignoring.as_ref(), note, file))
}

/// Findings that one change mends.
pub struct Group<'a> {
    findings: Vec<&'a Judged>,
}

impl Group<'_> {
    fn first(&self) -> &Finding {
        &self.findings[0].0
    }

    fn rule_line(&self) -> Option<&IgnoreRule> {
        self.first().ignoring.as_ref().and_then(|ignoring| ignoring.rule.as_ref())
    }

    fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.findings.iter().filter_map(|(finding, _)| finding.origin.path())
    }

    /// What is wrong, and where it is to be mended.
    fn title(&self) -> String {
        let finding = self.first();
        let place = match &finding.ignoring {
            Some(ignoring) => format!("change {}", shown_path(&ignoring.change)),
            None if finding.rule.id == ENV_KEY_MISSING.id => {
                format!("in {}", self.paths().next().map_or(String::new(), shown_path))
            }
            None => "take it out".to_owned(),
        };
        format!("{} ({}): {place}", finding.rule.title, self.findings.len())
    }

    /// The names of the variables, or those of the files by folder.
    fn list(&self) -> String {
        if self.first().rule.id != ENV_KEY_MISSING.id {
            return list::by_folder(self.paths());
        }
        let named = |finding: &Finding| {
            let variable = finding.variable.clone().unwrap_or_default();
            finding.note.as_ref().map_or(variable.clone(), |note| format!("{variable}: {note}"))
        };
        list::cut(self.findings.iter().map(|(finding, _)| named(finding)), "\n")
    }

    /// What the deciding rule does.
    fn label(&self) -> &'static str {
        match self.first().rule.id {
            id if id == ENV_NOT_IGNORED.id => "this rule takes them back",
            id if id == ENV_IGNORED_ONLY_LOCALLY.id => "this rule ignores them, but only on this machine",
            _ => "this rule ignores them",
        }
    }

    /// The commands that take files out of the index.
    fn commands(&self) -> String {
        let command = |path: &[u8]| format!("git rm --cached -- {}", list::quoted(&shown_path(path)));
        list::cut(self.paths().map(command), "\n")
    }
}

impl fmt::Debug for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}\n{}", self.title(), state(&self.findings[0].1), self.list())?;
        let note = self.first().note.as_ref().filter(|_| self.first().rule.id != ENV_KEY_MISSING.id);
        note.map_or(Ok(()), |note| write!(f, "\n{note}"))
    }
}

impl std::error::Error for Group<'_> {}

impl Diagnostic for Group<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.first().rule.id))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match (&self.findings[0].1, is_warning(self.first().rule)) {
            (Verdict::Reported, false) => Severity::Error,
            (Verdict::Suppressed(_), _) => Severity::Advice,
            (_, true) => Severity::Warning,
            _ => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let rule = self.first().rule;
        let commands = if rule.id == ENV_TRACKED.id { format!("{}\n", self.commands()) } else { String::new() };
        Some(Box::new(format!("{commands}{}\nAll steps: ntnguard rules {}", rule.advice, rule.id)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.rule_line().map(|_| self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let rule = self.rule_line()?;
        let label = LabeledSpan::new(Some(self.label().to_owned()), 0, rule.text.trim_end().len());
        Some(Box::new(std::iter::once(label)))
    }
}

/// The deciding rule, under its true line number.
impl SourceCode for Group<'_> {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let rule = self.rule_line().ok_or(MietteError::OutOfBounds)?;
        let whole = SourceSpan::from(0..rule.text.len());
        let name = shown_path(&rule.file);
        Ok(Box::new(MietteSpanContents::new_named(name, rule.text.as_bytes(), whole, rule.line - 1, 0, 1)))
    }
}
