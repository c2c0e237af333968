//! The answers to the events of each assistant: an event with a credential is blocked with a reason, in the format that the
//! assistant expects.

use serde_json::{Value, json};

use super::{ASSISTANTS, denied, event, hook, prompt, token, tool};
use crate::sandbox::{Run, Sandbox};

fn json_of(run: &Run) -> Value {
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// Asserts that the text says what was found and what to do, and shows only the mask of the token.
fn is_fit(text: &str, token: &str) {
    assert!(text.contains("Notion integration token, ntn_…"), "{text}");
    assert!(text.contains("NOTION_TOKEN"), "{text}");
    assert!(!text.contains(&token[..20]), "{text}");
}

#[test]
fn a_prompt_with_a_token_is_not_sent() {
    let (sandbox, token) = (Sandbox::repository(), token(1));
    let text = format!("why is {token} refused?");
    for assistant in ["claude-code", "codex"] {
        let run = hook(&sandbox, &[], &prompt(&sandbox, assistant, &text));
        let answer = json_of(&run);
        assert_eq!(answer["decision"], "block", "{assistant}");
        is_fit(answer["reason"].as_str().unwrap(), &token);
        let hides = &answer["hookSpecificOutput"]["suppressOriginalPrompt"];
        assert_eq!(*hides == true, assistant == "claude-code");
    }
    let run = hook(&sandbox, &[], &prompt(&sandbox, "cursor", &text));
    let answer = json_of(&run);
    assert_eq!(answer["continue"], false);
    is_fit(answer["user_message"].as_str().unwrap(), &token);
    // Copilot ignores a hook's answer to a prompt, but shows its standard error. In a second event the hook can change the
    // prompt that the model gets.
    let run = hook(&sandbox, &[], &prompt(&sandbox, "copilot", &text));
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    is_fit(&run.stderr, &token);
    assert!(run.stderr.contains("cannot be kept from reading it"));
    let transformed = json!({"prompt": text, "transformedPrompt": format!("<x>{text}</x>")});
    let run = hook(&sandbox, &[], &event(&sandbox, "copilot", "", transformed));
    let masked = json_of(&run)["modifiedTransformedPrompt"].clone();
    let stars = "*".repeat(token.len());
    assert_eq!(masked, format!("<x>why is {stars} refused?</x>"));
    is_fit(&run.stderr, &token);
}

#[test]
fn a_tool_that_is_given_a_token_is_not_run() {
    let (sandbox, token) = (Sandbox::repository(), token(2));
    let command = json!({ "command": format!("curl -H 'Authorization: Bearer {token}' https://api.notion.com") });
    let nested = json!({"server": {"env": {"NOTION_TOKEN": token}}, "list": [1, null, true]});
    let name = json!({ token.clone(): 1 });
    for assistant in ASSISTANTS {
        for arguments in [&command, &nested, &name] {
            let asked = tool(&sandbox, assistant, "Bash", arguments.clone(), None);
            let reason = denied(&hook(&sandbox, &[], &asked)).expect(assistant);
            is_fit(&reason, &token);
        }
        let clean = tool(&sandbox, assistant, "Bash", json!({"command": "ls"}), None);
        let run = hook(&sandbox, &[], &clean);
        assert_eq!(denied(&run), None, "{assistant}");
        assert_eq!(run.stderr, "");
    }
    // Arguments that are a JSON string instead of an object are read too.
    for assistant in ["cursor", "copilot"] {
        let text = json!(json!({"old_string": token, "new_string": "a"}).to_string());
        let asked = tool(&sandbox, assistant, "edit", text, None);
        assert_eq!(denied(&hook(&sandbox, &[], &asked)), None, "{assistant}");
        let text = json!(nested.to_string());
        let asked = tool(&sandbox, assistant, "edit", text, None);
        assert!(
            denied(&hook(&sandbox, &[], &asked)).is_some(),
            "{assistant}"
        );
    }
}

#[test]
fn other_events_are_answered_in_their_own_format() {
    let (sandbox, token) = (Sandbox::repository(), token(3));
    let command = json!({"command": format!("echo {token}"), "cwd": ""});
    for name in [
        "beforeShellExecution",
        "beforeMCPExecution",
        "subagentStart",
    ] {
        let run = hook(
            &sandbox,
            &[],
            &event(&sandbox, "cursor", name, command.clone()),
        );
        let answer = json_of(&run);
        assert_eq!(answer["permission"], "deny", "{name}");
        is_fit(answer["user_message"].as_str().unwrap(), &token);
    }
    for name in ["beforeReadFile", "beforeTabFileRead"] {
        let read = json!({"file_path": "/a.js", "content": format!("const t = '{token}'")});
        let run = hook(&sandbox, &[], &event(&sandbox, "cursor", name, read));
        assert_eq!(json_of(&run)["permission"], "deny", "{name}");
    }
    let asked = json!({"tool_name": "Bash", "tool_input": command});
    for assistant in ["claude-code", "codex"] {
        let run = hook(
            &sandbox,
            &[],
            &event(&sandbox, assistant, "PermissionRequest", asked.clone()),
        );
        let answer = json_of(&run);
        let decision = &answer["hookSpecificOutput"]["decision"];
        assert_eq!(decision["behavior"], "deny");
        is_fit(decision["message"].as_str().unwrap(), &token);
    }
    let skill = event(
        &sandbox,
        "claude-code",
        "PreSkillShellCommand",
        asked.clone(),
    );
    assert!(denied(&hook(&sandbox, &[], &skill)).is_some());
    // The older format of VS Code and Copilot, with the event's name.
    let named = json!({
        "hook_event_name": "PreToolUse", "session_id": "a", "timestamp": "t",
        "tool_name": "Bash", "tool_input": {"command": format!("echo {token}")},
    });
    let answer = json_of(&hook(&sandbox, &["--for", "copilot"], &named));
    assert_eq!(answer["permissionDecision"], "deny");
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny");
    // For an event without an answer format, the exit status blocks.
    let answered = event(
        &sandbox,
        "claude-code",
        "ElicitationResult",
        json!({"content": {"a": token}}),
    );
    let run = hook(&sandbox, &[], &answered);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    is_fit(&run.stderr, &token);
}

#[test]
fn tool_output_is_masked_if_the_assistant_allows_it() {
    let (sandbox, token) = (Sandbox::repository(), token(4));
    let stars = "*".repeat(token.len());
    let bash = |token: &str| json!({"stdout": format!("A={token}\nb"), "stderr": "", "interrupted": false});
    let ran = |assistant, returned| {
        let asked = json!({"command": "printenv"});
        hook(
            &sandbox,
            &[],
            &tool(&sandbox, assistant, "Bash", asked, Some(returned)),
        )
    };
    let answer = json_of(&ran("claude-code", bash(&token)));
    let of_claude = &answer["hookSpecificOutput"];
    assert_eq!(
        of_claude["updatedToolOutput"],
        bash(&stars),
        "in the tool's own shape"
    );
    assert_eq!(of_claude["hookEventName"], "PostToolUse");
    assert!(
        answer["systemMessage"]
            .as_str()
            .unwrap()
            .contains("It is masked")
    );
    let answer = json_of(&ran("codex", json!(format!("A={token}"))));
    assert_eq!(answer["decision"], "block");
    let reason = answer["reason"].as_str().unwrap();
    assert!(
        reason.ends_with(&format!("\n\nA={stars}")) && !reason.contains(&token),
        "{reason}"
    );
    let result = |token: &str| json!({"resultType": "success", "textResultForLlm": token});
    let answer = json_of(&ran("copilot", result(&token)));
    assert_eq!(answer["modifiedResult"], result(&stars));
    let named = json!({
        "hook_event_name": "PostToolUse", "session_id": "a", "timestamp": "t", "tool_name": "Bash",
        "tool_result": {"result_type": "success", "text_result_for_llm": token},
    });
    let answer = json_of(&hook(&sandbox, &["--for", "copilot"], &named));
    assert_eq!(answer["modifiedResult"], result(&stars));
    // Cursor lets a hook replace only the output of MCP tools.
    let returned = json!(json!({"content": [{"text": token}]}).to_string());
    let mcp = tool(
        &sandbox,
        "cursor",
        "MCP:notion",
        json!({}),
        Some(returned.clone()),
    );
    let answer = json_of(&hook(&sandbox, &[], &mcp));
    assert_eq!(
        answer["updated_mcp_tool_output"],
        json!({"content": [{"text": stars}]})
    );
    let run = ran("cursor", returned);
    let answer = json_of(&run);
    assert!(answer["updated_mcp_tool_output"].is_null());
    assert!(
        answer["additional_context"]
            .as_str()
            .unwrap()
            .contains("treat the credential as leaked")
    );
    for assistant in ASSISTANTS {
        let run = ran(assistant, json!("all is well"));
        assert!(
            run.status == 0 && !run.stdout.contains("ntnguard"),
            "{assistant}: {}",
            run.stdout
        );
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn output_that_cannot_be_withheld_is_reported() {
    let (sandbox, token) = (Sandbox::repository(), token(5));
    let failed = |name: &str, key: &str| json!({key: "Bash", "error": format!("{name} {token}")});
    let run = hook(
        &sandbox,
        &[],
        &event(
            &sandbox,
            "claude-code",
            "PostToolUseFailure",
            failed("a", "tool_name"),
        ),
    );
    let answer = json_of(&run);
    let context = &answer["hookSpecificOutput"]["additionalContext"];
    is_fit(
        &(context.as_str().unwrap().to_owned() + " NOTION_TOKEN"),
        &token,
    );
    assert!(
        context.as_str().unwrap().contains("replace it now"),
        "{context}"
    );
    let run = hook(
        &sandbox,
        &[],
        &event(&sandbox, "copilot", "", failed("b", "toolName")),
    );
    assert!(
        json_of(&run)["additionalContext"]
            .as_str()
            .unwrap()
            .contains("replace it now")
    );
    for name in [
        "afterShellExecution",
        "afterMCPExecution",
        "afterAgentResponse",
    ] {
        let said = json!({"output": token, "result_json": token, "text": token});
        let run = hook(&sandbox, &[], &event(&sandbox, "cursor", name, said));
        assert_eq!(run.stdout.trim(), "{}");
        assert!(
            run.stderr.contains("replace it now") && !run.stderr.contains(&token),
            "{name}"
        );
    }
}

#[test]
fn an_encoded_secret_is_found_and_masked_in_place() {
    let (sandbox, token) = (Sandbox::repository(), token(6));
    let inner = json!({ "NOTION_TOKEN": token }).to_string();
    let twice = json!({ "a": inner }).to_string();
    let asked = tool(
        &sandbox,
        "claude-code",
        "mcp__x__y",
        json!({ "body": twice }),
        None,
    );
    assert!(denied(&hook(&sandbox, &[], &asked)).is_some());
    let returned = tool(
        &sandbox,
        "claude-code",
        "mcp__x__y",
        json!({}),
        Some(json!(twice)),
    );
    let run = hook(&sandbox, &[], &returned);
    let answer = json_of(&run);
    let masked = answer["hookSpecificOutput"]["updatedToolOutput"]
        .as_str()
        .unwrap();
    assert_eq!(masked, twice.replace(&token, &"*".repeat(token.len())));
}

/// After an edit, Claude Code's event also has the old content of the file. Removing a leak must not count as a leak.
#[test]
fn the_fix_of_a_leak_is_not_reported_as_a_leak() {
    let (sandbox, token) = (Sandbox::repository(), token(8));
    sandbox.write(".gitignore", ".env\n");
    let edited = |new: &str| {
        json!({
            "filePath": "a.js", "oldString": token, "newString": new, "originalFile": token,
            "structuredPatch": [{"lines": [format!("-{token}"), format!("+{new}")]}],
        })
    };
    let written = |file: &str| json!({"type": "create", "filePath": file, "content": token});
    let asked = |name: &str, returned: Value| {
        let event = tool(&sandbox, "claude-code", name, json!({}), Some(returned));
        hook(&sandbox, &[], &event).stdout
    };
    assert_eq!(asked("Edit", edited("process.env.NOTION_TOKEN")), "");
    assert_eq!(asked("Write", written(".env")), "");
    assert!(asked("Edit", edited(&token)).contains("updatedToolOutput"));
    assert!(asked("Write", written("a.js")).contains("updatedToolOutput"));
    // Cursor's result is a JSON string.
    let returned = json!(edited("process.env.NOTION_TOKEN").to_string());
    let event = tool(&sandbox, "cursor", "Edit", json!({}), Some(returned));
    assert_eq!(hook(&sandbox, &[], &event).stdout.trim(), "{}");
    // The output of a command that shows a change is checked as a whole.
    let shown = json!({"stdout": format!("@@ -1 +1 @@\n-{token}\n+x\n"), "diff": token});
    let answer = asked("Bash", shown);
    assert!(
        answer.contains("updatedToolOutput") && !answer.contains(&token),
        "{answer}"
    );
}

/// A tool's output may have fields with the same names as the fields of an edit.
#[test]
fn tool_output_is_masked_in_fields_of_any_name() {
    let (sandbox, token) = (Sandbox::repository(), token(9));
    sandbox.write(".gitignore", ".env\n");
    let file = sandbox.path().join(".env");
    for (name, returned) in [
        (
            "mcp__fs__read_file",
            json!({"path": ".env", "content": token}),
        ),
        (
            "Read",
            json!({"file": {"filePath": file, "content": token}}),
        ),
        ("WebFetch", json!({"oldString": token, "newString": ""})),
        ("mcp__fs__edit_file", json!({"diff": token})),
        ("mcp__fs__write", json!({"originalFile": token})),
    ] {
        let event = tool(&sandbox, "claude-code", name, json!({}), Some(returned));
        let answer = hook(&sandbox, &[], &event).stdout;
        assert!(answer.contains("updatedToolOutput"), "{name}: {answer}");
        assert!(!answer.contains(&token), "{name}");
    }
    let told = json!({"tool_name": "edit", "result_json": {"diff": token}});
    let event = event(&sandbox, "cursor", "afterMCPExecution", told);
    assert!(hook(&sandbox, &[], &event).stderr.contains("replace it"));
}

/// Only the user may see how to allow a finding: a model that can run commands would do it itself.
#[test]
fn only_the_user_sees_how_to_allow_a_finding() {
    let (sandbox, token) = (Sandbox::repository(), token(10));
    let command = json!({ "command": format!("curl {token}") });
    let allow = "ntnguard allow v1:";
    for assistant in ["claude-code", "codex", "cursor"] {
        let asked = tool(&sandbox, assistant, "Bash", command.clone(), None);
        let run = hook(&sandbox, &[], &asked);
        let reason = denied(&run).unwrap();
        assert!(!reason.contains("ntnguard allow"), "{assistant}: {reason}");
        let answer = json_of(&run);
        let messages = [&answer["systemMessage"], &answer["user_message"]];
        let told = messages.iter().find_map(|message| message.as_str());
        assert!(told.unwrap().contains(allow), "{assistant}: {answer}");
    }
    let asked = tool(&sandbox, "copilot", "bash", command, None);
    let run = hook(&sandbox, &[], &asked);
    assert!(!run.stdout.contains("ntnguard allow") && run.stderr.contains(allow));
    let returned = tool(
        &sandbox,
        "claude-code",
        "Bash",
        json!({}),
        Some(json!(token)),
    );
    let answer = json_of(&hook(&sandbox, &[], &returned));
    let context = answer["hookSpecificOutput"]["additionalContext"].as_str();
    assert!(!context.unwrap().contains("ntnguard allow"), "{answer}");
    let run = hook(&sandbox, &[], &prompt(&sandbox, "claude-code", &token));
    assert!(json_of(&run)["reason"].as_str().unwrap().contains(allow));
}
