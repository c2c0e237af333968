//! `ntnguard access`, run against a stand-in on this machine.

mod drift;
mod incomplete;
mod lists;
mod secrecy;
mod written;

use std::ffi::OsStr;

use super::{assert_silent, value};
use crate::notion::{StandIn, Thing, Token, Workspace};
use crate::sandbox::{Run, Sandbox};

/// The id of the object with this number.
fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// A workspace with two tokens: a reader (seed 1), which reaches two roots, the second of them a database; and a personal
/// token (seed 2).
fn acme() -> Workspace {
    let reader = Token {
        can_read_comments: true,
        ..Token::live("acme reader")
    };
    let source = Thing {
        database_parent: serde_json::json!({"type": "workspace", "workspace": true}),
        ..Thing::page(&id(11), "Tasks")
            .of("data_source")
            .within("database_id", &id(10))
    };
    Workspace {
        tokens: [(value(1), reader), (value(2), Token::personal("Ada"))].into(),
        content: vec![
            Thing::page(&id(1), "Runbooks"),
            Thing::page(&id(2), "Deploy").within("page_id", &id(1)),
            Thing::page(&id(3), "In a column").within("block_id", &id(4)),
            Thing::page(&id(4), "")
                .of("block")
                .within("block_id", &id(5)),
            Thing::page(&id(5), "")
                .of("block")
                .within("page_id", &id(2)),
            source,
            Thing::page(&id(10), "Tasks").of("database"),
            Thing::page(&id(12), "A task").within("data_source_id", &id(11)),
            Thing {
                is_shared: false,
                ..Thing::page(&id(90), "Secret plans")
            },
        ],
        people: vec![("Grace Hopper".to_owned(), "grace@acme.example".to_owned())],
        ..Workspace::default()
    }
}

/// The text of an expectation that the reader fulfils, with `more` appended.
fn expectation(more: &str) -> String {
    format!(
        "version: 1\ntokens:\n  READ:\n    workspace: 7cd7f457-0000-4000-8000-000000000001\n    \
         bot: 16d84278-0000-4000-8000-000000000002\n    kind: internal\n    \
         capabilities: [read-content, read-comments]\n    roots:\n    \
         - {{id: {}, title: Runbooks, reason: the docs}}\n    \
         - {{id: {}, reason: the tasks}}\n{more}",
        id(1),
        id(10)
    )
}

/// A repository with this expectation, or without one if it is empty.
fn sandbox(expectation: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    if !expectation.is_empty() {
        sandbox.write(".ntnguard-access.yaml", expectation);
    }
    sandbox
}

/// Runs `ntnguard access`. The variable `READ` has the reader's token, `MINE` the personal token.
fn access<S: AsRef<OsStr>>(
    sandbox: &Sandbox,
    notion: &StandIn,
    arguments: impl IntoIterator<Item = S>,
) -> Run {
    let mut command = sandbox.ntnguard();
    command.arg("access").args(arguments);
    command.args(["--api-url", &notion.url(), "--pace", "1ms"]);
    command.env("READ", value(1)).env("MINE", value(2));
    let run = Run::of(command.output().unwrap());
    assert_silent(&run);
    for word in ["Grace", "acme.example", "Secret plans"] {
        assert!(
            !run.stdout.contains(word) && !run.stderr.contains(word),
            "{word}: {}",
            run.stdout
        );
    }
    run
}

#[test]
fn without_an_expectation_access_exits_with_0() {
    let (notion, sandbox) = (StandIn::start(acme()), sandbox(""));
    let run = access(&sandbox, &notion, ["READ"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    for line in [
        "\"acme reader\" (internal integration) in Acme\n",
        "  may       read content, read comments\n",
        "  may not   update content, insert content, insert comments, see members\n",
        "  reaches   4 pages, 1 data source below 2 roots\n",
        "            Runbooks  page, 3 pages\n",
        "            Tasks     database, 1 page\n",
        "Nothing was compared",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
}

#[test]
fn expected_access_exits_with_0() {
    let (notion, sandbox) = (StandIn::start(acme()), sandbox(&expectation("")));
    let run = access(&sandbox, &notion, ["READ"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("Everything is as expected"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("expected: the docs"), "{}", run.stdout);
    let quiet = access(&sandbox, &notion, ["READ", "-q"]);
    assert_eq!((quiet.status, quiet.stdout.as_str()), (0, ""));
}

#[test]
fn nothing_in_the_workspace_changes() {
    // A personal token, which may do everything, such as create pages at the top of the workspace.
    let (notion, sandbox) = (StandIn::start(acme()), sandbox(""));
    let before = notion.content();
    let run = access(&sandbox, &notion, ["MINE", "--users"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(notion.content(), before);
    let harmless = [
        "GET ",
        "POST /v1/search",
        "PATCH /v1/pages/ntnguard",
        "PATCH /v1/blocks/ntnguard/children",
        "POST /v1/comments",
    ];
    for line in notion.requests() {
        assert!(
            harmless.iter().any(|known| line.starts_with(known)),
            "{line}"
        );
    }
    // The probes change nothing. The next lines show that the stand-in would notice a change.
    assert!(
        run.stdout
            .contains("may       read content, update content, insert content")
    );
    let asked = notion.log();
    let comment = asked.iter().find(|logged| logged.request.method == "POST");
    assert!(
        comment.unwrap().request.body.contains("\"ntnguard\""),
        "no page is meant"
    );
}
