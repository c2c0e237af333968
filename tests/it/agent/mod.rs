//! AI assistants: `ntnguard hook run agent`, with the events that each assistant sends.

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

/// A fake token, a different one for each seed.
pub fn token(seed: u64) -> String {
    Fake::new(seed).ntn(0)
}

/// Runs the hook with an event on its standard input.
pub fn hook(sandbox: &Sandbox, flags: &[&str], event: &Value) -> Run {
    let arguments = [&["hook", "run", "agent"], flags].concat();
    sandbox.run_with_input(arguments, event.to_string().as_bytes())
}

/// An event with `fields` and the fields that all events of the assistant have.
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

/// An event about a tool: before its use, or after its use if `returned` has its output.
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

/// The event for a prompt, as `assistant` sends it.
pub fn prompt(sandbox: &Sandbox, assistant: &str, text: &str) -> Value {
    let name = match assistant {
        "cursor" => "beforeSubmitPrompt",
        _ => "UserPromptSubmit",
    };
    event(sandbox, assistant, name, json!({ "prompt": text }))
}

pub const ASSISTANTS: [&str; 4] = ["claude-code", "cursor", "codex", "copilot"];

/// The reason for denying a tool; `None` if the tool may be used.
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

/// Runs the hook before a tool is used. Returns the reason if the tool is denied.
pub fn ask(sandbox: &Sandbox, name: &str, arguments: Value) -> Option<String> {
    denied(&hook(
        sandbox,
        &[],
        &tool(sandbox, "claude-code", name, arguments, None),
    ))
}
