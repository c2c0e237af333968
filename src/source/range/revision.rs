//! Resolves a range of revisions to commits.

use std::collections::HashSet;

use gix::ObjectId;
use gix::objs::Kind;
use gix::revision::plumbing::Spec;

use crate::error::{Error, Result, chain};

use super::walk;

/// The objects that a range consists of.
pub struct RangeObjects {
    /// The commits, the youngest first, each with its parents.
    pub commits: Vec<(ObjectId, Vec<ObjectId>)>,
    /// The annotated tags that lead to the end or the tips of the range.
    pub tags: Vec<ObjectId>,
    /// The trees and blobs that were named directly, or through a tag.
    pub bare: Vec<(ObjectId, Kind)>,
}

/// Returns the error for a range that cannot be resolved. The error names the first part of `range`
/// that does not exist here, if there is one.
fn unknown(repository: &gix::Repository, range: &str) -> Error {
    let parts = range
        .split("..")
        .map(|part| part.trim_start_matches(['.', '^']));
    let missing = parts
        .filter(|part| !part.is_empty())
        .find(|part| repository.rev_parse_single(*part).is_err());
    let why = missing.map_or_else(String::new, |part| format!(": there is no `{part}`"));
    Error::new(format!("`{range}` does not name commits in this repository{why}")).help(
        "give A..B, A...B or one commit, branch or tag; commits that were not fetched cannot be found \
         (`git fetch`, `fetch-depth: 0`)",
    )
}

/// Resolves `range`: `A..B`, `A...B`, or one revision, which means a single commit.
///
/// # Errors
///
/// When a revision of `range` does not exist here, or is not a commit.
pub fn resolve(
    repository: &gix::Repository,
    range: &str,
    shallow: &HashSet<ObjectId>,
) -> Result<RangeObjects> {
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
            return Ok(RangeObjects {
                commits: vec![(commit, parents.unwrap_or_default())],
                tags,
                bare: Vec::new(),
            });
        }
        // `A..B`: commits with the colour of B (2) and without the colour of A (1).
        Spec::Range { from, to } => (
            [
                (peeled(repository, from, range, &mut Vec::new())?, 1),
                (end(to)?, 2),
            ],
            [2, 2],
        ),
        // `A...B`: commits with exactly one of the two colours.
        Spec::Merge { theirs, ours } => ([(end(theirs)?, 1), (end(ours)?, 2)], [1, 2]),
        _ => {
            return Err(Error::new(format!("`{range}` is not a range of commits"))
                .help("give A..B, A...B or one revision"));
        }
    };
    let commits = walk::commits(
        &ends,
        |colors| needs.contains(&colors),
        |commit| read(repository, commit, shallow),
    );
    Ok(RangeObjects {
        commits,
        tags,
        bare: Vec::new(),
    })
}

/// Returns the commits that are reachable from `tips` but not from `hidden`, and the trees and
/// blobs among the tips. Objects of `hidden` that are not in the repository are ignored.
///
/// # Errors
///
/// When a tip is not in the repository.
pub fn reached(
    repository: &gix::Repository,
    tips: &[ObjectId],
    hidden: &[ObjectId],
    shallow: &HashSet<ObjectId>,
) -> Result<RangeObjects> {
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
    Ok(RangeObjects {
        commits,
        tags,
        bare,
    })
}

/// Returns the commit that an id leads to, directly or through annotated tags. Adds the tags to
/// `tags`.
fn peeled(
    repository: &gix::Repository,
    id: ObjectId,
    range: &str,
    tags: &mut Vec<ObjectId>,
) -> Result<ObjectId> {
    match led(repository, id, range, tags)? {
        (commit, Kind::Commit) => Ok(commit),
        (_, kind) => Err(Error::new(format!("`{range}` leads to a {kind}, not to a commit"))
            .help("scan files on disk with `ntnguard scan PATH`, and everything in git with `ntnguard history`")),
    }
}

/// Returns the object that an id leads to, directly or through annotated tags, and its kind. Adds
/// the tags to `tags`.
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
            .help("fetch the missing objects (`git fetch --refetch`) or run `git fsck`, then try again")
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

/// Returns the parents of a commit, and its date in seconds since 1970; `None` if the commit cannot
/// be read. A commit in `shallow`, whose parents were not fetched, has no parents.
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
