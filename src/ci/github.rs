//! Events of GitHub Actions. The variable `GITHUB_EVENT_NAME` has the name of the event, and
//! `GITHUB_EVENT_PATH` the path of a file with its payload.
//!
//! Sources (docs.github.com): "Variables reference" for the variables, "Webhook events and
//! payloads" for the fields, and "Events that trigger workflows" for the commit that is checked
//! out. In a push, `before` is zeros if the ref is new, and `after` is zeros if the ref was
//! deleted. In a pull request, a merge commit is checked out, and `pull_request.head.sha` is one of
//! its parents. In a push of an annotated tag, `after` is the id of the tag object.

use serde_json::Value;

use super::{
    BranchBefore, CommitRef, Event, EventKind, Id, Lookup, Payload, Proposal, Remote, System,
    Target, is_zeros,
};
use crate::error::{Error, Result};
use crate::policy::Author;

/// The events about the commits of a pull request. Their payload has a field `pull_request`.
const PULL_REQUESTS: [&str; 4] = [
    "pull_request",
    "pull_request_target",
    "pull_request_review",
    "pull_request_review_comment",
];

/// Reads the event from the variables of a job and from its payload.
///
/// # Errors
///
/// When a variable or field with the ids of the commits is missing, or the payload cannot be read.
pub fn read(lookup: &Lookup<'_>, payload: &Payload<'_>) -> Result<Event> {
    let name = lookup("GITHUB_EVENT_NAME").ok_or_else(|| {
        Error::new(
            "GITHUB_ACTIONS is set but GITHUB_EVENT_NAME is not, so ntnguard cannot tell which commits to scan",
        )
        .help("give the commits yourself: --base REV --head REV")
    })?;
    // Only people with write access can start these events, and they run on the repository's own
    // commits.
    let is_everything = matches!(
        &*name,
        "schedule" | "workflow_dispatch" | "repository_dispatch"
    );
    let has_commits =
        matches!(&*name, "push" | "merge_group" | "delete") || PULL_REQUESTS.contains(&&*name);
    let payload = match (has_commits, lookup("GITHUB_EVENT_PATH")) {
        (true, Some(file)) => parse(&payload(&file)?, &file)?,
        // Of this payload, only the name of the default branch is used, which may be missing.
        (false, Some(file)) => payload(&file)
            .and_then(|text| parse(&text, &file))
            .unwrap_or_default(),
        (false, None) => Value::Null,
        (true, None) => {
            return Err(nothing(
                &format!("the event `{name}`"),
                "GITHUB_EVENT_PATH is not set",
            ));
        }
    };
    let what = match &*name {
        "push" => push(&payload),
        "merge_group" => merge_group(&payload),
        "delete" => text(&payload, "/ref")
            .map(|name| EventKind::Deletion { name })
            .ok_or("ref"),
        _ if has_commits => pull_request(&payload, lookup),
        _ if is_everything => Ok(EventKind::Everything(name.clone())),
        _ => Ok(EventKind::Unclear(name.clone())),
    };
    let is_proposal = PULL_REQUESTS.contains(&&*name);
    let is_strangers =
        is_proposal && !is_same_repository(&payload) || !has_commits && !is_everything;
    Ok(Event {
        system: System::Github,
        author: if is_strangers {
            Author::Stranger
        } else {
            Author::Collaborator
        },
        origin: lookup("GITHUB_REPOSITORY").map_or(Remote::OfBase, Remote::Named),
        default_branch: text(&payload, "/repository/default_branch"),
        what: what.map_err(|missing| {
            nothing(
                &format!("the event `{name}`"),
                &format!("its payload has no {missing}"),
            )
        })?,
    })
}

fn parse(text: &str, file: &str) -> Result<Value> {
    let payload: Value = serde_json::from_str(text).map_err(|error| {
        // Only the position is shown, since the parser's message could quote the file.
        let place = format!("line {}, column {}", error.line(), error.column());
        nothing("the event", &format!("{file} contains no JSON ({place})"))
    })?;
    if payload.is_object() {
        Ok(payload)
    } else {
        Err(nothing("the event", &format!("{file} has no JSON object")))
    }
}

fn nothing(event: &str, why: &str) -> Error {
    Error::new(format!(
        "ntnguard cannot tell from {event} which commits to scan: {why}"
    ))
    .help("give the commits yourself: --base REV --head REV")
}

fn push(payload: &Value) -> std::result::Result<EventKind, &'static str> {
    let name = text(payload, "/ref").ok_or("ref")?;
    let after = text(payload, "/after").ok_or("after")?;
    let (branch, tag) = (
        name.strip_prefix("refs/heads/"),
        name.strip_prefix("refs/tags/"),
    );
    if is_zeros(&after) || payload.pointer("/deleted") == Some(&Value::Bool(true)) {
        return Ok(EventKind::Deletion {
            name: tag.or(branch).unwrap_or(&name).to_owned(),
        });
    }
    let head = CommitRef::Id(Id::new(&after).ok_or("commit id in `after`")?);
    if let Some(tag) = tag {
        return Ok(EventKind::Tag {
            name: tag.to_owned(),
            head,
        });
    }
    let before = BranchBefore::parse(Some(&text(payload, "/before").ok_or("before")?));
    if before == BranchBefore::Unknown {
        return Err("commit id in `before`");
    }
    Ok(EventKind::Push {
        branch: branch.map(str::to_owned),
        before,
        head,
    })
}

/// Returns true if a pull request comes from the repository that it is to be merged into. A source
/// repository that was deleted or has no name counts as a different repository. The field `fork` is
/// not used, since it is true for pull requests within a fork, too.
fn is_same_repository(payload: &Value) -> bool {
    let [head, base] =
        ["head", "base"].map(|end| payload.pointer(&format!("/pull_request/{end}/repo")));
    let same = |key: &str| {
        let [head, base] = [head, base].map(|repository| {
            repository
                .and_then(|it| it.get(key))
                .filter(|it| !it.is_null())
        });
        head.is_some()
            .then(|| head == base)
            .filter(|_| base.is_some())
    };
    same("id").or_else(|| same("full_name")).unwrap_or(false)
}

fn pull_request(
    payload: &Value,
    lookup: &Lookup<'_>,
) -> std::result::Result<EventKind, &'static str> {
    let id = |pointer| text(payload, pointer).and_then(|id| Id::new(&id));
    let base = id("/pull_request/base/sha").ok_or("commit id in `pull_request.base.sha`")?;
    let head = id("/pull_request/head/sha").ok_or("commit id in `pull_request.head.sha`")?;
    let name = |pointer, id: &Id| text(payload, pointer).unwrap_or_else(|| id.as_str().to_owned());
    let names = (
        name("/pull_request/base/ref", &base),
        name("/pull_request/head/ref", &head),
    );
    let number = payload
        .pointer("/pull_request/number")
        .or(payload.pointer("/number"))
        .and_then(Value::as_u64);
    let origin = match text(payload, "/pull_request/base/repo/full_name") {
        _ if is_same_repository(payload) => Remote::OfBase,
        Some(name) => Remote::Named(name),
        None => Remote::Foreign,
    };
    Ok(EventKind::Proposal(Proposal {
        kind: "pull request",
        merge: lookup("GITHUB_SHA").and_then(|id| Id::new(&id)),
        target: Some(Target {
            branch: names.0.clone(),
            origin,
        }),
        base: Some(base),
        parted: None,
        head: CommitRef::Id(head),
        names,
        fetch: number.map(|number| format!("refs/pull/{number}/head")),
    }))
}

fn merge_group(payload: &Value) -> std::result::Result<EventKind, &'static str> {
    let id = |pointer| text(payload, pointer).and_then(|id| Id::new(&id));
    let base = id("/merge_group/base_sha").ok_or("commit id in `merge_group.base_sha`")?;
    let head = id("/merge_group/head_sha").ok_or("commit id in `merge_group.head_sha`")?;
    let name = |pointer, id: &Id| match text(payload, pointer) {
        Some(name) => name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned(),
        None => id.as_str().to_owned(),
    };
    let names = (
        name("/merge_group/base_ref", &base),
        name("/merge_group/head_ref", &head),
    );
    Ok(EventKind::Proposal(Proposal {
        kind: "merge group",
        base: Some(base),
        head: CommitRef::Id(head),
        names,
        ..Proposal::default()
    }))
}

/// Returns the string at a JSON pointer in the payload; `None` if it is missing or empty.
fn text(payload: &Value, pointer: &str) -> Option<String> {
    payload
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}
