//! Collects the additions of all commits of a range.

use std::collections::{HashMap, HashSet};

use gix::ObjectId;

use super::trees::Addition;

/// The new blobs of a range, with the commits that add them.
#[derive(Default)]
pub struct FoundAdditions {
    /// The additions, each with the number of its commit, sorted by number: the youngest commit
    /// first.
    additions: Vec<(usize, Addition)>,
    /// For each new blob, its positions in `additions`.
    by_blob: HashMap<ObjectId, Vec<usize>>,
    /// Blobs that do not come from a commit: the range has the id of the blob, or of a tree that
    /// contains the blob. Each has its path in that tree, or an empty path.
    bare: HashSet<(Vec<u8>, ObjectId)>,
}

impl FoundAdditions {
    /// Collects the `additions` of commits, and the `bare` blobs, which were named directly or in a
    /// tree.
    pub fn new(mut additions: Vec<(usize, Addition)>, bare: HashSet<(Vec<u8>, ObjectId)>) -> Self {
        additions.sort_unstable_by(|(one, a), (other, b)| (one, &a.path).cmp(&(other, &b.path)));
        let mut by_blob: HashMap<_, Vec<_>> = HashMap::new();
        for (at, (_, addition)) in additions.iter().enumerate() {
            by_blob.entry(addition.new).or_default().push(at);
        }
        FoundAdditions {
            additions,
            by_blob,
            bare,
        }
    }

    /// Returns the additions of one blob, each with the number of its commit.
    pub fn of_blob(&self, blob: ObjectId) -> impl Iterator<Item = &(usize, Addition)> {
        self.by_blob
            .get(&blob)
            .into_iter()
            .flatten()
            .map(|at| &self.additions[*at])
    }

    /// Returns the number of new blobs.
    pub fn count(&self) -> u64 {
        (self.by_blob.len() + self.bare.len()) as u64
    }

    /// Returns true if one of the blob's paths in `bare` begins with `path`. A blob that was named
    /// directly has an empty path there.
    pub fn is_bare(&self, path: &[u8], blob: ObjectId) -> bool {
        self.bare
            .iter()
            .any(|(whole, id)| *id == blob && whole.starts_with(path))
    }

    /// Returns each pair of a path and a blob, once. The flag is true if the blob is new at the
    /// path, and false if only a parent has the blob there.
    pub fn blobs(&self) -> Vec<(&[u8], ObjectId, bool)> {
        let mut seen: HashMap<_, _> = self
            .bare
            .iter()
            .map(|(path, id)| ((path.as_slice(), *id), true))
            .collect();
        for (_, addition) in self
            .additions
            .iter()
            .filter(|(_, addition)| !addition.is_module)
        {
            seen.insert((addition.path.as_slice(), addition.new), true);
            for old in &addition.old {
                seen.entry((addition.path.as_slice(), *old))
                    .or_insert(false);
            }
        }
        let mut blobs: Vec<_> = seen
            .into_iter()
            .map(|((path, id), is_new)| (path, id, is_new))
            .collect();
        blobs.sort_unstable();
        blobs
    }
}
