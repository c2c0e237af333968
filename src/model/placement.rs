//! The place of a secret in a repository's history: the commits that introduced and removed it, its
//! paths, and the refs that keep it.

use std::fmt;

use crate::model::time::moment;

/// The place of a secret in history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The oldest commit that has the secret while none of its parents does; `None` if no commit
    /// has it.
    pub introduced: Option<Commit>,
    /// True if the secret may be older than that, because the history before a commit that has it
    /// is missing.
    pub or_before: bool,
    /// The newest commit that does not have the secret while a parent does; `None` as long as the
    /// tip of a branch has it.
    pub removed: Option<Commit>,
    /// The branches, heads and notes whose tips have the secret, sorted.
    pub tips: Vec<String>,
    /// The number of commits that have the secret.
    pub commits: usize,
    /// All paths that lead to the secret, sorted.
    pub paths: Vec<Vec<u8>>,
    /// Each of the paths with the one from the root of the outermost repository, which patterns
    /// mean, if submodules may have the secret. Empty if all paths are from that root.
    pub from_root: Vec<(Vec<u8>, Vec<u8>)>,
    /// The repositories whose top folder this is, by their paths from the root of the outermost
    /// one, for the tree of a commit.
    pub tops: Vec<Vec<u8>>,
    /// The refs and records that keep the secret from being pruned, sorted by name.
    pub kept_by: Vec<KeptBy>,
    /// True if a remote-tracking ref leads to the secret: somebody else has it.
    pub published: bool,
}

impl Placement {
    /// Returns all paths that lead to the secret, from the root of the outermost repository.
    pub fn rooted(&self) -> impl Iterator<Item = &[u8]> {
        let own = self.paths.iter().filter(|_| self.from_root.is_empty());
        let rooted = self.from_root.iter().map(|(_, rooted)| rooted);
        own.chain(rooted).map(Vec::as_slice)
    }

    /// Returns all paths of the entry `name` in the folder that is placed, from the same root. Only
    /// history places folders.
    pub fn rooted_in(&self, name: &[u8]) -> Vec<Vec<u8>> {
        let folders = self.from_root.iter().map(|(_, rooted)| rooted);
        let join = |folder: &Vec<u8>| match folder.is_empty() {
            true => name.to_vec(),
            false => [folder.as_slice(), b"/", name].concat(),
        };
        folders.chain(&self.tops).map(join).collect()
    }

    /// Returns the place of two together: from the older introduction until both were removed.
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
        self.commits += other.commits;
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

/// The ref or record that keeps an object from being pruned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptBy {
    /// The name of a ref, `stash`, `reflog:<ref>` or `index`; in a submodule, behind its place and
    /// a colon.
    Named(String),
    /// Nothing keeps the object, in the outermost repository or in a submodule.
    Nothing {
        /// The submodule's place and a colon; empty for the outermost repository.
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
