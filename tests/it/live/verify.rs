use super::{ask, assert_silent, value, workspace};
use crate::fake::expand;
use crate::notion::{StandIn, Token};
use crate::sandbox::{Run, Sandbox};

#[test]
fn expected_live_and_dead_tokens_exit_with_0() {
    let notion = StandIn::start(workspace());
    let run = ask(&notion, ["verify", "--live", "NEW", "--dead", "OLD"]);
    let host = notion.address();
    let expected = format!(
        "NEW  live     \"docs sync\" (internal integration) in Acme\n\
         OLD  dead     refused by Notion just now\n\
         2 as expected; 2 requests to {host}\n"
    );
    assert_eq!((run.stdout, run.status), (expected, 0), "{}", run.stderr);
    assert_eq!(notion.requests(), ["GET /v1/users/me"; 2]);
    let log = notion.log();
    for logged in log.iter() {
        let header = |name| logged.request.header(name);
        assert_eq!(header("notion-version"), Some("2026-03-11"));
        assert_eq!(header("host"), Some(host.to_string().as_str()));
        let agent = header("user-agent").unwrap();
        assert_eq!(agent, concat!("ntnguard/", env!("CARGO_PKG_VERSION")));
        assert_eq!(header("accept-encoding").unwrap_or("identity"), "identity");
        assert!(header("cookie").is_none());
        let token = header("authorization").unwrap();
        assert!(!logged.request.path.contains(&token[7..]));
    }
    assert!(log[1].at - log[0].at >= std::time::Duration::from_millis(300));
}

#[test]
fn an_unexpected_state_exits_with_1() {
    let notion = StandIn::start(workspace());
    let run = ask(&notion, ["verify", "--dead", "NEW"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("expected dead, but it still works"),
        "{}",
        run.stdout
    );
    let run = ask(&notion, ["verify", "NEW", "OLD"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.ends_with(&format!(
        "1 as expected, 1 not as expected; 2 requests to {}\n",
        notion.address()
    )));
    let quiet = ask(&notion, ["verify", "NEW", "-q"]);
    assert_eq!((quiet.stdout.as_str(), quiet.status), ("", 0));
}

#[test]
fn a_value_in_two_variables_is_verified_once() {
    let notion = StandIn::start(workspace());
    let sandbox = Sandbox::new();
    sandbox.write("a.env", format!("A={0}\nB='{0}'\n", value(1)));
    let arguments = [
        "verify",
        "A",
        "B",
        "--env-file",
        "a.env",
        "--api-url",
        &notion.url(),
    ];
    let run = sandbox.run(arguments);
    assert_eq!(
        (run.status, notion.requests().len()),
        (0, 1),
        "{}",
        run.stderr
    );
}

#[test]
fn the_json_report_has_the_common_envelope() {
    let notion = StandIn::start(workspace());
    let arguments = ["verify", "NEW", "--dead", "OLD", "--format", "json"];
    let json = ask(&notion, arguments).json();
    assert_eq!(
        (&json["version"], &json["source"]),
        (&1.into(), &"verify".into())
    );
    assert_eq!(json["complete"], true);
    let token = &json["tokens"][0];
    assert_eq!(
        (&token["variable"], &token["expected"]),
        (&"NEW".into(), &"live".into())
    );
    assert_eq!(token["live"]["state"], "live");
    assert_eq!(token["live"]["identity"]["kind"], "internal");
    assert_eq!(token["live"]["identity"]["name"], "docs sync");
    assert!(token["fingerprint"].as_str().unwrap().starts_with("v1:"));
    let dead = &json["tokens"][1]["live"];
    assert_eq!(
        (&dead["state"], &dead["status"]),
        (&"dead".into(), &401.into())
    );
    assert_eq!(dead["code"], "unauthorized");
}

#[test]
fn the_report_goes_to_a_file_in_the_format_of_its_name() {
    let notion = StandIn::start(workspace());
    let sandbox = Sandbox::new();
    sandbox.write("a.env", format!("A={}\n", value(1)));
    let url = notion.url();
    let arguments = [
        "verify",
        "A",
        "--env-file=a.env",
        "-o",
        "out.json",
        "--api-url",
        &url,
    ];
    let run = sandbox.run(arguments);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    let text = std::fs::read_to_string(sandbox.path().join("out.json")).unwrap();
    assert!(text.contains("\"source\": \"verify\""));
}

#[test]
fn verify_waits_for_the_old_token_to_die() {
    let mut workspace = workspace();
    workspace.refused_after = Some(2);
    let notion = StandIn::start(workspace);
    let run = ask(&notion, ["verify", "--dead", "NEW", "--wait", "30s"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(notion.requests().len(), 3);
    assert!(run.stderr.contains("NEW is still live"), "{}", run.stderr);
    let run = ask(
        &StandIn::start(super::workspace()),
        ["verify", "--dead", "NEW", "--wait=1s"],
    );
    assert_eq!(run.status, 1, "{}", run.stdout);
}

#[test]
fn a_token_is_read_from_standard_input() {
    let notion = StandIn::start(workspace());
    let url = notion.url();
    let sandbox = Sandbox::new();
    let input = |text: &str| {
        let run = sandbox.run_with_input(["verify", "-", "--api-url", &url], text.as_bytes());
        assert_silent(&run);
        run
    };
    let run = input(&format!("{}\n", value(1)));
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout.starts_with("standard input  live "),
        "{}",
        run.stdout
    );
    for text in ["", "\n", "null\n", &format!("{}\n{}\n", value(1), value(2))] {
        let run = input(text);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{text}");
        assert!(run.stderr.contains("standard input"), "{}", run.stderr);
    }
    assert_eq!(notion.requests().len(), 1);
}

/// Runs `verify` with these arguments. Asserts that it sends no request.
fn refused(variables: &[(&str, String)], arguments: &[&str]) -> Run {
    let notion = StandIn::start(workspace());
    let sandbox = Sandbox::new();
    let mut command = sandbox.ntnguard();
    command
        .arg("verify")
        .args(arguments)
        .args(["--api-url", &notion.url()]);
    command.envs(variables.iter().map(|(name, value)| (*name, value)));
    let run = Run::of(command.output().unwrap());
    assert_eq!(
        (run.status, notion.requests().len()),
        (2, 0),
        "{}",
        run.stderr
    );
    assert_silent(&run);
    run
}

#[test]
fn a_value_in_place_of_a_name_is_refused_and_not_shown() {
    let (token, secret, other) = (value(1), expand("{secret}", 5), expand("{a:50}", 6));
    for typed in [&token, &secret, &other] {
        for flag in [
            "",
            "--live=",
            "--dead=",
            "--client-secret-env=x --client-id-env=",
        ] {
            let typed = format!("{flag}{typed}");
            let arguments: Vec<&str> = typed.split(' ').collect();
            let run = refused(&[("x", secret.clone())], &arguments);
            assert!(
                run.stderr.contains("not a variable's name"),
                "{}",
                run.stderr
            );
            assert!(run.stderr.contains("history"), "{}", run.stderr);
            let body = |value: &String| value[8..30].to_owned();
            assert!(
                [&token, &secret, &other]
                    .iter()
                    .all(|value| !run.stderr.contains(&body(value)))
            );
        }
    }
}

#[test]
fn an_unusable_value_is_never_reported_as_dead() {
    for (text, word) in [
        (String::new(), "empty"),
        (format!("\"{}\"", value(1)), "quotes"),
        (format!("{} ", value(1)), "quotes"),
        ("${NOTION_TOKEN}".to_owned(), "reference"),
        (expand("ntn_{x:46}", 1), "placeholder"),
        (expand("{nrt}", 1), "refresh"),
        (expand("{v02}", 1), "session"),
    ] {
        let run = refused(&[("T", text)], &["--dead", "T"]);
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    let run = refused(&[], &["NO_SUCH_TOKEN"]);
    assert!(
        run.stderr
            .contains("NO_SUCH_TOKEN is not set in the environment"),
        "{}",
        run.stderr
    );
    assert!(refused(&[], &[]).stderr.contains("no variable is named"));
}

#[test]
fn one_value_cannot_be_live_and_dead() {
    let variables = [("A", value(1)), ("B", value(1))];
    let run = refused(&variables, &["--live", "A", "--dead", "B"]);
    assert!(
        run.stderr.contains("A and B have the same value"),
        "{}",
        run.stderr
    );
    refused(&variables, &["A", "--dead", "A"]);
}

#[test]
fn only_local_api_urls_are_accepted() {
    let sandbox = Sandbox::new();
    for url in [
        "https://evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost@x",
    ] {
        let mut command = sandbox.ntnguard();
        let command = command
            .args(["verify", "T", "--api-url", url])
            .env("T", value(1));
        let run = Run::of(command.output().unwrap());
        assert_eq!(run.status, 2);
        assert!(
            run.stderr.contains("only an address on this machine"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn an_oauth_client_is_checked_and_asked() {
    let (id, secret) = (expand("{client-id}", 1), expand("{secret}", 2));
    let mut workspace = workspace();
    workspace.client = Some((id.clone(), secret.clone()));
    let issued = Token {
        owner: "user",
        issued: Some(951_782_400),
        ..Token::live("acme")
    };
    workspace.tokens.insert(value(3), issued);
    let notion = StandIn::start(workspace);
    let run = |secret: &str, arguments: &[&str]| {
        let sandbox = Sandbox::new();
        let mut command = sandbox.ntnguard();
        command
            .arg("verify")
            .args(arguments)
            .args(["--api-url", &notion.url()]);
        command.args(["--client-id-env=ID", "--client-secret-env=SECRET"]);
        command
            .env("ID", &id)
            .env("SECRET", secret)
            .env("T", value(3))
            .env("NEW", value(1));
        let run = Run::of(command.output().unwrap());
        assert_silent(&run);
        assert!(!run.stdout.contains(&secret[10..30]));
        run
    };
    let good = run(&secret, &["T", "NEW"]);
    assert_eq!(good.status, 0, "{}", good.stdout);
    assert!(
        good.stdout.contains("issued to this client on 2000-02-29"),
        "{}",
        good.stdout
    );
    assert!(
        good.stdout
            .contains("SECRET  live     Notion accepts this secret"),
        "{}",
        good.stdout
    );
    let wrong = expand("{secret}", 3);
    let bad = run(&wrong, &[]);
    assert_eq!(bad.status, 1, "{}", bad.stdout);
    assert!(bad.stdout.contains("SECRET  dead"), "{}", bad.stdout);
    let rotated = run(&wrong, &["--dead", "SECRET"]);
    assert_eq!(rotated.status, 0, "{}", rotated.stdout);
}
