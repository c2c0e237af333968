//! The requests by which access is looked at. None of them can change anything.

use serde_json::json;

use super::answer;
use super::listing::{self, Listed, Members, PlacedKind, Whereabouts};
use super::notion::{Credentials, NotionCall, SentPart};
use super::probe::Probed;
use super::{Notion, Verified};
use crate::model::access::Capability;
use crate::model::notion_id::NotionId;
use crate::model::secret::Secret;

/// What stands for the id of a page in a request that can mean none.
const NO_ID: &str = "ntnguard";

/// No list of a hundred things is larger.
const MAX_LIST: u64 = 16 * 1024 * 1024;

impl Notion {
    /// Asks whether a token may do something, by a request that can do nothing.
    pub fn probe(&mut self, token: &Secret, capability: Capability) -> Verified<Probed> {
        let (path, body, is_patch) = harmless(capability);
        let call = NotionCall {
            asks_about: body.map(|body| vec![SentPart::Text(body)]),
            is_patch,
            ..NotionCall::get(Credentials::Token(token))
        };
        self.ask(&path, &call, answer::of_probe, Probed::Unknown)
    }

    /// Asks for a page of the list of members; `cursor` is where the one before ends.
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

    /// Asks for a page of what is shared, the longest untouched first: what is added meanwhile comes
    /// at the end. `cursor` is where the page before ends.
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

    /// Asks where something is: a block, or an object of which a list told no more than its id.
    pub fn place(
        &mut self,
        token: &Secret,
        kind: PlacedKind,
        id: NotionId,
    ) -> Verified<Whereabouts> {
        let call = NotionCall::get(Credentials::Token(token));
        let path = format!("{}/{id}", kind.path());
        self.ask(&path, &call, listing::of_place, Whereabouts::Unknown)
    }
}

/// The request that tells by its refusal whether a token may do something: path, body, and whether
/// it is a PATCH. The id is none, so nothing can be meant by it, and what is to be written is wrong
/// besides. A page is never posted: a personal token may put one at the workspace's root, whatever
/// else the request says.
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

/// A cursor as a query has it: what is neither a letter nor a digit is spelled out.
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
    fn no_probe_means_a_page_or_posts_one() {
        assert!(NO_ID.parse::<NotionId>().is_err());
        for capability in Capability::ALL {
            let (path, body, is_patch) = harmless(capability);
            let names_none = path.contains(NO_ID) || path == "/v1/comments";
            assert!(names_none && !path.ends_with("/pages"), "{path}");
            assert!(body.is_some() || !is_patch, "{path}");
        }
    }

    #[test]
    fn a_cursor_is_one_value_of_a_query() {
        assert_eq!(in_query("aZ0-_&=+ \u{e9}#"), "aZ0-_%26%3D%2B%20%C3%A9%23");
    }
}
