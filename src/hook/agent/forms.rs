//! The entries in each assistant's hook file, and the place of that file.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Assistant;
use super::edit::HookEntries;
use crate::error::{Error, Result};

/// The seconds that an assistant waits for an answer: a thousand times as long as one takes.
const TIMEOUT: u32 = 10;

/// The sessions that a hook file applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookScope {
    /// All sessions of this user.
    User,
    /// Sessions of everybody in this repository.
    Project,
}

/// The folders in which assistants keep the files of this user.
pub struct AgentHomes {
    /// Of Claude Code: `CLAUDE_CONFIG_DIR`, or `~/.claude`.
    pub claude_code: PathBuf,
    /// Of Cursor: `~/.cursor`.
    pub cursor: PathBuf,
    /// Of Codex: `CODEX_HOME`, or `~/.codex`.
    pub codex: PathBuf,
    /// Of Copilot's command line: `COPILOT_HOME`, or `~/.copilot`.
    pub copilot: PathBuf,
}

impl AgentHomes {
    /// The folder of one assistant.
    pub fn of(&self, assistant: Assistant) -> &Path {
        match assistant {
            Assistant::ClaudeCode => &self.claude_code,
            Assistant::Cursor => &self.cursor,
            Assistant::Codex => &self.codex,
            Assistant::Copilot => &self.copilot,
        }
    }
}

/// The path of an assistant's hook file: below `top`, the top of a repository, or without it for
/// this user.
pub fn hook_file(assistant: Assistant, homes: &AgentHomes, top: Option<&Path>) -> PathBuf {
    let in_home = homes.of(assistant);
    match (assistant, top) {
        (Assistant::ClaudeCode, None) => in_home.join("settings.json"),
        (Assistant::Copilot, None) => in_home.join("hooks").join("ntnguard.json"),
        (_, None) => in_home.join("hooks.json"),
        (Assistant::ClaudeCode, Some(top)) => top.join(".claude").join("settings.json"),
        (Assistant::Cursor, Some(top)) => top.join(".cursor").join("hooks.json"),
        (Assistant::Codex, Some(top)) => top.join(".codex").join("hooks.json"),
        (Assistant::Copilot, Some(top)) => top.join(".github").join("hooks").join("ntnguard.json"),
    }
}

/// The events for which hooks are installed.
pub fn events(assistant: Assistant) -> &'static [&'static str] {
    match assistant {
        Assistant::ClaudeCode => &[
            "UserPromptSubmit",
            "PreToolUse",
            "PostToolUse",
            "PostToolUseFailure",
        ],
        Assistant::Cursor => &[
            "beforeSubmitPrompt",
            "beforeShellExecution",
            "beforeMCPExecution",
            "beforeReadFile",
            "beforeTabFileRead",
            "preToolUse",
            "postToolUse",
        ],
        Assistant::Codex => &["UserPromptSubmit", "PreToolUse", "PostToolUse"],
        Assistant::Copilot => &[
            "userPromptSubmitted",
            "userPromptTransformed",
            "preToolUse",
            "postToolUse",
            "postToolUseFailure",
        ],
    }
}

/// Returns the entries of an assistant's hook file. They run `program`, or the ntnguard on PATH
/// without one.
///
/// # Errors
///
/// When the program has a path that cannot be written as JSON.
pub fn entries(assistant: Assistant, program: Option<&Path>) -> Result<HookEntries> {
    let program = match program.map(Path::to_str) {
        None => "ntnguard",
        Some(Some(program)) => program,
        Some(None) => {
            return Err(Error::new("the path of ntnguard is not UTF-8")
                .help("put it elsewhere, or install with --project, which looks for it on PATH"));
        }
    };
    let call = format!("{} hook run agent", shell_quoted(program));
    // Only status 2 stops these assistants: any other status of a shell that cannot run a program
    // lets them go on.
    let closed = |call: &str| format!("{call} || exit 2");
    let entry = match assistant {
        // Copilot and Cursor read this file, too, so the event's fields show the assistant.
        Assistant::ClaudeCode => {
            json!({"hooks": [{"type": "command", "command": closed(&call), "timeout": TIMEOUT}]})
        }
        Assistant::Codex => {
            let call = closed(&format!("{call} --for codex"));
            json!({"hooks": [{"type": "command", "command": call, "timeout": TIMEOUT}]})
        }
        Assistant::Cursor => json!({
            "command": format!("{call} --for cursor"), "timeout": TIMEOUT, "failClosed": true,
        }),
        Assistant::Copilot => json!({
            "type": "command",
            "bash": format!("{call} --for copilot"),
            "powershell": format!("& '{}' hook run agent --for copilot", program.replace('\'', "''")),
            "timeoutSec": TIMEOUT,
        }),
    };
    let each = events(assistant).iter();
    Ok(HookEntries {
        events: each.map(|event| (*event, spaced(&entry))).collect(),
        has_version: matches!(assistant, Assistant::Cursor | Assistant::Copilot),
    })
}

/// The program that a command of ours runs; `None` where it is looked for on PATH.
pub fn program(command: &str) -> Option<PathBuf> {
    let command = command.split(" hook run agent").next().unwrap_or_default();
    let command = command.strip_prefix("& ").unwrap_or(command).trim();
    let plain = match (command.strip_prefix('\''), command.strip_prefix('"')) {
        (Some(rest), _) => rest.trim_end_matches('\'').replace("'\\''", "'"),
        (_, Some(rest)) => rest.trim_end_matches('"').to_owned(),
        _ => command.to_owned(),
    };
    (plain != "ntnguard").then(|| PathBuf::from(plain))
}

/// Returns `word` for a shell, in quotes if it needs them.
fn shell_quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else if cfg!(windows) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// Returns JSON on one line, with spaces between its parts.
fn spaced(value: &serde_json::Value) -> String {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    let lines: Vec<&str> = pretty.lines().map(str::trim).collect();
    let mut text = String::new();
    for line in lines {
        if text.ends_with(',') {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Assistant;
    use super::{entries, program};

    #[test]
    fn the_program_is_read_back_whatever_its_path() {
        for path in ["/usr/bin/ntnguard", "/a b/it's/ntnguard"] {
            for assistant in Assistant::ALL {
                let entries = entries(assistant, Some(Path::new(path))).unwrap();
                let parsed: serde_json::Value = serde_json::from_str(&entries.events[0].1).unwrap();
                let commands = [
                    &parsed["command"],
                    &parsed["bash"],
                    &parsed["hooks"][0]["command"],
                ];
                let command = commands
                    .into_iter()
                    .find_map(|command| command.as_str())
                    .unwrap();
                assert_eq!(
                    program(command).as_deref(),
                    Some(Path::new(path)),
                    "{command}"
                );
                assert!(!entries.events[0].1.contains('\n'));
            }
        }
        let on_path = entries(Assistant::Codex, None).unwrap();
        assert!(
            on_path.events[0]
                .1
                .contains("\"ntnguard hook run agent --for codex || exit 2\"")
        );
        assert_eq!(program("ntnguard hook run agent"), None);
    }
}
