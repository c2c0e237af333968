use super::{assert_silent, value, workspace};
use crate::fake::expand;
use crate::notion::{StandIn, Token};
use crate::sandbox::{Run, Sandbox};

/// A repository whose configuration has this `preflight` section.
fn sandbox(preflight: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write(
        ".ntnguard.yaml",
        format!("version: 1\npreflight:\n{preflight}"),
    );
    sandbox
}

fn run(sandbox: &Sandbox, notion: &StandIn, variables: &[(&str, String)]) -> Run {
    let mut command = sandbox.ntnguard();
    command.args(["preflight", "--api-url", &notion.url()]);
    command.envs(variables.iter().map(|(name, value)| (*name, value)));
    let run = Run::of(command.output().unwrap());
    assert_silent(&run);
    run
}

#[test]
fn live_tokens_and_shared_objects_are_ready() {
    let (page, base, source) = (
        expand("{uuid}", 1),
        expand("{uuid}", 2),
        expand("{uuid}", 3),
    );
    let mut workspace = workspace();
    for object in [
        format!("pages/{page}"),
        format!("databases/{base}"),
        format!("data_sources/{source}"),
    ] {
        workspace.objects.insert(object, false);
    }
    let notion = StandIn::start(workspace);
    let sandbox = sandbox(
        "  tokens: [READ]\n  objects: [{id: PAGE, token: READ}, {id: BASE, token: READ}, \
         {id: SOURCE, token: READ}]\n",
    );
    let link = format!(
        "https://www.notion.so/acme/Cafe-{}?v=1",
        page.replace('-', "")
    );
    let variables = [
        ("READ", value(1)),
        ("PAGE", link),
        ("BASE", base.replace('-', "")),
        ("SOURCE", source),
    ];
    let run = run(&sandbox, &notion, &variables);
    let expected = format!(
        "  ok  READ    live     \"docs sync\" (internal integration) in Acme\n\
         \x20 ok  PAGE    shared with \"docs sync\"\n\
         \x20 ok  BASE    shared with \"docs sync\"\n\
         \x20 ok  SOURCE  shared with \"docs sync\"\n\
         4 as expected; 7 requests to {}\n",
        notion.address()
    );
    assert_eq!((run.stdout, run.status), (expected, 0), "{}", run.stderr);
    assert_eq!(notion.requests()[0], "GET /v1/users/me");
    assert!(
        notion
            .requests()
            .iter()
            .all(|line| line.starts_with("GET "))
    );
}

#[test]
fn failed_checks_are_reported_with_advice() {
    let (page, gone) = (expand("{uuid}", 1), expand("{uuid}", 2));
    let mut workspace = workspace();
    workspace.objects.insert(format!("pages/{gone}"), true);
    let notion = StandIn::start(workspace);
    let sandbox = sandbox(
        "  tokens: [READ, OLD, SAME, NONE, EMPTY]\n  objects: [{id: PAGE, token: READ}, \
         {id: GONE, token: READ}, {id: PAGE, token: OLD}, {id: WRONG, token: READ}]\n",
    );
    let variables = [
        ("READ", value(1)),
        ("SAME", value(1)),
        ("OLD", value(2)),
        ("EMPTY", expand("ntn_{x:46}", 1)),
        ("PAGE", page),
        ("GONE", gone),
        ("WRONG", "Title".to_owned()),
    ];
    let run = run(&sandbox, &notion, &variables);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    for line in [
        "  ok  READ   live ",
        "  no  OLD    dead     refused by Notion just now",
        "  no  SAME   has the same token as READ: one of them is wrong",
        "  no  NONE   is not set in the environment",
        "  no  EMPTY  is a placeholder",
        "  no  PAGE   not there, or not shared with \"docs sync\"",
        "  no  GONE   it is in the trash",
        "   ?  PAGE   was not checked: OLD does not work",
        "  no  WRONG  is not an id of a page or database, nor a link",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
}

#[test]
fn a_token_without_read_access_is_reported() {
    let page = expand("{uuid}", 1);
    let mut workspace = workspace();
    let blind = Token {
        can_read: false,
        ..Token::live("form")
    };
    workspace.tokens.insert(value(3), blind);
    let notion = StandIn::start(workspace);
    let sandbox = sandbox("  objects: [{id: PAGE, token: FORM}]\n");
    let run = run(&sandbox, &notion, &[("FORM", value(3)), ("PAGE", page)]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("\"form\" does not have the capability"),
        "{}",
        run.stdout
    );
    assert_eq!(notion.requests().len(), 2);
}

#[test]
fn an_oauth_client_must_be_accepted() {
    let (id, secret) = (expand("{client-id}", 1), expand("{secret}", 2));
    let mut workspace = workspace();
    workspace.client = Some((id.clone(), secret.clone()));
    let notion = StandIn::start(workspace);
    let sandbox = sandbox("  oauth: {client-id: ID, client-secret: SECRET, redirect-uri: BACK}\n");
    let uri = |uri: &str| ("BACK", uri.to_owned());
    let client = [("ID", id), ("SECRET", secret), uri("https://a.example/cb")];
    let good = run(&sandbox, &notion, &client);
    assert_eq!(good.status, 0, "{}{}", good.stdout, good.stderr);
    let mut wrong = client.clone();
    (wrong[1].1, wrong[2]) = (expand("{secret}", 3), uri("http://a.example/cb"));
    let bad = run(&sandbox, &notion, &wrong);
    assert_eq!(bad.status, 1);
    assert!(bad.stdout.contains("SECRET  dead"), "{}", bad.stdout);
    assert!(
        bad.stdout.contains("BACK    is not an address"),
        "{}",
        bad.stdout
    );
    assert!(!bad.stdout.contains(&wrong[1].1[10..30]));
}

#[test]
fn nothing_to_check_is_never_ready() {
    let notion = StandIn::start(workspace());
    let plain = Sandbox::repository();
    for sandbox in [&plain, &sandbox("  tokens: []\n")] {
        let run = run(sandbox, &notion, &[]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(
            run.stderr.contains("does not say what to check"),
            "{}",
            run.stderr
        );
    }
    let offline = sandbox("  tokens: [READ]\n");
    let mut command = offline.ntnguard();
    command.args(["preflight", "--api-url=http://127.0.0.1:1", "--timeout=3s"]);
    let run = Run::of(command.env("READ", value(1)).output().unwrap());
    assert_eq!(run.status, 2, "{}", run.stdout);
}
