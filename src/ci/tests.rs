//! The events and authors that the variables and payloads of each CI system report.

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
fn gitlab() {
    let of = |more: &[(&str, &str)]| {
        of(&[&[("GITLAB_CI", "true"), ("CI_COMMIT_SHA", A)], more].concat())
    };
    let source = |name| ("CI_PIPELINE_SOURCE", name);
    let on = ("CI_COMMIT_BRANCH", "x");
    let before = |id| ("CI_COMMIT_BEFORE_SHA", id);
    assert_eq!(
        of(&[source("push"), on, before(B)]),
        push(Some("x"), BranchBefore::At(Id::new(B).unwrap()), id(A))
    );
    assert_eq!(
        of(&[source("push"), on, before(ZEROS)]),
        push(Some("x"), BranchBefore::Nowhere, id(A))
    );
    assert_eq!(
        of(&[source("push"), on, before("$(x)")]),
        push(Some("x"), BranchBefore::Unknown, id(A))
    );
    assert_eq!(
        of(&[source("push"), ("CI_COMMIT_TAG", "v1"), before(ZEROS)]),
        tag("v1", id(A))
    );
    assert_eq!(
        of(&[source("schedule"), on, before(ZEROS)]),
        EventKind::Everything("schedule".to_owned())
    );
    let request = [
        ("CI_MERGE_REQUEST_IID", "3"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "x"),
        ("CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/3/head"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", B),
        before(ZEROS),
    ];
    let fetch = Some("refs/merge-requests/3/head");
    let foreign = Some(Target {
        branch: "main".to_owned(),
        origin: Remote::Foreign,
    });
    let asked = Proposal {
        target: foreign,
        parted: id_of(B),
        fetch: fetch.map(str::to_owned),
        ..proposal("merge request", None, id(A), "x")
    };
    for kind in ["merge_request_event", "parent_pipeline"] {
        let plain = of(&[&request[..], &[source(kind)]].concat());
        assert_eq!(plain, EventKind::Proposal(asked.clone()), "{kind}");
    }
    let merged = [
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", B),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", A),
    ];
    let of_merged = Proposal {
        head: id(B),
        base: id_of(A),
        ..asked.clone()
    };
    assert_eq!(
        of(&[&request[..], &merged].concat()),
        EventKind::Proposal(of_merged),
        "a merged result"
    );
    let project = |own, from| {
        [
            ("CI_PROJECT_ID", own),
            ("CI_MERGE_REQUEST_PROJECT_ID", "12"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", from),
        ]
    };
    let within = of(&[&request[..], &project("12", "12")].concat());
    let of_base = Some(Target {
        branch: "main".to_owned(),
        origin: Remote::OfBase,
    });
    assert_eq!(
        within,
        EventKind::Proposal(Proposal {
            target: of_base,
            ..asked.clone()
        })
    );
    let mark = ("GITLAB_CI", "true");
    for (own, from, who) in [
        ("12", "12", Author::Collaborator),
        ("12", "77", Author::Stranger),
        ("77", "77", Author::Stranger),
    ] {
        assert_eq!(
            author(&[&request[..], &project(own, from), &[mark]].concat()),
            who,
            "{own} {from}"
        );
    }
    assert_eq!(
        author(&[&request[..], &[mark]].concat()),
        Author::Stranger,
        "nobody says who"
    );
    let outside = [
        source("external_pull_request_event"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", B),
    ];
    assert_eq!(
        of(&outside),
        EventKind::Proposal(proposal("pull request", id_of(B), id(A), "HEAD"))
    );
    // These pipelines run on a push, so their commits are new.
    for child in [
        "parent_pipeline",
        "pipeline",
        "security_orchestration_policy",
        "api",
        "trigger",
    ] {
        assert_eq!(
            of(&[source(child), on, before(B)]),
            push(Some("x"), BranchBefore::At(id_of(B).unwrap()), id(A)),
            "{child}"
        );
        assert_eq!(
            of(&[source(child), on, before(ZEROS)]),
            push(Some("x"), BranchBefore::Unknown, id(A)),
            "{child}"
        );
    }
}

#[test]
fn bitbucket() {
    let of = |more: &[(&str, &str)]| {
        of(&[
            &[("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_COMMIT", A)],
            more,
        ]
        .concat())
    };
    let on = ("BITBUCKET_BRANCH", "x");
    assert_eq!(of(&[on]), push(Some("x"), BranchBefore::Unknown, id(A)));
    assert_eq!(of(&[("BITBUCKET_TAG", "v1")]), tag("v1", id(A)));
    let target = ("BITBUCKET_PR_DESTINATION_BRANCH", "main");
    let request = of(&[on, target, ("BITBUCKET_PR_DESTINATION_COMMIT", B)]);
    assert_eq!(
        request,
        EventKind::Proposal(proposal("pull request", id_of(B), id(A), "x"))
    );
    let request = of(&[
        on,
        target,
        ("BITBUCKET_PR_DESTINATION_COMMIT", "bbbbbbbbbbbb"),
    ]);
    assert_eq!(
        request,
        EventKind::Proposal(proposal("pull request", id_of("bbbbbbbbbbbb"), id(A), "x"))
    );
    for none in [
        "bbbbbbbbbbb",
        "000000000000",
        "HEAD~1HEAD~1",
        "bbbbbbbbbbb~",
    ] {
        let request = of(&[on, target, ("BITBUCKET_PR_DESTINATION_COMMIT", none)]);
        assert_eq!(
            request,
            EventKind::Proposal(proposal("pull request", None, id(A), "x")),
            "{none}"
        );
    }
}

#[test]
fn azure() {
    let of = |more: &[(&str, &str)]| {
        of(&[&[("TF_BUILD", "True"), ("BUILD_SOURCEVERSION", A)], more].concat())
    };
    let from = |name| ("BUILD_SOURCEBRANCH", name);
    assert_eq!(
        of(&[("BUILD_REASON", "IndividualCI"), from("refs/heads/a/b")]),
        push(Some("a/b"), BranchBefore::Unknown, id(A))
    );
    assert_eq!(
        of(&[("BUILD_REASON", "BatchedCI"), from("refs/tags/v1")]),
        tag("v1", id(A))
    );
    assert_eq!(
        of(&[("BUILD_REASON", "Schedule"), from("refs/heads/x")]),
        EventKind::Everything("Schedule".to_owned())
    );
    for target in ["refs/heads/main", "main"] {
        let request = [
            ("BUILD_REASON", "PullRequest"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", target),
            ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/x"),
            ("SYSTEM_PULLREQUEST_SOURCECOMMITID", B),
        ];
        let expected = Proposal {
            merge: id_of(A),
            ..proposal("pull request", None, id(B), "x")
        };
        assert_eq!(of(&request), EventKind::Proposal(expected));
        for (fork, who) in [
            ("False", Author::Collaborator),
            ("True", Author::Stranger),
            ("", Author::Stranger),
        ] {
            let id_of = [("TF_BUILD", "True"), ("SYSTEM_PULLREQUEST_ISFORK", fork)];
            assert_eq!(author(&[&request[..], &id_of].concat()), who, "{fork}");
        }
    }
}

#[test]
fn jenkins_buildkite_and_circle() {
    let jenkins = |more: &[(&str, &str)]| {
        of(&[&[("JENKINS_URL", "http://x"), ("GIT_COMMIT", A)], more].concat())
    };
    let previous = ("GIT_PREVIOUS_COMMIT", B);
    let on = ("BRANCH_NAME", "x");
    assert_eq!(
        jenkins(&[on, previous]),
        push(Some("x"), BranchBefore::At(Id::new(B).unwrap()), id(A))
    );
    assert_eq!(
        jenkins(&[on]),
        push(Some("x"), BranchBefore::Unknown, id(A))
    );
    assert_eq!(jenkins(&[("TAG_NAME", "v1")]), tag("v1", id(A)));
    let request = jenkins(&[("CHANGE_TARGET", "main"), ("CHANGE_BRANCH", "x"), previous]);
    let expected = Proposal {
        merge: id_of(A),
        ..proposal("pull request", None, id(A), "x")
    };
    assert_eq!(request, EventKind::Proposal(expected));
    let target = [("JENKINS_URL", "x"), ("CHANGE_TARGET", "main")];
    assert_eq!(author(&target), Author::Stranger);
    assert_eq!(
        author(&[&target[..], &[("CHANGE_BRANCH", "x")]].concat()),
        Author::Collaborator
    );
    let forked = [("CHANGE_BRANCH", "x"), ("CHANGE_FORK", "them")];
    assert_eq!(author(&[&target[..], &forked].concat()), Author::Stranger);
    assert_eq!(
        of(&[("JENKINS_URL", "x"), on]),
        push(Some("x"), BranchBefore::Unknown, CommitRef::Head),
        "a pipeline has no GIT_COMMIT"
    );

    let buildkite = |more: &[(&str, &str)]| {
        of(&[&[("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "x")], more].concat())
    };
    let commit = ("BUILDKITE_COMMIT", A);
    let none = ("BUILDKITE_PULL_REQUEST", "false");
    assert_eq!(
        buildkite(&[commit, none]),
        push(Some("x"), BranchBefore::Unknown, id(A))
    );
    assert_eq!(
        buildkite(&[("BUILDKITE_COMMIT", "HEAD"), none]),
        push(Some("x"), BranchBefore::Unknown, CommitRef::Head)
    );
    assert_eq!(
        buildkite(&[commit, none, ("BUILDKITE_TAG", "v1")]),
        tag("v1", id(A))
    );
    assert_eq!(
        buildkite(&[commit, none, ("BUILDKITE_SOURCE", "schedule")]),
        EventKind::Everything("schedule".to_owned())
    );
    let request = [
        ("BUILDKITE_PULL_REQUEST", "5"),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
        commit,
    ];
    assert_eq!(
        buildkite(&request),
        EventKind::Proposal(proposal("pull request", None, id(A), "x"))
    );
    for (from, who) in [
        ("git://host/o/r.git", Author::Collaborator),
        ("git://host/them/r.git", Author::Stranger),
        ("", Author::Stranger),
    ] {
        let id_of = [
            ("BUILDKITE", "true"),
            ("BUILDKITE_PULL_REQUEST_REPO", from),
            ("BUILDKITE_REPO", "git@host:o/r.git"),
        ];
        assert_eq!(author(&[&request[..], &id_of].concat()), who, "{from}");
    }

    let circle =
        |more: &[(&str, &str)]| of(&[&[("CIRCLECI", "true"), ("CIRCLE_SHA1", A)], more].concat());
    assert_eq!(
        circle(&[("CIRCLE_BRANCH", "x")]),
        push(Some("x"), BranchBefore::Unknown, id(A))
    );
    assert_eq!(circle(&[("CIRCLE_TAG", "v1")]), tag("v1", id(A)));

    let mark = ("CIRCLECI", "true");
    assert_eq!(
        author(&[mark, ("CIRCLE_BRANCH", "pull/5")]),
        Author::Stranger
    );
    assert_eq!(
        author(&[mark, ("CIRCLE_BRANCH", "x"), ("CIRCLE_PR_USERNAME", "them")]),
        Author::Stranger
    );
    assert_eq!(
        author(&[mark, ("CIRCLE_BRANCH", "x")]),
        Author::Collaborator
    );

    let none = event(
        &[("CI", "true"), ("GITHUB_EVENT_NAME", "push"), ("HOME", "/")],
        "",
    )
    .unwrap();
    assert_eq!(
        (none.system, none.what),
        (System::Unknown, EventKind::Nothing)
    );
}

/// A pull request is a stranger's unless its source and target repository have the same id or, if
/// an id is missing, the same name.
#[test]
fn github_says_whose_a_pull_request_is() {
    let of = |head: &str, base: &str| {
        let payload = format!(
            r#"{{"pull_request": {{"base": {{"sha": "{A}", "ref": "main", "repo": {base}}},
                "head": {{"sha": "{B}", "ref": "x", "repo": {head}}}}}}}"#
        );
        let path = ("GITHUB_EVENT_PATH", "/e.json");
        let event = event(
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", "pull_request"),
                path,
            ],
            &payload,
        )
        .unwrap();
        let EventKind::Proposal(proposal) = event.what else {
            panic!("no proposal")
        };
        (event.author, proposal.target.unwrap().origin)
    };
    let (own, named) = (
        r#"{"id": 1, "full_name": "o/r", "fork": true}"#,
        r#"{"full_name": "o/r"}"#,
    );
    for (head, base) in [
        (own, own),
        (named, named),
        (own, r#"{"id": 1, "full_name": "old/name"}"#),
    ] {
        assert_eq!(
            of(head, base),
            (Author::Collaborator, Remote::OfBase),
            "{head} {base}"
        );
    }
    for head in [
        r#"{"id": 2, "full_name": "o/r"}"#,
        "null",
        r#"{"full_name": "them/r"}"#,
        "{}",
    ] {
        assert_eq!(
            of(head, own),
            (Author::Stranger, Remote::Named("o/r".to_owned())),
            "{head}"
        );
    }
    assert_eq!(
        of(r#"{"fork": false}"#, "{}"),
        (Author::Stranger, Remote::Foreign)
    );
}

/// A payload without the commits to scan is an error, and the error does not quote the payload.
#[test]
fn what_github_does_not_say_is_an_error() {
    let of = |name: &str, payload: &str| {
        let path = ("GITHUB_EVENT_PATH", "/e.json");
        event(
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", name),
                path,
            ],
            payload,
        )
    };
    for (name, payload, says) in [
        ("push", "", "no JSON (line 1"),
        ("push", "{\"ref\": \"x\ny\"}", "no JSON (line"),
        ("push", "[]", "no JSON object"),
        ("push", "{}", "no ref"),
        ("push", r#"{"ref": 5}"#, "no ref"),
        ("push", r#"{"ref": "refs/heads/x"}"#, "no after"),
        (
            "push",
            r#"{"ref": "refs/heads/x", "after": "--upload-pack=x"}"#,
            "no commit id in after",
        ),
        (
            "push",
            r#"{"ref": "refs/heads/x", "after": "HEAD", "before": "HEAD~1"}"#,
            "no commit id in after",
        ),
        (
            "push",
            &format!(r#"{{"ref": "refs/heads/x", "after": "{A}"}}"#),
            "no before",
        ),
        (
            "push",
            &format!(r#"{{"ref": "refs/heads/x", "after": "{A}", "before": "main"}}"#),
            "no commit id in before",
        ),
        (
            "pull_request",
            "{}",
            "no commit id in pull_request.base.sha",
        ),
        (
            "pull_request",
            &format!(r#"{{"pull_request": {{"base": {{"sha": "{A}"}}}}}}"#),
            "pull_request.head.sha",
        ),
        (
            "merge_group",
            r#"{"merge_group": {"base_sha": "0"}}"#,
            "no commit id in merge_group.base_sha",
        ),
    ] {
        let error = of(name, payload)
            .err()
            .unwrap_or_else(|| panic!("{name} {payload}"))
            .to_string();
        assert!(error.contains(says), "{error}");
    }
    let error = event(&[("GITHUB_ACTIONS", "true")], "")
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("GITHUB_EVENT_NAME is not"), "{error}");
    let both = event(&[("GITHUB_ACTIONS", "true"), ("GITLAB_CI", "true")], "")
        .err()
        .unwrap()
        .to_string();
    assert!(both.contains("GITHUB_ACTIONS, GITLAB_CI"), "{both}");
    assert_eq!(
        of("schedule", "no payload is asked for").unwrap().what,
        EventKind::Everything("schedule".to_owned())
    );
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
