//! Which commits an event means in a repository, and whose configuration counts.
//!
//! A branch that is new, or was moved to where it was not before, has whatever no other branch or tag of the remote has. If
//! that is nothing, somebody else has all of it: perhaps branches that were pushed at once, each of which would hide the
//! others. Then only the default branch hides what it has. A new default branch has all that it leads to: what hides it was
//! pushed with it.

use super::{Before, Event, Point, System, What};
use crate::blob::{Origin, Part};
use crate::error::{Error, Result};
use crate::git::{ObjectId, Repository};
use crate::redact::shown_path;
use crate::skip::{Reason, Skip};
use crate::source::range::Range;
use crate::source::{Limits, Source};

/// What to scan beside the files that are checked out.
pub struct Plan {
    /// The commits.
    pub commits: Commits,
    /// Whose configuration counts.
    pub base: Base,
    /// What was understood, for people: one line, fit to be shown.
    pub said: String,
    /// What the event names and is not here.
    pub skips: Vec<Skip>,
}

/// Which commits are meant.
#[derive(Debug, PartialEq, Eq)]
pub enum Commits {
    /// Those that can be reached from the first and from none of the others.
    Reached(ObjectId, Vec<ObjectId>),
    /// All that git holds.
    History,
    /// Some that are not here.
    Missing,
}

/// Whose configuration counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// That of this commit, which was there before.
    At(ObjectId),
    /// That of the files that are checked out: nothing is proposed.
    Own,
    /// Nobody's: what was there before is not here.
    Nobody,
}

/// What the user says instead of the event.
#[derive(Default)]
pub struct Chosen {
    /// The revision that the commits start from.
    pub base: Option<String>,
    /// The revision that they end with.
    pub head: Option<String>,
}

/// What an event means in a repository.
///
/// # Errors
///
/// When what the user has chosen is not there, or the references cannot be read.
pub fn plan(event: &Event, chosen: &Chosen, repository: &Repository) -> Result<Plan> {
    let planner = Planner { event, repository };
    let head = chosen.head.as_deref().map(|head| repository.resolve(head)).transpose()?;
    if let Some(base) = &chosen.base {
        return planner.between(base, chosen.head.as_deref(), head);
    }
    match &event.what {
        What::Push { branch, before, head: now } => planner.push(branch.as_deref(), before, now, head),
        What::Proposal { .. } => planner.proposal(head),
        What::Tag { name, head: now } => planner.tag(name, now, head),
        _ if head.is_some() => planner.push(None, &Before::Untold, &Point::Head, head),
        What::Deletion { .. } => Err(Error::new("what was deleted has no commits")),
        What::Other(name) => Ok(Plan {
            commits: Commits::History,
            base: Base::Own,
            said: format!("{}: all of history", shown_path(name.as_bytes())),
            skips: Vec::new(),
        }),
    }
}

/// That a branch or tag was deleted, for people.
pub fn deletion(name: &str) -> String {
    format!("deletion of {}: nothing is left to scan", shown_path(name.as_bytes()))
}

struct Planner<'p> {
    event: &'p Event,
    repository: &'p Repository,
}

impl Planner<'_> {
    /// What the user has chosen.
    fn between(&self, base: &str, name: Option<&str>, head: Option<ObjectId>) -> Result<Plan> {
        let from = self.repository.resolve(base)?;
        let to = match (head, &self.event.what) {
            (Some(head), _) => Some(head),
            (None, What::Push { head, .. } | What::Proposal { head, .. } | What::Tag { head, .. }) => self.find(head),
            (None, _) => None,
        };
        let none = || Error::new("there is no commit yet").help("name one: --head REV");
        let head = to.or_else(|| self.repository.head()).ok_or_else(none)?;
        let what = format!("of {}..{}", shown_path(base.as_bytes()), shown_path(name.unwrap_or("HEAD").as_bytes()));
        self.reached("as chosen", &what, head, vec![from], Base::At(from))
    }

    fn push(&self, branch: Option<&str>, before: &Before, now: &Point, head: Option<ObjectId>) -> Result<Plan> {
        let name = branch.map_or_else(|| "HEAD".to_owned(), |name| shown_path(name.as_bytes()));
        let title = match (before, self.event.system) {
            (Before::Untold, System::Unknown) => "no CI event".to_owned(),
            _ => format!("push to {name}"),
        };
        let Some(head) = head.or_else(|| self.find(now)) else { return Ok(self.missing(&title, now, None)) };
        let default = self.default_branch();
        let of_default = default.as_ref().map(|(_, id)| *id);
        let base = of_default.map_or(Base::Nobody, Base::At);
        let is_default = default.as_ref().is_some_and(|(name, _)| Some(name.as_str()) == branch)
            || branch.is_some() && self.event.default_branch.as_deref() == branch;
        let before_id = match before {
            Before::At(id) => self.repository.object(id.as_str()),
            Before::Nowhere | Before::Untold => None,
        };
        match before {
            Before::At(_) if before_id.is_some_and(|before| self.leads_to(head, before)) => {
                let from = before_id.into_iter().collect::<Vec<_>>();
                let what = format!("of {:.10}..{:.10}", from[0].to_string(), head.to_string());
                let base = Base::At(from[0]);
                self.reached(&title, &what, head, from, base)
            }
            Before::At(_) => {
                let base = before_id.map_or(base, Base::At);
                let hidden = self.unless_empty(head, self.others(branch, true)?, of_default.filter(|_| !is_default));
                // What is behind the cut may lead there all the same.
                let title = if self.repository.is_shallow() { title } else { format!("forced {title}") };
                self.reached(&title, "that no other branch or tag has", head, hidden, base)
            }
            Before::Nowhere if is_default => {
                self.reached(&format!("first {title}"), "that it leads to", head, Vec::new(), Base::Own)
            }
            Before::Nowhere => {
                let hidden = self.unless_empty(head, self.others(branch, true)?, of_default);
                self.reached(&format!("first {title}"), "that no other branch or tag has", head, hidden, base)
            }
            Before::Untold if is_default => self.reached(&title, "that it leads to", head, Vec::new(), Base::Own),
            Before::Untold => match default {
                Some((name, id)) => {
                    let what = format!("that {} has not", shown_path(name.as_bytes()));
                    self.reached(&title, &what, head, vec![id], base)
                }
                None => self.reached(&title, "that it leads to", head, Vec::new(), base),
            },
        }
    }

    fn proposal(&self, head: Option<ObjectId>) -> Result<Plan> {
        let What::Proposal { kind, bases, head: now, names, fetch } = &self.event.what else {
            return Err(Error::new("no commits are proposed"));
        };
        let Some(head) = head.or_else(|| self.find(now)) else { return Ok(self.missing(kind, now, fetch.as_deref())) };
        let found: Vec<ObjectId> = bases.iter().filter_map(|base| self.find(base)).collect();
        let Some(first) = found.first().copied() else {
            return Ok(self.missing(kind, &bases[0], None));
        };
        // Merged meanwhile, the branch has all of it; where the branch was before, it has not.
        let hidden = self.unless_empty(head, found, Some(first));
        let what = format!("of {}..{}", shown_path(names.0.as_bytes()), shown_path(names.1.as_bytes()));
        self.reached(kind, &what, head, hidden, Base::At(first))
    }

    fn tag(&self, name: &str, now: &Point, head: Option<ObjectId>) -> Result<Plan> {
        let title = format!("tag {}", shown_path(name.as_bytes()));
        let at_ref = || self.repository.reference(&format!("refs/tags/{name}"));
        let (found, mut skips) = (head.or_else(|| self.find(now)), Vec::new());
        if let (None, Point::Id(id)) = (found, now) {
            skips.push(self.skip(Origin::Object { id: id.as_str().to_owned(), part: Part::TagMessage, path: None }));
        }
        let Some(head) = found.filter(|_| *now != Point::Head || head.is_some()).or_else(at_ref).or(found) else {
            return Ok(self.missing(&title, now, None));
        };
        let default = self.default_branch();
        let base = default.map_or(Base::Nobody, |(_, id)| Base::At(id));
        let plan =
            self.reached(&title, "that no branch has, and its message", head, self.others(None, false)?, base)?;
        Ok(Plan { skips, ..plan })
    }

    /// The commits from `head` on that none of `hidden` has.
    fn reached(&self, title: &str, what: &str, head: ObjectId, hidden: Vec<ObjectId>, base: Base) -> Result<Plan> {
        let commits = match self.count(head, &hidden)? {
            1 => "1 commit".to_owned(),
            count => format!("{count} commits"),
        };
        let said = format!("{title}: {commits} {what}");
        Ok(Plan { commits: Commits::Reached(head, hidden), base, said, skips: Vec::new() })
    }

    /// How many commits `head` leads to that none of `hidden` does.
    fn count(&self, head: ObjectId, hidden: &[ObjectId]) -> Result<u64> {
        let range = Range::reached(self.repository, &[head], hidden, Limits::default())?;
        Ok(range.objects().map_or(0, |objects| objects.commits))
    }

    /// Whether `tip` leads to `commit`, as far as that can be seen here.
    fn leads_to(&self, tip: ObjectId, commit: ObjectId) -> bool {
        self.count(commit, &[tip]).is_ok_and(|count| count == 0)
    }

    /// `hidden`, unless nothing is left then; in that case `instead` alone.
    fn unless_empty(&self, head: ObjectId, hidden: Vec<ObjectId>, instead: Option<ObjectId>) -> Vec<ObjectId> {
        if self.count(head, &hidden).is_ok_and(|count| count == 0) { instead.into_iter().collect() } else { hidden }
    }

    /// The tips of the remote's branches without `branch`, and of its tags.
    fn others(&self, branch: Option<&str>, tags: bool) -> Result<Vec<ObjectId>> {
        let is_other = |name: &str| {
            let (remote, name) = name.strip_prefix("refs/remotes/").and_then(|name| name.split_once('/'))?;
            // What a remote calls HEAD is one of its branches, perhaps this one; and `pull/` is no remote's name: checkouts
            // keep there what is merged for a pull request.
            (name != "HEAD" && remote != "pull" && Some(name) != branch).then_some(())
        };
        let remotes = self.repository.references("refs/remotes/")?;
        let mut tips: Vec<_> =
            remotes.into_iter().filter(|(name, _)| is_other(name).is_some()).map(|(_, id)| id).collect();
        if tags {
            tips.extend(self.repository.references("refs/tags/")?.into_iter().map(|(_, id)| id));
        }
        Ok(tips)
    }

    /// The default branch and where it is.
    fn default_branch(&self) -> Option<(String, ObjectId)> {
        let told = self.event.default_branch.clone();
        let guesses = ["HEAD", "main", "master"].map(str::to_owned);
        let names = if told.is_some() { vec![told?] } else { guesses.to_vec() };
        let found = names.into_iter().find_map(|name| {
            let id = self.repository.reference(&format!("refs/remotes/origin/{name}"))?;
            Some((name, id))
        });
        let (name, id) = found?;
        if name != "HEAD" {
            return Some((name, id));
        }
        // The name of the branch that it leads to; there may be several at the same commit.
        let named = self.repository.symbolic("refs/remotes/origin/HEAD");
        let name = named.and_then(|name| name.strip_prefix("refs/remotes/origin/").map(str::to_owned));
        Some((name.unwrap_or_else(|| "HEAD".to_owned()), id))
    }

    fn find(&self, point: &Point) -> Option<ObjectId> {
        match point {
            Point::Id(id) => self.repository.object(id.as_str()),
            Point::Head => self.repository.head(),
            Point::Branch(name) => {
                let of = |folder: &str| self.repository.reference(&format!("{folder}{name}"));
                of("refs/remotes/origin/").or_else(|| of("refs/heads/"))
            }
        }
    }

    /// The event names a commit that is not here.
    fn missing(&self, title: &str, point: &Point, fetch: Option<&str>) -> Plan {
        let origin = match point {
            Point::Id(id) => Origin::Object { id: id.as_str().to_owned(), part: Part::CommitMessage, path: None },
            Point::Branch(name) => {
                let name = format!("refs/remotes/origin/{name}").into_bytes();
                Origin::Record { part: Part::RefName, name }
            }
            Point::Head => Origin::Record { part: Part::RefName, name: b"HEAD".to_vec() },
        };
        let mut said = format!("{title}: its commits are not here");
        if let Some(name) = fetch.filter(|_| !self.repository.is_shallow()) {
            said += &format!("; fetch them first: git fetch origin {}", shown_path(name.as_bytes()));
        }
        Plan { commits: Commits::Missing, base: self.default_base(), said, skips: vec![self.skip(origin)] }
    }

    fn default_base(&self) -> Base {
        let known = match &self.event.what {
            What::Proposal { bases, .. } => bases.iter().find_map(|base| self.find(base)),
            _ => self.default_branch().map(|(_, id)| id),
        };
        known.map_or(Base::Nobody, Base::At)
    }

    fn skip(&self, origin: Origin) -> Skip {
        let (reason, detail) = match self.repository.is_shallow() {
            true => (Reason::Shallow, "the event names it, and the checkout is shallow"),
            false => (Reason::MissingObject, "the event names it, and it was not fetched"),
        };
        Skip::new(origin, reason, detail)
    }
}
