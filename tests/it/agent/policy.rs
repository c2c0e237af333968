//! Allowing findings for assistants: the repository's configuration counts, comments in a text do not.

use serde_json::json;

use super::{ask, hook, prompt, token, tool};
use crate::sandbox::Sandbox;

#[test]
fn a_file_that_holds_a_token_is_not_read() {
    let (sandbox, token) = (Sandbox::repository(), token(1));
    sandbox.write(
        "src/a.js",
        format!("// one\nconst t = '{token}'\n// three\n"),
    );
    let reason = ask(
        &sandbox,
        "Read",
        json!({"file_path": sandbox.path().join("src/a.js")}),
    )
    .unwrap();
    assert!(reason.contains("src/a.js holds a credential"), "{reason}");
    assert!(ask(&sandbox, "Bash", json!({"command": "cat src/a.js"})).is_some());
    let run = hook(
        &sandbox,
        &[],
        &prompt(&sandbox, "codex", "explain @src/a.js"),
    );
    assert!(run.stdout.contains("\"decision\":\"block\""));
    // Lines without the token may be read.
    for (arguments, is_denied) in [
        (json!({"file_path": "src/a.js", "offset": 3}), false),
        (
            json!({"file_path": "src/a.js", "offset": 1, "limit": 1}),
            true,
        ),
        (json!({"file_path": "src/a.js", "limit": 1}), false),
        (
            json!({"file_path": "src/a.js", "startLine": 3, "endLine": 3}),
            false,
        ),
        (json!({"path": "src/a.js", "view_range": [2, 2]}), true),
    ] {
        assert_eq!(
            ask(&sandbox, "Read", arguments.clone()).is_some(),
            is_denied,
            "{arguments}"
        );
    }
}

#[test]
fn entries_allow_a_finding_but_comments_do_not() {
    let (sandbox, token) = (Sandbox::repository(), token(2));
    let line = format!("const t = '{token}' // ntnguard: allow a test's own");
    let write = |file: &str| json!({"file_path": file, "content": line});
    let reason = ask(&sandbox, "Write", write("src/a.js")).unwrap();
    let fingerprint = reason
        .split_whitespace()
        .find(|word| word.starts_with("v1:"))
        .unwrap();
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nallow:\n- paths: [\"docs/**\"]\n  reason: published examples\n",
    );
    assert_eq!(ask(&sandbox, "Write", write("docs/a.js")), None);
    let absolute = sandbox.path().join("docs/a.js");
    assert_eq!(
        ask(&sandbox, "Write", write(absolute.to_str().unwrap())),
        None
    );
    assert!(ask(&sandbox, "Write", write("src/a.js")).is_some());
    let run = sandbox.run(["allow", fingerprint, "--reason", "revoked"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(ask(&sandbox, "Write", write("src/a.js")), None);
    let run = hook(
        &sandbox,
        &["--no-config"],
        &tool(&sandbox, "claude-code", "Write", write("a"), None),
    );
    assert!(run.stdout.contains("deny"));
}

#[test]
fn the_repository_is_found_from_the_working_directory() {
    let (sandbox, token) = (Sandbox::new(), token(3));
    sandbox.git(["init", "-q", "one"]);
    sandbox.git(["init", "-q", "two"]);
    sandbox
        .write(
            "one/.ntnguard.yaml",
            "version: 1\nallow:\n- paths: [a.js]\n  reason: known\n",
        )
        .write("two/.gitignore", ".env\n");
    let mut event = tool(
        &sandbox,
        "claude-code",
        "Write",
        json!({"file_path": "a.js", "content": token}),
        None,
    );
    assert!(hook(&sandbox, &[], &event).stdout.contains("deny"));
    event["cwd"] = json!(sandbox.path().join("one"));
    assert_eq!(hook(&sandbox, &[], &event).stdout, "");
    // For an env file in another repository, the ignore rules of that repository count.
    event["tool_input"]["file_path"] = json!(sandbox.path().join("two/.env"));
    assert_eq!(hook(&sandbox, &[], &event).stdout, "");
    event["tool_input"]["file_path"] = json!(sandbox.path().join("one/.env"));
    assert!(hook(&sandbox, &[], &event).stdout.contains("deny"));
}
