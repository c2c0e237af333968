//! The events of GitHub Actions.

use super::*;

/// A pull request is a stranger's unless its source and target repository have the same id or, if
/// an id is missing, the same name.
#[test]
fn pull_requests_of_strangers_are_recognised() {
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
fn an_invalid_or_incomplete_payload_is_an_error() {
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
            "no commit id in `after`",
        ),
        (
            "push",
            r#"{"ref": "refs/heads/x", "after": "HEAD", "before": "HEAD~1"}"#,
            "no commit id in `after`",
        ),
        (
            "push",
            &format!(r#"{{"ref": "refs/heads/x", "after": "{A}"}}"#),
            "no before",
        ),
        (
            "push",
            &format!(r#"{{"ref": "refs/heads/x", "after": "{A}", "before": "main"}}"#),
            "no commit id in `before`",
        ),
        (
            "pull_request",
            "{}",
            "no commit id in `pull_request.base.sha`",
        ),
        (
            "pull_request",
            &format!(r#"{{"pull_request": {{"base": {{"sha": "{A}"}}}}}}"#),
            "pull_request.head.sha",
        ),
        (
            "merge_group",
            r#"{"merge_group": {"base_sha": "0"}}"#,
            "no commit id in `merge_group.base_sha`",
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
