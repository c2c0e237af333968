//! The answers of the stand-in: the configured faults first, otherwise answers as Notion gives them.

use serde_json::{Value, json};

use super::http::Answer;
use super::{Fault, Request, Token, Workspace, content};

pub fn answer(workspace: &mut Workspace, request: &Request, number: usize) -> Answer {
    if let Some(answer) = faulty(workspace, request) {
        return answer;
    }
    if workspace.refused_after.is_some_and(|after| number > after) {
        workspace
            .tokens
            .values_mut()
            .for_each(|token| token.is_live = false);
    }
    match (
        request.method.as_str(),
        request.path.split('?').next().unwrap_or_default(),
    ) {
        ("POST", "/v1/oauth/revoke") => revoke(workspace, request),
        ("POST", "/v1/oauth/introspect") => introspect(workspace, request),
        ("GET", "/v1/users/me") => with_token(workspace, request, me),
        _ if odd(workspace, request).is_some() => odd(workspace, request).unwrap(),
        (_, path) if path.starts_with("/v1/") && !path.starts_with("/v1/oauth/") => {
            with_content(workspace, request, path)
        }
        _ => failure(400, "invalid_request_url", "Invalid request URL."),
    }
}

fn faulty(workspace: &mut Workspace, request: &Request) -> Option<Answer> {
    let page = "<html><title>Attention Required! | Cloudflare</title></html>";
    Some(match workspace.fault {
        Fault::None => return None,
        Fault::Hang => Answer::Silence,
        Fault::Flood => Answer::Endless(b"HTTP/1.1 200 OK\r\n\r\n", &[b' '; 65_536]),
        Fault::FloodOfHeaders => {
            Answer::Endless(b"HTTP/1.1 200 OK\r\n", b"x-filler: yyyyyyyyyyyyyyyy\r\n")
        }
        Fault::Redirect => {
            let to = vec![("Location", "http://127.0.0.1:9/v1/users/me".to_owned())];
            Answer::Whole(302, to, String::new())
        }
        Fault::Html(status) => Answer::Whole(
            status,
            vec![("Content-Type", "text/html".to_owned())],
            page.to_owned(),
        ),
        Fault::CutOff => {
            Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"object\":".to_vec())
        }
        Fault::Noise => Answer::Raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        Fault::Blocked => {
            let data = json!({"rate_limit_reason": "public_api_request_blocked"});
            let body = json!({"object": "error", "status": 429, "code": "rate_limited",
                "additional_data": data});
            Answer::Whole(429, vec![("Retry-After", "1".to_owned())], body.to_string())
        }
        Fault::Refusals(_, 0, _) => return None,
        Fault::Refusals(status, times, seconds) => {
            workspace.fault = Fault::Refusals(status, times - 1, seconds);
            let code = if status == 429 {
                "rate_limited"
            } else {
                "service_overload"
            };
            let body = json!({"object": "error", "status": status, "code": code,
                "message": "Slow down.", "request_id": ID});
            Answer::Whole(
                status,
                vec![("Retry-After", seconds.to_string())],
                body.to_string(),
            )
        }
        Fault::Stripped => failure(
            401,
            "unauthorized",
            "Authorization header must use the format \"Bearer <token>\"",
        ),
        Fault::Echo => echo(request),
    })
}

/// An answer with the token in each header and each field of the body.
fn echo(request: &Request) -> Answer {
    let token = bearer(request).unwrap_or_default();
    let headers = ["x-notion-request-id", "cf-ray", "Retry-After", "Location"];
    let headers = headers.map(|name| (name, token.to_owned())).to_vec();
    let body = match request.path.ends_with("/me") {
        true => {
            json!({"object": "user", "id": token, "name": format!("x {token}"), "type": "bot",
                "bot": {
            "owner": {"type": "workspace"}, "workspace_id": token, "workspace_name": token}})
        }
        false => json!({"object": "error", "code": token, "message": token, "request_id": token}),
    };
    let status = if request.path.ends_with("/me") {
        200
    } else {
        403
    };
    Answer::Whole(status, headers, body.to_string())
}

fn bearer(request: &Request) -> Option<&str> {
    request.header("authorization")?.strip_prefix("Bearer ")
}

fn with_token(
    workspace: &Workspace,
    request: &Request,
    then: impl FnOnce(&Workspace, &Token) -> Answer,
) -> Answer {
    let token = bearer(request).and_then(|token| workspace.tokens.get(token));
    match token.filter(|token| token.is_live) {
        Some(_) if request.header("notion-version").is_none() => {
            failure(400, "missing_version", "Notion-Version header missing.")
        }
        Some(token) => then(workspace, token),
        None => failure(401, "unauthorized", "API token is invalid."),
    }
}

/// Answers a request about pages, data sources and members, or else about objects.
fn with_content(workspace: &mut Workspace, request: &Request, path: &str) -> Answer {
    let token = bearer(request).and_then(|token| workspace.tokens.get(token));
    let token = token.filter(|token| token.is_live).cloned();
    if let Some(answer) = token.and_then(|token| content::answer(workspace, &token, request)) {
        return answer;
    }
    if request.method != "GET" {
        return failure(400, "invalid_request_url", "Invalid request URL.");
    }
    with_token(workspace, request, |workspace, token| {
        object(workspace, token, path.trim_start_matches("/v1/"))
    })
}

fn odd(workspace: &Workspace, request: &Request) -> Option<Answer> {
    let line = format!("{} {}", request.method, request.path);
    let mut all = workspace.odd.iter();
    let (_, status, code) = all.find(|(begins, ..)| line.starts_with(begins))?;
    Some(failure(*status, code, "Something else."))
}

fn me(_: &Workspace, token: &Token) -> Answer {
    let owner = match token.owner {
        "user" => json!({"type": "user", "user": {"object": "user", "id": "u"}}),
        _ => json!({"type": "workspace", "workspace": true}),
    };
    let bot = json!({"owner": owner, "workspace_id": "7cd7f457-0000-4000-8000-000000000001",
        "workspace_name": "Acme"});
    whole(
        200,
        &json!({"object": "user", "id": "16d84278-0000-4000-8000-000000000002",
        "name": token.name, "avatar_url": null, "type": "bot", "bot": bot, "request_id": ID}),
    )
}

fn object(workspace: &Workspace, token: &Token, path: &str) -> Answer {
    if !token.can_read {
        return failure(
            403,
            "restricted_resource",
            "Insufficient permissions for this endpoint.",
        );
    }
    let Some((kind, id)) = path.split_once('/') else {
        return failure(400, "invalid_request_url", "Invalid request URL.");
    };
    let name = kind.trim_end_matches('s');
    match workspace.objects.get(path) {
        Some(is_gone) => whole(200, &json!({"object": name, "id": id, "in_trash": is_gone})),
        None if workspace.objects.keys().any(|other| other.ends_with(id)) => failure(
            400,
            "validation_error",
            "The id is another kind of object's.",
        ),
        None => failure(404, "object_not_found", "Could not find it."),
    }
}

fn introspect(workspace: &Workspace, request: &Request) -> Answer {
    let sent = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Basic "));
    let own = workspace
        .client
        .as_ref()
        .map(|(id, secret)| base64(&format!("{id}:{secret}")));
    if sent.is_none() || sent != own.as_deref() {
        let body = json!({"error": "invalid_client", "request_id": ID});
        return Answer::Whole(401, json_type(), body.to_string());
    }
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    let token = body["token"]
        .as_str()
        .and_then(|token| workspace.tokens.get(token));
    match token
        .filter(|token| token.is_live)
        .and_then(|token| token.issued)
    {
        Some(issued) => whole(
            200,
            &json!({"active": true, "iat": issued, "request_id": ID}),
        ),
        None => whole(200, &json!({"active": false, "request_id": ID})),
    }
}

fn revoke(workspace: &mut Workspace, request: &Request) -> Answer {
    let known = introspect(workspace, request);
    if !matches!(known, Answer::Whole(200, ..)) {
        return known;
    }
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    let token = body["token"].as_str().unwrap_or_default();
    if let Some(token) = workspace.tokens.get_mut(token) {
        token.is_live = false;
    }
    whole(200, &json!({"request_id": ID}))
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    out
}

const ID: &str = "00000000-0000-4000-8000-00000000000f";

fn json_type() -> Vec<(&'static str, String)> {
    vec![
        ("Content-Type", "application/json; charset=utf-8".to_owned()),
        ("x-notion-request-id", ID.to_owned()),
    ]
}

pub fn whole(status: u16, body: &Value) -> Answer {
    Answer::Whole(status, json_type(), body.to_string())
}

pub fn failure(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({"object": "error", "status": status, "code": code, "message": message,
        "request_id": ID});
    whole(status, &body)
}
