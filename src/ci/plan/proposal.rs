//! Commits that are to go into a branch.

use super::super::Proposal;
use super::look::Look;
use super::{Base, Plan};
use crate::error::Result;
use crate::git::ObjectId;
use crate::redact::shown_path;

/// What a proposal means: all that its head, or `head` if that is chosen, leads to and the branch does not.
pub fn plan(look: &Look<'_>, proposal: &Proposal, head: Option<ObjectId>) -> Result<Plan> {
    let Proposal { kind, bases, head: now, names, fetch } = proposal;
    let found: Vec<ObjectId> = bases.iter().filter_map(|base| look.find(base)).collect();
    let base = found.first().map_or(Base::Nobody, |first| Base::At(*first));
    let Some(head) = look.tip(head, now)? else {
        let mut plan = look.missing(kind, now, base);
        if let Some(name) = fetch.as_ref().filter(|_| !look.repository.is_shallow()) {
            plan.said += &format!("; fetch them first: git fetch origin {}", shown_path(name.as_bytes()));
        }
        return Ok(plan);
    };
    if found.is_empty() {
        let none = bases.last().unwrap_or(now);
        return Ok(look.missing(kind, none, base));
    }
    // Merged meanwhile, the branch has all of it; where the branch was before, it has not. Otherwise the branch may have moved
    // on, and what it allows now counts.
    let first = found[0];
    let newest = found.iter().rev().copied().find(|tip| look.leads_to(*tip, first));
    let hidden = if look.is_empty(head, &found) { vec![first] } else { found };
    let newest = newest.filter(|newest| hidden.contains(newest)).unwrap_or(first);
    let what = format!("of {}..{}", shown_path(names.0.as_bytes()), shown_path(names.1.as_bytes()));
    look.reached(kind, &what, head, hidden, Base::At(newest))
}
