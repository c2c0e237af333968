//! Finds the commits that are reachable from one end of a range but not from the other.
//!
//! Each end has a colour, which spreads from each commit to its parents. The youngest commits are
//! processed first. gix has a similar walk, but it stops as soon as the queue has only commits
//! outside the range. If commit dates are equal or wrong, such a commit may still lead to a commit
//! that was wrongly put into the range.

use std::cell::Cell;
use std::collections::{BinaryHeap, HashMap};

use gix::ObjectId;

/// The tolerated error of commit dates: two days, in seconds. If dates are wrong by more, some
/// commits outside the range may be scanned as well.
const SKEW: i64 = 2 * 86_400;

/// A set of colours: one bit for each end of the range.
pub type Colors = u8;

/// A commit and its parents.
pub type CommitStep = (ObjectId, Vec<ObjectId>);

struct RangeNode {
    colors: Colors,
    /// The number of times that the commit is in the queue at present.
    queued: usize,
    parents: Vec<ObjectId>,
    seconds: i64,
}

/// Returns the commits for whose final colours `counts` returns true, the youngest first. `ends`
/// are the ends of the range with their colours. `read` returns the parents of a commit and its
/// date in seconds, or `None` if the commit cannot be read.
pub fn commits(
    ends: &[(ObjectId, Colors)],
    counts: impl Fn(Colors) -> bool,
    mut read: impl FnMut(ObjectId) -> Option<(Vec<ObjectId>, i64)>,
) -> Vec<CommitStep> {
    let mut nodes: HashMap<ObjectId, RangeNode> = HashMap::new();
    let mut queue = BinaryHeap::new();
    let mut oldest = i64::MAX;
    // The number of queue entries whose commits are in the range, judged by their present colours.
    let waiting = Cell::new(0_usize);
    let mut reach = |id: ObjectId,
                     colors: Colors,
                     nodes: &mut HashMap<ObjectId, RangeNode>,
                     queue: &mut BinaryHeap<_>| {
        let node = nodes.entry(id).or_insert_with(|| {
            let (parents, seconds) = read(id).unwrap_or_default();
            RangeNode {
                colors: 0,
                queued: 0,
                parents,
                seconds,
            }
        });
        if node.colors | colors != node.colors {
            waiting.set(waiting.get() - if counts(node.colors) { node.queued } else { 0 });
            node.colors |= colors;
            node.queued += 1;
            waiting.set(waiting.get() + if counts(node.colors) { node.queued } else { 0 });
            queue.push((node.seconds, id));
        }
    };
    ends.iter()
        .for_each(|(id, colors)| reach(*id, *colors, &mut nodes, &mut queue));
    while let Some((seconds, id)) = queue.pop() {
        let Some(node) = nodes.get_mut(&id) else {
            continue;
        };
        node.queued -= 1;
        let (colors, parents) = (node.colors, node.parents.clone());
        if counts(colors) {
            waiting.set(waiting.get() - 1);
            oldest = oldest.min(seconds);
        } else if seconds < oldest.saturating_sub(SKEW) && waiting.get() == 0 {
            break;
        }
        parents
            .iter()
            .for_each(|parent| reach(*parent, colors, &mut nodes, &mut queue));
    }
    let nodes = nodes.into_iter();
    let mut counting: Vec<_> = nodes.filter(|(_, node)| counts(node.colors)).collect();
    counting.sort_by_key(|(id, node)| std::cmp::Reverse((node.seconds, *id)));
    let steps = counting.into_iter().map(|(id, node)| (id, node.parents));
    youngest_first(steps.collect())
}

/// Sorts commits so that each comes before its parents. Dates alone do not ensure this order,
/// because clocks differ.
fn youngest_first(commits: Vec<CommitStep>) -> Vec<CommitStep> {
    let at: HashMap<ObjectId, usize> = commits
        .iter()
        .enumerate()
        .map(|(at, (id, _))| (*id, at))
        .collect();
    let mut children = vec![0_usize; commits.len()];
    for parent in commits
        .iter()
        .flat_map(|(_, parents)| parents)
        .filter_map(|parent| at.get(parent))
    {
        children[*parent] += 1;
    }
    let mut ready: Vec<usize> = (0..commits.len())
        .rev()
        .filter(|commit| children[*commit] == 0)
        .collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some(next) = ready.pop() {
        for parent in commits[next]
            .1
            .iter()
            .filter_map(|parent| at.get(parent))
            .rev()
        {
            children[*parent] -= 1;
            if children[*parent] == 0 {
                ready.push(*parent);
            }
        }
        order.push(next);
    }
    let mut commits: Vec<Option<CommitStep>> = commits.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|at| commits[at].take())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::commits;
    use gix::ObjectId;

    /// Checks that the walk finds exactly the commits of the range if all dates are within two days
    /// of each other.
    #[test]
    fn the_walk_finds_exactly_the_commits_of_the_range() {
        let mut fake = crate::fake::Fake::new(7);
        let mut below = |most: usize| fake.next() as usize % most.max(1);
        for _ in 0..400 {
            let count = 2 + below(24);
            let parents: Vec<Vec<usize>> = (0..count)
                .map(|at| {
                    (0..below(3))
                        .map(|_| below(at))
                        .filter(|parent| *parent < at)
                        .collect()
                })
                .collect();
            let dates: Vec<i64> = (0..count).map(|_| below(100_000) as i64).collect();
            let number =
                |wanted: ObjectId| (0..count).find(|number| id(*number) == wanted).unwrap();
            let read = |commit| {
                Some((
                    parents[number(commit)].iter().map(|at| id(*at)).collect(),
                    dates[number(commit)],
                ))
            };
            let (a, b) = (below(count), below(count));
            let reached = |from: usize| {
                let (mut seen, mut next) = (vec![false; count], vec![from]);
                while let Some(at) = next.pop() {
                    if !std::mem::replace(&mut seen[at], true) {
                        next.extend(&parents[at]);
                    }
                }
                seen
            };
            let (of_a, of_b) = (reached(a), reached(b));
            for both in [false, true] {
                let counts = |colors| if both { colors != 3 } else { colors == 2 };
                let mut ours: Vec<usize> = commits(&[(id(a), 1), (id(b), 2)], counts, read)
                    .iter()
                    .map(|(id, _)| number(*id))
                    .collect();
                let place = |commit: usize| ours.iter().position(|other| *other == commit);
                for commit in &ours {
                    assert!(
                        parents[*commit].iter().all(|parent| place(*parent).is_none_or(|at| Some(at) > place(*commit)))
                    );
                }
                ours.sort_unstable();
                let expected: Vec<usize> = (0..count)
                    .filter(|at| of_b[*at] && !of_a[*at] || both && of_a[*at] && !of_b[*at])
                    .collect();
                assert_eq!(ours, expected);
            }
        }
    }

    fn id(number: usize) -> ObjectId {
        ObjectId::from_hex(format!("{number:040x}").as_bytes()).unwrap()
    }
}
