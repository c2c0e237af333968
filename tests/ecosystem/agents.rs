//! Our answers to AI assistants, checked against the types that the assistants publish: those of
//! npm packages with the TypeScript compiler, those of Codex with the schemas in its program.
//! Cursor publishes no types.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::fake::Fake;
use crate::sandbox::Sandbox;
use crate::tools;

/// Of npm.
const TYPES: [&str; 4] = [
    "@anthropic-ai/claude-agent-sdk@0.3.332",
    "@github/copilot-sdk@1.0.14",
    "typescript@5.9.3",
    "@types/node@24.10.1",
];

/// Of npm: the program of one platform has the schemas of all.
const CODEX: &str = "@openai/codex@0.171.0-linux-x64";

/// Of PyPI.
const VALIDATOR: [&str; 1] = ["jsonschema==4.26.0"];

fn token() -> String {
    Fake::new(7).ntn(0)
}

/// What the hook answers to an event.
fn answer(sandbox: &Sandbox, assistant: &str, event: &Value) -> Value {
    let run = sandbox.run_with_input(
        ["hook", "run", "agent", "--for", assistant],
        event.to_string().as_bytes(),
    );
    assert_eq!(run.status, 0, "{event}: {}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {event}"))
}

/// Events of Claude Code: the type that the SDK has for each, and the event.
fn of_claude_code() -> Vec<(&'static str, Value)> {
    let base = json!({"session_id": "a", "transcript_path": "/t", "cwd": "/"});
    let event = |name: &str, more: Value| {
        let mut event = base.clone();
        event["hook_event_name"] = json!(name);
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    let command = json!({"command": format!("echo {}", token())});
    let tool = |more: Value| {
        let mut tool = json!({"tool_name": "Bash", "tool_input": {}, "tool_use_id": "t"});
        tool.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        tool
    };
    vec![
        (
            "UserPromptSubmitHookInput",
            event("UserPromptSubmit", json!({"prompt": token()})),
        ),
        (
            "UserPromptExpansionHookInput",
            event(
                "UserPromptExpansion",
                json!({
                    "expansion_type": "slash_command", "command_name": "x", "command_args": "", "prompt": token(),
                }),
            ),
        ),
        (
            "PreToolUseHookInput",
            event("PreToolUse", tool(json!({"tool_input": command}))),
        ),
        (
            "PermissionRequestHookInput",
            event(
                "PermissionRequest",
                json!({"tool_name": "Bash", "tool_input": command}),
            ),
        ),
        (
            "PreSkillShellCommandHookInput",
            event(
                "PreSkillShellCommand",
                tool(json!({
                    "tool_input": command, "command_name": "x", "invoked_by": "user",
                })),
            ),
        ),
        (
            "PostToolUseHookInput",
            event(
                "PostToolUse",
                tool(json!({
                    "tool_response": {"stdout": token(), "stderr": "", "interrupted": false},
                })),
            ),
        ),
        (
            "PostToolUseFailureHookInput",
            event("PostToolUseFailure", tool(json!({"error": token()}))),
        ),
        (
            "PostToolBatchHookInput",
            event(
                "PostToolBatch",
                json!({"tool_calls": [
                    tool(json!({"tool_response": token()})),
                ]}),
            ),
        ),
    ]
}

/// Events of Copilot: the SDK's name of the hook, whose types are those of the event and its
/// answer, and the event.
fn of_copilot() -> Vec<(&'static str, Value)> {
    let event = |more: Value| {
        let mut event = json!({"sessionId": "a", "timestamp": 1, "cwd": "/"});
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    let result = json!({"resultType": "success", "textResultForLlm": token()});
    vec![
        (
            "onUserPromptTransformed",
            event(json!({"prompt": "x", "transformedPrompt": token()})),
        ),
        (
            "onPreToolUse",
            event(json!({"toolName": "bash", "toolArgs": {"command": token()}})),
        ),
        (
            "onPostToolUse",
            event(json!({"toolName": "bash", "toolArgs": {}, "toolResult": result})),
        ),
        (
            "onPostToolUseFailure",
            event(json!({"toolName": "bash", "toolArgs": {}, "error": token()})),
        ),
    ]
}

/// A program for the compiler: each value has the type that the assistant gives it.
fn typed(sandbox: &Sandbox) -> String {
    let claude = "import(\"@anthropic-ai/claude-agent-sdk\")";
    let copilot =
        |hook| format!("NonNullable<import(\"@github/copilot-sdk\").SessionHooks[\"{hook}\"]>");
    let mut lines = Vec::new();
    for (input, event) in of_claude_code() {
        let answer = answer(sandbox, "claude-code", &event);
        lines.push(format!(
            "export const in_{input}: {claude}.{input} = {event};"
        ));
        lines.push(format!(
            "export const out_{input}: {claude}.SyncHookJSONOutput = {answer};"
        ));
    }
    for (hook, event) in of_copilot() {
        let answer = answer(sandbox, "copilot", &event);
        // The SDK has another name for the folder, and a time where its program writes a number.
        let mut fields = event.clone();
        let fields = fields.as_object_mut().unwrap();
        fields.retain(|name, _| !["cwd", "timestamp"].contains(&name.as_str()));
        let own = copilot(hook);
        let input = format!("Omit<Parameters<{own}>[0], \"workingDirectory\" | \"timestamp\">");
        let output = format!("Awaited<ReturnType<{own}>>");
        lines.push(format!(
            "export const in_{hook}: {input} = {};",
            json!(fields)
        ));
        lines.push(format!("export const out_{hook}: {output} = {answer};"));
    }
    lines.join("\n")
}

/// What the compiler says of a program; empty where all is well.
fn compiled(programs: &Path, name: &str, text: &str) -> String {
    let folder = programs.parent().unwrap().parent().unwrap();
    let file = folder.join(format!("{name}.ts"));
    fs::write(&file, text).unwrap();
    let flags = "--noEmit --strict --skipLibCheck --module nodenext --moduleResolution nodenext --target es2022";
    let output = Command::new(programs.join("tsc"))
        .args(flags.split(' '))
        .arg(&file)
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[ignore = "installs npm packages; CI asks for it"]
fn answers_have_the_types_that_assistants_publish() {
    let programs = tools::npm_programs("agents", &TYPES);
    let sandbox = Sandbox::repository();
    let text = typed(&sandbox);
    assert_eq!(compiled(&programs, "answers", &text), "");
    // The compiler would have said so.
    let wrong = text.replace(
        "\"permissionDecision\":\"deny\"",
        "\"permissionDecision\":\"denied\"",
    );
    assert_ne!(wrong, text);
    let said = compiled(&programs, "wrong", &wrong);
    assert!(said.matches("error TS").count() >= 3, "{said}");
    let wrong = text.replace("\"updatedToolOutput\"", "\"updatedOutput\"");
    assert!(compiled(&programs, "renamed", &wrong).contains("updatedOutput"));
}

/// Takes the schemas out of the program, where they stand as text, and judges each event and its
/// answer.
const JUDGE: &str = r#"
import json, re, sys
import jsonschema
program = open(sys.argv[1], "rb").read()
schemas = {}
for found in re.finditer(rb'"title": "([a-z-]+\.command\.(?:input|output))"', program):
    start = program.rfind(b'{\n  "$schema"', 0, found.start())
    text = program[start:start + 100_000].decode("utf-8", "replace")
    schemas[found[1].decode()] = json.JSONDecoder().raw_decode(text)[0]
for kind, event, answer in json.load(open(sys.argv[2])):
    for part, value in [("input", event), ("output", answer)]:
        jsonschema.Draft7Validator(schemas[f"{kind}.command.{part}"]).validate(value)
    broken = {**answer, "surprise": 1}
    if not list(jsonschema.Draft7Validator(schemas[f"{kind}.command.output"]).iter_errors(broken)):
        sys.exit(f"{kind}: the schema takes anything")
print(len(schemas))
"#;

#[test]
#[ignore = "downloads 170 MB; CI asks for it"]
fn answers_fit_the_schemas_in_codex() {
    let python = tools::python("jsonschema", &VALIDATOR);
    let package: PathBuf = tools::npm(CODEX);
    let program = package.join("vendor/x86_64-unknown-linux-musl/bin/codex");
    let sandbox = Sandbox::repository();
    let event = |name: &str, more: Value| {
        let mut event = json!({
            "session_id": "a", "turn_id": "b", "transcript_path": null, "cwd": "/", "model": "m",
            "permission_mode": "default", "hook_event_name": name,
        });
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    let command = json!({"command": format!("echo {}", token())});
    let events = [
        (
            "user-prompt-submit",
            event("UserPromptSubmit", json!({"prompt": token()})),
        ),
        (
            "pre-tool-use",
            event(
                "PreToolUse",
                json!({
                    "tool_name": "Bash", "tool_input": command, "tool_use_id": "t",
                }),
            ),
        ),
        (
            "permission-request",
            event(
                "PermissionRequest",
                json!({"tool_name": "Bash", "tool_input": command}),
            ),
        ),
        (
            "post-tool-use",
            event(
                "PostToolUse",
                json!({
                    "tool_name": "Bash", "tool_input": {}, "tool_response": token(), "tool_use_id": "t",
                }),
            ),
        ),
    ];
    let judged: Vec<Value> = events
        .iter()
        .map(|(kind, event)| json!([kind, event, answer(&sandbox, "codex", event)]))
        .collect();
    sandbox.write("judged.json", json!(judged).to_string());
    sandbox.write("judge.py", JUDGE);
    let output = tools::run(
        python,
        [
            sandbox.path().join("judge.py"),
            program,
            sandbox.path().join("judged.json"),
        ],
    );
    let schemas: usize = String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    assert!(schemas > 8, "{schemas}");
}
