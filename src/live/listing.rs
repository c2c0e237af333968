//! The content of Notion's lists: pages and data sources, members, and the parents of objects. An
//! answer has up to a hundred pages with all their properties; only ids, kinds, parents, names and
//! two flags are stored. This module does no input or output.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::answer::{is_missing, is_restricted, of_object, unexpected};
use super::reach::{Parent, ReachKind, ReachedObject};
use super::{Answer, Presence, UnknownReason};
use crate::model::notion_id::NotionId;

/// An answer to a request for shared objects.
#[derive(Debug, PartialEq, Eq)]
pub enum Listed {
    /// A part of the list.
    Objects {
        /// The pages and data sources in this part of the list.
        objects: Vec<ReachedObject>,
        /// The cursor for the next request; `None` after the last entry.
        next: Option<String>,
        /// True if Notion says that it left objects out.
        is_cut: bool,
    },
    /// The integration may not read content.
    NotPermitted,
    /// The result is unknown, for this reason.
    Unknown(UnknownReason),
}

/// An answer to a request for members. Members are counted; their names are not stored.
#[derive(Debug, PartialEq, Eq)]
pub enum Members {
    /// The counts in this answer.
    Counted {
        /// The number of people.
        people: u32,
        /// True if the answer shows the e-mail address of at least one person.
        has_email: bool,
        /// The cursor for the next request; `None` after the last entry.
        next: Option<String>,
    },
    /// The integration may not see members.
    NotPermitted,
    /// The result is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The parent of an object, and the object itself unless it is a block.
#[derive(Debug, PartialEq, Eq)]
pub enum ParentLink {
    /// The object has this parent.
    In(Parent, Option<ReachedObject>),
    /// The object is of another kind: a database where a page was requested.
    OtherKind,
    /// The object does not exist or is not shared.
    Missing,
    /// The result is unknown, for this reason.
    Unknown(UnknownReason),
}

/// The kind of an object whose parent is requested. It decides the path of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacedKind {
    /// A block of a page.
    Block,
    /// A page.
    Page,
    /// A data source.
    DataSource,
    /// A database.
    Database,
}

impl PlacedKind {
    /// Returns the path in the API for objects of this kind.
    pub(super) fn path(self) -> &'static str {
        match self {
            PlacedKind::Block => "/v1/blocks",
            PlacedKind::Page => "/v1/pages",
            PlacedKind::DataSource => "/v1/data_sources",
            PlacedKind::Database => "/v1/databases",
        }
    }
}

#[derive(Deserialize)]
struct ListAnswer<T> {
    object: String,
    results: Vec<T>,
    has_more: bool,
    next_cursor: Option<String>,
    request_status: Option<RequestStatus>,
}

#[derive(Deserialize)]
struct RequestStatus {
    #[serde(rename = "type")]
    state: String,
}

/// A page, a data source or a database. A list may leave out everything except the kind and the id.
#[derive(Deserialize)]
struct ListedObject {
    object: String,
    id: String,
    parent: Option<WrittenParent>,
    database_parent: Option<WrittenParent>,
    in_trash: Option<bool>,
    archived: Option<bool>,
    public_url: Option<Value>,
    properties: Option<HashMap<String, ListedProperty>>,
    title: Option<Value>,
}

#[derive(Deserialize)]
struct ListedProperty {
    #[serde(rename = "type")]
    kind: Option<Value>,
    title: Option<Value>,
}

#[derive(Deserialize)]
struct WrittenParent {
    #[serde(rename = "type")]
    kind: String,
    page_id: Option<String>,
    database_id: Option<String>,
    data_source_id: Option<String>,
    block_id: Option<String>,
}

/// Parses a list; `None` if the answer is not a list, or if only one of `has_more` and
/// `next_cursor` says that the list continues.
fn list<T: for<'de> Deserialize<'de>>(response: &Answer) -> Option<ListAnswer<T>> {
    let is_well = response.status == 200;
    let list: ListAnswer<T> = serde_json::from_slice(&response.body)
        .ok()
        .filter(|_| is_well)?;
    (list.object == "list" && list.has_more == list.next_cursor.is_some()).then_some(list)
}

/// Interprets the answer to `POST /v1/search`.
pub fn of_search(response: &Answer) -> Listed {
    if is_restricted(response) {
        return Listed::NotPermitted;
    }
    let Some(list) = list::<ListedObject>(response) else {
        return Listed::Unknown(unexpected(response));
    };
    let objects: Option<Vec<ReachedObject>> = list.results.iter().map(ListedObject::read).collect();
    let status = list.request_status;
    match objects {
        Some(objects) => Listed::Objects {
            objects,
            next: list.next_cursor,
            is_cut: status.is_some_and(|status| status.state != "complete"),
        },
        None => Listed::Unknown(UnknownReason::NotNotion),
    }
}

/// Interprets the answer to `GET /v1/users`.
pub fn of_members(response: &Answer) -> Members {
    if is_restricted(response) {
        return Members::NotPermitted;
    }
    let Some(list) = list::<Value>(response) else {
        return Members::Unknown(unexpected(response));
    };
    let people = list.results.iter().filter(|user| user["type"] == "person");
    let has_email = |user: &Value| user["person"]["email"].as_str().is_some();
    Members::Counted {
        people: people.clone().count() as u32,
        has_email: people.clone().any(has_email),
        next: list.next_cursor,
    }
}

/// Interprets the answer to `GET` of a block, a page, a data source or a database.
pub fn of_place(response: &Answer) -> ParentLink {
    if is_missing(response) {
        return ParentLink::Missing;
    }
    if of_object(response) == Presence::OtherKind {
        return ParentLink::OtherKind;
    }
    let body: Option<ListedObject> = serde_json::from_slice(&response.body).ok();
    let object = body.filter(|_| response.status == 200);
    let told = object.and_then(|object| Some((object.own_parent()?, object.read())));
    match told {
        Some((parent, object)) => ParentLink::In(parent, object),
        None => ParentLink::Unknown(unexpected(response)),
    }
}

impl ListedObject {
    fn read(&self) -> Option<ReachedObject> {
        let kind = match self.object.as_str() {
            "page" => ReachKind::Page,
            "data_source" => ReachKind::DataSource,
            "database" => ReachKind::Database,
            _ => return None,
        };
        Some(ReachedObject {
            id: NotionId::answered(&self.id)?,
            kind,
            parent: self.own_parent().unwrap_or(Parent::Unknown),
            database_parent: self.database_parent.as_ref().map(WrittenParent::read),
            is_trashed: self.in_trash.or(self.archived).unwrap_or(false),
            is_published: self.public_url.as_ref().is_some_and(Value::is_string),
            title: self.name(),
        })
    }

    fn own_parent(&self) -> Option<Parent> {
        self.parent.as_ref().map(WrittenParent::read)
    }

    /// Returns the name of the object: its title or, for a page, the value of its title property.
    fn name(&self) -> Box<str> {
        let mut properties = self.properties.iter().flat_map(HashMap::values);
        let is_title =
            |property: &&ListedProperty| property.kind.as_ref().is_some_and(|kind| kind == "title");
        let of_page = || properties.find(is_title)?.title.as_ref();
        let written = self.title.as_ref().or_else(of_page);
        let parts = written.and_then(Value::as_array).into_iter().flatten();
        let texts = parts.filter_map(|part| part["plain_text"].as_str());
        let characters = texts.flat_map(str::chars).take(LONGEST_NAME);
        characters.collect::<String>().into_boxed_str()
    }
}

/// The number of characters of a name that are stored: enough to recognise a page.
const LONGEST_NAME: usize = 80;

impl WrittenParent {
    fn read(&self) -> Parent {
        let id = |text: &Option<String>| text.as_deref().and_then(NotionId::answered);
        let within = match self.kind.as_str() {
            "workspace" => return Parent::Workspace,
            "page_id" => id(&self.page_id),
            "database_id" => id(&self.database_id),
            "data_source_id" => id(&self.data_source_id),
            "block_id" => return id(&self.block_id).map_or(Parent::Unknown, Parent::Block),
            // An agent, or a kind of parent that later versions of the API add. A search lists
            // neither.
            _ => return Parent::Elsewhere,
        };
        within.map_or(Parent::Unknown, Parent::In)
    }
}

#[cfg(test)]
mod tests;
