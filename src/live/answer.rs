//! The interpretation of Notion's answers: from status, headers and body to a state, without input
//! or output.

use serde_json::Value;

use super::probe::Probed;
use super::{
    Answer, AnswerTrace, Identity, Introspection, Kind, LiveState, Presence, Revocation,
    UnknownReason,
};

/// The beginning of Notion's message about a request whose `Authorization` header did not arrive as
/// it was sent.
const BAD_HEADER: &str = "Authorization header must";

/// An error from Notion.
struct NotionError {
    code: String,
    message: String,
    additional_data: Value,
}

/// The fields that may hold the error code in answers of the OAuth endpoints. The rest of the API
/// uses only `code`.
const OAUTH: &[&str] = &["error", "code"];

impl NotionError {
    /// Parses the error in an answer; `None` if the answer is not an error from Notion.
    fn of(response: &Answer) -> Option<Self> {
        Self::under(&["code"], response)
    }

    /// Parses the error in an answer, with the code in one of the fields `names`. Servers in
    /// between use the same field names, so the answer must also have a property that only Notion's
    /// answers have.
    fn under(names: &[&str], response: &Answer) -> Option<Self> {
        let mut body = json(response)?;
        let is_marked = body["object"] == "error"
            || body["request_id"].is_string()
            || response.header("x-notion-request-id").is_some();
        let own = body["status"].as_u64();
        if !is_marked || own.is_some_and(|own| own != u64::from(response.status)) {
            return None;
        }
        let code = names.iter().find_map(|name| body[*name].as_str())?;
        Some(NotionError {
            code: code.to_owned(),
            message: body["message"].as_str().unwrap_or_default().to_owned(),
            additional_data: body
                .get_mut("additional_data")
                .map(Value::take)
                .unwrap_or_default(),
        })
    }

    fn is_blocked(&self) -> bool {
        self.additional_data["rate_limit_reason"] == "public_api_request_blocked"
    }
}

/// Parses the body as JSON; `None` if the body is not JSON, or if the content type is not JSON.
fn json(response: &Answer) -> Option<Value> {
    let kind = response.header("content-type");
    let is_json = kind.is_none_or(|kind| kind.to_ascii_lowercase().contains("json"));
    serde_json::from_slice(&response.body)
        .ok()
        .filter(|_| is_json)
}

/// Returns the state of a token by the answer to `GET /v1/users/me`.
pub fn of_me(response: &Answer) -> LiveState {
    match (response.status, NotionError::of(response)) {
        (200, _) => match identity(response) {
            Some(identity) => LiveState::Live(Some(identity)),
            None => LiveState::Unknown(UnknownReason::NotNotion),
        },
        (401, Some(failure)) if is_dead(&failure) => LiveState::Dead,
        (_, failure) => LiveState::Unknown(reason(response.status, failure.as_ref())),
    }
}

fn is_dead(failure: &NotionError) -> bool {
    failure.code == "unauthorized" && !is_stripped(failure)
}

fn is_stripped(failure: &NotionError) -> bool {
    failure.message.starts_with(BAD_HEADER)
}

/// Returns the owner of a token; `None` if the body is not a user. The answer to a personal token
/// may be a person.
fn identity(response: &Answer) -> Option<Identity> {
    let user = json(response)?;
    let text = |value: &Value| {
        value
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    if user["object"] != "user" || user.get("code").is_some() {
        return None;
    }
    let bot = &user["bot"];
    let kind = match bot["owner"]["type"].as_str() {
        Some("workspace") => Some(Kind::Internal),
        Some("user") => Some(Kind::User),
        _ => (user["type"] == "person").then_some(Kind::User),
    };
    Some(Identity {
        kind,
        bot: text(&user["id"])?,
        // The name of a person is private and is left out.
        name: text(&user["name"]).filter(|_| user["type"] != "person"),
        workspace: text(&bot["workspace_id"]),
        workspace_name: text(&bot["workspace_name"]),
    })
}

/// Returns the presence of an object by the answer to the `GET` of that object.
pub fn of_object(response: &Answer) -> Presence {
    let failure = NotionError::of(response);
    let code = failure.as_ref().map_or("", |failure| failure.code.as_str());
    match (response.status, code) {
        (200, _) => match json(response) {
            Some(object) if is_object(&object) => {
                let is_gone = object["in_trash"] == true || object["archived"] == true;
                if is_gone {
                    Presence::InTrash
                } else {
                    Presence::Shared
                }
            }
            _ => Presence::Unknown(UnknownReason::NotNotion),
        },
        (404, "object_not_found") => Presence::Missing,
        (403, "restricted_resource") => Presence::NotPermitted,
        (400, "validation_error") => Presence::OtherKind,
        (status, _) => Presence::Unknown(reason(status, failure.as_ref())),
    }
}

/// Returns the result of a probe, which is a request that can change nothing. If Notion refuses the
/// request as invalid, the token has the capability.
pub fn of_probe(response: &Answer) -> Probed {
    let failure = NotionError::of(response);
    let code = failure.as_ref().map_or("", |failure| failure.code.as_str());
    match (response.status, code) {
        (400, "validation_error") => Probed::Has,
        (403, "restricted_resource") => Probed::HasNot,
        (status, _) => Probed::Unknown(reason(status, failure.as_ref())),
    }
}

/// Returns true if Notion answers that the integration lacks the capability that the request needs.
pub(super) fn is_restricted(response: &Answer) -> bool {
    let code = NotionError::of(response).map(|failure| failure.code);
    response.status == 403 && code.as_deref() == Some("restricted_resource")
}

/// Returns true if Notion answers that no object has the id, or that the object is not shared.
pub(super) fn is_missing(response: &Answer) -> bool {
    let code = NotionError::of(response).map(|failure| failure.code);
    response.status == 404 && code.as_deref() == Some("object_not_found")
}

/// Returns the reason why an answer could not be interpreted.
pub(super) fn unexpected(response: &Answer) -> UnknownReason {
    match response.status {
        200 => UnknownReason::NotNotion,
        status => reason(status, NotionError::of(response).as_ref()),
    }
}

/// Returns true if `object` is a page, a database, a data source or a block.
fn is_object(object: &Value) -> bool {
    let kinds = ["page", "database", "data_source", "block"];
    let is_kind = object["object"]
        .as_str()
        .is_some_and(|kind| kinds.contains(&kind));
    let is_clear = |name: &str| object.get(name).is_none_or(|value| value.is_boolean());
    is_kind && object["id"].is_string() && is_clear("in_trash") && is_clear("archived")
}

/// Returns true if an answer is about the object with this id, written with or without dashes.
pub fn is_about(response: &Answer, id: &str) -> bool {
    let digits = |id: &str| id.replace('-', "").to_ascii_lowercase();
    let object = json(response).unwrap_or_default();
    object["id"]
        .as_str()
        .is_some_and(|own| digits(own) == digits(id))
}

/// Interprets the answer to `POST /v1/oauth/introspect`: the state of a token, or of the client
/// that sent the request.
pub fn of_introspection(response: &Answer) -> Introspection {
    let failure = NotionError::under(OAUTH, response);
    let code = failure.as_ref().map_or("", |failure| failure.code.as_str());
    match (response.status, code) {
        (200, _) => {
            let body = json(response).filter(|body| body["object"] != "error");
            let body = body.unwrap_or_default();
            match body["active"].as_bool() {
                Some(true) => Introspection::Active(body["iat"].as_i64()),
                Some(false) => Introspection::Inactive,
                None => Introspection::Unknown(UnknownReason::NotNotion),
            }
        }
        (401, "invalid_client") => Introspection::Refused,
        (status, _) => Introspection::Unknown(reason(status, failure.as_ref())),
    }
}

/// Interprets the answer to `POST /v1/oauth/revoke`.
pub fn of_revocation(response: &Answer) -> Revocation {
    let failure = NotionError::under(OAUTH, response);
    let code = failure.as_ref().map_or("", |failure| failure.code.as_str());
    let body = json(response).unwrap_or_default();
    match (response.status, code) {
        (200, "") if body["request_id"].is_string() => Revocation::Revoked,
        (200, _) => Revocation::Unknown(UnknownReason::NotNotion),
        (401, "invalid_client") => Revocation::Refused,
        (status, _) => Revocation::Unknown(reason(status, failure.as_ref())),
    }
}

/// Returns the reason why an answer does not show the state. `failure` is Notion's error; `None` if
/// the answer is not an error of Notion.
fn reason(status: u16, failure: Option<&NotionError>) -> UnknownReason {
    let failure = match (status, failure) {
        (300..=399, _) => return UnknownReason::Redirect,
        (407, _) => return UnknownReason::NotNotion,
        (429, Some(failure)) if failure.is_blocked() => return UnknownReason::Blocked,
        (429, _) => return UnknownReason::Limited,
        (500..=599, _) => return UnknownReason::Overloaded,
        (_, None) => return UnknownReason::NotNotion,
        (_, Some(failure)) => failure,
    };
    if status == 401 && is_stripped(failure) {
        UnknownReason::Stripped
    } else {
        UnknownReason::Unexpected
    }
}

/// Returns true if Notion blocks all requests of the workspace, so that waiting does not help.
pub fn is_blocked(response: &Answer) -> bool {
    response.status == 429 && NotionError::of(response).is_some_and(|failure| failure.is_blocked())
}

/// Returns the number of seconds that Notion says to wait before the next request; `None` if the
/// answer does not say.
pub fn retry_after(response: &Answer) -> Option<u64> {
    let header = response.header("retry-after");
    let seconds = header.and_then(|text| text.trim().parse().ok());
    seconds.or_else(|| {
        let failure = NotionError::of(response)?;
        failure.additional_data["retry_after"].as_u64()
    })
}

/// Returns the trace of an answer. Values that do not have the shape of Notion's are left out,
/// because a server may echo the token.
pub fn trace(response: &Answer) -> AnswerTrace {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let own = response.header("x-notion-request-id");
    let own = own.or_else(|| body["request_id"].as_str());
    let ray = response.header("cf-ray");
    let code = body["code"].as_str().or_else(|| body["error"].as_str());
    let request = own
        .filter(|id| is_id(id))
        .or_else(|| ray.filter(|ray| is_ray(ray)));
    AnswerTrace {
        status: Some(response.status),
        code: code.filter(|code| is_code(code)).map(str::to_owned),
        request: request.map(str::to_owned),
    }
}

/// Returns true if `text` is a UUID with dashes.
fn is_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| is_hex(part))
}

/// Returns true if `text` is an id of a request by Cloudflare, such as `8c1f0e2d3b4a5968-FRA`.
fn is_ray(text: &str) -> bool {
    let (id, place) = text.split_once('-').unwrap_or((text, ""));
    id.len() == 16 && is_hex(id) && place.len() <= 4 && is_capital(place)
}

fn is_capital(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns true if `text` has the spelling of Notion's error codes: lower case and `_`.
fn is_code(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    text.len() <= 40 && text.bytes().all(is_word)
}

#[cfg(test)]
mod tests;
