//! Looks up in a repository what an event names. No name is taken for an expression.

use super::super::{Event, Point, Remote};
use super::{Base, Commits, Plan};
use crate::error::{Error, Result};
use crate::git::{ObjectId, Repository};
use crate::model::blob::{Origin, Part};
use crate::model::skip::{Skip, SkipReason};
use crate::source::range::Range;
use crate::source::{Limits, Source};

/// An event, and the repository that it is about.
pub struct EventLookup<'p> {
    pub event: &'p Event,
    pub repository: &'p Repository,
}

impl EventLookup<'_> {
    /// The object that a point is, if it is here.
    pub fn find(&self, point: &Point) -> Option<ObjectId> {
        match point {
            Point::Id(id) => self.repository.object(id.as_str()),
            Point::Head => self.repository.head(),
        }
    }

    /// The last of the commits: the one that was `chosen`, or the one that a point is, if it is here.
    ///
    /// # Errors
    ///
    /// When the point is something that no branch can be at.
    pub fn tip(&self, chosen: Option<ObjectId>, point: &Point) -> Result<Option<ObjectId>> {
        let Some(found) = chosen.or_else(|| self.find(point)) else {
            return Ok(None);
        };
        match self.repository.commit(found) {
            Some(_) => Ok(Some(found)),
            None => Err(Error::new(format!(
                "object {found} leads to no commit, so no branch can be at it"
            ))
            .help("run it with the variables and the payload that the CI system has set")),
        }
    }

    /// Returns true if `origin` is the repository that it should be.
    pub fn is_of_base(&self, origin: &Remote) -> bool {
        match origin {
            Remote::OfBase => true,
            Remote::Named(name) => self.repository.is_at("origin", name),
            Remote::Foreign => false,
        }
    }

    /// The default branch and where it is: the one that is told, or what the remote calls its HEAD, or one of a usual name.
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

    /// Whether `tip` leads to `commit`, as far as that can be seen here.
    pub fn leads_to(&self, tip: ObjectId, commit: ObjectId) -> bool {
        self.count(commit, &[tip]).is_ok_and(|count| count == 0)
    }

    /// How many commits `head` leads to that none of `hidden` does.
    fn count(&self, head: ObjectId, hidden: &[ObjectId]) -> Result<u64> {
        let range = Range::reached(self.repository, &[head], hidden, Limits::default())?;
        Ok(range.objects().map_or(0, |objects| objects.commits))
    }

    /// The plan to scan what `head` leads to and none of `hidden` does. `title` and `what` stand around the number of commits.
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

    /// The plan where a point is not here, which makes the scan incomplete.
    pub fn missing(&self, title: &str, point: &Point, base: Base) -> Plan {
        let origin = match point {
            Point::Id(id) => object(id.as_str(), Part::CommitMessage),
            Point::Head => Origin::Record {
                part: Part::RefName,
                name: b"HEAD".to_vec(),
            },
        };
        self.without(title, Some(origin), base)
    }

    /// The same where it is known what is missing.
    pub fn without(&self, title: &str, origin: Option<Origin>, base: Base) -> Plan {
        let said = format!("{title}: its commits are not here");
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

    /// A branch of the remote that may not be here.
    pub fn missing_branch(&self, name: &str) -> Origin {
        Origin::Record {
            part: Part::RefName,
            name: remote_branch(name).into_bytes(),
        }
    }

    /// That something which the event names is not here.
    pub fn skip(&self, origin: Origin) -> Skip {
        let (reason, detail) = if self.repository.is_shallow() {
            (
                SkipReason::Shallow,
                "the event names it, and the checkout is shallow",
            )
        } else {
            (
                SkipReason::MissingObject,
                "the event names it, and it was not fetched",
            )
        };
        Skip::new(origin, reason, detail)
    }
}

/// The full name of the remote's branch. A local branch of that name may be what is proposed: forks name theirs as they like.
pub fn remote_branch(name: &str) -> String {
    format!("refs/remotes/origin/{name}")
}

/// An object that may not be here.
pub fn object(id: &str, part: Part) -> Origin {
    Origin::Object {
        id: id.to_owned(),
        part,
        path: None,
    }
}
