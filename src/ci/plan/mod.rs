//! The commits that an event means in a repository, and the configuration that judges them.

mod look;
mod proposal;
mod push;
mod tag;

use std::fmt;

use super::{BranchBefore, Event, Point, What};
use crate::detect::redact::shown_path;
use crate::error::{Error, Result};
use crate::git::{ObjectId, Repository};
use crate::model::skip::Skip;
use look::EventLookup;

/// The commits to scan in addition to the files that are checked out.
pub struct Plan {
    /// The commits.
    pub commits: Commits,
    /// The state whose configuration judges them.
    pub base: Base,
    /// The full names of refs that came with the commits.
    pub refs: Vec<Vec<u8>>,
    /// The interpretation of the event, for people: one line, fit to be shown.
    pub said: String,
    /// The objects and refs that the event names and this clone lacks.
    pub skips: Vec<Skip>,
}

/// The set of commits to scan.
#[derive(Debug, PartialEq, Eq)]
pub enum Commits {
    /// Commits that can be reached from the first and from none of the others.
    Reached(ObjectId, Vec<ObjectId>),
    /// All objects that git holds.
    History,
    /// Commits that this clone lacks.
    Missing,
}

impl fmt::Display for Commits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Commits::Reached(head, others) => {
                write!(f, "commits of {head} that {} others lack", others.len())
            }
            Commits::History => f.write_str("all of history"),
            Commits::Missing => f.write_str("commits that are not here"),
        }
    }
}

/// The state before a change: its configuration judges the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The files of this commit.
    At(ObjectId),
    /// The files that are checked out, as no change is judged.
    Own,
    /// The settings that are checked out, and the allowances of this commit: the first parent of
    /// HEAD, or `None` where HEAD has none. Newer allowances belong to the change.
    Since(Option<ObjectId>),
    /// Unknown, or not in this clone: the defaults judge the change.
    Nobody,
}

/// The commits that the user names instead of the event.
#[derive(Default)]
pub struct Chosen {
    /// The revision that the commits start from.
    pub base: Option<String>,
    /// The revision that the commits end with.
    pub head: Option<String>,
}

/// Works out the commits that an event means in a repository.
///
/// # Errors
///
/// When a revision that the user has chosen does not exist, or the references cannot be read; and
/// for a deletion, which means no commits.
pub fn plan(event: &Event, chosen: &Chosen, repository: &Repository) -> Result<Plan> {
    let plan = commits(event, chosen, repository)?;
    Ok(Plan {
        refs: refs(&event.what),
        ..plan
    })
}

/// Returns the names that the change gave, since a name may be a secret, too.
fn refs(what: &What) -> Vec<Vec<u8>> {
    let name = match what {
        What::Push {
            branch: Some(name), ..
        } => format!("refs/heads/{name}"),
        What::Proposal(proposal) => format!("refs/heads/{}", proposal.names.1),
        What::Tag { name, .. } => format!("refs/tags/{name}"),
        What::Push { branch: None, .. }
        | What::Deletion { .. }
        | What::Everything(_)
        | What::Unclear(_)
        | What::Nothing => return Vec::new(),
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
        What::Push {
            branch,
            before,
            head: now,
        } => push::plan(&look, branch.as_deref(), before, now, head),
        What::Proposal(proposal) => proposal::plan(&look, proposal, head),
        What::Tag { name, head: now } => tag::plan(&look, name, now, head),
        _ if head.is_some() => push::plan(&look, None, &BranchBefore::Nowhere, &Point::Head, head),
        What::Deletion { .. } => Err(Error::new("what was deleted has no commits")),
        // Before the first commit nothing is there to be judged.
        What::Everything(name) if repository.head().is_none() => {
            Ok(look.missing(&shown_path(name.as_bytes()), &Point::Head, Base::Own))
        }
        What::Everything(name) => Ok(everything(name)),
        What::Unclear(name) => unclear(&look, name),
        What::Nothing => by_hand(&look),
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

/// Plans a run without an event: the files that are checked out are judged by their own
/// configuration, and so are the commits that the default branch lacks.
fn by_hand(look: &EventLookup<'_>) -> Result<Plan> {
    let title = "no CI event";
    match (look.repository.head(), look.default_branch()) {
        (None, _) => Ok(look.missing(title, &Point::Head, Base::Own)),
        (Some(head), Some((name, id))) => look.reached(
            title,
            &format!("that {} has not", shown_path(name.as_bytes())),
            head,
            vec![id],
            Base::Own,
        ),
        (Some(_), None) => Ok(everything(title)),
    }
}

/// Plans an event that does not say whose commit is checked out: a commit that the default branch
/// has is everybody's, any other may be a stranger's. Where a job has checked out a fork, its
/// branches prove nothing.
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

/// Plans the commits that the user has chosen: from `base` to `head` or, if that is not chosen, to
/// the head of the event.
fn between(
    look: &EventLookup<'_>,
    names: (&str, &str),
    base: ObjectId,
    head: Option<ObjectId>,
) -> Result<Plan> {
    let now = match &look.event.what {
        What::Push { head, .. } | What::Tag { head, .. } => head,
        What::Proposal(proposal) => &proposal.head,
        What::Deletion { .. } | What::Everything(_) | What::Unclear(_) | What::Nothing => {
            &Point::Head
        }
    };
    match head.or_else(|| look.find(now)) {
        Some(head) => {
            let what = format!(
                "of {}..{}",
                shown_path(names.0.as_bytes()),
                shown_path(names.1.as_bytes())
            );
            look.reached("as chosen", &what, head, vec![base], Base::At(base))
        }
        None => Ok(look.missing("as chosen", now, Base::At(base))),
    }
}
