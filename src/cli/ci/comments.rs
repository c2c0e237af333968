//! Comments such as `ntnguard: allow` in checked-out files: a comment has an effect only if it was
//! there before the change.

use crate::ci::plan::Base;
use crate::detect::scanner::Scanner;
use crate::git::{ObjectId, Repository};
use crate::model::allowance::Allowance;
use crate::model::blob::Blob;
use crate::model::finding::{Finding, SuppressedBy, Verdict};
use crate::model::source_kind::SourceKind;
use crate::model::vault::Vault;
use crate::policy::Policy;
use crate::report::Report;

/// Looks comments up in the commit that the change is compared with (the base).
pub struct Comments<'r> {
    repository: &'r Repository,
    base: Option<ObjectId>,
    scanner: &'r Scanner,
}

impl<'r> Comments<'r> {
    /// Returns a lookup in the commit of `base`. Without a commit, no comment was there before.
    pub fn new(repository: &'r Repository, base: Base, scanner: &'r Scanner) -> Self {
        let base = match base {
            Base::At(base) => Some(base),
            Base::Since(parent) => parent,
            Base::Own | Base::Nobody => None,
        };
        Comments {
            repository,
            base,
            scanner,
        }
    }

    /// Removes the effect of comments that the base does not have: the findings that they suppress
    /// are judged again by `policy`, which ignores comments.
    pub fn drop_new(&self, report: &mut Report, policy: &Policy) {
        for (finding, verdict) in &mut report.findings {
            let is_by_comment =
                matches!(verdict, Verdict::Suppressed(by) if by.by == SuppressedBy::Inline);
            if is_by_comment && !self.base.is_some_and(|base| self.was_there(base, finding)) {
                *verdict = policy.judge(finding);
                finding.note = policy.note(finding).map(str::to_owned);
            }
        }
    }

    /// Returns true if the base has the same secret with the same comment: in the file at the same
    /// path or, if the path is new, in a file with the same content.
    fn was_there(&self, base: ObjectId, finding: &Finding) -> bool {
        let (Some(path), Some(head)) = (finding.origin.path(), self.repository.head()) else {
            return false;
        };
        let entry = |commit| move |path: &[u8]| self.repository.entry(commit, path);
        let (own, before) = (entry(head), entry(base));
        // The comment was there if the base has the same object at this path, or at the path of a
        // directory or submodule above it.
        let ends = (0..=path.len()).filter(|end| path.get(*end).is_none_or(|byte| *byte == b'/'));
        if ends
            .map(|end| &path[..end])
            .any(|part| own(part).is_some() && own(part) == before(part))
        {
            return true;
        }
        match (own(path), before(path)) {
            (_, Some(before)) => self.allows(before, finding),
            (Some(own), None) => self.repository.has_file(base, own),
            (None, None) => false,
        }
    }

    /// Returns true if the content of a file has the same secret with a comment that allows it.
    fn allows(&self, blob: ObjectId, finding: &Finding) -> bool {
        let Some(content) = self
            .repository
            .content(blob)
            .filter(|_| finding.origin.member().is_none())
        else {
            return false;
        };
        let path = finding.origin.path().unwrap_or_default();
        let is_allowed = |other: &Finding| matches!(other.allowance, Some(Allowance::Given(_)));
        let blob = Blob::whole(&finding.origin, &content);
        let looked = self
            .scanner
            .look(&blob, SourceKind::Worktree, &Vault::default());
        looked.findings.into_iter().any(|mut other| {
            other.bind(path);
            is_allowed(&other) && other.fingerprint() == finding.fingerprint()
        })
    }
}
