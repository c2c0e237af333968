//! Objects, read within a limit.

use super::ObjectId;
use super::sound::refuse_piped;
use crate::error::chain;
use crate::model::skip::SkipReason;

/// Why an object could not be read.
pub struct Unreadable {
    /// The kind of reason.
    pub reason: SkipReason,
    /// What git said.
    pub detail: String,
}

impl Unreadable {
    /// What git says of an object that is damaged.
    fn corrupt(error: &dyn std::error::Error) -> Self {
        Unreadable {
            reason: SkipReason::Corrupt,
            detail: chain(error),
        }
    }
}

/// The content of object `id`, unless it is missing, damaged or over `limit` bytes; that it is what the id says is checked.
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
            detail: format!("object {id} holds something else"),
        });
    }
    Ok(data)
}

/// The same without that check, which takes longer than all the rest. Git does without it too when it reads; each stream of a
/// pack has a checksum of its own.
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
