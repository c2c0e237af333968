//! Tokens that are not separate words: between the strings of a compiled program, split into pieces, compressed and in
//! base64.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::fake::Fake;
use crate::make::{base64, zip};
use crate::sandbox::Sandbox;

fn base64_of_gzip(text: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    base64(&encoder.finish().unwrap())
}

/// A Java class file with the token as a string constant between two others. A constant has a kind, a length of two bytes,
/// and the string.
fn class(token: &str) -> Vec<u8> {
    [
        &b"\xca\xfe\xba\xbe\0\0\0\x3d\x01\0\x19https://api.notion.com/v1\x01\0\x32"[..],
        token.as_bytes(),
        b"\x01\0\x04Code\x07\0\x0c",
    ]
    .concat()
}

#[test]
fn a_token_between_strings_of_a_program_is_found() {
    let (sandbox, token) = (Sandbox::repository(), Fake::new(1).ntn(2));
    sandbox
        .write("Config.class", class(&token))
        .write("app.jar", zip("com/Config.class", &class(&token)))
        .commit_all("x");
    let run = sandbox.run(["scan", "--format", "json"]);
    let places = [
        "integration-token Config.class:1:33 high",
        "integration-token app.jar:1:33 high",
    ];
    assert_eq!(
        (run.status, run.findings()),
        (1, places.map(String::from).to_vec())
    );
    let history = sandbox.run(["history", "--format", "json"]);
    assert_eq!(
        (history.status, history.findings().len()),
        (1, 1),
        "{}",
        history.stdout
    );
    let purge = sandbox.run(["scan"]);
    assert!(!purge.stdout.contains(&token[20..]), "{}", purge.stdout);
}

#[test]
fn no_piece_of_a_token_is_shown() {
    let (sandbox, token) = (Sandbox::new(), Fake::new(2).ntn(0));
    let (first, second) = token.split_at(19);
    sandbox
        .write(
            "a.js",
            format!("const t = ['{first}', '{second}'].join('');\n"),
        )
        .write("b.sh", format!("export T=\"{first}\\\n{second}\"\n"))
        .write(
            "c.xml",
            format!("<w:t>{first}</w:t></w:r><w:r><w:t>{second}</w:t>\n"),
        )
        .write(
            "d.js",
            format!("const A = '{first}';\nconst B = '{second}';\nconst t = A + B;\n"),
        );
    for format in ["human", "json", "sarif", "github", "gitlab"] {
        let run = sandbox.run(["scan", "--format", format]);
        assert_eq!(run.status, 1, "{format}: {}", run.stderr);
        for piece in [&first[6..], &second[..20], &second[10..28]] {
            assert!(
                !run.stdout.contains(piece) && !run.stderr.contains(piece),
                "{format}: {}",
                run.stdout
            );
        }
    }
    assert_eq!(
        sandbox.run(["scan", "--format", "json"]).findings().len(),
        4
    );
}

#[test]
fn compressed_base64_is_read_up_to_a_reported_limit() {
    let (sandbox, token) = (Sandbox::new(), Fake::new(3).ntn(1));
    let state = base64_of_gzip(format!("{{\"notion\": \"{token}\", \"page\": 1}}").as_bytes());
    sandbox.write("state.txt", format!("https://example.com/#state={state}\n"));
    let run = sandbox.run(["scan", "--format", "json"]);
    assert_eq!(run.findings(), ["integration-token state.txt:1:28 high"]);
    assert_eq!(
        run.json()["findings"][0]["encoding"],
        serde_json::json!(["deflate"])
    );
    sandbox.write("state.txt", "");
    sandbox.write("bomb.txt", base64_of_gzip(&vec![b'a'; 20 << 20]));
    let run = sandbox.run(["scan", "--format", "json"]);
    let skipped = &run.json()["skipped"][0];
    assert_eq!(
        (
            run.status,
            skipped["reason"].as_str(),
            skipped["path"].as_str()
        ),
        (2, Some("limit"), Some("bomb.txt"))
    );
}

/// A `secret_` at the end of a longer name, such as `client_secret_…`, does not begin a token.
#[test]
fn names_that_end_with_a_prefix_are_not_tokens() {
    let (sandbox, mut fake) = (Sandbox::new(), Fake::new(4));
    let other = fake.secret();
    sandbox.write(
        "strings.bin",
        format!("\0\x01client_{other}\0pi_x{other}\0ab{other}\0"),
    );
    let run = sandbox.run(["scan", "--format", "json"]);
    assert_eq!((run.status, run.findings()), (0, vec![]), "{}", run.stdout);
}
