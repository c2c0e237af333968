//! Hooks of AI assistants: the events that assistants send, the credentials in the events, and the
//! answers in each assistant's format.

mod answer;
mod command;
pub mod edit;
mod event;
mod folders;
mod forms;
mod guard;
pub mod install;
mod json;
mod mask;
mod mention;
mod names;
mod printer;
mod reason;
mod shell;
mod surroundings;
mod texts;
mod tool;
mod writes;

use std::str::FromStr;

use super::Hook;

pub use answer::HookAnswer;
pub use event::AgentEvent;
pub use forms::{AgentHomes, HookScope, entries, hook_file};
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
    /// Every assistant that ntnguard knows.
    pub const ALL: [Assistant; 4] = [
        Assistant::ClaudeCode,
        Assistant::Cursor,
        Assistant::Codex,
        Assistant::Copilot,
    ];

    /// Returns the name of the assistant on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Assistant::ClaudeCode => "claude-code",
            Assistant::Cursor => "cursor",
            Assistant::Codex => "codex",
            Assistant::Copilot => "copilot",
        }
    }

    /// Returns the name of the assistant for people.
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

/// The name of something that can be installed: a git hook, or all hooks of an AI assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookName {
    /// A git hook, such as `pre-commit`.
    Git(Hook),
    /// All hooks of an assistant.
    Agent(Assistant),
}

impl HookName {
    /// Returns the names of all git hooks and all assistants.
    pub fn all() -> impl Iterator<Item = &'static str> {
        let of_git = Hook::ALL.into_iter().map(Hook::file);
        of_git.chain(Assistant::ALL.into_iter().map(Assistant::id))
    }

    /// Splits `names` into git hooks and assistants.
    pub fn parted(names: &[HookName]) -> (Vec<Hook>, Vec<Assistant>) {
        let hooks = names.iter().filter_map(|name| match name {
            HookName::Git(hook) => Some(*hook),
            HookName::Agent(_) => None,
        });
        let assistants = names.iter().filter_map(|name| match name {
            HookName::Agent(assistant) => Some(*assistant),
            HookName::Git(_) => None,
        });
        (hooks.collect(), assistants.collect())
    }
}

impl FromStr for HookName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let of_git = text.parse().map(HookName::Git);
        of_git.or_else(|_| text.parse().map(HookName::Agent))
    }
}
