//! The plan for commits that are to go into a branch: those that the branch lacks are new, and the
//! branch's configuration judges them.

use super::super::{Id, Proposal};
use super::look::{EventLookup, object, remote_branch};
use super::{Base, Plan};
use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::git::ObjectId;
use crate::model::blob::Part;

/// Plans a proposal: all commits that its head, or `head` if that is chosen, leads to and the
/// target branch does not.
pub fn plan(look: &EventLookup<'_>, proposal: &Proposal, head: Option<ObjectId>) -> Result<Plan> {
    let Proposal {
        kind,
        head: now,
        names,
        fetch,
        ..
    } = proposal;
    let bases = bases(look, proposal);
    let Some(head) = look.tip(head, now)? else {
        let base = bases.first().map_or(Base::Nobody, |base| Base::At(*base));
        let mut plan = look.missing(kind, now, base);
        if let Some(name) = fetch.as_ref().filter(|_| !look.repository.is_shallow()) {
            plan.said += &format!(
                "; fetch them first: git fetch origin {}",
                shown_path(name.as_bytes())
            );
        }
        return Ok(plan);
    };
    let what = format!(
        "of {}..{}",
        shown_path(names.0.as_bytes()),
        shown_path(names.1.as_bytes())
    );
    if let Some(base) = newest(look, &bases, head) {
        return look.reached(kind, &what, head, vec![base], Base::At(base));
    }
    let find = |id: &Option<Id>| {
        look.repository
            .commit(look.repository.object(id.as_ref()?.as_str())?)
    };
    match find(&proposal.parted) {
        Some(parted) => look.reached(kind, &what, head, vec![parted], Base::Nobody),
        None => Ok(without_base(look, proposal)),
    }
}

/// Returns the commits that can be trusted to be the target branch and that this clone has: the
/// parent of the merge that the host made, the branch of `origin`, and the commit that the host
/// names.
fn bases(look: &EventLookup<'_>, proposal: &Proposal) -> Vec<ObjectId> {
    let find = |id: &Id| look.repository.commit(look.repository.object(id.as_str())?);
    let named = proposal.base.as_ref().and_then(find);
    let target = proposal
        .target
        .as_ref()
        .filter(|target| look.is_of_base(&target.origin));
    let branch =
        target.and_then(|target| look.repository.reference(&remote_branch(&target.branch)));
    let merged = merged(look, proposal).filter(|parent| {
        // A merge that anybody could have checked out instead proves nothing.
        let is_told = proposal.merge.as_ref().and_then(find) == look.repository.head();
        is_told
            || [named, branch]
                .into_iter()
                .flatten()
                .any(|base| look.leads_to(base, *parent))
    });
    [merged, branch, named].into_iter().flatten().collect()
}

/// Returns the first parent of the commit that is checked out; `None` unless that is a merge of the
/// proposal's head into it.
fn merged(look: &EventLookup<'_>, proposal: &Proposal) -> Option<ObjectId> {
    let head = look.repository.head()?;
    let parents = look.repository.parents(head);
    let told = look.find(&proposal.head)?;
    match parents.as_slice() {
        [first, second] if *second == told && head != told => Some(*first),
        _ => None,
    }
}

/// Returns the newest of `bases` that has not taken up the proposal by now; if all have, the last,
/// which is the oldest. `None` if there are no bases.
fn newest(look: &EventLookup<'_>, bases: &[ObjectId], head: ObjectId) -> Option<ObjectId> {
    let open = bases
        .iter()
        .copied()
        .filter(|base| !look.leads_to(*base, head));
    let newest = open.reduce(|best, other| {
        if look.leads_to(other, best) {
            other
        } else {
            best
        }
    });
    newest.or_else(|| bases.last().copied())
}

/// Plans a proposal whose target branch this clone lacks, so nobody knows which commits are new.
fn without_base(look: &EventLookup<'_>, proposal: &Proposal) -> Plan {
    let named = proposal
        .base
        .as_ref()
        .map(|id| object(id.as_str(), Part::CommitMessage));
    let branch = proposal
        .target
        .as_ref()
        .map(|target| look.missing_branch(&target.branch));
    look.without(proposal.kind, branch.or(named), Base::Nobody)
}
