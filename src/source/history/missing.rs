//! Reports the objects that a repository should have and does not have.

use gix::ObjectId;

use crate::model::blob::{Origin, Part};
use crate::model::skip::{Skip, SkipReason};

use super::super::Visit;
use super::held::HeldRepository;
use super::place;
use super::store::Store;

/// The number of missing objects that are reported one by one.
const MISSING: usize = 10;

/// The maximum number of missing objects for which the refs that lead to them are looked up. All
/// further missing objects are treated as needed.
pub const ASKED: usize = 256;

/// Reports the missing objects. In a partial clone, all missing objects are reported in one
/// skip. Otherwise only missing objects that a ref, head or index leads to are reported,
/// because git may prune all other objects.
pub fn report(held: &HeldRepository, store: &Store, mut missing: Vec<ObjectId>, visit: &Visit<'_>) {
    missing.sort_unstable();
    missing.dedup();
    let skip = |id: &ObjectId, detail: String| {
        let origin = Origin::Object {
            id: id.to_string(),
            part: Part::Content,
            path: None,
        };
        visit(Err(Skip::new(origin, SkipReason::MissingObject, detail)));
    };
    let Some(first) = missing.first() else { return };
    if store.is_partial() {
        let count = missing.len();
        return skip(
            first,
            format!(
                "{count} objects were left out when the repository was cloned; this is the first"
            ),
        );
    }
    let (asked, rest) = missing.split_at(missing.len().min(ASKED));
    let kept = place::leading_to(held, store, asked);
    kept.iter()
        .take(MISSING)
        .for_each(|(id, keeper)| skip(id, format!("missing, but reachable from {keeper}")));
    match (kept.get(MISSING), rest.first()) {
        (Some((id, _)), _) => skip(
            id,
            format!(
                "this and {} more objects are missing",
                missing.len() - MISSING - 1
            ),
        ),
        (None, Some(id)) => skip(
            id,
            format!(
                "{} more referenced objects are missing; this is the first",
                rest.len()
            ),
        ),
        (None, None) => {}
    }
}
