//! The events of GitLab.

use super::*;

#[test]
fn events_of_gitlab_are_recognised() {
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
