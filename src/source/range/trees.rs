//! Compares a tree with other trees, and finds the entries that no other tree has at the same path.

use gix::ObjectId;
use gix::objs::tree::EntryRef;
use gix::objs::{Find, TreeRef};

use crate::error::chain;
use crate::model::skip::SkipReason;
use crate::source::folder::Folder;

/// A blob that none of the other trees has at the same path, or a submodule at a path where none of
/// the other trees has a submodule.
pub struct Addition {
    /// The path from the root of the tree.
    pub path: Vec<u8>,
    /// The id of the blob, or of the submodule's commit.
    pub new: ObjectId,
    /// The ids of the objects that the other trees have at the path.
    pub old: Vec<ObjectId>,
    /// True for a submodule, whose content is in another repository.
    pub is_module: bool,
}

/// A tree that could not be read.
pub struct Unread {
    /// The path of the tree, with a `/` at its end; empty for the root.
    pub path: Vec<u8>,
    /// The id of the tree.
    pub tree: ObjectId,
    /// The reason why the tree could not be read.
    pub reason: SkipReason,
    /// Details of the reason.
    pub detail: String,
}

/// A directory that is still to be compared.
struct Pending {
    prefix: Vec<u8>,
    tree: ObjectId,
    others: Vec<ObjectId>,
}

/// Calls `found` with each blob that `tree` has in the directory `within` at a path where none of
/// `others` has it. A change of mode alone is not an addition. Does not open a subtree that equals
/// the subtree of another tree at the same path, or that is outside `within`. Returns the number of
/// trees read. Stops after listing `most` files and directories, and then reports one [`Unread`]
/// with [`SkipReason::Limit`].
pub fn additions(
    repository: &gix::Repository,
    tree: ObjectId,
    others: &[ObjectId],
    within: &Folder,
    most: u64,
    found: &mut dyn FnMut(Result<Addition, Unread>),
) -> u64 {
    let (mut opened, mut listed) = (0, 0);
    let mut folders = Vec::new();
    if !others.contains(&tree) {
        folders.push(Pending {
            prefix: Vec::new(),
            tree,
            others: others.to_vec(),
        });
    }
    let mut buffers = Vec::new();
    while let Some(Pending {
        prefix,
        tree,
        others,
    }) = folders.pop()
    {
        buffers.resize_with(buffers.len().max(1 + others.len()), Vec::new);
        let mut listings = Vec::new();
        for (id, buffer) in std::iter::once(tree).chain(others).zip(&mut buffers) {
            let listed = listing(repository, id, buffer).map(|listing| listings.push(listing));
            let Err((reason, detail)) = listed else {
                continue;
            };
            found(Err(Unread {
                path: prefix.clone(),
                tree: id,
                reason,
                detail,
            }));
            if listings.is_empty() {
                break;
            }
        }
        let entries = listings.first().map_or(0, Vec::len) as u64;
        listed += entries;
        if listed > most {
            found(Err(Unread {
                path: prefix,
                tree,
                reason: SkipReason::Limit,
                detail: "there are too many files and folders to list them all".to_owned(),
            }));
            break;
        }
        // If another tree cannot be read, some old entries are treated as new. So no new entry is
        // missed.
        compare(&prefix, &listings, within, &mut folders, found);
        opened += 1;
    }
    opened
}

/// Compares one directory: the first of `listings` with the others. Queues its changed
/// subdirectories in `folders`.
fn compare(
    prefix: &[u8],
    listings: &[Vec<EntryRef<'_>>],
    within: &Folder,
    folders: &mut Vec<Pending>,
    found: &mut dyn FnMut(Result<Addition, Unread>),
) {
    let [own, others @ ..] = listings else { return };
    let mut at = vec![0; others.len()];
    for entry in own {
        let is_module = entry.mode.is_commit();
        let mut same_name: Vec<&EntryRef<'_>> = Vec::new();
        for (other, at) in others.iter().zip(&mut at) {
            while other.get(*at).is_some_and(|other| other < entry) {
                *at += 1;
            }
            same_name.extend(
                other.get(*at).filter(|other| {
                    other.cmp(&entry).is_eq() && other.mode.is_commit() == is_module
                }),
            );
        }
        if same_name
            .iter()
            .any(|other| is_module || other.oid == entry.oid)
        {
            continue;
        }
        let others = same_name.iter().map(|other| other.oid.to_owned()).collect();
        let (path, id) = ([prefix, entry.filename].concat(), entry.oid.to_owned());
        if !within.is_reached_by(&path) {
            continue;
        }
        if entry.mode.is_tree() {
            folders.push(Pending {
                prefix: [&path[..], b"/"].concat(),
                tree: id,
                others,
            });
        } else if within.has(&path) {
            found(Ok(Addition {
                path,
                new: id,
                old: others,
                is_module,
            }));
        }
    }
}

fn listing<'b>(
    repository: &gix::Repository,
    tree: ObjectId,
    buffer: &'b mut Vec<u8>,
) -> Result<Vec<EntryRef<'b>>, (SkipReason, String)> {
    if tree.is_empty_tree() {
        return Ok(Vec::new());
    }
    let corrupt = |error: &dyn std::error::Error| (SkipReason::Corrupt, chain(error));
    let object = repository
        .objects
        .try_find(&tree, buffer)
        .map_err(|error| corrupt(&error))?;
    let object = object.ok_or_else(|| {
        (
            SkipReason::MissingObject,
            format!("object {tree} is not in the repository"),
        )
    })?;
    let listing = TreeRef::from_bytes(object.data, tree.kind()).map_err(|error| corrupt(&error))?;
    Ok(listing.entries)
}
