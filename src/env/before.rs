//! What was there before: whether the commit that a change is compared with has a fault of env files, too.

use crate::blob::{Blob, Origin};
use crate::finding::{Finding, Ignoring, Reason, Says};
use crate::git::{ObjectId, Repository};
use crate::rule::{RuleKind, Severity};
use crate::scanner::Scanner;
use crate::secret::Fingerprint;

use super::audit::{manifest, pointers, reasons, values};
use super::ignore::Rules;
use super::{of_file, role};

/// The commit that a change is compared with.
pub struct Before<'r> {
    repository: &'r Repository,
    commit: ObjectId,
    /// Its ignore files.
    rules: Rules,
    scanner: &'r Scanner,
}

impl<'r> Before<'r> {
    /// What `commit` of `repository` has; `scanner` tells what its env files hold. `None` in a bare repository, which has no
    /// audit to compare.
    pub fn new(repository: &'r Repository, commit: ObjectId, scanner: &'r Scanner) -> Option<Self> {
        Some(Before { repository, commit, rules: Rules::of_commit(repository, commit)?, scanner })
    }

    /// Returns true if the commit has what a finding about env files is about: the same gap, an env file that holds no less,
    /// the same variable with the same value.
    pub fn has(&mut self, finding: &Finding) -> bool {
        match (&finding.ignoring, finding.origin.path(), finding.rule.kind) {
            (_, _, RuleKind::Credential) | (None, None, _) => false,
            (Some(ignoring), ..) => self.has_gap(ignoring, finding),
            (None, Some(path), _) if finding.variable.is_none() && finding.evidence.is_none() => {
                self.tracked(path).is_some_and(|known| is_part(&finding.values, &known.values))
            }
            (None, Some(path), _) => self.has_value(path, finding),
        }
    }

    /// Whether ignore files treat as wrongly what is most severe of it, and the same speaks for it.
    fn has_gap(&mut self, ignoring: &Ignoring, finding: &Finding) -> bool {
        let mut names = ignoring.names.iter().filter(|name| name.severity == finding.severity);
        names.all(|name| {
            let is_wrong = self.rules.ignores(&name.path, false) != finding.rule.is_about_committing;
            is_wrong && (name.severity < Severity::Error || name.reasons.iter().any(|reason| self.says(reason)))
        })
    }

    /// What there is to say of the env file that is tracked at `path`.
    fn tracked(&self, path: &[u8]) -> Option<Finding> {
        let text = self.text(path)?;
        let found = self.scanner.scan(&Blob::whole(&Origin::Stdin, &text));
        of_file(Origin::Stdin, path, &text, &found)
    }

    fn has_value(&self, path: &[u8], finding: &Finding) -> bool {
        let (Some(text), Some(role)) = (self.text(path), role(path)) else { return false };
        values::of_text(path, role, text, self.scanner).iter().any(|known| {
            known.rule.id == finding.rule.id
                && known.variable == finding.variable
                && is_part(&finding.values, &known.values)
        })
    }

    /// Whether what makes an env file to be expected was there.
    fn says(&self, reason: &Reason) -> bool {
        let Some(text) = self.text(&reason.file) else { return false };
        let name = reason.file.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        match &reason.says {
            Says::IsEnvFile | Says::IsTemplate => true,
            Says::DependsOn(_) => manifest::reader(name, &text).is_some(),
            Says::Names(path) => pointers::in_file(&reason.file, &text).iter().any(|known| known.path == *path),
            Says::ReadsNotion => reasons::reads_notion(&reason.file, &text).is_some(),
        }
    }

    fn text(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.repository.content(self.repository.entry(self.commit, path)?)
    }
}

/// Whether all of `some` are among `all`.
fn is_part(some: &[Fingerprint], all: &[Fingerprint]) -> bool {
    some.iter().all(|value| all.contains(value))
}
