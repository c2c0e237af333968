//! The commits that a range means.

use std::collections::HashSet;

use gix::ObjectId;
use gix::objs::Kind;
use gix::revision::plumbing::Spec;

use crate::error::{Error, Result, chain};

use super::walk;

/// The objects that a range means.
pub struct Meant {
    /// The commits, the youngest first, each with the parents that it names.
    pub commits: Vec<(ObjectId, Vec<ObjectId>)>,
    /// Annotated tags that name its end.
    pub tags: Vec<ObjectId>,
    /// Trees and blobs that were named themselves, or by a tag.
    pub bare: Vec<(ObjectId, Kind)>,
}

/// The error for a range with a part that is not here, which it names.
fn unknown(repository: &gix::Repository, range: &str) -> Error {
    let parts = range
        .split("..")
        .map(|part| part.trim_start_matches(['.', '^']));
    let missing = parts
        .filter(|part| !part.is_empty())
        .find(|part| repository.rev_parse_single(*part).is_err());
    let why = missing.map_or_else(String::new, |part| format!(": there is no `{part}`"));
    Error::new(format!("`{range}` means no commits here{why}")).help(
        "write A..B, A...B or one commit, branch or tag; what was not fetched is not known \
         (`git fetch`, `fetch-depth: 0`)",
    )
}

/// Resolves `range`: `A..B`, `A...B`, or one revision, which means that commit alone.
///
/// # Errors
///
/// When `range` names something that is not there, or that is no commit.
pub fn resolve(
    repository: &gix::Repository,
    range: &str,
    shallow: &HashSet<ObjectId>,
) -> Result<Meant> {
    let spec = repository
        .rev_parse(range)
        .map_err(|_| unknown(repository, range))?
        .detach();
    let mut tags = Vec::new();
    let mut end = |id| peeled(repository, id, range, &mut tags);
    let (ends, needs) = match spec {
        Spec::Include(id) => {
            let commit = end(id)?;
            let parents = read(repository, commit, &HashSet::new()).map(|(parents, _)| parents);
            return Ok(Meant {
                commits: vec![(commit, parents.unwrap_or_default())],
                tags,
                bare: Vec::new(),
            });
        }
        // The end's colour alone.
        Spec::Range { from, to } => (
            [
                (peeled(repository, from, range, &mut Vec::new())?, 1),
                (end(to)?, 2),
            ],
            [2, 2],
        ),
        // One colour alone.
        Spec::Merge { theirs, ours } => ([(end(theirs)?, 1), (end(ours)?, 2)], [1, 2]),
        _ => {
            return Err(Error::new(format!("`{range}` is not a range of commits"))
                .help("write A..B, A...B or one revision"));
        }
    };
    let commits = walk::commits(
        &ends,
        |colors| needs.contains(&colors),
        |commit| read(repository, commit, shallow),
    );
    Ok(Meant {
        commits,
        tags,
        bare: Vec::new(),
    })
}

/// The commits that can be reached from `tips` and from none of `hidden`, and the trees and blobs
/// among the tips. Hidden ones that are not here hide nothing.
///
/// # Errors
///
/// When a tip is not here.
pub fn reached(
    repository: &gix::Repository,
    tips: &[ObjectId],
    hidden: &[ObjectId],
    shallow: &HashSet<ObjectId>,
) -> Result<Meant> {
    let (mut ends, mut tags, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for tip in tips {
        match led(repository, *tip, &tip.to_string(), &mut tags)? {
            (commit, Kind::Commit) => ends.push((commit, 2)),
            other => bare.push(other),
        }
    }
    let hidden = hidden
        .iter()
        .filter_map(|id| peeled(repository, *id, "", &mut Vec::new()).ok());
    ends.extend(hidden.map(|commit| (commit, 1)));
    tags.sort_unstable();
    tags.dedup();
    bare.sort_unstable();
    bare.dedup();
    let commits = walk::commits(
        &ends,
        |colors| colors == 2,
        |commit| read(repository, commit, shallow),
    );
    Ok(Meant {
        commits,
        tags,
        bare,
    })
}

/// The commit that an id leads to, noting the tags on the way.
fn peeled(
    repository: &gix::Repository,
    id: ObjectId,
    range: &str,
    tags: &mut Vec<ObjectId>,
) -> Result<ObjectId> {
    match led(repository, id, range, tags)? {
        (commit, Kind::Commit) => Ok(commit),
        (_, kind) => Err(Error::new(format!("`{range}` leads to a {kind}, not to a commit"))
            .help("files on disk are scanned with `ntnguard scan PATH`, all that git holds with `ntnguard history`")),
    }
}

/// The object behind all tags, and its kind, noting the tags on the way.
fn led(
    repository: &gix::Repository,
    id: ObjectId,
    range: &str,
    tags: &mut Vec<ObjectId>,
) -> Result<(ObjectId, Kind)> {
    let mut at = id;
    loop {
        let object = repository.find_object(at).map_err(|error| {
            Error::new(format!(
                "`{range}` leads to object {at}, which cannot be read: {}",
                chain(&error)
            ))
            .help("fetch what is missing (`git fetch --refetch`) or run `git fsck`, then try again")
        })?;
        match object.kind {
            Kind::Tag => {
                tags.push(at);
                let tag = gix::objs::TagRefIter::from_bytes(&object.data, at.kind()).target_id();
                at = tag.map_err(|error| {
                    Error::new(format!("tag {at} cannot be read: {}", chain(&error)))
                })?;
            }
            kind => return Ok((at, kind)),
        }
    }
}

/// The parents and the date of a commit; `None` if it cannot be read. A commit at the cut of a
/// shallow clone has no parents.
fn read(
    repository: &gix::Repository,
    id: ObjectId,
    shallow: &HashSet<ObjectId>,
) -> Option<(Vec<ObjectId>, i64)> {
    let commit = repository.find_object(id).ok()?;
    let parts = || gix::objs::CommitRefIter::from_bytes(&commit.data, id.kind());
    let parents = if shallow.contains(&id) {
        Vec::new()
    } else {
        parts().parent_ids().collect()
    };
    Some((
        parents,
        parts()
            .committer()
            .map_or(0, |committer| committer.seconds()),
    ))
}
