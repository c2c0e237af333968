//! Reading blobs up to a size limit.

use super::ObjectId;
use super::sound::refuse_piped;
use crate::error::chain;
use crate::model::skip::SkipReason;

/// The reason why an object could not be read.
pub struct Unreadable {
    /// The reason that reports show, such as missing or too large.
    pub reason: SkipReason,
    /// The description of the problem.
    pub detail: String,
}

impl Unreadable {
    /// Converts an error about a damaged object.
    fn corrupt(error: &dyn std::error::Error) -> Self {
        Unreadable {
            reason: SkipReason::Corrupt,
            detail: chain(error),
        }
    }
}

/// Reads the content of blob `id`, and checks that the content has this id. Fails if the blob is
/// missing, damaged or over `limit` bytes.
pub fn read(
    repository: &gix::Repository,
    id: ObjectId,
    limit: u64,
) -> std::result::Result<Vec<u8>, Unreadable> {
    let data = read_trusting(repository, id, limit)?;
    let real = gix::objs::compute_hash(id.kind(), gix::objs::Kind::Blob, &data)
        .map_err(|error| Unreadable::corrupt(&error))?;
    if real != id {
        return Err(Unreadable {
            reason: SkipReason::Corrupt,
            detail: format!("object {id} has content that does not match its id"),
        });
    }
    Ok(data)
}

/// Reads the content of blob `id` like [`read`], but does not check that the content has this id:
/// the check would take longer than everything else. Git does not check it either, and each
/// compressed stream in a pack has its own checksum.
pub fn read_trusting(
    repository: &gix::Repository,
    id: ObjectId,
    limit: u64,
) -> std::result::Result<Vec<u8>, Unreadable> {
    let missing = || Unreadable {
        reason: SkipReason::MissingObject,
        detail: format!("object {id} is not in the repository"),
    };
    refuse_piped(repository, id).map_err(|error| Unreadable::corrupt(&error))?;
    let header = repository
        .try_find_header(id)
        .map_err(|error| Unreadable::corrupt(&error))?
        .ok_or_else(missing)?;
    if header.kind() != gix::objs::Kind::Blob {
        return Err(Unreadable {
            reason: SkipReason::Corrupt,
            detail: format!("object {id} is a {}, not a file", header.kind()),
        });
    }
    if header.size() > limit {
        let detail = format!("{} bytes; the limit is {limit}", header.size());
        return Err(Unreadable {
            reason: SkipReason::TooLarge,
            detail,
        });
    }
    let object = repository
        .try_find_object(id)
        .map_err(|error| Unreadable::corrupt(&error))?
        .ok_or_else(missing)?;
    Ok(object.detach().data)
}
