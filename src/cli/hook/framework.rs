//! Hooks run by the program pre-commit, or by a program that sets the same variables.
//!
//! Such a program reads git's standard input itself and passes it on in environment variables. The
//! user may also have it check a range of commits or all files. Then nothing is staged, so a scan
//! of the staged files would scan nothing.

use std::env::{var, var_os};

use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::git::Repository;
use crate::run::{Reached, Subject};

use super::super::Outcome;
use super::super::surface::Surface;
use crate::model::defaults;

/// The commits or files that pre-commit asks to scan.
pub enum Asked {
    /// The commits reachable from `to`, but not from `from` or a branch of the remote.
    Commits {
        /// The revision before the change; `None` for a push of a new branch.
        from: Option<String>,
        /// The revision after the change.
        to: String,
        /// The remote that is pushed to; `None` if there is no push.
        remote: Option<String>,
    },
    /// All files that git tracks.
    Tracked,
}

/// Returns the commits or files that pre-commit asks to scan; `None` if the staged files are to be
/// scanned. While git makes a commit, it sets GIT_INDEX_FILE: then the staged files are scanned,
/// even if a program run by pre-commit makes the commit.
pub fn asked() -> Option<Asked> {
    if var_os("PRE_COMMIT").is_none_or(|value| value.is_empty())
        || var_os("GIT_INDEX_FILE").is_some()
    {
        return None;
    }
    let named = |name| var(name).ok().filter(|value| !value.is_empty());
    let remote = named("PRE_COMMIT_REMOTE_NAME");
    let from = named("PRE_COMMIT_FROM_REF");
    let to = named("PRE_COMMIT_TO_REF").or_else(|| named("PRE_COMMIT_LOCAL_BRANCH"));
    Some(to.map_or(Asked::Tracked, |to| Asked::Commits { from, to, remote }))
}

impl Asked {
    /// Scans the commits or files.
    pub fn run(self, surface: Surface) -> Outcome {
        let repository = match &self {
            // The files to scan are those in the index, so a missing index is an error.
            Asked::Tracked => Repository::of_hook()?,
            Asked::Commits { .. } => Repository::with_hooks()?.without_pipes()?,
        };
        let top = repository.work_tree();
        let policy = surface.settings.policy(top.as_deref())?;
        let Asked::Commits { from, to, remote } = self else {
            return surface.run(policy, Subject::Tracked(repository));
        };
        let revision = |revision: &str| {
            repository.revision(revision).map_err(|error: Error| {
                error.help("pre-commit asks for this revision; in CI, fetch the revision first (`fetch-depth: 0` fetches everything)")
            })
        };
        let mut hidden = from
            .as_deref()
            .map(revision)
            .transpose()?
            .into_iter()
            .collect::<Vec<_>>();
        let known = remote
            .map(|remote| repository.known_of_remote(&remote))
            .transpose();
        hidden.extend(known?.unwrap_or_default().into_iter().map(|(_, id)| id));
        let tip = revision(&to)?;
        let commits = Reached::new(&repository, vec![tip], hidden);
        surface.run(policy, Subject::Reached(commits))
    }
}

/// Reads all of standard input, which git or an assistant writes; empty if it is a terminal.
pub fn read_input() -> Result<Vec<u8>> {
    use std::io::IsTerminal;
    if std::io::stdin().is_terminal() {
        return Ok(Vec::new());
    }
    let text = up_to(super::super::stdin::stream()?, defaults::HOOK_INPUT).map_err(|error| {
        Error::new(format!("standard input cannot be read: {error}")).help(
            "the program that runs the hook must give it a readable standard input: check that program",
        )
    })?;
    text.ok_or_else(|| {
        let limit = defaults::HOOK_INPUT;
        Error::new(format!("standard input has more than {limit} bytes"))
            .help("push fewer refs at once")
    })
}
