//! The placement of a secret in a repository's history: the commits that introduced and removed the
//! secret, its paths, and the refs that hold it.

use std::fmt;

use crate::model::time::moment;

/// The placement of a secret in history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The oldest commit that has the secret and whose parents do not have it; `None` if no commit
    /// has the secret.
    pub introduced: Option<Commit>,
    /// True if the secret may be older than `introduced`, because a commit that has the secret has
    /// missing parents.
    pub or_before: bool,
    /// The newest commit that does not have the secret although a parent of the commit has the
    /// secret; `None` while the tip of a branch has the secret.
    pub removed: Option<Commit>,
    /// The branches, heads and notes whose tips have the secret, sorted.
    pub tips: Vec<String>,
    /// The number of commits that have the secret.
    pub commits: usize,
    /// All paths that lead to the secret, sorted.
    pub paths: Vec<Vec<u8>>,
    /// Pairs of a path in `paths` and the same path from the root of the outermost repository.
    /// Patterns apply to the second path. Empty if `paths` are from that root already, because no
    /// submodules are searched.
    pub from_root: Vec<(Vec<u8>, Vec<u8>)>,
    /// The repositories that have the placed tree as their top directory, as paths from the root of
    /// the outermost repository. Empty unless the tree is the root tree of a commit.
    pub tops: Vec<Vec<u8>>,
    /// The refs and records that keep git from pruning the secret, sorted by name.
    pub kept_by: Vec<KeptBy>,
    /// True if a ref that was fetched from a remote leads to the secret, so that the remote has it
    /// too: a remote-tracking ref, or any ref of a mirror.
    pub published: bool,
}

impl Placement {
    /// Returns all paths that lead to the secret, from the root of the outermost repository.
    pub fn rooted(&self) -> impl Iterator<Item = &[u8]> {
        let own = self.paths.iter().filter(|_| self.from_root.is_empty());
        let rooted = self.from_root.iter().map(|(_, rooted)| rooted);
        own.chain(rooted).map(Vec::as_slice)
    }

    /// Returns all paths of the entry `name` in the directory that this placement is about, from
    /// the root of the outermost repository. Only a scan of history makes placements of
    /// directories.
    pub fn rooted_in(&self, name: &[u8]) -> Vec<Vec<u8>> {
        let folders = self.from_root.iter().map(|(_, rooted)| rooted);
        let join = |folder: &Vec<u8>| match folder.is_empty() {
            true => name.to_vec(),
            false => [folder.as_slice(), b"/", name].concat(),
        };
        folders.chain(&self.tops).map(join).collect()
    }

    /// Returns the placement of two secrets together. It has the older of both introductions, and a
    /// removal only if both secrets were removed.
    pub fn with(mut self, other: Self) -> Self {
        let older = |one: &Commit, other: &Commit| one.seconds <= other.seconds;
        let is_first = match (&self.introduced, &other.introduced) {
            (Some(one), Some(other)) => older(one, other),
            (one, _) => one.is_some(),
        };
        if !is_first {
            (self.introduced, self.or_before) = (other.introduced, other.or_before);
        }
        self.removed = match (self.removed, other.removed) {
            (Some(one), Some(other)) => Some(if older(&one, &other) { other } else { one }),
            _ => None,
        };
        self.commits = self.commits.saturating_add(other.commits);
        self.published |= other.published;
        self.tips.extend(other.tips);
        self.tips.sort();
        self.tips.dedup();
        self.kept_by.extend(other.kept_by);
        self.kept_by.sort_by_cached_key(KeptBy::to_string);
        self.kept_by.dedup();
        self.from_root.extend(other.from_root);
        self.tops.extend(other.tops);
        self.paths.extend(other.paths);
        self.paths.sort();
        self.paths.dedup();
        self
    }
}

/// A ref or record that keeps git from pruning an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptBy {
    /// The name of a ref, `stash`, `reflog:<ref>` or `index`. In a submodule, the submodule's path
    /// and a colon precede the name.
    Named(String),
    /// Nothing leads to the object, in the outermost repository or in a submodule, so git may prune
    /// it.
    Nothing {
        /// The submodule's path and a colon; empty for the outermost repository.
        repository: String,
    },
}

impl fmt::Display for KeptBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeptBy::Named(name) => f.write_str(name),
            KeptBy::Nothing { repository } => write!(f, "{repository}unreachable"),
        }
    }
}

/// The facts about a commit that reports show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The id, in hexadecimal.
    pub id: String,
    /// The time of the commit, in seconds since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    /// The author's name, without an address.
    pub author: String,
}

impl Commit {
    /// Returns the time of the commit in UTC, as ISO 8601 writes it: `2026-01-02T03:04:05Z`.
    pub fn time(&self) -> String {
        format!("{}Z", moment(self.seconds))
    }
}
