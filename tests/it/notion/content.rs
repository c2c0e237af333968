//! Pages, data sources and members of the stand-in's workspace, and the answers about them.

use serde_json::{Value, json};

use super::answers::{failure, whole};
use super::http::Answer;
use super::{Request, Token, Workspace};

/// A page, a data source, a database or a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    pub id: String,
    /// `page`, `data_source`, `database` or `block`.
    pub kind: &'static str,
    pub title: String,
    /// The parent, as in Notion's JSON; null if the answer has only the id of the object.
    pub parent: Value,
    /// The parent of the database of a data source.
    pub database_parent: Value,
    pub in_trash: bool,
    pub is_published: bool,
    /// True if tokens reach the object.
    pub is_shared: bool,
    /// True if a search leaves the object out although tokens reach it.
    pub is_missed: bool,
}

impl Thing {
    /// A page at the top of the workspace.
    pub fn page(id: &str, title: &str) -> Self {
        Thing {
            id: id.to_owned(),
            kind: "page",
            title: title.to_owned(),
            parent: json!({"type": "workspace", "workspace": true}),
            database_parent: Value::Null,
            in_trash: false,
            is_published: false,
            is_shared: true,
            is_missed: false,
        }
    }

    /// The same object with another parent.
    pub fn within(self, kind: &str, id: &str) -> Self {
        let parent = json!({"type": kind, kind: id});
        Thing { parent, ..self }
    }

    /// The same object as another kind.
    pub fn of(self, kind: &'static str) -> Self {
        Thing { kind, ..self }
    }

    /// The object as Notion's JSON.
    fn written(&self) -> Value {
        if self.parent.is_null() {
            return json!({"object": self.kind, "id": self.id});
        }
        let url = self
            .is_published
            .then(|| format!("https://acme.notion.site/{}", self.id));
        let text = json!([{"type": "text", "plain_text": self.title}]);
        let mut thing = json!({
            "object": self.kind, "id": self.id, "parent": self.parent, "in_trash": self.in_trash,
            "is_archived": false, "public_url": url, "url": "https://app.notion.com/p/x",
            "created_by": {"object": "user", "id": "u"},
        });
        if self.kind == "page" {
            thing["properties"] = json!({
                "Due": {"id": "a", "type": "date", "date": null},
                "Name": {"id": "title", "type": "title", "title": text},
            });
        } else {
            thing["title"] = text;
            thing["database_parent"] = self.database_parent.clone();
            thing["properties"] = json!({"Name": {"id": "title", "type": "title", "title": {}}});
        }
        thing
    }
}

fn restricted() -> Answer {
    failure(
        403,
        "restricted_resource",
        "Insufficient permissions for this endpoint.",
    )
}

fn invalid(message: &str) -> Answer {
    failure(400, "validation_error", message)
}

/// Answers a request about pages, comments and members; `None` for any other request.
pub fn answer(workspace: &mut Workspace, token: &Token, request: &Request) -> Option<Answer> {
    let path = request.path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    let may = |is: bool, then: &mut dyn FnMut() -> Answer| if is { then() } else { restricted() };
    Some(match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["search"]) => may(token.can_read, &mut || search(workspace, request)),
        ("GET", ["users"]) => members(workspace, token, request),
        ("POST", ["pages"]) => may(token.can_insert, &mut || add_page(workspace, token)),
        ("PATCH", ["pages", id]) => may(token.can_update, &mut || existing(workspace, id)),
        ("PATCH", ["blocks", id, "children"]) => {
            may(token.can_insert, &mut || existing(workspace, id))
        }
        ("GET", ["comments"]) => may(token.can_read_comments, &mut || {
            invalid("block_id is missing")
        }),
        ("POST", ["comments"]) => may(token.can_comment, &mut || invalid("parent.page_id")),
        ("GET", [kind, id]) if !workspace.objects.contains_key(&format!("{kind}/{id}")) => {
            may(token.can_read, &mut || thing(workspace, kind, id))
        }
        _ => return None,
    })
}

/// Changes an object of the workspace, or answers that there is no such object.
fn existing(workspace: &mut Workspace, id: &str) -> Answer {
    match workspace.content.iter_mut().find(|thing| thing.id == id) {
        Some(thing) => {
            thing.title += " (changed)";
            whole(200, &thing.written())
        }
        None => invalid("path failed validation: id should be a valid uuid"),
    }
}

/// Adds a page at the top of the workspace, which a personal token may do whatever the request contains.
fn add_page(workspace: &mut Workspace, token: &Token) -> Answer {
    if token.owner != "user" {
        return invalid("body.parent should be defined");
    }
    let page = Thing::page("ffffffff-0000-4000-8000-000000000001", "New page");
    workspace.content.push(page.clone());
    whole(200, &page.written())
}

fn thing(workspace: &Workspace, kind: &str, id: &str) -> Answer {
    if id.replace('-', "").len() != 32 {
        return invalid("path failed validation: id should be a valid uuid");
    }
    let missing = || failure(404, "object_not_found", "Could not find it.");
    let Some(found) = workspace.content.iter().find(|thing| thing.id == id) else {
        let mut others = workspace.objects.keys();
        return match others.any(|other| other.ends_with(id)) {
            true => invalid("The id is another kind of object's."),
            false => missing(),
        };
    };
    match format!("{}s", found.kind) == kind {
        _ if !found.is_shared => missing(),
        true => whole(200, &found.written()),
        false => invalid("The id is another kind of object's."),
    }
}

fn search(workspace: &mut Workspace, request: &Request) -> Answer {
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    let size = body["page_size"].as_u64().unwrap_or(100) as usize;
    if size > 100 {
        return invalid("page_size should be at most 100");
    }
    let start = body["start_cursor"].as_str().unwrap_or("at-0");
    let Some(start) = start
        .strip_prefix("at-")
        .and_then(|at| at.parse::<usize>().ok())
    else {
        return invalid("start_cursor is not valid");
    };
    if workspace.added_meanwhile > 0 {
        workspace.added_meanwhile -= 1;
        let number = workspace.content.len();
        let id = format!("eeeeeeee-0000-4000-8000-{number:012}");
        let page = Thing::page(&id, "Added meanwhile");
        workspace.content.push(page);
    }
    let wants_trash = body["filter"]["in_trash"] == true;
    let is_listed = |thing: &Thing| {
        thing.is_shared
            && !thing.is_missed
            && thing.in_trash == wants_trash
            && ["page", "data_source"].contains(&thing.kind)
    };
    let rest = workspace.content.iter().enumerate().skip(start);
    let mut found = rest.filter(|(_, thing)| is_listed(thing)).peekable();
    let mut results = Vec::new();
    let mut next = start;
    while let Some((at, thing)) = found.next_if(|_| results.len() < size) {
        results.push(thing.written());
        next = at + 1;
    }
    let has_more = found.peek().is_some() || workspace.is_endless;
    let cursor = has_more.then(|| format!("at-{next}"));
    let mut list = json!({"object": "list", "type": "page_or_data_source",
        "page_or_data_source": {}, "results": results, "has_more": has_more,
        "next_cursor": cursor});
    if workspace.is_cut {
        list["request_status"] =
            json!({"type": "incomplete", "incomplete_reason": "query_result_limit_reached"});
    }
    whole(200, &list)
}

fn members(workspace: &Workspace, token: &Token, request: &Request) -> Answer {
    if token.users == 0 || token.owner == "user" {
        return restricted();
    }
    let cursor = request.path.split("start_cursor=m%2B").nth(1);
    let start: usize = cursor.and_then(|at| at.parse().ok()).unwrap_or(0);
    let person = |(name, email): &(String, String)| {
        let person = match token.users {
            1 => json!({}),
            _ => json!({"email": email}),
        };
        json!({"object": "user", "id": "u", "name": name, "type": "person", "person": person})
    };
    let all = &workspace.people[start.min(workspace.people.len())..];
    let mut results: Vec<Value> = all.iter().take(100).map(person).collect();
    results.push(json!({"object": "user", "id": "b", "type": "bot", "bot": {}, "name": "robot"}));
    let has_more = all.len() > 100;
    let cursor = has_more.then(|| format!("m+{}", start + 100));
    whole(
        200,
        &json!({"object": "list", "type": "user", "user": {}, "results": results,
        "has_more": has_more, "next_cursor": cursor}),
    )
}
