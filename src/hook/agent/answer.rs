//! The answer to an event, in the format that the assistant reads.

use serde_json::{Value, json};

use super::Assistant;
use super::event::AgentEvent;
use super::guard::Judgement;
use super::names::TurnPoint;
use super::reason::{permission, reason};

/// The answer of a hook to an event.
#[derive(Debug, Default, PartialEq)]
pub struct HookAnswer {
    /// The JSON for standard output; `None` for no output.
    pub output: Option<Value>,
    /// The text for people on standard error; `None` for no text.
    pub notice: Option<String>,
    /// True if the exit status must block the event, because its kind of event has no answer in
    /// JSON.
    pub refuses: bool,
}

/// The reason in an answer, for each of its readers.
struct DenialReasons {
    /// The text for the model.
    model: String,
    /// The text for the user: the text for the model, followed by `permission`.
    user: String,
    /// The sentence with the command that allows the credential; `None` if it cannot be allowed.
    permission: Option<String>,
}

impl DenialReasons {
    /// Adds the permission to an answer as a message that assistants show only to the user.
    fn with_permission(self, mut answer: Value) -> Value {
        if let Some(permission) = self.permission {
            answer["systemMessage"] = json!(format!("ntnguard: {permission}"));
        }
        answer
    }
}

/// The size in bytes of the largest masked output that an answer repeats after its reason. The
/// answer replaces the output of the tool.
const SHOWN: usize = 64 << 10;

impl HookAnswer {
    /// Returns the answer to `event`, given the judgement on it.
    pub fn of(event: &AgentEvent, judgement: Judgement) -> Self {
        if event.point == TurnPoint::Lifecycle {
            let notice = format!("ntnguard: the event `{}` has nothing to check", event.name);
            return HookAnswer {
                notice: Some(notice),
                ..HookAnswer::default()
            };
        }
        let Judgement { caught, masked } = judgement;
        if caught.is_empty() {
            return HookAnswer {
                output: passed(event),
                ..HookAnswer::default()
            };
        }
        let reason = reason(event, caught.iter(), withholds(event));
        let permission = permission(caught.iter());
        let parts = [Some(reason.as_str()), permission.as_deref()];
        let reason = DenialReasons {
            user: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
            permission,
            model: reason,
        };
        match event.assistant {
            Assistant::ClaudeCode => claude_code(event, reason, masked),
            Assistant::Codex => codex(event, reason, masked),
            Assistant::Cursor => cursor(event, reason, masked),
            Assistant::Copilot => copilot(event, reason, masked),
        }
    }

    fn output(output: Value) -> Self {
        HookAnswer {
            output: Some(output),
            ..HookAnswer::default()
        }
    }

    fn noting(self, notice: String) -> Self {
        HookAnswer {
            notice: Some(notice),
            ..self
        }
    }

    fn refusal(reason: String) -> Self {
        HookAnswer {
            refuses: true,
            ..HookAnswer::default()
        }
        .noting(reason)
    }
}

/// Returns the answer to an event in which nothing was caught; `None` for no output. Cursor treats
/// an empty output as a failure of the hook. The answer never permits the event, because the
/// assistant must still ask the user.
fn passed(event: &AgentEvent) -> Option<Value> {
    match (event.assistant, event.point) {
        (Assistant::Cursor, TurnPoint::Prompt) => Some(json!({"continue": true})),
        (Assistant::Cursor, _) => Some(json!({})),
        _ => None,
    }
}

/// Returns true if the answer prevents the credential or env file from reaching the model.
fn withholds(event: &AgentEvent) -> bool {
    let is_mcp = || event.tool().is_some_and(|tool| tool.starts_with("MCP:"));
    match (event.assistant, event.name.as_str()) {
        (Assistant::ClaudeCode, "PostToolUseFailure" | "PostToolBatch") => false,
        (Assistant::Cursor, "postToolUse") => is_mcp(),
        (Assistant::Cursor, _) => event.point != TurnPoint::AfterTool,
        (Assistant::Copilot, "userPromptSubmitted") => false,
        (Assistant::Copilot, "postToolUseFailure" | "PostToolUseFailure") => false,
        _ => true,
    }
}

fn claude_code(event: &AgentEvent, reason: DenialReasons, masked: Option<Value>) -> HookAnswer {
    let name = event.name.as_str();
    HookAnswer::output(match name {
        "UserPromptSubmit" | "UserPromptExpansion" => json!({
            "decision": "block",
            "reason": reason.user,
            "hookSpecificOutput": {"hookEventName": name, "suppressOriginalPrompt": true},
        }),
        "PreToolUse" | "PreSkillShellCommand" => {
            let answer = denied(name, &reason.model);
            reason.with_permission(answer)
        }
        "PermissionRequest" => {
            let answer = permission_refused(&reason.model);
            reason.with_permission(answer)
        }
        "PostToolUse" => json!({
            "systemMessage": reason.user,
            "hookSpecificOutput": {
                "hookEventName": name,
                "additionalContext": reason.model,
                "updatedToolOutput": masked,
            },
        }),
        "PostToolUseFailure" | "PostToolBatch" => json!({
            "systemMessage": reason.user,
            "hookSpecificOutput": {"hookEventName": name, "additionalContext": reason.model},
        }),
        _ => return HookAnswer::refusal(reason.model),
    })
}

fn codex(event: &AgentEvent, reason: DenialReasons, masked: Option<Value>) -> HookAnswer {
    HookAnswer::output(match event.name.as_str() {
        "PreToolUse" => {
            let answer = denied("PreToolUse", &reason.model);
            reason.with_permission(answer)
        }
        "PermissionRequest" => {
            let answer = permission_refused(&reason.model);
            reason.with_permission(answer)
        }
        "PostToolUse" => {
            // The reason replaces the output of the tool.
            let text = match masked.unwrap_or_default() {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let text = match text.len() {
                0..=SHOWN => text,
                _ => "The output is too long to be repeated here.".to_owned(),
            };
            let told = format!("{}\n\n{text}", reason.model);
            reason.with_permission(json!({"decision": "block", "reason": told}))
        }
        _ => json!({"decision": "block", "reason": reason.user}),
    })
}

/// Returns the answer that denies a tool, in the format of Claude Code, which Codex and VS Code use
/// too.
fn denied(name: &str, reason: &str) -> Value {
    json!({"hookSpecificOutput": {
        "hookEventName": name,
        "permissionDecision": "deny",
        "permissionDecisionReason": reason,
    }})
}

fn permission_refused(reason: &str) -> Value {
    json!({"hookSpecificOutput": {
        "hookEventName": "PermissionRequest",
        "decision": {"behavior": "deny", "message": reason},
    }})
}

fn cursor(event: &AgentEvent, reason: DenialReasons, masked: Option<Value>) -> HookAnswer {
    match event.point {
        TurnPoint::Prompt => {
            HookAnswer::output(json!({"continue": false, "user_message": reason.user}))
        }
        TurnPoint::AfterTool if event.name == "postToolUse" => {
            let mut output = json!({ "additional_context": reason.model });
            // The output of a tool is a string that holds JSON.
            let parsed = masked
                .filter(|_| withholds(event))
                .map(|masked| match masked {
                    Value::String(text) => {
                        serde_json::from_str(&text).unwrap_or_else(|_| json!({ "text": text }))
                    }
                    other => other,
                });
            if let Some(parsed) = parsed {
                output["updated_mcp_tool_output"] = parsed;
            }
            HookAnswer::output(output).noting(reason.user)
        }
        TurnPoint::AfterTool => HookAnswer::output(json!({})).noting(reason.user),
        _ => HookAnswer::output(json!({
            "permission": "deny",
            "user_message": reason.user,
            "agent_message": reason.model,
        })),
    }
}

fn copilot(event: &AgentEvent, reason: DenialReasons, masked: Option<Value>) -> HookAnswer {
    let name = event.name.as_str();
    match name {
        // Copilot drops a hook's output about a prompt but shows its error.
        "userPromptSubmitted" => HookAnswer::refusal(reason.user),
        "UserPromptSubmit" => HookAnswer::output(json!({
            "continue": false, "stopReason": reason.user, "decision": "block", "reason": reason.user,
        }))
        .noting(reason.user),
        "userPromptTransformed" => {
            HookAnswer::output(json!({ "modifiedTransformedPrompt": masked })).noting(reason.user)
        }
        "preToolUse" => HookAnswer::output(json!({
            "permissionDecision": "deny", "permissionDecisionReason": reason.model,
        }))
        .noting(reason.user),
        "PreToolUse" => {
            let mut output = denied(name, &reason.model);
            output["permissionDecision"] = json!("deny");
            output["permissionDecisionReason"] = json!(reason.model);
            HookAnswer::output(reason.with_permission(output))
        }
        "permissionRequest" | "PermissionRequest" => {
            HookAnswer::output(json!({"behavior": "deny", "message": reason.model}))
        }
        "postToolUse" => HookAnswer::output(json!({
            "modifiedResult": masked, "additionalContext": reason.model,
        }))
        .noting(reason.user),
        "PostToolUse" => HookAnswer::output(json!({
            "decision": "block",
            "reason": reason.model,
            "modifiedResult": masked.as_ref().map(camel_case),
            "additionalContext": reason.model,
        })),
        "postToolUseFailure" | "PostToolUseFailure" => {
            HookAnswer::output(json!({ "additionalContext": reason.model })).noting(reason.user)
        }
        _ => HookAnswer::refusal(reason.model),
    }
}

/// Returns a tool's result with the field names that Copilot expects in answers.
fn camel_case(result: &Value) -> Value {
    let Some(fields) = result.as_object() else {
        return json!({"resultType": "success", "textResultForLlm": result});
    };
    let name = |name: &String| match name.as_str() {
        "result_type" => "resultType".to_owned(),
        "text_result_for_llm" => "textResultForLlm".to_owned(),
        _ => name.clone(),
    };
    let renamed = fields
        .iter()
        .map(|(field, value)| (name(field), value.clone()));
    Value::Object(renamed.collect())
}
