use super::{of_introspection, of_me, of_object, retry_after, trace};
use crate::fake::expand;
use crate::live::{Answer, Introspection, Kind, LiveState, Presence, UnknownReason};

fn response(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

/// Returns an answer with an error from Notion.
fn failure(status: u16, code: &str, message: &str) -> Answer {
    let body =
        format!(r#"{{"object":"error","status":{status},"code":"{code}","message":"{message}"}}"#);
    response(status, &body)
}

const BOT: &str = r#"{"object":"user","id":"b","name":"docs sync","type":"bot","bot":{"owner":
    {"type":"workspace","workspace":true},"workspace_id":"w","workspace_name":"Acme"}}"#;
const PORTAL: &str = "<html><title>Log in to the network</title></html>";

#[test]
fn only_a_user_is_live_and_only_notions_refusal_is_dead() {
    let dead = failure(401, "unauthorized", "API token is invalid.");
    assert_eq!(of_me(&dead), LiveState::Dead);
    let LiveState::Live(Some(identity)) = of_me(&response(200, BOT)) else {
        panic!("live");
    };
    assert_eq!(identity.kind, Some(Kind::Internal));
    assert_eq!(identity.name.as_deref(), Some("docs sync"));
    assert_eq!(identity.workspace_name.as_deref(), Some("Acme"));
}

#[test]
fn every_other_answer_is_unknown() {
    let form = "Authorization header must use the format \\\"Bearer <token>\\\"";
    let blocked = r#"{"object":"error","code":"rate_limited",
        "additional_data":{"rate_limit_reason":"public_api_request_blocked"}}"#;
    let cases = [
        (failure(401, "unauthorized", form), UnknownReason::Stripped),
        (
            failure(401, "invalid_client", "no"),
            UnknownReason::Unexpected,
        ),
        (response(401, PORTAL), UnknownReason::NotNotion),
        (response(401, ""), UnknownReason::NotNotion),
        // Gateways send errors with the same code.
        (
            response(401, r#"{"error":"unauthorized"}"#),
            UnknownReason::NotNotion,
        ),
        (
            response(
                401,
                r#"{"code":"unauthorized","message":"Log in to the gateway"}"#,
            ),
            UnknownReason::NotNotion,
        ),
        (
            response(
                401,
                r#"{"object":"error","status":403,"code":"unauthorized"}"#,
            ),
            UnknownReason::NotNotion,
        ),
        (
            response(200, r#"{"object":"user","id":"b","code":"unauthorized"}"#),
            UnknownReason::NotNotion,
        ),
        (
            response(401, r#"{"message":"unauthorized"}"#),
            UnknownReason::NotNotion,
        ),
        (response(200, PORTAL), UnknownReason::NotNotion),
        (response(200, ""), UnknownReason::NotNotion),
        (response(200, &BOT[..60]), UnknownReason::NotNotion),
        (
            response(200, r#"{"object":"list","id":"b"}"#),
            UnknownReason::NotNotion,
        ),
        (
            response(200, r#"{"object":"user"}"#),
            UnknownReason::NotNotion,
        ),
        (
            response(200, r#"{"object":"user","id":7}"#),
            UnknownReason::NotNotion,
        ),
        (response(200, "[]"), UnknownReason::NotNotion),
        (response(204, BOT), UnknownReason::NotNotion),
        (failure(400, "invalid_json", ""), UnknownReason::Unexpected),
        (
            failure(400, "validation_error", ""),
            UnknownReason::Unexpected,
        ),
        (
            failure(403, "restricted_resource", ""),
            UnknownReason::Unexpected,
        ),
        (
            response(403, "<html>Attention Required! | Cloudflare</html>"),
            UnknownReason::NotNotion,
        ),
        (
            failure(404, "object_not_found", ""),
            UnknownReason::Unexpected,
        ),
        (response(407, PORTAL), UnknownReason::NotNotion),
        (failure(429, "rate_limited", ""), UnknownReason::Limited),
        (response(429, ""), UnknownReason::Limited),
        (response(429, blocked), UnknownReason::Blocked),
        (
            failure(500, "internal_server_error", ""),
            UnknownReason::Overloaded,
        ),
        (
            failure(503, "service_unavailable", ""),
            UnknownReason::Overloaded,
        ),
        (response(504, PORTAL), UnknownReason::Overloaded),
        (
            failure(529, "service_overload", ""),
            UnknownReason::Overloaded,
        ),
        (response(301, ""), UnknownReason::Redirect),
        (response(302, BOT), UnknownReason::Redirect),
        (response(100, ""), UnknownReason::NotNotion),
    ];
    for (response, reason) in cases {
        let (status, body) = (response.status, String::from_utf8_lossy(&response.body));
        assert_eq!(
            of_me(&response),
            LiveState::Unknown(reason),
            "{status} {body}"
        );
    }
}

#[test]
fn the_person_of_a_personal_token_is_not_named() {
    let person = r#"{"object":"user","id":"p","name":"Ada","type":"person",
        "person":{"email":"ada@example.com"}}"#;
    let user = r#"{"object":"user","id":"b","type":"bot","bot":{"owner":{"type":"user"}}}"#;
    let bare = r#"{"object":"user","id":"b","type":"bot","bot":{}}"#;
    for (body, kind) in [
        (person, Some(Kind::User)),
        (user, Some(Kind::User)),
        (bare, None),
    ] {
        let LiveState::Live(Some(identity)) = of_me(&response(200, body)) else {
            panic!("{body}");
        };
        assert_eq!((identity.kind, identity.name), (kind, None), "{body}");
    }
}

#[test]
fn answers_about_an_object_are_classified() {
    let page = r#"{"object":"page","id":"x","in_trash":false}"#;
    let old = r#"{"object":"page","id":"x","archived":true}"#;
    let cases = [
        (response(200, page), Presence::Shared),
        (
            response(200, r#"{"object":"page","id":"x","in_trash":true}"#),
            Presence::InTrash,
        ),
        (response(200, old), Presence::InTrash),
        (failure(404, "object_not_found", ""), Presence::Missing),
        (
            failure(403, "restricted_resource", ""),
            Presence::NotPermitted,
        ),
        (failure(400, "validation_error", ""), Presence::OtherKind),
        (
            response(404, PORTAL),
            Presence::Unknown(UnknownReason::NotNotion),
        ),
        (
            response(403, PORTAL),
            Presence::Unknown(UnknownReason::NotNotion),
        ),
        (
            response(200, PORTAL),
            Presence::Unknown(UnknownReason::NotNotion),
        ),
        (
            failure(400, "invalid_request_url", ""),
            Presence::Unknown(UnknownReason::Unexpected),
        ),
        (
            failure(401, "unauthorized", ""),
            Presence::Unknown(UnknownReason::Unexpected),
        ),
    ];
    for (response, presence) in cases {
        assert_eq!(of_object(&response), presence, "{}", response.status);
    }
}

#[test]
fn introspection_answers_are_classified() {
    let refused = r#"{"error":"invalid_client","request_id":"x"}"#;
    let cases = [
        (
            response(200, r#"{"active":true,"iat":12}"#),
            Introspection::Active(Some(12)),
        ),
        (
            response(200, r#"{"active":true}"#),
            Introspection::Active(None),
        ),
        (
            response(200, r#"{"active":false}"#),
            Introspection::Inactive,
        ),
        (response(401, refused), Introspection::Refused),
        (failure(401, "invalid_client", ""), Introspection::Refused),
        (
            response(200, "{}"),
            Introspection::Unknown(UnknownReason::NotNotion),
        ),
        (
            response(401, PORTAL),
            Introspection::Unknown(UnknownReason::NotNotion),
        ),
        (
            failure(401, "unauthorized", ""),
            Introspection::Unknown(UnknownReason::Unexpected),
        ),
        (
            failure(429, "rate_limited", ""),
            Introspection::Unknown(UnknownReason::Limited),
        ),
    ];
    for (response, expected) in cases {
        assert_eq!(of_introspection(&response), expected, "{}", response.status);
    }
}

#[test]
fn only_well_formed_trace_ids_are_kept() {
    let (id, token) = (expand("{uuid}", 1), expand("{ntn}", 2));
    let ray = format!("{}-FRA", expand("{h:16}", 3));
    for (headers, body, expected) in [
        (
            vec![("x-notion-request-id", &id), ("cf-ray", &ray)],
            "{}",
            Some(&id),
        ),
        (vec![("cf-ray", &ray)], "", Some(&ray)),
        (
            vec![("x-notion-request-id", &token), ("cf-ray", &ray)],
            "",
            Some(&ray),
        ),
        (
            vec![("x-notion-request-id", &token), ("cf-ray", &token)],
            "",
            None,
        ),
    ] {
        let mut response = response(401, body);
        let own = |(name, value): (&str, &String)| (name.to_owned(), value.clone());
        response.headers = headers.into_iter().map(own).collect();
        let trace = trace(&response);
        assert_eq!(trace.request.as_ref(), expected);
    }
    let told = trace(&response(
        401,
        &format!(r#"{{"error":"a_b","request_id":"{id}"}}"#),
    ));
    assert_eq!(told.code.as_deref(), Some("a_b"));
    assert_eq!((told.request, told.status), (Some(id), Some(401)));
    assert_eq!(trace(&failure(401, &token, "")).code, None);
}

#[test]
fn retry_after_must_be_whole_seconds() {
    for (text, expected) in [
        ("7", Some(7)),
        (" 0 ", Some(0)),
        ("-1", None),
        ("soon", None),
    ] {
        let mut response = response(429, "");
        response
            .headers
            .push(("retry-after".to_owned(), text.to_owned()));
        assert_eq!(retry_after(&response), expected, "{text}");
    }
}
