//! The plan for a tag that was made or moved. The new commits are the commits that the default
//! branch does not have, since only the default branch was judged.

use super::super::CommitRef;
use super::look::{EventLookup, object};
use super::{Base, Plan};
use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::git::ObjectId;
use crate::model::blob::{Origin, Part};

/// Plans a tag: its message, and the commits that are reachable from the tag and not from the
/// default branch. The tag points to `now`; `head` replaces `now` if the user has chosen it.
pub fn plan(
    look: &EventLookup<'_>,
    name: &str,
    now: &CommitRef,
    head: Option<ObjectId>,
) -> Result<Plan> {
    let title = format!("tag {}", shown_path(name.as_bytes()));
    let default = look.default_branch();
    let base = default
        .as_ref()
        .map_or(Base::Nobody, |(_, id)| Base::At(*id));
    let at_ref = look.repository.reference(&format!("refs/tags/{name}"));
    let id = match now {
        CommitRef::Id(id) => Some(id),
        CommitRef::Head => None,
    };
    let found = head.or_else(|| look.find(now).filter(|_| id.is_some()));
    // Most systems report only the commit. The ref leads to the tag object, which has the message.
    let same =
        |tag: &ObjectId| found.is_none_or(|found| look.repository.commit(*tag) == Some(found));
    let Some(tip) = at_ref.filter(same).or(found).or_else(|| look.find(now)) else {
        return Ok(look.missing(&title, now, base));
    };
    let (what, hidden) = match &default {
        Some((name, id)) => (
            format!(
                "not in {}, and the tag's message",
                shown_path(name.as_bytes())
            ),
            vec![*id],
        ),
        None => (
            "in the history, and the tag's message".to_owned(),
            Vec::new(),
        ),
    };
    let mut plan = look.reached(&title, &what, tip, hidden, base)?;
    if let (None, Some(id)) = (found, id) {
        plan.skips
            .push(look.skip(object(id.as_str(), Part::TagMessage)));
    } else if at_ref.is_none() && look.repository.commit(tip) == Some(tip) {
        // The tag object is missing here, so its message, if it has one, is not scanned.
        plan.skips.push(look.skip(Origin::Record {
            part: Part::RefName,
            name: format!("refs/tags/{name}").into_bytes(),
        }));
    }
    Ok(plan)
}
