//! The entries in each assistant's hook file, and the path of that file.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Assistant;
use super::edit::HookEntries;
use crate::error::{Error, Result};

/// The time limit in seconds that the entries set for an answer: a thousand times as long as an
/// answer takes.
const TIMEOUT: u32 = 10;

/// The sessions that a hook file applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookScope {
    /// All sessions of this user.
    User,
    /// Sessions of everybody in this repository.
    Project,
}

/// The directories in which assistants store the files of this user.
pub struct AgentHomes {
    /// The directory of Claude Code: `CLAUDE_CONFIG_DIR`, or `~/.claude`.
    pub claude_code: PathBuf,
    /// The directory of Cursor: `~/.cursor`.
    pub cursor: PathBuf,
    /// The directory of Codex: `CODEX_HOME`, or `~/.codex`.
    pub codex: PathBuf,
    /// The directory of Copilot's command line: `COPILOT_HOME`, or `~/.copilot`.
    pub copilot: PathBuf,
}

impl AgentHomes {
    /// Returns the directory of one assistant.
    pub fn of(&self, assistant: Assistant) -> &Path {
        match assistant {
            Assistant::ClaudeCode => &self.claude_code,
            Assistant::Cursor => &self.cursor,
            Assistant::Codex => &self.codex,
            Assistant::Copilot => &self.copilot,
        }
    }
}

/// Returns the path of an assistant's hook file: in the repository with the top directory `top`, or
/// the user's own if `top` is `None`.
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

/// Returns the names of the events for which hooks are installed.
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

/// Returns the entries of an assistant's hook file. They run `program`; `None` for the ntnguard on
/// PATH.
///
/// # Errors
///
/// Returns an error if the path of the program is not UTF-8, because JSON cannot hold it.
pub fn entries(assistant: Assistant, program: Option<&Path>) -> Result<HookEntries> {
    let program = match program.map(Path::to_str) {
        None => "ntnguard",
        Some(Some(program)) => program,
        Some(None) => {
            return Err(Error::new("the path of ntnguard is not UTF-8")
                .help("move ntnguard to another path, or install with --project, which runs the ntnguard on PATH"));
        }
    };
    let call = format!("{} hook run agent", shell_quoted(program));
    // Only the exit status 2 stops these assistants. They continue after any other status, such as
    // the status of a shell that cannot find ntnguard.
    let closed = |call: &str| format!("{call} || exit 2");
    let entry = match assistant {
        // Copilot and Cursor read this file too, so the command does not contain the name of an
        // assistant: the fields of the event show which assistant sent it.
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

/// Returns the path of the program that a command of ntnguard runs; `None` for the ntnguard on
/// PATH.
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

/// Returns `word` for a shell, in quotes if necessary.
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
    fn any_program_path_is_read_back() {
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
