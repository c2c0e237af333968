//! Locates objects with secrets in history: the commits that have them, their paths, and the refs
//! and other keepers of these commits.
//!
//! This runs only if something was found. A tree has the ids of its entries, so the trees that lead
//! to an object are found by sweeping through all trees once for each directory level above the
//! object ([`trees`], [`level`]). Then commits are sorted, parents first, and secrets are followed
//! from commit to commit, as one bit each ([`graph`]). The keepers come from refs, indexes and
//! reflogs ([`refs`]).

mod graph;
mod level;
pub mod refs;
mod trees;

use std::collections::{BTreeSet, HashMap};

use gix::ObjectId;

use crate::model::placement::{Commit, KeptBy, Placement};

use super::super::Placements;
use super::HeldRepository;
use super::store::Store;
use graph::{Graph, Traces};
use trees::Marks;

/// The number of secrets that are followed at once: one for each bit of a `u64`.
const AT_ONCE: usize = 64;

/// The maximum number of times that objects are located again because git moved some meanwhile.
const ATTEMPTS: usize = 5;

/// Locates each secret in a repository. `secrets` has the ids of the objects with each secret.
pub fn run(held: &HeldRepository, secrets: &[Vec<ObjectId>]) -> Placements {
    let Some(store) = held.store.get() else {
        return Placements::none(secrets.len());
    };
    let mut flagged: Vec<ObjectId> = secrets
        .iter()
        .flatten()
        .copied()
        .filter(|id| store.has(id))
        .collect();
    flagged.sort_unstable();
    flagged.dedup();
    if flagged.is_empty() {
        return Placements::none(secrets.len());
    }
    place(held, store, &flagged, secrets)
}

/// Returns the objects in `missing` that are still needed, each with one keeper that leads to it,
/// or with `KeptBy::Nothing` if the store has the object. Reflogs are not counted as keepers.
pub fn leading_to(
    held: &HeldRepository,
    store: &Store,
    missing: &[ObjectId],
) -> Vec<(ObjectId, KeptBy)> {
    if missing.is_empty() {
        return Vec::new();
    }
    let each: Vec<Vec<ObjectId>> = missing.iter().map(|id| vec![*id]).collect();
    let placements = place(held, store, missing, &each).groups;
    let label = held.label();
    let is_log = |keeper: &KeptBy| match keeper {
        KeptBy::Named(name) => {
            let own = name.strip_prefix(&label).unwrap_or(name);
            own.starts_with("reflog:")
        }
        KeptBy::Nothing { .. } => false,
    };
    let keeper = |placement: Placement| placement.kept_by.into_iter().find(|one| !is_log(one));
    missing
        .iter()
        .zip(placements)
        .filter_map(|(id, placement)| Some((*id, keeper(placement)?)))
        .collect()
}

/// Locates the secrets in the `flagged` objects, which are sorted by id. If git moves objects
/// meanwhile, as a repack does, opens the store again and locates the secrets again.
fn place(
    held: &HeldRepository,
    store: &Store,
    flagged: &[ObjectId],
    secrets: &[Vec<ObjectId>],
) -> Placements {
    let repository = held.repository.to_thread_local();
    let mut placements = placed(held, store, flagged, secrets);
    let mut newer = store.moved(&repository);
    for _ in 0..ATTEMPTS {
        let Some(store) = newer else { break };
        placements = placed(held, &store, flagged, secrets);
        newer = store.moved(&repository);
    }
    placements
}

fn placed(
    held: &HeldRepository,
    store: &Store,
    flagged: &[ObjectId],
    secrets: &[Vec<ObjectId>],
) -> Placements {
    let repository = held.repository.to_thread_local();
    let marks = Marks::find(store, flagged);
    let graph = Graph::read(store);
    let keepers = refs::keepers(&repository, &|_| {});
    let mut placer = Placer {
        held,
        store,
        repository: &repository,
        flagged,
        marks: &marks,
        graph: &graph,
    };
    let mut groups = Vec::new();
    for secrets in secrets.chunks(AT_ONCE) {
        groups.extend(placer.place(secrets, &keepers));
    }
    Placements {
        groups,
        paths: placer.paths(),
    }
}

/// The data needed to locate secrets.
struct Placer<'p> {
    held: &'p HeldRepository,
    store: &'p Store,
    repository: &'p gix::Repository,
    flagged: &'p [ObjectId],
    marks: &'p Marks,
    graph: &'p Graph,
}

impl Placer<'_> {
    /// Locates up to [`AT_ONCE`] secrets. Returns one placement for each, in the same order.
    fn place(&mut self, secrets: &[Vec<ObjectId>], keepers: &refs::Keepers) -> Vec<Placement> {
        let bits: Vec<u64> = self.flagged.iter().map(|id| bits_of(secrets, id)).collect();
        let sets = self.marks.bits(&bits);
        let own = |id: &ObjectId| self.flagged.binary_search(id).map_or(0, |at| bits[at]);
        let branches = keepers
            .branches()
            .flat_map(|keeper| keeper.ids.iter().copied());
        let tips: Vec<ObjectId> = branches
            .chain(self.graph.untracked(&keepers.stashed()))
            .collect();
        let traces = self.graph.trace(
            |tree| self.marks.set(tree).map_or(0, |set| sets[set]),
            own,
            &tips,
        );
        let mut placements: Vec<Placement> = (0..secrets.len())
            .map(|at| Placement {
                introduced: traces.introduced[at].map(|commit| self.commit(commit)),
                or_before: traces.or_before & 1 << at != 0,
                removed: traces.removed[at].map(|commit| self.commit(commit)),
                commits: traces.commits[at],
                ..Placement::default()
            })
            .collect();
        self.add_tips(&traces, keepers, &mut placements);
        self.add_paths(&traces, &bits, &mut placements);
        self.add_keepers(&traces, keepers, secrets, &mut placements);
        placements
    }

    /// Adds the branches, heads and notes whose tips have each secret. A remote's `HEAD` is left
    /// out, because it is an alias of one of the remote's branches.
    fn add_tips(&self, traces: &Traces, keepers: &refs::Keepers, placements: &mut [Placement]) {
        let is_link = |name: &str| name.starts_with("refs/remotes/") && name.ends_with("/HEAD");
        for keeper in keepers.branches().filter(|keeper| !is_link(&keeper.name)) {
            let commits = keeper.ids.iter().filter_map(|id| self.graph.find(id));
            let bits = commits.fold(0, |bits, at| bits | traces.has[at]);
            ones(bits).for_each(|secret| placements[secret].tips.push(self.labelled(&keeper.name)));
        }
        placements
            .iter_mut()
            .for_each(|placement| placement.tips.sort());
    }

    /// Adds the paths of each secret from the root of a commit. For a secret that no commit has,
    /// adds its paths from any tree.
    fn add_paths(&self, traces: &Traces, bits: &[u64], placements: &mut [Placement]) {
        let mut by_secret = vec![BTreeSet::new(); placements.len()];
        let mut add_paths_of = |set: usize, only: &dyn Fn(usize) -> bool| {
            for (object, path) in self.marks.of_set(set) {
                for secret in ones(bits[object]).filter(|secret| only(*secret)) {
                    by_secret[secret].insert(path.to_vec());
                }
            }
        };
        let from_commits: BTreeSet<usize> = self
            .graph
            .commits
            .iter()
            .filter_map(|commit| self.marks.set(&commit.tree))
            .collect();
        from_commits
            .into_iter()
            .for_each(|set| add_paths_of(set, &|_| true));
        let loose = |secret: usize| traces.commits[secret] == 0;
        self.marks
            .sets_of_trees()
            .for_each(|set| add_paths_of(set, &loose));
        for (placement, paths) in placements.iter_mut().zip(by_secret) {
            let (top, below) = paths.into_iter().partition(|path| path.is_empty());
            (placement.tops, placement.paths) = (top, below);
        }
    }

    /// Adds the keepers of each secret: refs and heads or, if there are none, indexes or, if there
    /// are none, reflogs. A stored object without any keeper gets `KeptBy::Nothing`.
    fn add_keepers(
        &self,
        traces: &Traces,
        keepers: &refs::Keepers,
        secrets: &[Vec<ObjectId>],
        placements: &mut [Placement],
    ) {
        let mut kept: Vec<BTreeSet<String>> = vec![BTreeSet::new(); placements.len()];
        for level in &keepers.levels {
            let before: Vec<bool> = kept.iter().map(BTreeSet::is_empty).collect();
            for keeper in level {
                let bits = keeper
                    .ids
                    .iter()
                    .fold(0, |bits, id| bits | self.bits_below(id, traces, secrets));
                for secret in ones(bits).filter(|secret| before[*secret]) {
                    kept[secret].insert(self.labelled(&keeper.name));
                    placements[secret].published |= keepers.is_fetched(&keeper.name);
                }
            }
        }
        for ((placement, kept), ids) in placements.iter_mut().zip(kept).zip(secrets) {
            placement.kept_by = kept.into_iter().map(KeptBy::Named).collect();
            if placement.kept_by.is_empty()
                && keepers.is_whole
                && ids.iter().any(|id| self.store.has(id))
            {
                let repository = self.held.label();
                placement.kept_by.push(KeptBy::Nothing { repository });
            }
        }
    }

    /// Returns the secrets that an object contains or leads to, as bits.
    fn bits_below(&self, id: &ObjectId, traces: &Traces, secrets: &[Vec<ObjectId>]) -> u64 {
        let commit = self.graph.find(id).map_or(0, |at| traces.below[at]);
        let tree = self.marks.set(id).map_or(0, |set| {
            self.marks.of_set(set).fold(0, |bits, (object, _)| {
                bits | bits_of(secrets, &self.flagged[object])
            })
        });
        commit | tree | bits_of(secrets, id)
    }

    /// Returns the name of a keeper, prefixed with the label of its repository.
    fn labelled(&self, name: &str) -> String {
        self.held.label() + name
    }

    fn commit(&self, at: usize) -> Commit {
        let commit = &self.graph.commits[at];
        let object = self.repository.find_object(commit.id).ok();
        let author = object.and_then(|object| {
            let commit = gix::objs::CommitRefIter::from_bytes(&object.data, commit.id.kind());
            commit.author().ok().map(|author| author.name.to_string())
        });
        Commit {
            id: commit.id.to_string(),
            seconds: commit.seconds,
            author: author.unwrap_or_default(),
        }
    }

    /// Returns one path of each flagged object, by its id: the first in sorted order. Paths from
    /// the root of a commit are preferred.
    fn paths(&self) -> HashMap<String, Vec<u8>> {
        let mut paths = HashMap::new();
        let from_commits = self
            .graph
            .commits
            .iter()
            .filter_map(|commit| self.marks.set(&commit.tree));
        let from_commits: BTreeSet<usize> = from_commits.collect();
        let others: BTreeSet<usize> = self.marks.sets_of_trees().collect();
        for sets in [from_commits, others] {
            let mut found: HashMap<usize, &[u8]> = HashMap::new();
            let marks = sets.into_iter().flat_map(|set| self.marks.of_set(set));
            // The object itself has a mark with an empty path.
            for (object, path) in marks.filter(|(_, path)| !path.is_empty()) {
                let first = found.entry(object).or_insert(path);
                *first = path.min(first);
            }
            for (object, path) in found {
                paths
                    .entry(self.flagged[object].to_string())
                    .or_insert_with(|| path.to_vec());
            }
        }
        paths
    }
}

/// Returns the secrets that an object contains, as bits.
fn bits_of(secrets: &[Vec<ObjectId>], id: &ObjectId) -> u64 {
    secrets
        .iter()
        .enumerate()
        .filter(|(_, ids)| ids.contains(id))
        .fold(0, |bits, (at, _)| bits | 1 << at)
}

/// Returns the numbers of the bits that are set.
fn ones(bits: u64) -> impl Iterator<Item = usize> {
    (0..AT_ONCE).filter(move |at| bits & 1 << at != 0)
}

/// Merges the placements of the same secrets in two repositories, such as a repository and its
/// submodule.
pub fn merge(mut one: Placements, other: Placements) -> Placements {
    for (one, other) in one.groups.iter_mut().zip(other.groups) {
        let both = [one.introduced.take(), other.introduced]
            .into_iter()
            .flatten();
        one.introduced = both.min_by_key(|commit| commit.seconds);
        one.or_before |= other.or_before;
        one.tips.extend(other.tips);
        one.tips.sort();
        // A secret is reported as removed only if it was removed from both repositories.
        let here = one.commits > 0 && one.removed.is_none()
            || other.commits > 0 && other.removed.is_none();
        let both = [one.removed.take(), other.removed].into_iter().flatten();
        one.removed = both.max_by_key(|commit| commit.seconds).filter(|_| !here);
        one.commits += other.commits;
        one.paths.extend(other.paths);
        one.from_root.extend(other.from_root);
        one.tops.extend(other.tops);
        one.kept_by.extend(other.kept_by);
        one.published |= other.published;
        one.paths.sort();
        one.paths.dedup();
    }
    one.paths.extend(other.paths);
    one
}
