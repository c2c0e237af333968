//! The plan for commits that are proposed for a branch. Commits that the branch does not have are
//! new, and the configuration of the branch judges them.

use super::super::{Id, Proposal};
use super::look::{EventLookup, object, remote_branch};
use super::{Base, Plan};
use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::git::ObjectId;
use crate::model::blob::Part;

/// Plans a proposal: the commits that are reachable from its newest commit and not from the target
/// branch. `head` is the newest commit if the user has chosen one.
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

/// Returns the commits of this clone that are known to be in the target branch: the first parent of
/// the merge commit that the CI system made, the remote-tracking branch, and the commit that the
/// event names.
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
        // The author of the change could have made the merge commit. Its parent is trusted only if
        // the event has the id of the merge commit, or if a trusted commit leads to the parent.
        let is_checked_out = proposal.merge.as_ref().and_then(find) == look.repository.head();
        is_checked_out
            || [named, branch]
                .into_iter()
                .flatten()
                .any(|base| look.leads_to(base, *parent))
    });
    [merged, branch, named].into_iter().flatten().collect()
}

/// Returns the first parent of the checked-out commit if that commit merges the head of the
/// proposal into it; `None` otherwise.
fn merged(look: &EventLookup<'_>, proposal: &Proposal) -> Option<ObjectId> {
    let head = look.repository.head()?;
    let parents = look.repository.parents(head);
    let proposed = look.find(&proposal.head)?;
    match parents.as_slice() {
        [first, second] if *second == proposed && head != proposed => Some(*first),
        _ => None,
    }
}

/// Returns the newest of `bases` into which the proposal is not merged yet. If the proposal is
/// merged into all `bases`, returns the last base, which is the oldest. `None` if there are no
/// bases.
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

/// Plans a proposal whose target branch this clone lacks, so that its new commits are unknown.
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
