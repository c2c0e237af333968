//! The access of a token, as JSON. Later versions may add fields, but never rename them.

use serde_json::{Value, json};

use super::AccessFacts;
use crate::live::reach::ReachedRoot;
use crate::model::access::Capability;
use crate::model::time::{moment, seconds};
use crate::report::live;

/// Returns the fields about access that a JSON report has at its top level.
pub fn json(facts: &AccessFacts) -> Value {
    json!({
        "host": facts.host,
        "requests": facts.requests,
        "tokens": [token(facts)],
    })
}

fn token(facts: &AccessFacts) -> Value {
    let access = &facts.access;
    let ids = |list: &[Capability]| list.iter().map(|one| one.id()).collect::<Vec<_>>();
    let sum = facts.counts();
    let roots = access.roots.as_ref();
    json!({
        "variable": facts.variable,
        "fingerprint": facts.fingerprint.to_string(),
        "live": {
            "state": "live",
            "checked": format!("{}Z", moment(seconds(facts.checked))),
            "identity": live::identity(&facts.identity),
        },
        "capabilities": {
            "has": ids(&access.capabilities.has),
            "has_not": ids(&access.capabilities.has_not),
            "unknown": ids(&access.capabilities.unknown),
        },
        "users": access.users.map(|users| users.id()),
        "members": access.members,
        "reach": roots.map(|roots| json!({
            "pages": sum.pages,
            "data_sources": sum.data_sources,
            "in_trash": sum.trashed,
            "published": sum.published,
            "roots": roots.iter().map(root).collect::<Vec<_>>(),
        })),
        "compared_with": facts.expected.as_ref().map(|_| facts.file.as_str()),
        "hints": facts.hints(),
    })
}

fn root(root: &ReachedRoot) -> Value {
    json!({
        "id": root.id.to_string(),
        "kind": root.kind.id(),
        "title": root.title,
        "in_trash": root.is_trashed,
        "pages": root.counts.pages,
        "data_sources": root.counts.data_sources,
        "published": root.counts.published,
    })
}
