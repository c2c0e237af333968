//! `ntnguard webhook`: checks the signature of a body. If it does not match, it looks for a changed body that was signed.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::fake::expand;
use crate::sandbox::{Run, Sandbox};

const BODY: &str = "{\"id\":\"e1\",\"type\":\"page.created\",\"name\":\"Café — 1/2\"}";

fn token() -> String {
    expand("{secret}", 1)
}

/// The value of the signature header that Notion sends with this body.
fn header(body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(token().as_bytes()).unwrap();
    let digest = mac.chain_update(body).finalize().into_bytes();
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

/// Runs a check of `body` and `signature`, with the variable `T` set to `token`.
fn check(token: &str, signature: &str, body: &str, and: &[&str]) -> Run {
    let sandbox = Sandbox::new();
    sandbox.write("body.json", body);
    let mut command = sandbox.ntnguard();
    command.args(["webhook", "--token-env", "T", "--body", "body.json"]);
    command.args(["--signature", signature]).args(and);
    let run = Run::of(command.env("T", token).output().unwrap());
    assert!(!(run.stdout.clone() + &run.stderr).contains(&token[8..30]));
    run
}

#[test]
fn a_signature_is_valid_only_for_the_exact_bytes() {
    let run = check(&token(), &header(BODY), BODY, &[]);
    let expected = format!(
        "  ok  T  the signature matches the body ({} bytes)\n1 as expected\n",
        BODY.len()
    );
    assert_eq!((run.status, run.stdout), (0, expected));
    let whole = format!("X-Notion-Signature: {}", header(BODY));
    assert_eq!(check(&token(), &whole, BODY, &["-q"]).status, 0);
    let forged = header("{}");
    let run = check(&token(), &forged, BODY, &[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("does not match this body"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_change_of_a_body_is_recognised() {
    let pretty = "{\n  \"id\": \"e1\",\n  \"type\": \"page.created\",\n  \"name\": \"Caf\\u00e9 \\u2014 1/2\"\n}";
    for (body, said) in [
        (pretty.to_owned(), "parsed and written again"),
        (BODY.replace(',', ", "), "parsed and written again"),
        (format!("{BODY}\n"), "without the line break"),
        (
            format!("\u{feff}{BODY}"),
            "without the body's byte order mark",
        ),
    ] {
        let run = check(&token(), &header(BODY), &body, &[]);
        assert_eq!(run.status, 1, "{body}");
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(said), "{body}: {text}");
    }
    for around in [format!(" {}", token()), format!("\"{}\"", token())] {
        let run = check(&around, &header(BODY), BODY, &[]);
        assert_eq!(run.status, 1);
        assert!(run.stdout.contains("blanks or quotes"), "{}", run.stdout);
    }
}

#[test]
fn the_json_report_has_the_failed_check() {
    let run = check(&token(), &header("{}"), BODY, &["--format", "json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.status, &json["source"]), (1, &"webhook".into()));
    let check = &json["checks"][0];
    assert_eq!(check["subject"], "signature");
    assert_eq!(check["outcome"], "not-as-expected");
}

#[test]
fn unusable_tokens_and_signatures_are_errors() {
    let integration = expand("{ntn}", 1);
    for (token, signature, said) in [
        (
            integration.as_str(),
            header(BODY),
            "is the token of an integration",
        ),
        (
            "${TOKEN}",
            header(BODY),
            "is only a reference to the secret",
        ),
        ("", header(BODY), "is empty"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("body.json", BODY);
        let mut command = sandbox.ntnguard();
        command.args(["webhook", "--token-env=T", "--body=body.json"]);
        command.args(["--signature", &signature]).env("T", token);
        let run = Run::of(command.output().unwrap());
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{said}");
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let run = check(&token(), "sha256=00", BODY, &[]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("64 hexadecimal digits"),
        "{}",
        run.stderr
    );
    let run = check(&token(), &header(BODY), BODY, &["--env-file", "none.env"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("none.env"), "{}", run.stderr);
}

#[test]
fn a_token_in_the_place_of_a_name_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("body.json", BODY);
    let token = token();
    let run = sandbox.run([
        "webhook",
        "--token-env",
        &token,
        "--body=body.json",
        "--signature",
        &header(BODY),
    ]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("the argument is a secret"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains(&token[8..30]));
}
