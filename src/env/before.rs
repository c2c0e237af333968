//! Checks if a fault of env files is older than a change: if the commit that the change is compared
//! with already had it.

use std::collections::HashMap;

use crate::detect::scanner::Scanner;
use crate::git::{ObjectId, Repository};
use crate::model::blob::{Blob, Origin};
use crate::model::defaults;
use crate::model::finding::{Finding, Ignoring, Name, Reason, Says};
use crate::model::path::file_name;
use crate::model::rule::{RuleKind, Severity};
use crate::model::secret::Fingerprint;

use super::audit::{manifest, pointers, reasons, values};
use super::ignore::{IgnoreRules, folder_of};
use super::{Role, of_file, role};

/// The commit that a change is compared with.
pub struct Before<'r> {
    repository: &'r Repository,
    /// The files of the commit.
    files: HashMap<Vec<u8>, ObjectId>,
    /// The ignore rules of the commit.
    rules: IgnoreRules,
    scanner: &'r Scanner,
}

impl<'r> Before<'r> {
    /// Reads the state of `commit` in `repository`; `scanner` finds credentials in its env files.
    /// `None` for a bare repository, which cannot be audited.
    pub fn new(repository: &'r Repository, commit: ObjectId, scanner: &'r Scanner) -> Option<Self> {
        let rules = IgnoreRules::of_commit(repository, commit)?;
        Some(Before {
            repository,
            files: repository.files(commit),
            rules,
            scanner,
        })
    }

    /// Returns true if the commit has the same fault as `finding`: the same paths wrongly ignored
    /// or not ignored, an env file with at least the same secrets, or the same variable with the
    /// same value. If only some paths of `finding` are new, returns false and leaves only those in
    /// `finding`.
    pub fn has(&mut self, finding: &mut Finding) -> bool {
        if let Some(names) = self.new_names(finding) {
            let Some(first) = names.first() else {
                return true;
            };
            finding.severity = first.severity;
            finding
                .ignoring
                .iter_mut()
                .for_each(|ignoring| ignoring.names = names.clone());
            return false;
        }
        match (&finding.ignoring, finding.origin.path(), finding.rule.kind) {
            (Some(_), ..) | (None, None, _) => false,
            (_, _, kind) if kind != RuleKind::Env => false,
            (None, Some(path), _) if finding.variable.is_none() && finding.evidence.is_none() => {
                // An error without values means that the file could not be read. Its secrets are
                // not known, so the finding counts as new.
                let is_read = finding.severity < Severity::Error || !finding.values.is_empty();
                is_read
                    && self
                        .tracked(path)
                        .is_some_and(|known| is_part(&finding.values, &known.values))
            }
            (None, Some(path), _) => self.has_value(path, finding),
        }
    }

    /// Returns the new paths in a finding about ignore rules. A path is new if the commit's ignore
    /// files treat it correctly, or if it is an error and the commit has none of the reasons to
    /// expect the file. `None` if the finding is not about ignore rules.
    fn new_names(&mut self, finding: &Finding) -> Option<Vec<Name>> {
        let Ignoring { names, .. } = finding.ignoring.as_ref()?;
        let was_there = |before: &mut Self, name: &Name| {
            let is_wrong =
                before.rules.ignores(&name.path, false) != finding.rule.is_about_committing;
            is_wrong
                && (name.severity < Severity::Error
                    || name.reasons.iter().any(|reason| before.says(reason)))
        };
        Some(
            names
                .iter()
                .filter(|name| !was_there(self, name))
                .cloned()
                .collect(),
        )
    }

    /// Returns the finding for the env file at `path` in the commit; `None` if the file is missing
    /// or harmless.
    fn tracked(&self, path: &[u8]) -> Option<Finding> {
        let text = self.text(path)?;
        let found = self.scanner.scan(&Blob::whole(&Origin::Stdin, &text));
        of_file(
            Origin::Stdin,
            path,
            role(path).unwrap_or(Role::Sensitive),
            &text,
            &found,
        )
    }

    fn has_value(&self, path: &[u8], finding: &Finding) -> bool {
        let (Some(text), Some(role)) = (self.text(path), role(path)) else {
            return false;
        };
        values::of_text(path, role, text, self.scanner)
            .iter()
            .any(|known| {
                known.rule.id == finding.rule.id
                    && known.variable == finding.variable
                    && is_part(&finding.values, &known.values)
            })
    }

    /// Returns true if the commit has this reason to expect an env file.
    fn says(&self, reason: &Reason) -> bool {
        let Some(text) = self.text(&reason.file) else {
            return false;
        };
        let name = file_name(&reason.file);
        match &reason.says {
            Says::IsEnvFile | Says::IsTemplate => true,
            Says::DependsOn(_) => manifest::reader(name, &text).is_some(),
            Says::Names(path) => {
                (!pointers::is_program(name) || self.has_parser(&reason.file))
                    && pointers::in_file(&reason.file, &text)
                        .iter()
                        .any(|known| known.path == *path)
            }
            Says::ReadsNotion => reasons::reads_notion(&reason.file, &text).is_some(),
        }
    }

    /// Returns true if a manifest of the innermost package around `path` lists a parser of env
    /// files as a dependency. Without it, the file cannot call the parser.
    fn has_parser(&self, path: &[u8]) -> bool {
        let mut folder = folder_of(path);
        loop {
            let at = |name: &[u8]| {
                if folder.is_empty() {
                    name.to_vec()
                } else {
                    [folder, b"/", name].concat()
                }
            };
            let manifests: Vec<_> = manifest::NAMES
                .iter()
                .filter(|name| self.files.contains_key(&at(name)))
                .collect();
            if !manifests.is_empty() || folder.is_empty() {
                let reader = |name: &[u8]| manifest::reader(name, &self.text(&at(name))?);
                return manifests
                    .iter()
                    .filter_map(|name| reader(name))
                    .any(|package| manifest::is_parser(&package));
            }
            folder = folder_of(folder);
        }
    }

    /// Returns the text of a file in the commit, cut at the largest size that the audit reads;
    /// `None` if the file is missing or cannot be read.
    fn text(&self, path: &[u8]) -> Option<Vec<u8>> {
        let mut text = self.repository.content(*self.files.get(path)?)?;
        text.truncate(defaults::PROGRAM.max(defaults::ENV_FILE as usize));
        Some(text)
    }
}

/// Returns true if all of `some` are among `all`.
fn is_part(some: &[Fingerprint], all: &[Fingerprint]) -> bool {
    some.iter().all(|value| all.contains(value))
}
