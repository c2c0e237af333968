//! The exceptions that a change under review contains for its own findings.

use crate::model::allowance::Allowance;
use crate::model::finding::{Finding, SuppressedBy, Suppression};
use crate::model::skip::Skip;

use super::Policy;

/// A change under review. Its own configuration, baseline and comments may allow its own findings.
#[derive(Clone)]
pub struct Change {
    /// The policy read from the files of the change.
    pub policy: Box<Policy>,
    /// The author of the change.
    pub author: Author,
}

/// The author of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// Somebody who may write to the repository. A finding for which the change contains an
    /// exception does not fail the run, and is reported as allowed by the change.
    Collaborator,
    /// Somebody who may not write to the repository: the allowances of the change are ignored.
    Stranger,
    /// Not known, because the base commit of the change is missing. The allowances of the change
    /// are ignored.
    Unknown,
}

impl Change {
    /// Returns the suppression that the change's own policy has for a finding; `None` if it does
    /// not let the finding pass. A rule that the change switches off suppresses nothing here.
    pub(super) fn allows(&self, finding: &Finding) -> Option<Suppression> {
        self.policy
            .suppression(finding)
            .filter(|by| by.by != SuppressedBy::Rules)
    }
}

impl Policy {
    /// Returns the change under review, if it is by such an author.
    pub(super) fn change_by(&self, author: Author) -> Option<&Change> {
        self.change
            .as_ref()
            .filter(|change| change.author == author)
    }

    /// Returns the reason why the change's own acceptance of `skip` is ignored; `None` if it is not
    /// ignored, or if the change does not accept `skip`.
    pub fn note_unscanned(&self, skip: &Skip) -> Option<&'static str> {
        self.change
            .as_ref()?
            .policy
            .acceptance(skip)
            .and_then(|_| self.why_not_allowed())
    }

    /// Returns the entry by which a stranger's change accepts `skip`, for a maintainer to decide
    /// on; `None` if the change has no such entry, or if the change is not by a stranger.
    pub fn asked_to_accept(&self, skip: &Skip) -> Option<Suppression> {
        self.change_by(Author::Stranger)?.policy.acceptance(skip)
    }

    /// Returns the reason why the allowance of a finding is ignored; `None` if it is not ignored,
    /// or if the finding has no allowance.
    pub fn note(&self, finding: &Finding) -> Option<&'static str> {
        match &finding.allowance {
            Some(Allowance::Given(_)) if !self.inline => self.why_not_allowed(),
            Some(void) if void.fault().is_some() => void.fault(),
            _ if self.change.as_ref()?.allows(finding).is_some() => self.why_not_allowed(),
            _ => None,
        }
    }

    /// Returns the reason why the allowances of the change are ignored; `None` if they take effect.
    fn why_not_allowed(&self) -> Option<&'static str> {
        match self.change.as_ref().map(|change| change.author) {
            Some(Author::Collaborator) => None,
            Some(Author::Unknown) => Some(
                "the exception for this finding is part of the change, so the exception is ignored: the base \
                 commit, which could confirm it, is missing in this clone",
            ),
            Some(Author::Stranger) | None => Some(
                "the exception for this finding is part of the change, so the exception is ignored: a maintainer \
                 has to add it on the base branch",
            ),
        }
    }

    /// Returns the allowance by which a stranger's change allows `finding`, for a maintainer to
    /// decide on; `None` if the change has no such allowance, or if the change is not by a
    /// stranger.
    pub fn asked_for(&self, finding: &Finding) -> Option<Suppression> {
        self.change_by(Author::Stranger)?.allows(finding)
    }
}
