//! The events of Bitbucket, Azure, Jenkins, Buildkite and CircleCI.

use super::*;

#[test]
fn events_of_bitbucket_are_recognised() {
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
fn events_of_azure_are_recognised() {
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
fn events_of_jenkins_buildkite_and_circleci_are_recognised() {
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
