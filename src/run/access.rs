//! The survey of a token's access. Each difference from the expected access becomes a finding.

use crate::error::Result;
use crate::live::expect::{self, Drift, DriftSubject};
use crate::model::blob::{Origin, Position};
use crate::model::finding::{Excerpt, Finding, Location};
use crate::model::notion_id::NotionId;
use crate::model::skip::{Skip, SkipReason};
use crate::model::source_kind::SourceKind;
use crate::model::survey::Surveyed;
use crate::model::time::Date;
use crate::model::variable_name::VariableName;
use crate::policy::config::access::Expectations;
use crate::report::AccessFacts;

use super::survey::Survey;

/// The survey of a token's access.
pub struct AccessSurvey<'a> {
    /// The present access, as Notion reported it.
    pub facts: &'a AccessFacts,
    /// The file of expectations, and the variable with the token. `None` if there is no file, or
    /// the token came on standard input.
    pub file: Option<(&'a Expectations, &'a VariableName)>,
    /// The current day in UTC, which decides if an entry has expired.
    pub today: Date,
}

impl Survey for AccessSurvey<'_> {
    fn source(&self) -> SourceKind {
        SourceKind::Access
    }

    fn survey(&self) -> Result<Surveyed> {
        let facts = self.facts;
        let gaps = facts.access.gaps.iter().map(|gap| {
            let traced = crate::report::traced(&gap.trace);
            let skip = unknown(&format!("{}: {}{traced}", gap.what, gap.why));
            match gap.help {
                Some(help) => skip.advising(help),
                None => skip,
            }
        });
        let mut surveyed = Surveyed {
            skips: gaps.collect(),
            texts: facts.access.reach.len() as u64,
            ..Surveyed::default()
        };
        let Some((file, variable)) = self.file else {
            return Ok(surveyed);
        };
        let Some(expected) = &facts.expected else {
            let detail = format!("{} has no entry for {variable}", file.name());
            let help = "check the name, or add the entry with --write";
            surveyed.skips.push(unknown(&detail).advising(help));
            return Ok(surveyed);
        };
        let (identity, access) = (&facts.identity, &facts.access);
        let (drifts, gaps) = expect::drift(identity, access, expected, self.today);
        let findings = drifts.into_iter().enumerate();
        let findings = findings.map(|(at, drift)| self.finding(drift, at < PLACED, file, variable));
        surveyed.findings = findings.collect();
        let gaps = gaps.into_iter();
        surveyed
            .skips
            .extend(gaps.map(|what| unknown(&format!("not compared: {what}"))));
        Ok(surveyed)
    }
}

/// The largest number of findings that get the line of their entry. Finding a line reads the whole
/// file.
const PLACED: usize = 100;

impl AccessSurvey<'_> {
    fn finding(
        &self,
        drift: Drift,
        is_placed: bool,
        file: &Expectations,
        variable: &VariableName,
    ) -> Finding {
        let title = match drift.subject {
            DriftSubject::Object(id) => self.title(id),
            _ => None,
        };
        let place = is_placed.then(|| file.place(variable, self.entry(drift.subject)));
        let location = place.flatten().map(|(offset, line)| {
            let start = Position {
                line,
                column: 1,
                utf16_column: 1,
                offset,
            };
            Location { start, end: start }
        });
        let excerpt = title.filter(|_| location.is_some()).map(|text| Excerpt {
            mark: 0..text.len(),
            text,
        });
        Finding {
            variable: Some(variable.to_string()),
            subject: Some(drift.subject.id()),
            note: Some(drift.note),
            location,
            excerpt,
            ..Finding::of_file(drift.rule, Origin::File(file.name().into()))
        }
    }

    /// Returns the index of an object in the list of expected roots; `None` if the list does not
    /// have it.
    fn entry(&self, subject: DriftSubject) -> Option<usize> {
        let DriftSubject::Object(id) = subject else {
            return None;
        };
        let reach = &self.facts.access.reach;
        let roots = self.facts.expected.as_ref()?.roots.as_ref()?;
        roots.iter().position(|root| reach.means(root.id, id))
    }

    /// Returns the title of an object in Notion or, if it is unknown, in the file. `None` if there
    /// is no title or it is empty.
    fn title(&self, id: NotionId) -> Option<String> {
        let mut roots = self.facts.access.roots.iter().flatten();
        let now = roots
            .find(|root| root.id == id)
            .map(|root| root.title.clone());
        let written = || {
            let roots = self.facts.expected.as_ref()?.roots.as_ref()?;
            roots.iter().find(|root| root.id == id)?.title.clone()
        };
        now.or_else(written).filter(|title| !title.is_empty())
    }
}

fn unknown(detail: &str) -> Skip {
    Skip::new(Origin::Notion, SkipReason::NotAnswered, detail)
}
