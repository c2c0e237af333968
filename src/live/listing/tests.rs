use serde_json::{Value, json};

use super::{Listed, Members, ParentLink, of_members, of_place, of_search};
use crate::fake::expand;
use crate::live::reach::{Parent, ReachKind};
use crate::live::{Answer, UnknownReason};

fn answer(status: u16, body: &Value) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.to_string().into(),
    }
}

fn list(results: Value) -> Value {
    json!({"object": "list", "results": results, "has_more": false, "next_cursor": null})
}

fn one(object: Value) -> Option<crate::live::reach::ReachedObject> {
    match of_search(&answer(200, &list(json!([object])))) {
        Listed::Objects { mut objects, .. } => objects.pop(),
        _ => None,
    }
}

#[test]
fn full_and_partial_pages_and_data_sources_are_read() {
    let uuid = expand("{uuid}", 1);
    let page = one(
        json!({"object": "page", "id": uuid, "in_trash": true, "public_url": "https://x",
        "parent": {"type": "workspace", "workspace": true}, "archived": false,
        "properties": {"title": {"type": "rich_text", "rich_text": []},
            "Name": {"type": "title", "title": [{"plain_text": "A "}, {"plain_text": "b"}]}}}),
    )
    .unwrap();
    assert_eq!(
        (&*page.title, page.kind, page.parent),
        ("A b", ReachKind::Page, Parent::Workspace)
    );
    assert!(page.is_trashed && page.is_published);
    let parent = json!({"type": "block_id", "block_id": uuid});
    let source = one(
        json!({"object": "data_source", "id": uuid, "archived": true,
        "title": [{"plain_text": "T".repeat(500)}],
        "properties": {"N": {"type": "title", "title": {}}},
        "parent": {"type": "database_id", "database_id": uuid}, "database_parent": parent}),
    )
    .unwrap();
    assert_eq!((source.title.len(), source.is_trashed), (80, true));
    let id = uuid.parse().unwrap();
    assert_eq!(source.database_parent, Some(Parent::Block(id)));
    let partial = one(json!({"object": "page", "id": uuid.replace('-', "")})).unwrap();
    assert_eq!((partial.id, partial.parent), (id, Parent::Unknown));
    for (parent, read) in [
        (
            json!({"type": "agent_id", "agent_id": uuid}),
            Parent::Elsewhere,
        ),
        (
            json!({"type": "data_source_id", "data_source_id": uuid}),
            Parent::In(id),
        ),
        (json!({"type": "page_id", "page_id": "no"}), Parent::Unknown),
    ] {
        let page = one(json!({"object": "page", "id": uuid, "parent": parent}));
        assert_eq!(page.unwrap().parent, read, "{parent}");
    }
}

#[test]
fn an_invalid_list_is_unknown_and_never_empty() {
    for (status, body) in [
        (
            200,
            json!({"object": "user", "results": [], "has_more": false}),
        ),
        (
            200,
            json!({"object": "list", "results": [{}], "has_more": false}),
        ),
        (200, json!({"object": "list", "has_more": false})),
        (
            200,
            json!({"object": "list", "results": [], "has_more": true, "next_cursor": null}),
        ),
        (200, list(json!([{"object": "page", "id": "x"}]))),
        (
            200,
            list(json!([{"object": "cat", "id": expand("{uuid}", 1)}])),
        ),
        (200, json!("<html>")),
        (403, json!("<html>")),
        (404, json!({"object": "error", "code": "object_not_found"})),
        (
            500,
            json!({"object": "error", "code": "internal_server_error"}),
        ),
    ] {
        let listed = of_search(&answer(status, &body));
        assert!(
            matches!(listed, Listed::Unknown(_)),
            "{status} {body}: {listed:?}"
        );
    }
    let cut = json!({"object": "list", "results": [], "has_more": false, "next_cursor": null,
        "request_status": {"type": "incomplete"}});
    let cut = of_search(&answer(200, &cut));
    assert!(matches!(cut, Listed::Objects { is_cut: true, .. }));
    let restricted = answer(
        403,
        &json!({"object": "error", "code": "restricted_resource"}),
    );
    assert_eq!(of_search(&restricted), Listed::NotPermitted);
    assert_eq!(of_members(&restricted), Members::NotPermitted);
}

#[test]
fn members_are_counted_and_not_named() {
    let people = json!([
        {"object": "user", "type": "person", "name": "N", "person": {}},
        {"object": "user", "type": "person", "name": "N", "person": {"email": "n@x.example"}},
        {"object": "user", "type": "bot", "bot": {"owner": {"user": {"person": {"email": "e"}}}}},
    ]);
    let members = of_members(&answer(200, &list(people)));
    let expected = Members::Counted {
        people: 2,
        has_email: true,
        next: None,
    };
    assert_eq!(members, expected);
    let wrong = of_members(&answer(
        429,
        &json!({"object": "error", "code": "rate_limited"}),
    ));
    assert_eq!(wrong, Members::Unknown(UnknownReason::Limited));
}

#[test]
fn answers_about_a_parent_are_classified() {
    let uuid = expand("{uuid}", 2);
    let parent = json!({"type": "page_id", "page_id": uuid});
    let block = json!({"object": "block", "id": uuid, "parent": parent, "type": "column"});
    let expected = ParentLink::In(Parent::In(uuid.parse().unwrap()), None);
    assert_eq!(of_place(&answer(200, &block)), expected);
    let failed =
        |status, code: &str| of_place(&answer(status, &json!({"object": "error", "code": code})));
    assert_eq!(failed(404, "object_not_found"), ParentLink::Missing);
    assert_eq!(failed(400, "validation_error"), ParentLink::OtherKind);
    assert!(matches!(
        failed(403, "restricted_resource"),
        ParentLink::Unknown(_)
    ));
    assert!(matches!(failed(404, "other"), ParentLink::Unknown(_)));
    assert!(matches!(
        of_place(&answer(200, &json!({}))),
        ParentLink::Unknown(_)
    ));
}
