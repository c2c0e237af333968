//! A push to a branch.
//!
//! A branch that is new, or was moved to where it was not before, has whatever no other branch or tag of the remote has. If
//! that is nothing, somebody else has all of it: perhaps branches that were pushed at once, each of which would hide the
//! others. Then only the default branch hides what it has. A new default branch has all that it leads to: what else is there
//! was pushed with it.

use super::super::{Before, Id, Point, System};
use super::look::Look;
use super::{Base, Plan};
use crate::error::Result;
use crate::git::ObjectId;
use crate::redact::shown_path;

/// A branch that was pushed to.
struct Push<'p> {
    look: &'p Look<'p>,
    /// What to call it.
    title: String,
    branch: Option<&'p str>,
    head: ObjectId,
    /// The default branch, if it is known.
    default: Option<(String, ObjectId)>,
    /// Whether this is that.
    is_default: bool,
}

/// What a push means: to `branch`, which was at `before` and is at `now` or, if that is chosen, `head`.
pub fn plan(
    look: &Look<'_>,
    branch: Option<&str>,
    before: &Before,
    now: &Point,
    head: Option<ObjectId>,
) -> Result<Plan> {
    let title = match (before, look.event.system) {
        (Before::Untold, System::Unknown) => "no CI event".to_owned(),
        _ => format!("push to {}", branch.map_or_else(|| "HEAD".to_owned(), |name| shown_path(name.as_bytes()))),
    };
    let default = look.default_branch();
    let Some(head) = look.tip(head, now)? else {
        return Ok(look.missing(&title, now, default.map_or(Base::Nobody, |(_, id)| Base::At(id))));
    };
    let is_default = match branch {
        Some(branch) => {
            let told = look.event.default_branch.as_deref();
            told.or(default.as_ref().map(|(name, _)| name.as_str())) == Some(branch)
        }
        None => look.event.system != System::Unknown && default.as_ref().is_some_and(|(_, id)| *id == head),
    };
    let push = Push { look, title, branch, head, default, is_default };
    match before {
        Before::At(before) => push.moved(before),
        Before::Nowhere => push.first(),
        Before::Untold => push.compared(),
    }
}

impl Push<'_> {
    /// It was at `before`.
    fn moved(self, before: &Id) -> Result<Plan> {
        let Push { look, head, .. } = self;
        let before = look.repository.object(before.as_str());
        match before.filter(|before| look.leads_to(head, *before)) {
            Some(before) => {
                let what = format!("of {:.10}..{:.10}", before.to_string(), head.to_string());
                look.reached(&self.title, &what, head, vec![before], Base::At(before))
            }
            None => {
                let base = before.map_or_else(|| self.base(), Base::At);
                // What is behind the cut of a shallow checkout may lead there all the same.
                let forced = if look.repository.is_shallow() { "" } else { "forced " };
                self.own(&format!("{forced}{}", self.title), base)
            }
        }
    }

    /// It is new.
    fn first(self) -> Result<Plan> {
        let title = format!("first {}", self.title);
        if self.is_default {
            return self.look.reached(&title, "that it leads to", self.head, Vec::new(), Base::Own);
        }
        self.own(&title, self.base())
    }

    /// Nothing says where it was.
    fn compared(self) -> Result<Plan> {
        let (what, hidden) = self.unlike_default();
        let base = if self.is_default { Base::Own } else { self.base() };
        self.look.reached(&self.title, &what, self.head, hidden, base)
    }

    /// What the default branch hides, and what to call the rest.
    fn unlike_default(&self) -> (String, Vec<ObjectId>) {
        match &self.default {
            Some((name, id)) if !self.is_default => {
                (format!("that {} has not", shown_path(name.as_bytes())), vec![*id])
            }
            _ => ("that it leads to".to_owned(), Vec::new()),
        }
    }

    /// What no other branch or tag has.
    fn own(&self, title: &str, base: Base) -> Result<Plan> {
        let others = [self.look.branches(self.branch)?, self.look.tags()?].concat();
        if !self.look.is_empty(self.head, &others) {
            return self.look.reached(title, "that no other branch or tag has", self.head, others, base);
        }
        let (what, hidden) = self.unlike_default();
        self.look.reached(title, &what, self.head, hidden, base)
    }

    /// The default branch decides.
    fn base(&self) -> Base {
        self.default.as_ref().map_or(Base::Nobody, |(_, id)| Base::At(*id))
    }
}
