//! The plan of a CI run: the commits to scan for an event, and the base whose configuration judges
//! them.

mod look;
mod proposal;
mod push;
mod tag;

use std::fmt;

use super::{BranchBefore, CommitRef, Event, EventKind};
use crate::detect::redact::shown_path;
use crate::error::{Error, Result};
use crate::git::{ObjectId, Repository};
use crate::model::skip::Skip;
use look::EventLookup;

/// The commits to scan in addition to the checked-out files, and the base that judges them.
pub struct Plan {
    /// The commits to scan.
    pub commits: Commits,
    /// The state before the change, whose configuration judges the findings.
    pub base: Base,
    /// The full names of the refs of the change, which are scanned, too.
    pub refs: Vec<Vec<u8>>,
    /// A description of the plan for people, in one line and escaped for a terminal.
    pub said: String,
    /// The objects and refs that the event names and this clone lacks.
    pub skips: Vec<Skip>,
}

/// The set of commits to scan.
#[derive(Debug, PartialEq, Eq)]
pub enum Commits {
    /// Commits that are reachable from the first object and from none of the others.
    Reached(ObjectId, Vec<ObjectId>),
    /// Everything that git stores.
    History,
    /// Commits that this clone lacks.
    Missing,
}

impl fmt::Display for Commits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Commits::Reached(head, others) => {
                write!(
                    f,
                    "commits reachable from {head} and not from {} others",
                    others.len()
                )
            }
            Commits::History => f.write_str("all of history"),
            Commits::Missing => f.write_str("commits that are missing in this clone"),
        }
    }
}

/// The state before a change. Its configuration judges the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The files of this commit.
    At(ObjectId),
    /// The checked-out files, since no change is judged.
    Own,
    /// The checked-out settings, with the allowances of this commit: the first parent of HEAD, or
    /// `None` if HEAD has no parent here. Newer allowances are treated as part of the change.
    Since(Option<ObjectId>),
    /// Unknown, or missing in this clone: the default configuration judges the change.
    Nobody,
}

/// The revisions that the user gave with flags. They replace those of the event.
#[derive(Default)]
pub struct Chosen {
    /// The revision after which the commits begin; `None` without the flag.
    pub base: Option<String>,
    /// The newest commit; `None` without the flag.
    pub head: Option<String>,
}

/// Returns the plan for an event in a repository.
///
/// # Errors
///
/// When a revision that the user has chosen does not exist, the refs cannot be read, or the event
/// is a deletion, which has no commits.
pub fn plan(event: &Event, chosen: &Chosen, repository: &Repository) -> Result<Plan> {
    let plan = commits(event, chosen, repository)?;
    Ok(Plan {
        refs: refs(&event.what),
        ..plan
    })
}

/// Returns the full names of the refs of the change. The names are scanned, since a name may
/// contain a secret.
fn refs(what: &EventKind) -> Vec<Vec<u8>> {
    let name = match what {
        EventKind::Push {
            branch: Some(name), ..
        } => format!("refs/heads/{name}"),
        EventKind::Proposal(proposal) => format!("refs/heads/{}", proposal.names.1),
        EventKind::Tag { name, .. } => format!("refs/tags/{name}"),
        EventKind::Push { branch: None, .. }
        | EventKind::Deletion { .. }
        | EventKind::Everything(_)
        | EventKind::Unclear(_)
        | EventKind::Nothing => return Vec::new(),
    };
    vec![name.into_bytes()]
}

fn commits(event: &Event, chosen: &Chosen, repository: &Repository) -> Result<Plan> {
    let look = EventLookup { event, repository };
    let head = chosen
        .head
        .as_deref()
        .map(|head| repository.resolve(head))
        .transpose()?;
    if let Some(base) = &chosen.base {
        let names = (base.as_str(), chosen.head.as_deref().unwrap_or("HEAD"));
        return between(&look, names, repository.resolve_base(base)?, head);
    }
    match &event.what {
        EventKind::Push {
            branch,
            before,
            head: now,
        } => push::plan(&look, branch.as_deref(), before, now, head),
        EventKind::Proposal(proposal) => proposal::plan(&look, proposal, head),
        EventKind::Tag { name, head: now } => tag::plan(&look, name, now, head),
        _ if head.is_some() => {
            push::plan(&look, None, &BranchBefore::Nowhere, &CommitRef::Head, head)
        }
        EventKind::Deletion { .. } => {
            Err(Error::new("a deleted branch or tag has no commits to scan"))
        }
        // Without a HEAD, the repository has no commits to scan.
        EventKind::Everything(name) if repository.head().is_none() => {
            Ok(look.missing(&shown_path(name.as_bytes()), &CommitRef::Head, Base::Own))
        }
        EventKind::Everything(name) => Ok(everything(name)),
        EventKind::Unclear(name) => unclear(&look, name),
        EventKind::Nothing => by_hand(&look),
    }
}

fn everything(name: &str) -> Plan {
    let said = format!("{}: all of history", shown_path(name.as_bytes()));
    Plan {
        commits: Commits::History,
        base: Base::Own,
        refs: Vec::new(),
        said,
        skips: Vec::new(),
    }
}

/// Plans a run without a CI event: the checked-out files and the commits that the default branch
/// does not have. The checked-out configuration judges both.
fn by_hand(look: &EventLookup<'_>) -> Result<Plan> {
    let title = "no CI event";
    match (look.repository.head(), look.default_branch()) {
        (None, _) => Ok(look.missing(title, &CommitRef::Head, Base::Own)),
        (Some(head), Some((name, id))) => look.reached(
            title,
            &format!("not in {}", shown_path(name.as_bytes())),
            head,
            vec![id],
            Base::Own,
        ),
        (Some(_), None) => Ok(everything(title)),
    }
}

/// Plans a run for an event that does not say who wrote the checked-out commit. A commit of the
/// default branch is trusted; any other commit may be a stranger's. If `origin` may be a fork, its
/// default branch is not trusted.
fn unclear(look: &EventLookup<'_>, name: &str) -> Result<Plan> {
    let default = look
        .default_branch()
        .filter(|_| look.is_of_base(&look.event.origin));
    match (look.repository.head(), &default) {
        (Some(head), Some((_, id))) if !look.leads_to(*id, head) => {
            push::compared(look, &shown_path(name.as_bytes()), head, default)
        }
        (Some(head), None) => push::compared(look, &shown_path(name.as_bytes()), head, None),
        _ => Ok(everything(name)),
    }
}

/// Describes the deletion of a branch or tag, for people.
pub fn deletion(name: &str) -> String {
    format!(
        "deletion of {}: nothing is left to scan",
        shown_path(name.as_bytes())
    )
}

/// Plans the commits that the user has chosen: the commits after `base`, up to `head`. If `head` is
/// not chosen, the last commit is the newest commit of the event. `names` are the two revisions for
/// messages.
fn between(
    look: &EventLookup<'_>,
    names: (&str, &str),
    base: ObjectId,
    head: Option<ObjectId>,
) -> Result<Plan> {
    let now = match &look.event.what {
        EventKind::Push { head, .. } | EventKind::Tag { head, .. } => head,
        EventKind::Proposal(proposal) => &proposal.head,
        EventKind::Deletion { .. }
        | EventKind::Everything(_)
        | EventKind::Unclear(_)
        | EventKind::Nothing => &CommitRef::Head,
    };
    match head.or_else(|| look.find(now)) {
        Some(head) => {
            let what = format!(
                "of {}..{}",
                shown_path(names.0.as_bytes()),
                shown_path(names.1.as_bytes())
            );
            look.reached("chosen range", &what, head, vec![base], Base::At(base))
        }
        None => Ok(look.missing("chosen range", now, Base::At(base))),
    }
}
