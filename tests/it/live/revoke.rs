//! `ntnguard revoke`: the tokens that it accepts, the change that it makes, and its proof that the token is dead.

use super::{assert_silent, value};
use crate::fake::expand;
use crate::notion::{Fault, StandIn, Token, Workspace};
use crate::sandbox::{Run, Sandbox};

fn refresh() -> String {
    expand("{nrt}", 5)
}

/// A workspace with an OAuth client, and the tokens: an access token of the client (seed 1), a dead one (2), a token of an
/// internal integration (3), and a refresh token.
fn workspace() -> Workspace {
    let own = |name: &str| Token {
        owner: "user",
        issued: Some(1_780_000_000),
        ..Token::live(name)
    };
    let tokens = [
        (value(1), own("acme app")),
        (value(2), Token::dead()),
        (value(3), Token::live("docs sync")),
        (refresh(), own("acme app")),
    ];
    Workspace {
        tokens: tokens.into(),
        client: Some((expand("{client-id}", 1), expand("{secret}", 9))),
        ..Workspace::default()
    }
}

fn revoke(notion: &StandIn, and: &[&str]) -> Run {
    let sandbox = Sandbox::new();
    let mut command = sandbox.ntnguard();
    command.args(["revoke", "--client-id-env=ID", "--client-secret-env=CLIENT"]);
    command.args(["--api-url", &notion.url()]).args(and);
    command.env("ID", expand("{client-id}", 1));
    command.env("CLIENT", expand("{secret}", 9));
    command.env("OWN", value(1)).env("OLD", value(2));
    command.env("MY_CLIENT_SECRET", expand("{secret}", 9));
    command.env("WEBHOOK_TOKEN", expand("{secret}", 9));
    command.env("INTERNAL", value(3)).env("REFRESH", refresh());
    let run = Run::of(command.output().unwrap());
    assert_silent(&run);
    for secret in [expand("{secret}", 9), refresh()] {
        assert!(!(run.stdout.clone() + &run.stderr).contains(&secret[8..30]));
    }
    run
}

#[test]
fn a_token_is_revoked_and_proved_dead() {
    let notion = StandIn::start(workspace());
    let run = revoke(&notion, &["OWN", "--yes"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("OWN  revoked, and dead"),
        "{}",
        run.stdout
    );
    let asked = [
        "GET /v1/users/me",
        "POST /v1/oauth/introspect",
        "POST /v1/oauth/revoke",
        "GET /v1/users/me",
    ];
    assert_eq!(notion.requests(), asked);
    // A second run finds the token revoked.
    let run = revoke(&notion, &["OWN", "--yes"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("was dead already"), "{}", run.stdout);
}

#[test]
fn a_refresh_token_is_never_used() {
    let notion = StandIn::start(workspace());
    let run = revoke(&notion, &["REFRESH", "--yes"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let asked = [
        "POST /v1/oauth/introspect",
        "POST /v1/oauth/revoke",
        "POST /v1/oauth/introspect",
    ];
    assert_eq!(notion.requests(), asked);
}

#[test]
fn revoking_needs_yes_and_a_suitable_token() {
    let notion = StandIn::start(workspace());
    for (arguments, said) in [
        (&["OWN"][..], "to revoke it all the same, give --yes"),
        (&["INTERNAL", "--yes"], "of an internal integration"),
        (
            &["MY_CLIENT_SECRET", "--yes"],
            "an OAuth client's secret, judging by",
        ),
        (
            &["WEBHOOK_TOKEN", "--yes"],
            "a webhook's verification token, judging by",
        ),
        (&["NO_SUCH", "--yes"], "NO_SUCH is not set"),
        (&[&value(1), "--yes"], "the argument is a secret"),
    ] {
        let run = revoke(&notion, arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{said}");
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let requests = notion.requests();
    let sent = |path: &str| requests.iter().any(|request| request.ends_with(path));
    assert!(!sent("/revoke"), "{requests:?}");
}

#[test]
fn foreign_tokens_and_refused_clients_change_nothing() {
    let mut own = workspace();
    own.tokens.get_mut(&value(1)).unwrap().issued = None;
    let notion = StandIn::start(own);
    let run = revoke(&notion, &["OWN", "--yes"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("not a token of this client"),
        "{}",
        run.stderr
    );
    let mut own = workspace();
    own.client = Some((expand("{client-id}", 2), expand("{secret}", 8)));
    let notion = StandIn::start(own);
    let run = revoke(&notion, &["OWN", "--yes"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stderr.contains("refuses this client"), "{}", run.stderr);
}

#[test]
fn an_inconclusive_answer_is_not_proof() {
    for fault in [
        Fault::Html(200),
        Fault::Html(503),
        Fault::Stripped,
        Fault::Echo,
    ] {
        let mut own = workspace();
        own.fault = fault;
        let notion = StandIn::start(own);
        let run = revoke(&notion, &["OWN", "--yes", "--timeout=3s"]);
        assert_eq!(run.status, 2, "{}", run.stdout);
    }
}
