//! Events that cannot be read are blocked: the exit status is 2, and standard output stays empty.

use serde_json::{Value, json};

use super::{ASSISTANTS, event, hook, token, tool};
use crate::sandbox::Sandbox;

/// Asserts that the hook blocks: exit status 2, no standard output, a reason on standard error. Returns the reason.
fn is_blocked(sandbox: &Sandbox, flags: &[&str], input: &[u8]) -> String {
    let arguments = [&["hook", "run", "agent"], flags].concat();
    let run = sandbox.run_with_input(arguments, input);
    let text = String::from_utf8_lossy(input);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{text}");
    assert!(!run.stderr.is_empty(), "{text}");
    run.stderr
}

#[test]
fn broken_and_unknown_events_are_blocked() {
    let sandbox = Sandbox::repository();
    let token = token(1);
    for assistant in ASSISTANTS {
        let flags = ["--for", assistant];
        for broken in [
            "",
            "null",
            "[]",
            "7",
            "{",
            "{}x",
            "{\"a\":",
            "\u{0}",
            "{\"a\":\"\\ud800\"}",
        ] {
            is_blocked(&sandbox, &flags, broken.as_bytes());
        }
        is_blocked(&sandbox, &flags, b"{\"a\":\"\xff\"}");
        is_blocked(&sandbox, &flags, &b"[".repeat(200_000));
        let unknown = event(
            &sandbox,
            assistant,
            "SomethingNew",
            json!({"hook_event_name": "SomethingNew"}),
        );
        is_blocked(&sandbox, &flags, unknown.to_string().as_bytes());
        // The reason contains no part of the event.
        let named = event(&sandbox, assistant, "", json!({ "hook_event_name": token }));
        let said = is_blocked(&sandbox, &flags, named.to_string().as_bytes());
        assert!(!said.contains(&token), "{said}");
        let said = is_blocked(&sandbox, &flags, format!("{{\"a\": {token}").as_bytes());
        assert!(!said.contains(&token), "{said}");
    }
    is_blocked(&sandbox, &[], b"{}");
    is_blocked(&sandbox, &["--for", "nobody"], b"{}");
    is_blocked(&sandbox, &["--what"], b"{}");
}

#[test]
fn an_event_without_the_tools_output_is_blocked() {
    let sandbox = Sandbox::repository();
    for assistant in ["claude-code", "codex", "cursor"] {
        let name = if assistant == "cursor" {
            "postToolUse"
        } else {
            "PostToolUse"
        };
        let event = event(
            &sandbox,
            assistant,
            name,
            json!({"tool_name": "Bash", "elsewhere": "x"}),
        );
        is_blocked(&sandbox, &[], event.to_string().as_bytes());
    }
}

#[test]
fn informational_events_pass_with_one_line() {
    let sandbox = Sandbox::new();
    sandbox.write(".ntnguard.yaml", "broken: [");
    for (assistant, name, fields) in [
        ("claude-code", "Stop", json!({})),
        ("claude-code", "SubagentStop", json!({})),
        ("claude-code", "SessionStart", json!({"source": "startup"})),
        ("claude-code", "Notification", json!({"message": "x"})),
        ("claude-code", "PreCompact", json!({"trigger": "auto"})),
        ("cursor", "stop", json!({})),
        ("codex", "Stop", json!({})),
        ("copilot", "", json!({"stopReason": "end_turn"})),
        ("copilot", "", json!({"reason": "complete"})),
    ] {
        let run = hook(&sandbox, &[], &event(&sandbox, assistant, name, fields));
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (0, ""),
            "{assistant} {name}"
        );
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
}

#[test]
fn an_error_of_ntnguard_blocks_the_event() {
    let sandbox = Sandbox::repository();
    let asked = |sandbox: &Sandbox, arguments: Value| {
        tool(sandbox, "claude-code", "Read", arguments, None).to_string()
    };
    let clean = asked(&sandbox, json!({"file_path": "none.txt"}));
    sandbox.write(".ntnguard.yaml", "version: 1\nallow: 7\n");
    let said = is_blocked(&sandbox, &[], clean.as_bytes());
    assert!(said.contains(".ntnguard.yaml"), "{said}");
    let sandbox = Sandbox::repository();
    sandbox.write(".git/config", "[core]\n\trepositoryformatversion = 99\n");
    let clean = asked(&sandbox, json!({"file_path": "none.txt"}));
    is_blocked(&sandbox, &[], clean.as_bytes());
    // If standard output is closed, the hook cannot answer, so it blocks.
    #[cfg(target_os = "linux")]
    {
        let sandbox = Sandbox::repository();
        let held = asked(&sandbox, json!({ "file_path": token(2) }));
        sandbox.write("event.json", held);
        let program = env!("CARGO_BIN_EXE_ntnguard");
        let script = format!("'{program}' hook run agent < event.json > /dev/full; exit $?");
        let mut shell = sandbox.command("sh");
        let status = shell
            .args(["-c", &script])
            .stderr(std::process::Stdio::null())
            .status();
        assert_eq!(status.unwrap().code(), Some(2));
    }
}

#[cfg(unix)]
#[test]
fn special_and_missing_files_never_hang_the_hook() {
    let sandbox = Sandbox::repository();
    let made = sandbox.command("mkfifo").arg("pipe").status().unwrap();
    assert!(made.success());
    for file in ["pipe", "/dev/zero", ".", "none"] {
        let event = tool(
            &sandbox,
            "claude-code",
            "Read",
            json!({ "file_path": file }),
            None,
        );
        let run = hook(&sandbox, &[], &event);
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{file}");
    }
}

#[test]
fn an_event_without_its_content_is_blocked() {
    let sandbox = Sandbox::repository();
    let patch = "*** Begin Patch\n*** Add File: a\n+b\n*** End Patch\n";
    for (assistant, name, fields) in [
        ("claude-code", "UserPromptSubmit", json!({})),
        ("claude-code", "UserPromptSubmit", json!({"prompt": ["a"]})),
        ("codex", "UserPromptSubmit", json!({"prompts": "a"})),
        ("cursor", "beforeSubmitPrompt", json!({})),
        ("claude-code", "PreToolUse", json!({"tool_name": "Bash"})),
        (
            "codex",
            "PreToolUse",
            json!({"tool_name": "Bash", "input": {}}),
        ),
        ("cursor", "preToolUse", json!({"tool_name": "Shell"})),
        ("copilot", "", json!({"toolName": "bash"})),
        (
            "copilot",
            "",
            json!({"toolName": "bash", "toolArgs": "{\"command\": \"cat .env"}),
        ),
        (
            "copilot",
            "",
            json!({"toolName": "bash", "toolArgs": "cat .env"}),
        ),
        (
            "cursor",
            "beforeMCPExecution",
            json!({"tool_name": "a", "tool_input": "{\"a\":"}),
        ),
    ] {
        let event = event(&sandbox, assistant, name, fields);
        is_blocked(&sandbox, &[], event.to_string().as_bytes());
    }
    for arguments in [json!({}), json!("{}"), json!(""), json!(patch)] {
        let event = tool(&sandbox, "copilot", "apply_patch", arguments, None);
        let run = hook(&sandbox, &[], &event);
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{event}");
    }
}
