//! The events and authors that the variables and payloads of each CI system report.

mod github;
mod gitlab;
mod others;

use std::collections::HashMap;

use super::{BranchBefore, CommitRef, EventKind, Id, Proposal, Remote, System, Target, read};
use crate::policy::Author;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const ZEROS: &str = "0000000000000000000000000000000000000000";

fn event(variables: &[(&str, &str)], payload: &str) -> crate::error::Result<super::Event> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    let lookup = |name: &str| {
        variables
            .get(name)
            .filter(|value| !value.is_empty())
            .map(|value| (*value).to_owned())
    };
    read(None, &lookup, &|_| Ok(payload.to_owned()))
}

fn of(variables: &[(&str, &str)]) -> EventKind {
    event(variables, "").unwrap().what
}

fn author(variables: &[(&str, &str)]) -> Author {
    event(variables, "").unwrap().author
}

fn id(text: &str) -> CommitRef {
    CommitRef::Id(Id::new(text).unwrap())
}

fn id_of(text: &str) -> Option<Id> {
    Id::beginning(text)
}

fn push(branch: Option<&str>, before: BranchBefore, head: CommitRef) -> EventKind {
    EventKind::Push {
        branch: branch.map(str::to_owned),
        before,
        head,
    }
}

/// Returns a proposal to merge the branch `own` into `main`. The remote `origin` is the repository
/// of `main`.
fn proposal(kind: &'static str, base: Option<Id>, head: CommitRef, own: &str) -> Proposal {
    let target = Some(Target {
        branch: "main".to_owned(),
        origin: Remote::OfBase,
    });
    let names = ("main".to_owned(), own.to_owned());
    Proposal {
        kind,
        target,
        base,
        head,
        names,
        ..Proposal::default()
    }
}

fn tag(name: &str, head: CommitRef) -> EventKind {
    EventKind::Tag {
        name: name.to_owned(),
        head,
    }
}

#[test]
fn an_id_is_hexadecimal_digits() {
    assert_eq!(Id::new(&A.to_uppercase()), Id::new(A));
    assert!(Id::new(&"c".repeat(64)).is_some());
    for none in [
        "",
        ZEROS,
        &"0".repeat(64),
        &A[1..],
        "HEAD",
        &format!("{}^", &A[1..]),
        &"é".repeat(20),
    ] {
        assert_eq!(Id::new(none), None, "{none}");
    }
}
