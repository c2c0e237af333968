//! The graph of all commits, and the commits in it that have, add and remove each secret.

use gix::ObjectId;
use gix::hashtable;
use gix::object::Kind;
use gix::objs::CommitRefIter;
use parking_lot::Mutex;

use super::super::look::{KindVisitor, Object};
use super::super::store::Store;
use super::{AT_ONCE, ones};

/// A commit in the graph.
pub struct CommitNode {
    pub id: ObjectId,
    pub tree: ObjectId,
    /// The commit's date in seconds since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    parents: Vec<ObjectId>,
}

/// All commits of a repository, each after its parents.
pub struct Graph {
    pub commits: Vec<CommitNode>,
    numbers: hashtable::HashMap<ObjectId, u32>,
}

/// The commits that have, add and remove each secret. Sets of secrets have one bit for each secret;
/// commits are given by their index in [`Graph::commits`].
pub struct Traces {
    /// For each commit, the secrets in its tree or message, or in the trees or messages of its
    /// ancestors.
    pub below: Vec<u64>,
    /// For each secret, the number of commits that have it.
    pub commits: Vec<usize>,
    /// For each commit, the secrets in its tree.
    pub has: Vec<u64>,
    /// For each secret, the oldest commit that has it while no parent does.
    pub introduced: Vec<Option<usize>>,
    /// The secrets that may be older than `introduced` says, because a parent of a commit that has
    /// them is missing.
    pub or_before: u64,
    /// For each secret, the newest commit that does not have it while a parent does, unless the tip
    /// of a branch has it.
    pub removed: Vec<Option<usize>>,
}

impl Graph {
    /// Reads all commits of `store`.
    pub fn read(store: &Store) -> Self {
        let commits = CommitReader(Mutex::default());
        let take = |commit: &Object<'_>| {
            commits.take(commit);
            true
        };
        store.sweep(&KindVisitor(Kind::Commit, take));
        let mut commits = commits.0.into_inner();
        commits.sort_by_key(|commit| (commit.seconds, commit.id));
        commits.dedup_by_key(|commit| commit.id);
        let commits = parents_first(commits);
        let numbers = numbers(&commits);
        Graph { commits, numbers }
    }

    /// Returns the index of a commit in `commits`; `None` if it is not in the graph.
    pub fn find(&self, id: &ObjectId) -> Option<usize> {
        self.numbers.get(id).map(|number| *number as usize)
    }

    /// Returns the third parents of stash commits, which have the untracked files. They are treated
    /// as tips: the stash commit itself does not have these files, but it has not removed them.
    pub fn untracked(&self, stashes: &[ObjectId]) -> Vec<ObjectId> {
        let third = |stash| self.commits[self.find(stash)?].parents.get(2).copied();
        stashes.iter().filter_map(third).collect()
    }

    /// Follows secrets through history. `in_tree` returns the secrets in a tree, and `own_of` the
    /// secrets in a commit's message. `tips` are the commits at the tips of branches. A secret in a
    /// message is never counted as removed, because messages are not changed by later commits.
    pub fn trace(
        &self,
        in_tree: impl Fn(&ObjectId) -> u64,
        own_of: impl Fn(&ObjectId) -> u64,
        tips: &[ObjectId],
    ) -> Traces {
        let has: Vec<u64> = self
            .commits
            .iter()
            .map(|commit| in_tree(&commit.tree))
            .collect();
        let kept = tips
            .iter()
            .filter_map(|id| self.find(id))
            .fold(0, |bits, tip| bits | has[tip]);
        let mut traces = Traces {
            below: vec![0; has.len()],
            has,
            or_before: 0,
            commits: vec![0; AT_ONCE],
            introduced: vec![None; AT_ONCE],
            removed: vec![None; AT_ONCE],
        };
        for (at, commit) in self.commits.iter().enumerate() {
            let has = traces.has[at];
            let parents = || commit.parents.iter().filter_map(|parent| self.find(parent));
            let before = parents().fold(0, |bits, parent| bits | traces.has[parent]);
            let own = own_of(&commit.id);
            // A missing parent may itself be one of the objects to locate.
            let below = |parent: &ObjectId| {
                self.find(parent)
                    .map_or_else(|| own_of(parent), |at| traces.below[at])
            };
            let inherited = commit
                .parents
                .iter()
                .fold(0, |bits, parent| bits | below(parent));
            traces.below[at] = has | own | inherited;
            if commit
                .parents
                .iter()
                .any(|parent| self.find(parent).is_none())
            {
                traces.or_before |= has;
            }
            ones(has | own).for_each(|secret| traces.commits[secret] += 1);
            let seconds = |at: usize| self.commits[at].seconds;
            for secret in ones((has | own) & !before) {
                let oldest = traces.introduced[secret].get_or_insert(at);
                *oldest = if seconds(at) < seconds(*oldest) {
                    at
                } else {
                    *oldest
                };
            }
            for secret in ones(before & !has & !kept) {
                let newest = traces.removed[secret].get_or_insert(at);
                *newest = if seconds(at) >= seconds(*newest) {
                    at
                } else {
                    *newest
                };
            }
        }
        traces
    }
}

fn numbers(commits: &[CommitNode]) -> hashtable::HashMap<ObjectId, u32> {
    commits
        .iter()
        .enumerate()
        .map(|(number, commit)| (commit.id, number as u32))
        .collect()
}

/// Sorts commits so that each comes after its parents. Dates are not enough, because clocks are
/// often wrong.
fn parents_first(commits: Vec<CommitNode>) -> Vec<CommitNode> {
    let by_id = numbers(&commits);
    let mut order = Vec::with_capacity(commits.len());
    let mut listed = vec![false; commits.len()];
    for first in 0..commits.len() {
        let mut pending = vec![first];
        while let Some(&at) = pending.last() {
            let parents = commits[at]
                .parents
                .iter()
                .filter_map(|parent| by_id.get(parent))
                .map(|at| *at as usize);
            let waiting: Vec<usize> = parents.filter(|parent| !listed[*parent]).collect();
            if waiting.is_empty() || listed[at] {
                if !std::mem::replace(&mut listed[at], true) {
                    order.push(at);
                }
                pending.pop();
            } else {
                pending.extend(waiting);
            }
        }
    }
    let mut commits: Vec<Option<CommitNode>> = commits.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|at| commits[at].take())
        .collect()
}

/// A collector of commits during a sweep.
struct CommitReader(Mutex<Vec<CommitNode>>);

impl CommitReader {
    fn take(&self, commit: &Object<'_>) {
        let read = || CommitRefIter::from_bytes(commit.bytes, commit.hash);
        let Ok(tree) = read().tree_id() else { return };
        let seconds = read()
            .committer()
            .map_or(0, |committer| committer.seconds());
        let node = CommitNode {
            id: commit.id(),
            tree,
            seconds,
            parents: read().parent_ids().collect(),
        };
        self.0.lock().push(node);
    }
}
