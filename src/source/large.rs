//! Git objects that are too large to be scanned.

use gix::ObjectId;
use parking_lot::Mutex;

use crate::git;
use crate::model::blob::Part;
use crate::model::defaults;
use crate::model::secret::Fingerprint;
use crate::model::skip::{Skip, SkipReason};

/// Adds the digest of the object's content to `skip`, if the object is too large to be scanned but
/// small enough to be read. To save memory, only one thread at a time reads such an object.
pub fn with_digest(repository: &gix::Repository, skip: Skip) -> Skip {
    static ONE: Mutex<()> = Mutex::new(());
    let is_file = skip.origin.part().is_none_or(|part| part == Part::Content)
        && skip.origin.member().is_none();
    if skip.reason != SkipReason::TooLarge || skip.digest.is_some() || !is_file {
        return skip;
    }
    let Some(id) = skip
        .origin
        .object()
        .and_then(|id| ObjectId::from_hex(id.as_bytes()).ok())
    else {
        return skip;
    };
    let _one = ONE.lock();
    let digest = git::read(repository, id, defaults::OBJECT)
        .ok()
        .and_then(|bytes| Fingerprint::of_object(&*bytes).ok());
    skip.of_object(digest)
}
