//! Where in a repository's history a secret lies: since when, until when, and what keeps it there.

use std::fmt;

use crate::model::time::moment;

/// The place of a secret in history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The oldest commit that has it while none of its parents does; `None` where no commit has it.
    pub introduced: Option<Commit>,
    /// Whether it may be older than that: what precedes a commit that has it is not there.
    pub or_before: bool,
    /// The newest commit that does not have it while a parent does; `None` as long as the tip of a branch has it.
    pub removed: Option<Commit>,
    /// The branches, heads and notes whose tips have it, sorted.
    pub tips: Vec<String>,
    /// How many commits have it.
    pub commits: usize,
    /// All paths that lead to it, sorted.
    pub paths: Vec<Vec<u8>>,
    /// Where submodules may have it: each of the paths with the one from the root of the outermost
    /// repository, which patterns mean. Empty where all paths are counted from there.
    pub from_root: Vec<(Vec<u8>, Vec<u8>)>,
    /// The repositories whose top folder it is, by their paths from the root of the outermost one:
    /// it is the tree of a commit.
    pub tops: Vec<Vec<u8>>,
    /// What keeps it from being pruned, sorted by name.
    pub kept_by: Vec<KeptBy>,
    /// Whether a remote-tracking ref leads to it: somebody else has it.
    pub published: bool,
}

impl Placement {
    /// All paths that lead to it, from the root of the outermost repository.
    pub fn rooted(&self) -> impl Iterator<Item = &[u8]> {
        let own = self.paths.iter().filter(|_| self.from_root.is_empty());
        let rooted = self.from_root.iter().map(|(_, rooted)| rooted);
        own.chain(rooted).map(Vec::as_slice)
    }

    /// All paths of what is called `name` in the folder that it is, from the same root. Only
    /// history places folders.
    pub fn rooted_in(&self, name: &[u8]) -> Vec<Vec<u8>> {
        let folders = self.from_root.iter().map(|(_, rooted)| rooted);
        let join = |folder: &Vec<u8>| match folder.is_empty() {
            true => name.to_vec(),
            false => [folder.as_slice(), b"/", name].concat(),
        };
        folders.chain(&self.tops).map(join).collect()
    }

    /// The place of two together: since the older was introduced, until both were removed.
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

/// What keeps an object from being pruned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptBy {
    /// The name of a ref, `stash`, `reflog:<ref>` or `index`; in a submodule behind its place and a colon.
    Named(String),
    /// Nothing does, in the outermost repository or in a submodule.
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

/// A commit, as far as it is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id, in hexadecimal.
    pub id: String,
    /// When it was made, in seconds since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    /// Who wrote it: the name alone.
    pub author: String,
}

impl Commit {
    /// When it was made, in UTC, as ISO 8601 writes it: `2026-01-02T03:04:05Z`.
    pub fn time(&self) -> String {
        format!("{}Z", moment(self.seconds))
    }
}
