//! AI assistants: `hook run agent`, as each of them calls it.

mod answers;
mod broken;
mod env_files;
mod install;
mod kept;
mod page;
mod policy;

use serde_json::{Map, Value, json};

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

/// A token of its own for each seed.
pub fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// What the hook answers to an event.
pub fn hook(sandbox: &Sandbox, flags: &[&str], event: &Value) -> Run {
    let arguments = [&["hook", "run", "agent"], flags].concat();
    sandbox.run_with_input(arguments, event.to_string().as_bytes())
}

/// An event with what all events of its assistant have.
pub fn event(sandbox: &Sandbox, assistant: &str, name: &str, fields: Value) -> Value {
    let folder = sandbox.path().display().to_string();
    let common = match assistant {
        "claude-code" => json!({
            "session_id": "a1", "transcript_path": "/home/a/.claude/projects/p/a1.jsonl",
            "cwd": folder, "permission_mode": "default", "hook_event_name": name,
        }),
        "cursor" => json!({
            "conversation_id": "a1", "generation_id": "b2", "model": "m", "cursor_version": "3.1.0",
            "workspace_roots": [folder], "hook_event_name": name,
        }),
        "codex" => json!({
            "session_id": "a1", "turn_id": "b2", "transcript_path": null, "cwd": folder, "model": "m",
            "permission_mode": "default", "hook_event_name": name,
        }),
        "copilot" => json!({"sessionId": "a1", "timestamp": 1, "cwd": folder}),
        _ => panic!("{assistant}"),
    };
    let mut event: Map<String, Value> = common.as_object().unwrap().clone();
    event.extend(fields.as_object().unwrap().clone());
    Value::Object(event)
}

/// A tool of an assistant that is about to be used, or has been with `returned`.
pub fn tool(
    sandbox: &Sandbox,
    assistant: &str,
    name: &str,
    arguments: Value,
    returned: Option<Value>,
) -> Value {
    let is_after = returned.is_some();
    let (input, output, event_name) = match assistant {
        "copilot" => ("toolArgs", "toolResult", ""),
        "cursor" if is_after => ("tool_input", "tool_output", "postToolUse"),
        "cursor" => ("tool_input", "tool_output", "preToolUse"),
        _ if is_after => ("tool_input", "tool_response", "PostToolUse"),
        _ => ("tool_input", "tool_response", "PreToolUse"),
    };
    let mut fields = Map::new();
    let key = if assistant == "copilot" {
        "toolName"
    } else {
        "tool_name"
    };
    fields.insert(key.to_owned(), json!(name));
    fields.insert(input.to_owned(), arguments);
    if let Some(returned) = returned {
        fields.insert(output.to_owned(), returned);
    }
    event(sandbox, assistant, event_name, Value::Object(fields))
}

/// A prompt of an assistant.
pub fn prompt(sandbox: &Sandbox, assistant: &str, text: &str) -> Value {
    let name = match assistant {
        "cursor" => "beforeSubmitPrompt",
        _ => "UserPromptSubmit",
    };
    event(sandbox, assistant, name, json!({ "prompt": text }))
}

pub const ASSISTANTS: [&str; 4] = ["claude-code", "cursor", "codex", "copilot"];

/// The reason for which a tool is denied; `None` where it may be used.
pub fn denied(run: &Run) -> Option<String> {
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let answer: Value = match run.stdout.as_str() {
        "" => return None,
        text => serde_json::from_str(text).unwrap(),
    };
    let of_claude = &answer["hookSpecificOutput"];
    let reasons = [
        (
            &of_claude["permissionDecision"],
            &of_claude["permissionDecisionReason"],
        ),
        (
            &answer["permissionDecision"],
            &answer["permissionDecisionReason"],
        ),
        (&answer["permission"], &answer["agent_message"]),
    ];
    let denied = reasons
        .into_iter()
        .find(|(decision, _)| *decision == "deny");
    denied.map(|(_, reason)| reason.as_str().unwrap().to_owned())
}

/// Asks before a tool is used, as one assistant.
pub fn ask(sandbox: &Sandbox, name: &str, arguments: Value) -> Option<String> {
    denied(&hook(
        sandbox,
        &[],
        &tool(sandbox, "claude-code", name, arguments, None),
    ))
}
