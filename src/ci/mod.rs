//! The event that a CI system reports, and the commits that it means.
//!
//! [`read`] is the table of events: it turns the variables of a job, and the payload of GitHub's,
//! into an [`Event`], and asks no repository. [`plan`] then looks up in the repository the commits
//! and refs that the event names. No variable and no payload is taken for a revision expression: an
//! id is hexadecimal digits, and a branch or a tag is looked up under its full name.

mod github;
mod others;
pub mod plan;
mod systems;

use crate::error::Result;
use crate::policy::Author;

pub use systems::System;

/// Returns the value of a variable of the job; `None` for one that is not set, or empty.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Reads the file of a name: the payload of an event.
pub type Payload<'a> = dyn Fn(&str) -> Result<String> + 'a;

/// An event in a CI system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The CI system that reports the event.
    pub system: System,
    /// The name of the default branch; `None` where the system does not give it.
    pub default_branch: Option<String>,
    /// The author of the change; a stranger where the system does not prove otherwise.
    pub author: Author,
    /// The repository that the remote `origin` belongs to.
    pub origin: Remote,
    /// The kind of event, with its commits.
    pub what: What,
}

/// The kinds of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A branch has new commits.
    Push {
        /// The name of the branch; `None` where the system does not give it.
        branch: Option<String>,
        /// The commit of the branch before the push.
        before: BranchBefore,
        /// The commit of the branch after the push.
        head: Point,
    },
    /// Commits are to go into a branch.
    Proposal(Proposal),
    /// A tag was made or moved.
    Tag {
        /// Its name.
        name: String,
        /// The commit or the tag object that the tag names.
        head: Point,
    },
    /// A branch or a tag was deleted.
    Deletion {
        /// Its name.
        name: String,
    },
    /// A scheduled run, or one that somebody started, by its name. It means no change, so
    /// everything is judged.
    Everything(String),
    /// Any other event, by its name. The commit that is checked out may be anybody's.
    Unclear(String),
    /// No known event: somebody runs ntnguard by hand, on the commit that is checked out.
    Nothing,
}

/// Commits that are to go into a branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The system's name for a proposal: `pull request`.
    pub kind: &'static str,
    /// The merge commit that the system made of both branches and checked out; `None` where it does
    /// not name one.
    pub merge: Option<Id>,
    /// The branch that the commits are to be merged into.
    pub target: Option<Target>,
    /// The commit of the target branch that the system reports.
    pub base: Option<Id>,
    /// The merge base that the system reports. The author of the change chose it, so it limits the
    /// commits that are scanned and never supplies configuration.
    pub parted: Option<Id>,
    /// The newest commit of the proposal.
    pub head: Point,
    /// The names of the target and the source branch, for people.
    pub names: (String, String),
    /// The ref that has the head at the remote, to be fetched where it is missing.
    pub fetch: Option<String>,
}

/// The branch that commits are to go into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub branch: String,
    /// The repository that the remote `origin` belongs to.
    pub origin: Remote,
}

/// The repository that the remote `origin` belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// The repository of the target branch or, for an event without one, of the job.
    OfBase,
    /// The same repository if the address of `origin` ends in this name (`owner/name`); perhaps a
    /// fork otherwise.
    Named(String),
    /// Another or an unknown repository, whose branches are not trusted.
    Foreign,
}

/// The commit of a branch before a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BranchBefore {
    /// This commit.
    At(Id),
    /// None: the branch is new.
    Nowhere,
    /// The system does not say.
    Untold,
}

/// A name for a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Point {
    /// The id of an object.
    Id(Id),
    /// The commit that is checked out.
    #[default]
    Head,
}

/// The id of an object: hexadecimal digits, as many as SHA-1 or SHA-256 has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// Returns the id in `text`; `None` if `text` is no id, or zeros, which stand for no object.
    pub fn new(text: &str) -> Option<Self> {
        let is_id =
            matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id && !is_zeros(text)).then(|| Id(text.to_ascii_lowercase()))
    }

    /// Returns the id that `text` is the beginning of, with at least twelve digits, as Bitbucket
    /// writes it; `None` for any other text.
    fn beginning(text: &str) -> Option<Self> {
        let is_one =
            (12..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_one && !is_zeros(text)).then(|| Id(text.to_ascii_lowercase()))
    }

    /// Returns the digits of the id, or the first of them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns true if `text` is zeros alone, which systems write where there is no object.
fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'0')
}

impl BranchBefore {
    /// Reads the value of a system's variable for the commit before a push.
    fn told(text: Option<&str>) -> Self {
        match text {
            Some(text) if is_zeros(text) => BranchBefore::Nowhere,
            Some(text) => Id::new(text).map_or(BranchBefore::Untold, BranchBefore::At),
            None => BranchBefore::Untold,
        }
    }
}

/// Reads the event from the variables of a job: those of the `chosen` system, or of the one whose
/// variables are set. Returns [`What::Nothing`] for a run outside of any known system.
///
/// # Errors
///
/// When several systems are named, and when the payload that is named cannot be read or is invalid.
pub fn read(chosen: Option<System>, lookup: &Lookup<'_>, payload: &Payload<'_>) -> Result<Event> {
    match chosen.map_or_else(|| System::running(lookup), Ok)? {
        System::Github => github::read(lookup, payload),
        system => Ok(others::read(system, lookup)),
    }
}

#[cfg(test)]
mod tests;
