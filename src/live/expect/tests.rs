use super::{DriftSubject, drift};
use crate::live::access::{Access, LookupResult};
use crate::live::probe::Capabilities;
use crate::live::reach::{Parent, ReachKind, ReachedObject};
use crate::live::{Identity, Kind};
use crate::model::access::{Capability, ExpectedAccess, ExpectedRoot, Publishing, UserAccess};
use crate::model::notion_id::NotionId;

fn id(number: u128) -> NotionId {
    NotionId::of(number)
}

fn page(number: u128, parent: Parent) -> ReachedObject {
    ReachedObject {
        id: id(number),
        kind: ReachKind::Page,
        parent,
        database_parent: None,
        is_trashed: false,
        is_published: false,
        title: "".into(),
    }
}

fn identity() -> Identity {
    Identity {
        kind: Some(Kind::Internal),
        bot: id(100).to_string(),
        name: None,
        workspace: Some(id(200).to_string()),
        workspace_name: None,
    }
}

fn root(number: u128) -> ExpectedRoot {
    ExpectedRoot {
        id: id(number),
        title: None,
        reason: "why".to_owned(),
        expires: None,
    }
}

fn expected() -> ExpectedAccess {
    ExpectedAccess {
        workspace: Some(id(200)),
        bot: id(100),
        kind: Some(Kind::Internal),
        capabilities: vec![Capability::ReadContent],
        users: UserAccess::None,
        roots: Some(vec![root(1)]),
        published: Publishing::Deny,
    }
}

/// Returns the access of a token that reaches these objects.
fn reached(objects: Vec<ReachedObject>) -> Access {
    let mut access = Access {
        capabilities: Capabilities {
            has: vec![Capability::ReadContent],
            has_not: Capability::ALL[1..].to_vec(),
            ..Capabilities::default()
        },
        users: Some(UserAccess::None),
        ..Access::default()
    };
    objects
        .into_iter()
        .for_each(|object| access.reach.add(object));
    access.reach.put_absent(id(90));
    access.roots = Some(access.reach.roots());
    access
}

/// Returns each drift as `rule subject`.
fn found(identity: &Identity, access: &Access, expected: &ExpectedAccess) -> Vec<String> {
    let today = "2026-11-29".parse().unwrap();
    let (drifts, _) = drift(identity, access, expected, today);
    let told = drifts.iter().map(|drift| {
        let subject = match drift.subject {
            DriftSubject::Object(object) => (1..10)
                .find(|number| id(*number) == object)
                .unwrap_or(0)
                .to_string(),
            other => other.id(),
        };
        format!("{} {subject}", drift.rule.id)
    });
    told.collect()
}

#[test]
fn expected_access_is_not_reported() {
    let access = reached(vec![page(1, Parent::Workspace), page(2, Parent::In(id(1)))]);
    assert!(found(&identity(), &access, &expected()).is_empty());
}

#[test]
fn an_unexpected_identity_is_reported() {
    let access = reached(vec![page(1, Parent::Workspace)]);
    let changes: [fn(&mut Identity); 3] = [
        |own| own.bot = id(101).to_string(),
        |own| own.workspace = Some(id(201).to_string()),
        |own| own.kind = Some(Kind::User),
    ];
    for change in changes {
        let mut own = identity();
        change(&mut own);
        assert_eq!(
            found(&own, &access, &expected()),
            ["wrong-workspace identity"]
        );
    }
    let mut nameless = identity();
    nameless.workspace = None;
    let (drifts, gaps) = drift(
        &nameless,
        &access,
        &expected(),
        "2026-11-29".parse().unwrap(),
    );
    assert_eq!(
        (drifts.len(), gaps.len()),
        (0, 1),
        "what is not told is not compared"
    );
}

#[test]
fn capabilities_are_exactly_those_that_are_expected() {
    let mut access = reached(vec![page(1, Parent::Workspace)]);
    let mut wanted = expected();
    wanted.capabilities = vec![Capability::InsertContent];
    wanted.users = UserAccess::WithoutEmail;
    let all = [
        "capability-excess read-content",
        "capability-missing insert-content",
        "capability-missing users",
    ];
    assert_eq!(found(&identity(), &access, &wanted), all);
    access.users = Some(UserAccess::WithEmail);
    assert!(found(&identity(), &access, &wanted).contains(&"capability-excess users".to_owned()));
    // An unknown capability is neither in excess nor missing.
    access.users = None;
    access.capabilities = Capabilities::default();
    assert!(found(&identity(), &access, &wanted).is_empty());
}

#[test]
fn unexpected_and_missing_roots_are_reported() {
    let trashed = ReachedObject {
        is_trashed: true,
        ..page(3, Parent::Workspace)
    };
    let published = ReachedObject {
        is_published: true,
        ..page(4, Parent::In(id(1)))
    };
    let mut access = reached(vec![
        page(1, Parent::Workspace),
        page(2, Parent::In(id(90))),
        trashed,
        published,
    ]);
    let mut wanted = expected();
    let roots = wanted.roots.as_mut().unwrap();
    roots[0].expires = Some("2026-11-28".parse().unwrap());
    let todo = ExpectedRoot {
        reason: "todo ".to_owned(),
        ..root(4)
    };
    roots.extend([todo, root(5), root(6), root(7), root(8)]);
    access.looked_up = vec![
        (id(5), LookupResult::Missing),
        (id(6), LookupResult::InTrash),
        (id(7), LookupResult::Shared),
    ];
    let mut all = found(&identity(), &access, &wanted);
    all.sort();
    let expected = [
        "access-expired 1",
        "access-missing 5",
        "access-published 1",
        "access-trashed 3",
        "access-trashed 6",
        "access-unexpected 2",
        "access-unexplained 4",
    ];
    assert_eq!(all, expected, "of the eighth nothing is known");
}

#[test]
fn a_trashed_page_below_a_shared_one_is_reported() {
    let trashed = ReachedObject {
        is_trashed: true,
        ..page(2, Parent::In(id(1)))
    };
    let access = reached(vec![page(1, Parent::Workspace), trashed]);
    let mut wanted = expected();
    wanted.roots.as_mut().unwrap().push(root(2));
    assert_eq!(found(&identity(), &access, &wanted), ["access-trashed 2"]);
}

#[test]
fn pages_with_unknown_parents_are_not_unexpected() {
    let unknown = page(2, Parent::In(id(91)));
    let access = reached(vec![
        page(1, Parent::Workspace),
        unknown,
        page(3, Parent::Unknown),
    ]);
    assert!(found(&identity(), &access, &expected()).is_empty());
}

#[test]
fn a_root_is_valid_on_its_last_day_and_may_be_gone_later() {
    let mut access = reached(vec![page(1, Parent::Workspace)]);
    let mut wanted = expected();
    wanted.roots.as_mut().unwrap()[0].expires = Some("2026-11-29".parse().unwrap());
    assert!(found(&identity(), &access, &wanted).is_empty());
    let gone = ExpectedRoot {
        expires: Some("2026-11-01".parse().unwrap()),
        ..root(2)
    };
    wanted.roots.as_mut().unwrap().push(gone);
    access.looked_up = vec![(id(2), LookupResult::Missing)];
    assert!(found(&identity(), &access, &wanted).is_empty());
}

#[test]
fn roots_are_a_gap_if_the_token_may_not_read() {
    let mut access = reached(Vec::new());
    access.roots = None;
    let today = "2026-11-29".parse().unwrap();
    let gaps = |wanted: &ExpectedAccess| drift(&identity(), &access, wanted, today).1.len();
    assert_eq!(gaps(&expected()), 1);
    let mut silent = expected();
    silent.roots = None;
    assert_eq!(gaps(&silent), 0);
    // The token reads content although the expectation names no roots.
    let reading = reached(vec![page(1, Parent::Workspace)]);
    assert_eq!(
        found(&identity(), &reading, &silent),
        ["access-unexpected 1"]
    );
}
