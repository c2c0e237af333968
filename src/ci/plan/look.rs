//! The lookup of an event's commits and refs in a repository. Names from the event are never parsed
//! as revision expressions.

use super::super::{CommitRef, Event, Remote};
use super::{Base, Commits, Plan};
use crate::error::{Error, Result};
use crate::git::{ObjectId, Repository};
use crate::model::blob::{Origin, Part};
use crate::model::skip::{Skip, SkipReason};
use crate::source::range::Range;
use crate::source::{Limits, Source};

/// An event, and the repository to look its commits and refs up in.
pub struct EventLookup<'p> {
    pub event: &'p Event,
    pub repository: &'p Repository,
}

impl EventLookup<'_> {
    /// Returns the id of the object that `point` names; `None` if this clone lacks the object.
    pub fn find(&self, point: &CommitRef) -> Option<ObjectId> {
        match point {
            CommitRef::Id(id) => self.repository.object(id.as_str()),
            CommitRef::Head => self.repository.head(),
        }
    }

    /// Returns the newest commit to scan: the `chosen` commit or, if no commit is chosen, the
    /// commit that `point` refers to. `None` if this clone lacks the commit.
    ///
    /// # Errors
    ///
    /// When the object is not a commit and not a tag of a commit.
    pub fn tip(&self, chosen: Option<ObjectId>, point: &CommitRef) -> Result<Option<ObjectId>> {
        let Some(found) = chosen.or_else(|| self.find(point)) else {
            return Ok(None);
        };
        match self.repository.commit(found) {
            Some(_) => Ok(Some(found)),
            None => Err(Error::new(format!(
                "object {found} is neither a commit nor a tag of a commit, so no branch can point to it"
            ))
            .help("do not change the variables and the payload that the CI system sets")),
        }
    }

    /// Returns true if the remote `origin` is the repository that the change is to be merged into.
    pub fn is_of_base(&self, origin: &Remote) -> bool {
        match origin {
            Remote::OfBase => true,
            Remote::Named(name) => self.repository.is_at("origin", name),
            Remote::Foreign => false,
        }
    }

    /// Returns the name of the default branch, and its commit at the remote `origin`. The event
    /// says which branch is the default branch. If it does not, the branch is the remote's HEAD,
    /// `main` or `master`. `None` if this clone does not have the branch.
    pub fn default_branch(&self) -> Option<(String, ObjectId)> {
        let at = |name: String| {
            Some((
                self.repository
                    .reference(&format!("refs/remotes/origin/{name}"))?,
                name,
            ))
        };
        let found = match &self.event.default_branch {
            Some(name) => at(name.clone()),
            None => {
                let named = self.repository.symbolic("refs/remotes/origin/HEAD");
                let named = named
                    .and_then(|name| name.strip_prefix("refs/remotes/origin/").map(str::to_owned));
                named
                    .into_iter()
                    .chain(["main".to_owned(), "master".to_owned()])
                    .find_map(at)
            }
        };
        found.map(|(id, name)| (name, id))
    }

    /// Returns true if `commit` is reachable from `tip` in this clone, which may be shallow.
    pub fn leads_to(&self, tip: ObjectId, commit: ObjectId) -> bool {
        self.count(commit, &[tip]).is_ok_and(|count| count == 0)
    }

    /// Returns the number of commits that are reachable from `head` and not from `hidden`.
    fn count(&self, head: ObjectId, hidden: &[ObjectId]) -> Result<u64> {
        let range = Range::reached(self.repository, &[head], hidden, Limits::default())?;
        Ok(range.objects().map_or(0, |objects| objects.commits))
    }

    /// Returns the plan to scan the commits that are reachable from `head` and not from `hidden`.
    /// Its description is `title`, the number of commits, and `what`.
    pub fn reached(
        &self,
        title: &str,
        what: &str,
        head: ObjectId,
        hidden: Vec<ObjectId>,
        base: Base,
    ) -> Result<Plan> {
        let count = self.count(head, &hidden)?;
        let said = format!(
            "{title}: {count} commit{} {what}",
            if count == 1 { "" } else { "s" }
        );
        Ok(Plan {
            commits: Commits::Reached(head, hidden),
            base,
            refs: Vec::new(),
            said,
            skips: Vec::new(),
        })
    }

    /// Returns the plan for a commit that this clone lacks. Its skip makes the scan incomplete.
    pub fn missing(&self, title: &str, point: &CommitRef, base: Base) -> Plan {
        let origin = match point {
            CommitRef::Id(id) => object(id.as_str(), Part::CommitMessage),
            CommitRef::Head => Origin::Record {
                part: Part::RefName,
                name: b"HEAD".to_vec(),
            },
        };
        self.without(title, Some(origin), base)
    }

    /// Returns the plan for commits that this clone lacks. The plan has a skip that reports
    /// `origin` as missing, or `HEAD` if `origin` is `None`.
    pub fn without(&self, title: &str, origin: Option<Origin>, base: Base) -> Plan {
        let said = format!("{title}: its commits are missing in this clone");
        let origin = origin.unwrap_or_else(|| Origin::Record {
            part: Part::RefName,
            name: b"HEAD".to_vec(),
        });
        Plan {
            commits: Commits::Missing,
            base,
            refs: Vec::new(),
            said,
            skips: vec![self.skip(origin)],
        }
    }

    /// Returns a branch of the remote `origin` as the origin of a skip.
    pub fn missing_branch(&self, name: &str) -> Origin {
        Origin::Record {
            part: Part::RefName,
            name: remote_branch(name).into_bytes(),
        }
    }

    /// Returns the skip for an object or ref that is in the event but missing in this clone.
    pub fn skip(&self, origin: Origin) -> Skip {
        if self.repository.is_shallow() {
            let detail = "the CI event needs it, but the checkout is shallow";
            return Skip::new(origin, SkipReason::Shallow, detail);
        }
        let detail = "the CI event needs it, but it was not fetched";
        Skip::new(origin, SkipReason::MissingObject, detail).advising(
            "fetch it, such as with `git fetch origin BRANCH:refs/remotes/origin/BRANCH` (in CI, check out with \
             `fetch-depth: 0`), then run the check again",
        )
    }
}

/// Returns the full name of the remote-tracking branch of `origin`. The local branch is not used: a
/// fork may call its branch like the target branch.
pub fn remote_branch(name: &str) -> String {
    format!("refs/remotes/origin/{name}")
}

/// Returns an object as the origin of a skip.
pub fn object(id: &str, part: Part) -> Origin {
    Origin::Object {
        id: id.to_owned(),
        part,
        path: None,
    }
}
