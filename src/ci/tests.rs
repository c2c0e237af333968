use std::collections::HashMap;

use super::{Before, Id, Point, Proposal, System, What, read};

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const ZEROS: &str = "0000000000000000000000000000000000000000";

fn event(variables: &[(&str, &str)], payload: &str) -> crate::error::Result<super::Event> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    let lookup = |name: &str| variables.get(name).filter(|value| !value.is_empty()).map(|value| (*value).to_owned());
    read(&lookup, &|_| Ok(payload.to_owned()))
}

fn of(variables: &[(&str, &str)]) -> What {
    event(variables, "").unwrap().what
}

fn id(text: &str) -> Point {
    Point::Id(Id::new(text).unwrap())
}

fn branch(name: &str) -> Point {
    Point::Branch(name.to_owned())
}

fn push(branch: Option<&str>, before: Before, head: Point) -> What {
    What::Push { branch: branch.map(str::to_owned), before, head }
}

fn proposal(kind: &'static str, bases: Vec<Point>, head: Point, own: &str, fetch: Option<&str>) -> What {
    let names = ("main".to_owned(), own.to_owned());
    What::Proposal(Proposal { kind, bases, head, names, fetch: fetch.map(str::to_owned) })
}

fn tag(name: &str, head: Point) -> What {
    What::Tag { name: name.to_owned(), head }
}

#[test]
fn gitlab() {
    let of = |more: &[(&str, &str)]| of(&[&[("GITLAB_CI", "true"), ("CI_COMMIT_SHA", A)], more].concat());
    let source = |name| ("CI_PIPELINE_SOURCE", name);
    let on = ("CI_COMMIT_BRANCH", "x");
    let before = |id| ("CI_COMMIT_BEFORE_SHA", id);
    assert_eq!(of(&[source("push"), on, before(B)]), push(Some("x"), Before::At(Id::new(B).unwrap()), id(A)));
    assert_eq!(of(&[source("push"), on, before(ZEROS)]), push(Some("x"), Before::Nowhere, id(A)));
    assert_eq!(of(&[source("push"), on, before("$(x)")]), push(Some("x"), Before::Untold, id(A)));
    assert_eq!(of(&[source("push"), ("CI_COMMIT_TAG", "v1"), before(ZEROS)]), tag("v1", id(A)));
    assert_eq!(of(&[source("schedule"), on, before(ZEROS)]), What::Other("schedule".to_owned()));
    let request = [
        ("CI_MERGE_REQUEST_IID", "3"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "x"),
        ("CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/3/head"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", B),
        before(ZEROS),
    ];
    let fetch = Some("refs/merge-requests/3/head");
    let bases = vec![id(B), branch("main")];
    for kind in ["merge_request_event", "parent_pipeline"] {
        let plain = of(&[&request[..], &[source(kind)]].concat());
        assert_eq!(plain, proposal("merge request", bases.clone(), id(A), "x", fetch), "{kind}");
    }
    let merged = of(&[&request[..], &[("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", B)]].concat());
    assert_eq!(merged, proposal("merge request", bases, id(B), "x", fetch), "a merged result");
    let outside = [
        source("external_pull_request_event"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", B),
    ];
    assert_eq!(of(&outside), proposal("pull request", vec![id(B), branch("main")], id(A), "HEAD", None));
}

#[test]
fn bitbucket() {
    let of = |more: &[(&str, &str)]| of(&[&[("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_COMMIT", A)], more].concat());
    let on = ("BITBUCKET_BRANCH", "x");
    assert_eq!(of(&[on]), push(Some("x"), Before::Untold, id(A)));
    assert_eq!(of(&[("BITBUCKET_TAG", "v1")]), tag("v1", id(A)));
    let target = ("BITBUCKET_PR_DESTINATION_BRANCH", "main");
    let request = of(&[on, target, ("BITBUCKET_PR_DESTINATION_COMMIT", B)]);
    assert_eq!(request, proposal("pull request", vec![id(B), branch("main")], id(A), "x", None));
    let short = Point::Id(Id::beginning("bbbbbbbbbbbb").unwrap());
    let request = of(&[on, target, ("BITBUCKET_PR_DESTINATION_COMMIT", "bbbbbbbbbbbb")]);
    assert_eq!(request, proposal("pull request", vec![short, branch("main")], id(A), "x", None));
    for none in ["bbbbbbbbbbb", "000000000000", "HEAD~1HEAD~1", "bbbbbbbbbbb~"] {
        let request = of(&[on, target, ("BITBUCKET_PR_DESTINATION_COMMIT", none)]);
        assert_eq!(request, proposal("pull request", vec![branch("main")], id(A), "x", None), "{none}");
    }
}

#[test]
fn azure() {
    let of = |more: &[(&str, &str)]| of(&[&[("TF_BUILD", "True"), ("BUILD_SOURCEVERSION", A)], more].concat());
    let from = |name| ("BUILD_SOURCEBRANCH", name);
    assert_eq!(
        of(&[("BUILD_REASON", "IndividualCI"), from("refs/heads/a/b")]),
        push(Some("a/b"), Before::Untold, id(A))
    );
    assert_eq!(of(&[("BUILD_REASON", "BatchedCI"), from("refs/tags/v1")]), tag("v1", id(A)));
    assert_eq!(of(&[("BUILD_REASON", "Schedule"), from("refs/heads/x")]), What::Other("Schedule".to_owned()));
    for target in ["refs/heads/main", "main"] {
        let request = of(&[
            ("BUILD_REASON", "PullRequest"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", target),
            ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/x"),
            ("SYSTEM_PULLREQUEST_SOURCECOMMITID", B),
        ]);
        assert_eq!(request, proposal("pull request", vec![branch("main")], id(B), "x", None));
    }
}

#[test]
fn jenkins_buildkite_and_circle() {
    let jenkins = |more: &[(&str, &str)]| of(&[&[("JENKINS_URL", "http://x"), ("GIT_COMMIT", A)], more].concat());
    let previous = ("GIT_PREVIOUS_COMMIT", B);
    let on = ("BRANCH_NAME", "x");
    assert_eq!(jenkins(&[on, previous]), push(Some("x"), Before::At(Id::new(B).unwrap()), id(A)));
    assert_eq!(jenkins(&[on]), push(Some("x"), Before::Untold, id(A)));
    assert_eq!(jenkins(&[("TAG_NAME", "v1")]), tag("v1", id(A)));
    let request = jenkins(&[("CHANGE_TARGET", "main"), ("CHANGE_BRANCH", "x"), previous]);
    assert_eq!(request, proposal("pull request", vec![branch("main")], id(A), "x", None));
    assert_eq!(
        of(&[("JENKINS_URL", "x"), on]),
        push(Some("x"), Before::Untold, Point::Head),
        "a pipeline has no GIT_COMMIT"
    );

    let buildkite = |more: &[(&str, &str)]| of(&[&[("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "x")], more].concat());
    let commit = ("BUILDKITE_COMMIT", A);
    let none = ("BUILDKITE_PULL_REQUEST", "false");
    assert_eq!(buildkite(&[commit, none]), push(Some("x"), Before::Untold, id(A)));
    assert_eq!(buildkite(&[("BUILDKITE_COMMIT", "HEAD"), none]), push(Some("x"), Before::Untold, Point::Head));
    assert_eq!(buildkite(&[commit, none, ("BUILDKITE_TAG", "v1")]), tag("v1", id(A)));
    assert_eq!(buildkite(&[commit, none, ("BUILDKITE_SOURCE", "schedule")]), What::Other("schedule".to_owned()));
    let request = buildkite(&[commit, ("BUILDKITE_PULL_REQUEST", "5"), ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main")]);
    assert_eq!(request, proposal("pull request", vec![branch("main")], id(A), "x", None));

    let circle = |more: &[(&str, &str)]| of(&[&[("CIRCLECI", "true"), ("CIRCLE_SHA1", A)], more].concat());
    assert_eq!(circle(&[("CIRCLE_BRANCH", "x")]), push(Some("x"), Before::Untold, id(A)));
    assert_eq!(circle(&[("CIRCLE_TAG", "v1")]), tag("v1", id(A)));

    let none = event(&[("CI", "true"), ("HOME", "/")], "").unwrap();
    assert_eq!((none.system, none.what), (System::Unknown, push(None, Before::Untold, Point::Head)));
}

/// A payload that does not say what to scan is an error, and none of its text is in it.
#[test]
fn what_github_does_not_say_is_an_error() {
    let of = |name: &str, payload: &str| {
        let path = ("GITHUB_EVENT_PATH", "/e.json");
        event(&[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", name), path], payload)
    };
    for (name, payload, says) in [
        ("push", "", "no JSON (line 1"),
        ("push", "{\"ref\": \"x\ny\"}", "no JSON (line"),
        ("push", "[]", "no JSON object"),
        ("push", "{}", "no ref"),
        ("push", r#"{"ref": 5}"#, "no ref"),
        ("push", r#"{"ref": "refs/heads/x"}"#, "no after"),
        ("push", r#"{"ref": "refs/heads/x", "after": "--upload-pack=x"}"#, "no commit id in after"),
        ("push", r#"{"ref": "refs/heads/x", "after": "HEAD", "before": "HEAD~1"}"#, "no commit id in after"),
        ("push", &format!(r#"{{"ref": "refs/heads/x", "after": "{A}"}}"#), "no before"),
        ("push", &format!(r#"{{"ref": "refs/heads/x", "after": "{A}", "before": "main"}}"#), "no commit id in before"),
        ("pull_request", "{}", "no commit id in pull_request.base.sha"),
        ("pull_request", &format!(r#"{{"pull_request": {{"base": {{"sha": "{A}"}}}}}}"#), "pull_request.head.sha"),
        ("merge_group", r#"{"merge_group": {"base_sha": "0"}}"#, "no commit id in merge_group.base_sha"),
    ] {
        let error = of(name, payload).err().unwrap_or_else(|| panic!("{name} {payload}")).to_string();
        assert!(error.contains(says), "{error}");
    }
    let error = event(&[("GITHUB_ACTIONS", "true")], "").err().unwrap().to_string();
    assert!(error.contains("GITHUB_EVENT_NAME is not"), "{error}");
    assert!(event(&[("GITHUB_EVENT_NAME", "push")], "").is_err());
    assert_eq!(of("schedule", "no payload is asked for").unwrap().what, What::Other("schedule".to_owned()));
}

#[test]
fn an_id_is_hexadecimal_digits() {
    assert_eq!(Id::new(&A.to_uppercase()), Id::new(A));
    assert!(Id::new(&"c".repeat(64)).is_some());
    for none in ["", ZEROS, &"0".repeat(64), &A[1..], "HEAD", &format!("{}^", &A[1..]), &"é".repeat(20)] {
        assert_eq!(Id::new(none), None, "{none}");
    }
}
