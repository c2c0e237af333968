//! Hooks: installing them, and what git tells them.

pub mod install;
pub mod message;
mod script;
pub mod updates;

use std::str::FromStr;

/// A hook that can be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Before a commit is made.
    PreCommit,
    /// When its message is written.
    CommitMsg,
    /// Before a push.
    PrePush,
}

impl Hook {
    /// All of them.
    pub const ALL: [Hook; 3] = [Hook::PreCommit, Hook::CommitMsg, Hook::PrePush];

    /// The names of the files that git runs. It asks another hook for merges.
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Hook::PreCommit => &["pre-commit", "pre-merge-commit"],
            Hook::CommitMsg => &["commit-msg"],
            Hook::PrePush => &["pre-push"],
        }
    }

    /// Its name, as `hook run` knows it.
    pub fn name(self) -> &'static str {
        self.files()[0]
    }
}

impl FromStr for Hook {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Hook::ALL
            .into_iter()
            .find(|hook| hook.name() == text)
            .ok_or_else(|| "expected pre-commit, commit-msg or pre-push".to_owned())
    }
}
