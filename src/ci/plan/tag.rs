//! A tag that was made or moved.

use super::super::Point;
use super::look::{Look, object};
use super::{Base, Plan};
use crate::blob::{Origin, Part};
use crate::error::Result;
use crate::git::ObjectId;
use crate::redact::shown_path;

/// What a tag means: all that it leads to, as `now` or, if that is chosen, `head`, and no branch does; and what is in itself.
pub fn plan(look: &Look<'_>, name: &str, now: &Point, head: Option<ObjectId>) -> Result<Plan> {
    let title = format!("tag {}", shown_path(name.as_bytes()));
    let base = look.default_branch().map_or(Base::Nobody, |(_, id)| Base::At(id));
    let at_ref = look.repository.reference(&format!("refs/tags/{name}"));
    let id = match now {
        Point::Id(id) => Some(id),
        Point::Branch(_) | Point::Head => None,
    };
    let found = head.or_else(|| look.find(now).filter(|_| id.is_some()));
    // Most systems tell the commit alone, and the ref the tag itself.
    let same = |tag: &ObjectId| found.is_none_or(|found| look.repository.commit(*tag) == Some(found));
    let Some(tip) = at_ref.filter(same).or(found).or_else(|| look.find(now)) else {
        return Ok(look.missing(&title, now, base));
    };
    let mut plan = look.reached(&title, "that no branch has, and its message", tip, look.branches(None)?, base)?;
    if let (None, Some(id)) = (found, id) {
        plan.skips.push(look.skip(object(id.as_str(), Part::TagMessage)));
    } else if at_ref.is_none() && look.repository.commit(tip) == Some(tip) {
        // Its message would be in the tag itself, if it has one.
        plan.skips
            .push(look.skip(Origin::Record { part: Part::RefName, name: format!("refs/tags/{name}").into_bytes() }));
    }
    Ok(plan)
}
