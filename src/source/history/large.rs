//! Visits the git-lfs objects that pointers in history refer to. Git-lfs objects inside the `.git`
//! directory are visited as records instead.

use std::path::{Path, PathBuf};

use gix::ObjectId;

use crate::git::lfs_objects;
use crate::model::blob::{Origin, Part};
use crate::model::placement::KeptBy;
use crate::model::progress::Progress;
use crate::model::skip::{Skip, SkipReason};

use super::super::lfs::{ADVICE, Pointer, follow, object};
use super::super::reader::Reader;
use super::super::{Limits, Visit};
use super::missing::ASKED;
use super::store::Store;
use super::{HeldRepository, place};

/// The id of a blob that is a git-lfs pointer, and the pointer.
pub type Met = (ObjectId, Pointer);

/// Visits the git-lfs objects of the pointers `met`. With `together`, visits only objects stored
/// outside the `.git` directory, under their own paths, and reports all missing objects in one
/// skip. Otherwise visits every object as the content of the blob that points to it, and reports
/// each missing object in a separate skip.
pub fn visit(
    held: &HeldRepository,
    mut met: Vec<Met>,
    together: bool,
    limits: &Limits,
    progress: &Progress,
    visit: &Visit<'_>,
) {
    let (Some(store), false) = (held.store.get(), met.is_empty()) else {
        return;
    };
    met.sort_unstable_by_key(|(id, _)| *id);
    met.dedup_by_key(|(id, _)| *id);
    let repository = held.repository.to_thread_local();
    let objects = lfs_objects(&repository);
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let is_own = real(&objects).starts_with(real(repository.common_dir()));
    let mut reader = Reader::new(&limits.archive);
    let mut missing = Vec::new();
    for (id, pointer) in met.into_iter().filter(|(_, pointer)| pointer.size > 0) {
        if progress.is_stopped() {
            return;
        }
        match object(&objects, &pointer) {
            Err((SkipReason::MissingObject, _)) => missing.push(id),
            Ok(_) if is_own && together => {}
            _ => {
                let origin = if together {
                    Origin::File(file(&objects, &pointer))
                } else {
                    pointing(id)
                };
                let followed = follow(
                    Some(&objects),
                    &pointer,
                    &origin,
                    limits,
                    &mut reader,
                    visit,
                );
                followed.unwrap_or_else(|skip| visit(Err(skip)));
            }
        }
    }
    report_missing(held, store, &missing, together, visit);
}

/// Returns the path of a git-lfs object, at which its findings are reported.
fn file(objects: &Path, pointer: &Pointer) -> PathBuf {
    objects
        .join(&pointer.oid[..2])
        .join(&pointer.oid[2..4])
        .join(&pointer.oid)
}

/// Returns the origin of a pointer's blob.
fn pointing(id: ObjectId) -> Origin {
    Origin::Object {
        id: id.to_string(),
        part: Part::Content,
        path: None,
    }
}

/// Reports missing objects. If there are at most [`ASKED`], pointers that no ref, head or index
/// leads to are left out, because git-lfs does not fetch their objects.
fn report_missing(
    held: &HeldRepository,
    store: &Store,
    missing: &[ObjectId],
    together: bool,
    visit: &Visit<'_>,
) {
    let needed = if missing.len() > ASKED {
        missing.to_vec()
    } else {
        needed(held, store, missing)
    };
    for ids in needed.chunks(if together { needed.len().max(1) } else { 1 }) {
        let detail = match ids.len() - 1 {
            0 => "stored in git-lfs, and the content is missing in this clone".to_owned(),
            more => format!(
                "this file and {more} more are stored in git-lfs, and their content is missing in this clone"
            ),
        };
        visit(Err(Skip::new(
            pointing(ids[0]),
            SkipReason::MissingObject,
            detail,
        )
        .advising(ADVICE)));
    }
}

/// Returns the pointers that a ref, head or index leads to.
fn needed(held: &HeldRepository, store: &Store, pointers: &[ObjectId]) -> Vec<ObjectId> {
    let led_to = place::leading_to(held, store, pointers);
    led_to
        .into_iter()
        .filter(|(_, keeper)| matches!(keeper, KeptBy::Named(_)))
        .map(|(id, _)| id)
        .collect()
}
