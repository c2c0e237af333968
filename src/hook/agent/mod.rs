//! AI assistants: what their hooks tell, what of it holds a credential, and the answer in each one's own form.

mod answer;
mod command;
mod event;
mod guard;
mod mask;
mod mention;
mod names;
mod reason;
mod shell;
mod surroundings;
mod texts;
mod tool;

use std::str::FromStr;

pub use answer::HookAnswer;
pub use event::AgentEvent;
pub use guard::Guard;
pub use surroundings::Surroundings;

/// An AI assistant whose hooks ntnguard answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assistant {
    /// Anthropic's Claude Code.
    ClaudeCode,
    /// Cursor.
    Cursor,
    /// OpenAI's Codex.
    Codex,
    /// GitHub Copilot: its command line, its cloud agent, and VS Code.
    Copilot,
}

impl Assistant {
    /// All of them.
    pub const ALL: [Assistant; 4] = [
        Assistant::ClaudeCode,
        Assistant::Cursor,
        Assistant::Codex,
        Assistant::Copilot,
    ];

    /// Its name on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Assistant::ClaudeCode => "claude-code",
            Assistant::Cursor => "cursor",
            Assistant::Codex => "codex",
            Assistant::Copilot => "copilot",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Assistant::ClaudeCode => "Claude Code",
            Assistant::Cursor => "Cursor",
            Assistant::Codex => "Codex",
            Assistant::Copilot => "Copilot",
        }
    }
}

impl FromStr for Assistant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Assistant::ALL.into_iter();
        all.find(|assistant| assistant.id() == text)
            .ok_or_else(|| "expected claude-code, cursor, codex or copilot".to_owned())
    }
}
