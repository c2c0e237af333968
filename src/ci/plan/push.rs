//! The plan for a push to a branch. The base is the commit of the branch before the push. The new
//! commits are the commits that are not reachable from the base.
//!
//! If this clone lacks that commit, or the branch is new, the base is the default branch. Its
//! commits were judged when they were pushed; other branches may never have been judged. A push to
//! the default branch itself then has no base. If the CI system never reports the commit before a
//! push, all commits of the default branch are scanned, by its own configuration.

use super::super::{BranchBefore, CommitRef, Id};
use super::look::{EventLookup, object};
use super::{Base, Plan};
use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::git::ObjectId;
use crate::model::blob::Part;

/// The name of the default branch, and its commit at the remote `origin`; `None` if it is unknown.
type Default = Option<(String, ObjectId)>;

/// Plans a push to `branch`, which was at `before` and is at `now`. `head` replaces `now` if the
/// user has chosen it.
pub fn plan(
    look: &EventLookup<'_>,
    branch: Option<&str>,
    before: &BranchBefore,
    now: &CommitRef,
    head: Option<ObjectId>,
) -> Result<Plan> {
    let title = format!(
        "push to {}",
        branch.map_or_else(|| "HEAD".to_owned(), |name| shown_path(name.as_bytes()))
    );
    let default = look.default_branch();
    let Some(head) = look.tip(head, now)? else {
        return Ok(look.missing(
            &title,
            now,
            default.map_or(Base::Nobody, |(_, id)| Base::At(id)),
        ));
    };
    let known_default = look
        .event
        .default_branch
        .as_deref()
        .or(default.as_ref().map(|(name, _)| name.as_str()));
    let is_default = match branch {
        Some(branch) => known_default == Some(branch),
        None => default.as_ref().is_some_and(|(_, id)| *id == head),
    };
    let default = default.filter(|_| !is_default);
    match before {
        BranchBefore::At(before) => moved(look, &title, before, head, default),
        BranchBefore::Nowhere => compared(look, &format!("first {title}"), head, default),
        BranchBefore::Unknown if is_default => with_unknown_before(look, &title, head),
        BranchBefore::Unknown => compared(look, &title, head, default),
    }
}

/// Plans a push to a branch that was at `before`. If this clone lacks that commit, the push is
/// compared with the default branch.
fn moved(
    look: &EventLookup<'_>,
    title: &str,
    before: &Id,
    head: ObjectId,
    default: Default,
) -> Result<Plan> {
    let known = look
        .repository
        .object(before.as_str())
        .and_then(|before| look.repository.commit(before));
    if let Some(before) = known {
        let forced = if look.leads_to(head, before) || look.repository.is_shallow() {
            ""
        } else {
            "forced "
        };
        let what = format!("of {:.10}..{:.10}", before.to_string(), head.to_string());
        return look.reached(
            &format!("{forced}{title}"),
            &what,
            head,
            vec![before],
            Base::At(before),
        );
    }
    let is_cut = look.repository.is_shallow();
    let mut plan = compared(
        look,
        &format!("{}{title}", if is_cut { "" } else { "forced " }),
        head,
        default,
    )?;
    // Commits that the shallow clone lacks may be new.
    if is_cut {
        plan.skips
            .push(look.skip(object(before.as_str(), Part::CommitMessage)));
    }
    Ok(plan)
}

/// Plans a push to a branch whose earlier commit is unknown: the base is the default branch. If the
/// default branch is unknown too, there is no base.
pub fn compared(
    look: &EventLookup<'_>,
    title: &str,
    head: ObjectId,
    default: Default,
) -> Result<Plan> {
    match default {
        Some((name, id)) => {
            let what = format!("not in {}", shown_path(name.as_bytes()));
            look.reached(title, &what, head, vec![id], Base::At(id))
        }
        None => look.reached(title, "in the history", head, Vec::new(), Base::Nobody),
    }
}

/// Plans a push to the default branch for a CI system that does not report the commit before the
/// push.
fn with_unknown_before(look: &EventLookup<'_>, title: &str, head: ObjectId) -> Result<Plan> {
    let what = "in the whole history, because the CI system does not report which of them are new (give --base \
                REV to scan fewer)";
    // A parent that is missing in a shallow clone allows nothing.
    let parent = look
        .repository
        .parents(head)
        .first()
        .and_then(|parent| look.repository.commit(*parent));
    look.reached(title, what, head, Vec::new(), Base::Since(parent))
}
