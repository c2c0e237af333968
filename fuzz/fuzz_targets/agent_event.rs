//! Any texts in the fields of an assistant's event: the answer never holds the token that one of
//! them has, and a tool that is given it is never let run.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use ntnguard::Policy;
use ntnguard::detect::scanner::Scanner;
use ntnguard::hook::agent::{AgentEvent, Assistant, Guard, HookAnswer, Surroundings};
use ntnguard::model::rule::Confidence;
use ntnguard::rules::RULES;
use serde_json::json;

fuzz_target!(|input: (bool, &str, &str, &str)| {
    let (is_before, tool, before, after) = input;
    let text = format!("{before}\n{}\n{after}", *TOKEN);
    let event = if is_before {
        json!({"hook_event_name": "PreToolUse", "tool_name": tool, "cwd": &*FOLDER,
               "tool_input": {"command": text, before: after}})
    } else {
        json!({"hook_event_name": "PostToolUse", "tool_name": tool, "cwd": &*FOLDER,
               "tool_input": {"command": before}, "tool_response": {"stdout": text, before: after}})
    };
    let event = event.to_string();
    let Ok(event) = AgentEvent::parse(event.as_bytes(), Some(Assistant::ClaudeCode)) else {
        return;
    };
    let around = Surroundings::new(Some(Path::new(&*FOLDER)), None).expect("no repository there");
    let policy = Policy::reporting(Confidence::Medium).without_comments();
    SCANNER.with(|scanner| {
        let guard = Guard { scanner, policy: &policy, around: &around };
        let Ok(judgement) = guard.judge(&event) else { return };
        let answer = HookAnswer::of(&event, judgement);
        let said = format!("{answer:?}");
        assert!(!said.contains(&*TOKEN), "the token is in the answer");
        let is_stopped = answer.refuses || said.contains("deny") || said.contains("block");
        assert!(!is_before || is_stopped || tool == "Write" || tool == "Edit" || tool == "MultiEdit", "{tool}");
    });
});

/// An empty folder.
static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder").keep();
    folder.display().to_string()
});

/// Made up: the digits of a constant and letters without a meaning.
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let digits = "31415926535";
    format!("ntn_{digits}{}{}", "zKfWqTvBxLmRcGhJpYdN", "sVkZbQwHtXgUePo")
});

thread_local! {
    static SCANNER: Scanner = Scanner::new(RULES);
}
