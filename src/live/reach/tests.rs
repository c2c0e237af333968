use std::collections::{BTreeMap, BTreeSet};

use super::{OpenEnd, Parent, Reach, ReachKind, ReachedObject};
use crate::fake::Fake;
use crate::model::notion_id::NotionId;

fn id(number: usize) -> NotionId {
    NotionId::of(number as u128)
}

fn page(number: usize, parent: Parent) -> ReachedObject {
    ReachedObject {
        id: id(number),
        kind: ReachKind::Page,
        parent,
        database_parent: None,
        is_trashed: false,
        is_published: false,
        title: format!("{number}").into(),
    }
}

/// Returns random parents for `count` pages: the workspace, one of the pages, or a page that is not
/// reached. The parents may form circles.
fn parents(fake: &mut Fake, count: usize) -> Vec<Parent> {
    let parent = |_| match fake.next() % 4 {
        0 => Parent::Workspace,
        1 => Parent::In(id(count + fake.next() as usize % 3)),
        _ => Parent::In(id(fake.next() as usize % count)),
    };
    (0..count).map(parent).collect()
}

/// Returns the root of a page by going up step by step. In a circle, the root is the page with the
/// smallest id, found by going around once more.
fn slow_top(parents: &[Parent], start: usize) -> usize {
    let above = |at: usize| match parents[at] {
        Parent::In(parent) => (0..parents.len()).find(|one| id(*one) == parent),
        _ => None,
    };
    let mut at = start;
    for _ in parents {
        match above(at) {
            Some(next) => at = next,
            None => return at,
        }
    }
    let mut circle = BTreeSet::new();
    while circle.insert(at) {
        at = above(at).expect("it goes around");
    }
    *circle.first().expect("one")
}

#[test]
fn roots_match_those_of_a_simple_search() {
    for seed in 0..2000 {
        let mut fake = Fake::new(seed);
        let count = 1 + fake.next() as usize % 30;
        let parents = parents(&mut fake, count);
        let mut reach = Reach::default();
        for (number, parent) in parents.iter().enumerate() {
            reach.add(page(number, *parent));
        }
        let mut expected: BTreeMap<NotionId, u64> = BTreeMap::new();
        for start in 0..count {
            *expected.entry(id(slow_top(&parents, start))).or_default() += 1;
        }
        let found = reach.roots();
        let found: BTreeMap<_, _> = found
            .iter()
            .map(|root| (root.id, root.counts.pages))
            .collect();
        assert_eq!(found, expected, "seed {seed}: {parents:?}");
    }
}

#[test]
fn a_database_is_reached_through_its_data_sources() {
    let mut reach = Reach::default();
    for number in [1, 2] {
        reach.add(ReachedObject {
            kind: ReachKind::DataSource,
            database_parent: Some(Parent::In(id(99))),
            ..page(number, Parent::In(id(10)))
        });
    }
    reach.add(page(3, Parent::In(id(2))));
    assert_eq!(reach.open_ends(), [OpenEnd::Object(id(99))]);
    reach.put_absent(id(99));
    assert!(reach.open_ends().is_empty());
    let roots = reach.roots();
    assert_eq!(roots.len(), 1);
    assert_eq!((roots[0].id, roots[0].kind), (id(10), ReachKind::Database));
    assert_eq!(
        (roots[0].counts.pages, roots[0].counts.data_sources),
        (1, 2)
    );
    assert!(reach.means(id(1), id(10)) && reach.means(id(10), id(10)));
    assert!(!reach.means(id(3), id(10)));
}

#[test]
fn blocks_lead_to_the_page_that_they_are_in() {
    let mut reach = Reach::default();
    reach.add(page(1, Parent::Workspace));
    reach.add(page(2, Parent::Block(id(20))));
    reach.add(page(3, Parent::Block(id(20))));
    assert_eq!(reach.open_ends(), [OpenEnd::Block(id(20))]);
    reach.put_block(id(20), Parent::Block(id(21)));
    assert_eq!(reach.open_ends(), [OpenEnd::Block(id(21))]);
    reach.put_block(id(21), Parent::In(id(1)));
    assert!(reach.open_ends().is_empty());
    assert_eq!(reach.roots().len(), 1);
    // Two blocks that contain each other lead to no page, and the search ends.
    reach.put_block(id(21), Parent::Block(id(20)));
    assert!(reach.open_ends().is_empty());
    assert_eq!(reach.roots().len(), 3);
}

#[test]
fn a_repeated_object_counts_once_with_its_last_state() {
    let mut reach = Reach::default();
    reach.add(page(1, Parent::Unknown));
    assert!(!reach.roots()[0].is_placed);
    assert_eq!(reach.without_parent(), [(id(1), ReachKind::Page)]);
    reach.add(ReachedObject {
        is_trashed: true,
        is_published: true,
        ..page(1, Parent::Workspace)
    });
    let roots = reach.roots();
    assert_eq!(
        (roots.len(), roots[0].is_trashed, roots[0].published),
        (1, true, Some(id(1)))
    );
    assert_eq!((roots[0].counts.trashed, roots[0].counts.published), (1, 1));
}
