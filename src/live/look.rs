//! The requests that find out a token's access. No request can change anything in Notion.

use serde_json::json;

use super::answer;
use super::listing::{self, Listed, Members, ParentLink, PlacedKind};
use super::notion::{Credentials, NotionCall, SentPart};
use super::probe::Probed;
use super::{Notion, Verified};
use crate::model::access::Capability;
use crate::model::notion_id::NotionId;
use crate::model::secret::Secret;

/// An invalid id, for requests that must not match any page.
const NO_ID: &str = "ntnguard";

/// The largest body of an answer with a list, in bytes. A list has at most a hundred entries.
const MAX_LIST: u64 = 16 * 1024 * 1024;

impl Notion {
    /// Finds out if a token has a capability, by a request that can change nothing.
    pub fn probe(&mut self, token: &Secret, capability: Capability) -> Verified<Probed> {
        let (path, body, is_patch) = harmless(capability);
        let call = NotionCall {
            asks_about: body.map(|body| vec![SentPart::Text(body)]),
            is_patch,
            ..NotionCall::get(Credentials::Token(token))
        };
        self.ask(&path, &call, answer::of_probe, Probed::Unknown)
    }

    /// Requests up to a hundred members of the workspace. `cursor` is from the answer before;
    /// `None` for the first request.
    pub fn members(&mut self, token: &Secret, cursor: Option<&str>) -> Verified<Members> {
        let call = NotionCall {
            max_answer: MAX_LIST,
            ..NotionCall::get(Credentials::Token(token))
        };
        let from = cursor.map_or_else(String::new, |cursor| {
            format!("&start_cursor={}", in_query(cursor))
        });
        let path = format!("/v1/users?page_size=100{from}");
        self.ask(&path, &call, listing::of_members, Members::Unknown)
    }

    /// Requests up to a hundred of the shared objects. `cursor` is from the answer before; `None`
    /// for the first request. The objects are sorted by their last edit, oldest first, so that
    /// objects added during the listing come at the end.
    pub fn search(
        &mut self,
        token: &Secret,
        in_trash: bool,
        cursor: Option<&str>,
    ) -> Verified<Listed> {
        let mut body = json!({
            "page_size": 100,
            "sort": {"timestamp": "last_edited_time", "direction": "ascending"},
        });
        if in_trash {
            body["filter"] = json!({"in_trash": true});
        }
        if let Some(cursor) = cursor {
            body["start_cursor"] = cursor.into();
        }
        let body = body.to_string();
        let call = NotionCall {
            asks_about: Some(vec![SentPart::Text(&body)]),
            max_answer: MAX_LIST,
            ..NotionCall::get(Credentials::Token(token))
        };
        self.ask("/v1/search", &call, listing::of_search, Listed::Unknown)
    }

    /// Requests the parent of a block, or of an object that a list gave by its id only.
    pub fn place(
        &mut self,
        token: &Secret,
        kind: PlacedKind,
        id: NotionId,
    ) -> Verified<ParentLink> {
        let call = NotionCall::get(Credentials::Token(token));
        let path = format!("{}/{id}", kind.path());
        self.ask(&path, &call, listing::of_place, ParentLink::Unknown)
    }
}

/// Returns the request that probes for a capability: its path, its body, and true for a PATCH. The
/// error code with which Notion refuses the request shows if the token has the capability. The id
/// and the body are invalid, so the request matches no object. No probe creates a page (`POST
/// /v1/pages`), because a personal token may create a page at the root of the workspace even if the
/// rest of the request is invalid.
fn harmless(capability: Capability) -> (String, Option<&'static str>, bool) {
    let comment = r#"{"parent":{"page_id":"ntnguard"},"rich_text":[]}"#;
    match capability {
        Capability::ReadContent => (format!("/v1/pages/{NO_ID}"), None, false),
        Capability::UpdateContent => (format!("/v1/pages/{NO_ID}"), Some("{}"), true),
        Capability::InsertContent => {
            let path = format!("/v1/blocks/{NO_ID}/children");
            (path, Some(r#"{"children":[]}"#), true)
        }
        Capability::ReadComments => ("/v1/comments".to_owned(), None, false),
        Capability::InsertComments => ("/v1/comments".to_owned(), Some(comment), false),
    }
}

/// Encodes a cursor for a query: all bytes but letters, digits, `-` and `_` are escaped.
fn in_query(cursor: &str) -> String {
    let spelled = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    cursor.bytes().map(spelled).collect()
}

#[cfg(test)]
mod tests {
    use super::{NO_ID, harmless, in_query};
    use crate::model::access::Capability;
    use crate::model::notion_id::NotionId;

    #[test]
    fn probes_name_no_page_and_create_none() {
        assert!(NO_ID.parse::<NotionId>().is_err());
        for capability in Capability::ALL {
            let (path, body, is_patch) = harmless(capability);
            let names_none = path.contains(NO_ID) || path == "/v1/comments";
            assert!(names_none && !path.ends_with("/pages"), "{path}");
            assert!(body.is_some() || !is_patch, "{path}");
        }
    }

    #[test]
    fn a_cursor_is_percent_encoded_in_a_query() {
        assert_eq!(in_query("aZ0-_&=+ \u{e9}#"), "aZ0-_%26%3D%2B%20%C3%A9%23");
    }
}
