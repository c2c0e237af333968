//! The event that a CI system reports, and the commits to scan for it.
//!
//! [`read`] turns the variables of a job, and for GitHub the payload of the event, into an
//! [`Event`]. [`plan`] then looks up the commits and refs of the event in the repository. Values
//! from variables and payloads are never parsed as revision expressions: an id must consist of
//! hexadecimal digits, and a branch or tag is looked up by its full name.

mod github;
mod others;
pub mod plan;
mod shard;
mod systems;

use crate::error::Result;
use crate::policy::Author;

pub use shard::Shard;
pub use systems::System;

/// Returns the value of a variable of the job; `None` if the variable is not set or empty.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Reads the payload of an event from the file with this path.
pub type Payload<'a> = dyn Fn(&str) -> Result<String> + 'a;

/// An event in a CI system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The CI system that reports the event.
    pub system: System,
    /// The name of the default branch; `None` if the system does not report it.
    pub default_branch: Option<String>,
    /// The author of the change. A stranger unless the system shows that it is a collaborator.
    pub author: Author,
    /// The repository that the remote `origin` belongs to.
    pub origin: Remote,
    /// The kind of the event, with the commits that the system reports.
    pub what: EventKind,
}

/// The kind of an event, with the commits to scan. A push, a proposal and a tag have a commit
/// range; a scheduled run scans all of history; a deletion needs no scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A branch has new commits.
    Push {
        /// The name of the branch; `None` if the system does not report it.
        branch: Option<String>,
        /// The commit of the branch before the push.
        before: BranchBefore,
        /// The commit of the branch after the push.
        head: CommitRef,
    },
    /// Commits are proposed for a branch, as in a pull request.
    Proposal(Proposal),
    /// A tag was made or moved.
    Tag {
        /// The name of the tag.
        name: String,
        /// The commit or the tag object that the tag points to.
        head: CommitRef,
    },
    /// A branch or a tag was deleted.
    Deletion {
        /// The name of the branch or tag.
        name: String,
    },
    /// A scheduled run, or a run that somebody started, with the name of the event. It has no
    /// change, so all of history is scanned.
    Everything(String),
    /// Any other event, with its name. A stranger may have written the commit that is checked out.
    Unclear(String),
    /// No CI event: somebody runs ntnguard by hand, on the commit that is checked out.
    Nothing,
}

/// Commits that are proposed for a branch, such as a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The name that the system uses for proposals, such as `pull request`.
    pub kind: &'static str,
    /// The merge commit that the system made of both branches and checked out; `None` if the system
    /// does not report this commit.
    pub merge: Option<Id>,
    /// The branch that the commits are to be merged into; `None` if the system does not report it.
    pub target: Option<Target>,
    /// The commit of the target branch; `None` if the system does not report it.
    pub base: Option<Id>,
    /// The merge base; `None` if the system does not report it. The author of the change can choose
    /// it, so it only limits the scanned commits, and no configuration is read from it.
    pub parted: Option<Id>,
    /// The newest commit of the proposal.
    pub head: CommitRef,
    /// The names of the target branch and the source branch, for messages. The name of the source
    /// branch is scanned, too.
    pub names: (String, String),
    /// The ref at the remote from which the head can be fetched; `None` if it is unknown.
    pub fetch: Option<String>,
}

/// The branch that commits are to be merged into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name of the branch.
    pub branch: String,
    /// The repository that the remote `origin` belongs to.
    pub origin: Remote,
}

/// The repository that the remote `origin` belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// The repository of the target branch or, for an event without a target branch, of the job.
    OfBase,
    /// The same repository if the URL of `origin` ends in this name (`owner/name`). If not,
    /// `origin` may be a fork.
    Named(String),
    /// Another repository or an unknown one. Its branches are not trusted.
    Foreign,
}

/// The commit of a branch before a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchBefore {
    /// The branch was at this commit.
    At(Id),
    /// The branch is new.
    Nowhere,
    /// The system does not report the commit.
    Unknown,
}

/// A reference to a commit in an event: an id, or the checked-out commit if the event has no id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CommitRef {
    /// The id of an object.
    Id(Id),
    /// The commit that is checked out.
    #[default]
    Head,
}

/// The id of a git object: the hexadecimal digits of a SHA-1 or SHA-256 hash, or the first digits
/// of the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// Returns `text` as a full id of 40 or 64 hexadecimal digits; `None` for any other text, and
    /// for zeros, which mean that there is no object.
    pub fn new(text: &str) -> Option<Self> {
        let is_id =
            matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id && !is_zeros(text)).then(|| Id(text.to_ascii_lowercase()))
    }

    /// Returns `text` as an abbreviated id of 12 to 64 hexadecimal digits, as Bitbucket reports it;
    /// `None` for any other text, and for zeros.
    fn beginning(text: &str) -> Option<Self> {
        let is_one =
            (12..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_one && !is_zeros(text)).then(|| Id(text.to_ascii_lowercase()))
    }

    /// Returns the digits; they may be only the first digits of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns true if `text` consists of zeros, by which CI systems say that there is no object.
fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'0')
}

impl BranchBefore {
    /// Reads the commit before a push from the variable of a CI system; `text` is `None` if the
    /// variable is not set.
    fn parse(text: Option<&str>) -> Self {
        match text {
            Some(text) if is_zeros(text) => BranchBefore::Nowhere,
            Some(text) => Id::new(text).map_or(BranchBefore::Unknown, BranchBefore::At),
            None => BranchBefore::Unknown,
        }
    }
}

/// Reads the event from the variables of the `chosen` system or, if no system is chosen, of the
/// system whose variables are set. The event of a run outside of known systems is
/// [`EventKind::Nothing`].
///
/// # Errors
///
/// When variables of several systems are set, or the payload cannot be read or is invalid.
pub fn read(chosen: Option<System>, lookup: &Lookup<'_>, payload: &Payload<'_>) -> Result<Event> {
    match chosen.map_or_else(|| System::running(lookup), Ok)? {
        System::Github => github::read(lookup, payload),
        system => Ok(others::read(system, lookup)),
    }
}

#[cfg(test)]
mod tests;
