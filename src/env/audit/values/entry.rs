//! Env files and their variables, parsed for the checks of values.

use std::ops::Range;

use crate::detect::redact::shown_path;
use crate::detect::scanner::Scanner;
use crate::env::dotenv::{self, Variable};
use crate::env::known::{self, Ignored, Suspicion, shown_name};
use crate::env::{Role, file};
use crate::model::blob::{Blob, Origin, Position};
use crate::model::finding::{Excerpt, Finding, Location};
use crate::model::path::file_name;
use crate::model::rule::{Confidence, Rule};
use crate::model::secret::Fingerprint;

/// The text that replaces a value in an excerpt.
const MASK: &str = "****…";

/// An env file or a template.
pub struct EnvFile {
    /// The path of the file in the repository.
    pub path: Vec<u8>,
    /// The role of the file by its name.
    pub role: Role,
    /// The content of the file. UTF-16 is converted to UTF-8; other encodings are unchanged.
    pub text: Vec<u8>,
    /// The variables in the order of the file.
    pub entries: Vec<EnvEntry>,
}

/// A variable that is set, without its value.
pub struct EnvEntry {
    /// The name of the variable.
    pub name: Vec<u8>,
    /// The name of the variable, masked and escaped for display.
    pub shown: String,
    /// The byte range of the value in the text.
    pub span: Range<usize>,
    /// The position of the first byte of the value in the file.
    pub start: Position,
    /// True if the value looks like a real secret: a random value of a variable that is named like
    /// a secret, or a credential under any name.
    pub is_filled: bool,
    /// True if the value has the prefix and the length of a Notion credential.
    pub is_notions: bool,
    /// The fingerprint of the value.
    pub value: Fingerprint,
    /// True if the value is empty, or only refers to a value stored elsewhere.
    pub is_elsewhere: bool,
    /// The fingerprint of the Notion credential in the value; `None` if the value contains no
    /// credential.
    pub credential: Option<Fingerprint>,
}

impl EnvFile {
    /// Parses `text`. `scanner` finds Notion credentials in it.
    pub fn new(path: Vec<u8>, role: Role, text: Vec<u8>, scanner: &Scanner) -> Self {
        let origin = Origin::File(file::path(&path));
        let found = scanner.scan(&Blob::whole(&origin, &text));
        let sure: Vec<Finding> = found
            .into_iter()
            .filter(|found| found.confidence >= Confidence::Medium)
            .collect();
        let entries = dotenv::parse(&text)
            .variables
            .iter()
            .map(|variable| EnvEntry::new(variable, &sure))
            .collect();
        EnvFile {
            path,
            role,
            text,
            entries,
        }
    }

    /// Drops the text. The entries are enough for comparing files.
    pub fn without_text(self) -> Self {
        EnvFile {
            text: Vec::new(),
            ..self
        }
    }

    /// Returns the last component of the file's path.
    pub fn name(&self) -> &[u8] {
        file_name(&self.path)
    }

    /// Returns the value of a variable as it is written.
    pub fn raw(&self, entry: &EnvEntry) -> &[u8] {
        &self.text[entry.span.clone()]
    }

    /// Makes a finding of `rule` about a variable.
    pub fn about(&self, rule: &'static Rule, entry: &EnvEntry) -> Finding {
        let start = entry.start;
        // The end has its own byte offset, but the line and column of the start: the value is not
        // read again to count them.
        let end = Position {
            offset: entry.span.end,
            ..start
        };
        let mask = if entry.span.is_empty() { "" } else { MASK };
        let text = format!("{}={mask}", entry.shown);
        let mark = text.len() - mask.len()..text.len();
        Finding {
            location: Some(Location { start, end }),
            excerpt: Some(Excerpt { text, mark }),
            variable: Some(entry.shown.clone()),
            values: vec![entry.value.clone()],
            ..Finding::of_file(rule, Origin::File(file::path(&self.path)))
        }
    }

    /// Converts `found`, a credential that another rule found in this file, to a finding of `rule`.
    pub fn about_credential(&self, rule: &'static Rule, found: Finding) -> Finding {
        let at = found.location.map_or(0, |at| at.start.offset);
        let entry = self.entries.iter().find(|entry| entry.span.contains(&at));
        let name = entry.map_or_else(String::new, |entry| format!("{}=", entry.shown));
        let text = format!("{name}{MASK}");
        let mark = name.len()..text.len();
        Finding {
            note: Some(format!(
                "The value is a Notion credential: see `ntnguard rules {}`.",
                found.rule.id
            )),
            variable: entry.map(|entry| entry.shown.clone()),
            excerpt: Some(Excerpt { text, mark }),
            values: found
                .evidence
                .iter()
                .map(|evidence| evidence.fingerprint.clone())
                .collect(),
            rule,
            severity: rule.severity,
            ..found
        }
    }

    /// Returns the file's path, masked and escaped for display.
    pub fn shown(&self) -> String {
        shown_path(&self.path)
    }
}

impl EnvEntry {
    fn new(variable: &Variable<'_>, credentials: &[Finding]) -> Self {
        let ignored = known::judge(variable.name, &variable.value);
        let first = credentials.partition_point(|found| offset(found) < variable.span.start);
        let credential = credentials
            .get(first)
            .filter(|found| offset(found) < variable.span.end);
        EnvEntry {
            name: variable.name.to_vec(),
            shown: shown_name(variable.name, shown_path),
            span: variable.span.clone(),
            start: Position {
                line: variable.line,
                column: variable.column,
                // The text before the value is nearly always ASCII, where a character is one UTF-16
                // unit.
                utf16_column: variable.column,
                offset: variable.span.start,
            },
            is_filled: known::suspicion(variable.name, &variable.value) == Suspicion::Random,
            is_notions: known::is_notions(&variable.value),
            value: variable.value.fingerprint(),
            is_elsewhere: variable.span.is_empty() || ignored == Some(Ignored::Reference),
            credential: credential
                .and_then(|found| Some(found.evidence.as_ref()?.fingerprint.clone())),
        }
    }
}

fn offset(found: &Finding) -> usize {
    found.location.map_or(0, |at| at.start.offset)
}
