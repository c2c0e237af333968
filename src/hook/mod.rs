//! Hooks of git and of AI assistants: their installation, their owners, and their input.

pub mod agent;
mod calls;
pub mod install;
pub mod manager;
pub mod message;
pub mod owner;
mod paste;
mod place;
mod script;
mod shared;
pub mod status;
pub mod updates;

use std::str::FromStr;

/// A hook that can be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// The hook that git runs before a commit.
    PreCommit,
    /// The hook that git runs before a merge commit, for which it does not run `pre-commit`.
    PreMergeCommit,
    /// The hook that git runs after the message of a commit was written.
    CommitMsg,
    /// The hook that git runs before a push.
    PrePush,
}

impl Hook {
    /// Every git hook that can be installed.
    pub const ALL: [Hook; 4] = [
        Hook::PreCommit,
        Hook::PreMergeCommit,
        Hook::CommitMsg,
        Hook::PrePush,
    ];

    /// Returns the name of the file that git runs.
    pub fn file(self) -> &'static str {
        match self {
            Hook::PreCommit => "pre-commit",
            Hook::PreMergeCommit => "pre-merge-commit",
            Hook::CommitMsg => "commit-msg",
            Hook::PrePush => "pre-push",
        }
    }

    /// Returns the subcommand of `ntnguard hook run` that does the work of this hook.
    pub fn work(self) -> &'static str {
        match self {
            Hook::PreCommit | Hook::PreMergeCommit => "pre-commit",
            Hook::CommitMsg => "commit-msg",
            Hook::PrePush => "pre-push",
        }
    }

    /// Returns the shell command that does the work of this hook when a hook script of this name
    /// runs it.
    pub fn command(self) -> &'static str {
        match self {
            Hook::PreCommit | Hook::PreMergeCommit => "ntnguard hook run pre-commit",
            Hook::CommitMsg => "ntnguard hook run commit-msg \"$1\"",
            Hook::PrePush => "ntnguard hook run pre-push \"$@\"",
        }
    }
}

impl FromStr for Hook {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Hook::ALL
            .into_iter()
            .find(|hook| hook.file() == text)
            .ok_or_else(|| {
                "expected pre-commit, pre-merge-commit, commit-msg or pre-push".to_owned()
            })
    }
}
