//! Checks each variable in env files and templates. Findings contain the names of variables, never
//! their values.

mod entry;
mod missing;
mod notion;
mod reused;

use std::path::Path;

use crate::detect::scanner::Scanner;
use crate::env::Role;
use crate::env::content::GIT_CRYPT;
use crate::env::file::{self, FileContent};
use crate::model::blob::{Blob, Origin};
use crate::model::finding::Finding;
use crate::model::rule::{Confidence, Severity};
use crate::model::skip::{Skip, SkipReason};
use crate::model::survey::Surveyed;
use crate::rules::{ENV_PUBLIC_PREFIX, ENV_TEMPLATE_SECRET, ENV_TOKEN_FORMAT, RULES};

use super::EnvSurvey;
use super::tree::{FoundFile, Tree};
use entry::EnvFile;

/// The largest number of findings that are listed for one rule and one file. Errors are listed
/// without a limit.
const TOLD: usize = 50;

/// Reads the env files and templates in `tree` and checks their contents.
pub fn check(top: &Path, tree: &Tree, survey: &EnvSurvey<'_>) -> Surveyed {
    let mut checked = Surveyed::default();
    let plain = Scanner::with_decode_depth(RULES, 0);
    let mut files = Vec::new();
    for (folder, found) in tree
        .folders
        .iter()
        .flat_map(|(path, folder)| folder.files.iter().map(move |file| (path, file)))
    {
        let path = if folder.is_empty() {
            found.name.clone()
        } else {
            [folder, &b"/"[..], &found.name].concat()
        };
        if let Some(text) = read(&mut checked, top, &path, found, survey) {
            let file = EnvFile::new(path, found.role, text, &plain);
            add(&mut checked, of_file(&file, survey.scanner));
            files.push(file.without_text());
        }
    }
    add(&mut checked, missing::in_folders(&files));
    add(
        &mut checked,
        missing::required(&files, &survey.policy.config.env_required),
    );
    add(&mut checked, reused::find(&files));
    checked
}

/// Returns the findings for an env file or template at `path` with the content `text`.
pub fn of_text(path: &[u8], role: Role, text: Vec<u8>, scanner: &Scanner) -> Vec<Finding> {
    let plain = Scanner::with_decode_depth(RULES, 0);
    of_file(
        &EnvFile::new(
            path.to_vec(),
            role,
            crate::env::dotenv::as_utf8(text),
            &plain,
        ),
        scanner,
    )
}

/// Returns the findings for variables with real values in a template at `path` with the content
/// `text`. Notion credentials are left out, because other rules find them in any file.
pub fn filled_in(path: &[u8], text: Vec<u8>) -> Vec<Finding> {
    let file = EnvFile::new(
        path.to_vec(),
        Role::Template,
        crate::env::dotenv::as_utf8(text),
        &Scanner::new(&[]),
    );
    let filled = file
        .entries
        .iter()
        .filter(|entry| entry.is_filled && !entry.is_notions);
    filled
        .take(TOLD)
        .map(|entry| file.about(&ENV_TEMPLATE_SECRET, entry))
        .collect()
}

/// Returns the findings for one file, without comparing it to other files.
fn of_file(file: &EnvFile, scanner: &Scanner) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.role == Role::Template {
        findings.extend(template_secrets(file, scanner));
    }
    findings.extend(notion::shipped_to_browsers(file).map(|entry| {
        let severity = if notion::holds_secret(file, entry) {
            Severity::Error
        } else {
            Severity::Warning
        };
        Finding {
            severity,
            ..file.about(&ENV_PUBLIC_PREFIX, entry)
        }
    }));
    if file.role == Role::Sensitive {
        findings.extend(notion::misshapen(file).map(|entry| file.about(&ENV_TOKEN_FORMAT, entry)));
    }
    findings
}

/// Returns true if a rule finds a credential in `text` with at least medium confidence.
pub fn holds_credential(text: &[u8]) -> bool {
    let scanner = Scanner::with_decode_depth(RULES, 0);
    scanner
        .scan(&Blob::whole(&Origin::Stdin, text))
        .iter()
        .any(|found| found.confidence >= Confidence::Medium)
}

/// Reads the text of a file. If it cannot be read as text, adds a skip to `checked` and returns
/// `None`. Also returns `None`, without a skip, for links, pipes and files that git-crypt has
/// encrypted.
fn read(
    checked: &mut Surveyed,
    top: &Path,
    path: &[u8],
    found: &FoundFile,
    survey: &EnvSurvey<'_>,
) -> Option<Vec<u8>> {
    let mut skip = |reason, detail: String| {
        let origin = Origin::File(file::path(path));
        checked.skips.push(Skip::new(origin, reason, detail));
        None
    };
    let text = match file::read(&top.join(file::path(path)), survey.file_size()) {
        // The target of a link is checked under its own path. A pipe is never read.
        _ if !found.is_file => return None,
        FileContent::Text(text) => crate::env::dotenv::as_utf8(text),
        FileContent::Unread(reason, detail) => return skip(reason, detail),
        FileContent::Link | FileContent::Folder | FileContent::Absent => return None,
    };
    if text.starts_with(GIT_CRYPT) {
        return None;
    }
    if memchr::memchr(0, &text[..text.len().min(8192)]).is_some() {
        return skip(
            SkipReason::Unsupported,
            "it is not text, so its variables are not known".to_owned(),
        );
    }
    checked.texts += 1;
    checked.bytes += text.len() as u64;
    Some(text)
}

/// Adds findings. For one rule and one file, the findings after the first `TOLD` are only counted,
/// unless they are errors.
fn add(checked: &mut Surveyed, findings: impl IntoIterator<Item = Finding>) {
    let mut count = 0;
    for finding in findings {
        let is_like =
            |last: &Finding| last.origin == finding.origin && last.rule.id == finding.rule.id;
        let same = checked.findings.last().is_some_and(is_like);
        count = if same { count + 1 } else { 1 };
        // Errors fail the run, so all of them are listed.
        if count <= TOLD || finding.severity == Severity::Error {
            checked.findings.push(finding);
        } else if let Some(last) = checked.findings.last_mut() {
            let more = count - TOLD;
            last.note = Some(format!(
                "{more} more findings like this one in this file are not listed."
            ));
        }
    }
}

/// Returns the findings for real values in a template: values that a rule finds with at least
/// medium confidence, and random values of variables that have the name of a secret.
fn template_secrets(file: &EnvFile, scanner: &Scanner) -> Vec<Finding> {
    let origin = Origin::File(file::path(&file.path));
    let found = scanner.scan(&Blob::whole(&origin, &file.text));
    let sure = found
        .into_iter()
        .filter(|found| found.confidence >= Confidence::Medium);
    let mut findings: Vec<Finding> = sure
        .map(|found| file.about_credential(&ENV_TEMPLATE_SECRET, found))
        .collect();
    let is_reported = |entry: &entry::EnvEntry| {
        let inside = |finding: &Finding| {
            finding
                .location
                .is_some_and(|at| entry.span.contains(&at.start.offset))
        };
        findings.iter().any(inside)
    };
    let filled = file
        .entries
        .iter()
        .filter(|entry| entry.is_filled && !is_reported(entry));
    let filled: Vec<Finding> = filled
        .map(|entry| file.about(&ENV_TEMPLATE_SECRET, entry))
        .collect();
    findings.extend(filled.into_iter().map(|finding| Finding {
        confidence: Confidence::Medium,
        ..finding
    }));
    findings
}
