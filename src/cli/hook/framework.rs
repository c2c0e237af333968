//! The scan that pre-commit, or a program that follows its example, asks a hook for.
//!
//! The caller reads git's standard input itself, and passes it on in variables. When it scans a
//! range or all files, nothing is staged, so a scan of the staged files would scan nothing.

use std::env::{var, var_os};

use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::git::Repository;
use crate::run::{Reached, Subject};

use super::super::Outcome;
use super::super::surface::Surface;
use crate::model::defaults;

/// The commits or files to scan.
pub enum Asked {
    /// The commits of `to` that neither `from` nor the remote has.
    Commits {
        /// The old end; `None` for a push of a new branch.
        from: Option<String>,
        /// The new end.
        to: String,
        /// The remote that is pushed to.
        remote: Option<String>,
    },
    /// All files that git tracks.
    Tracked,
}

/// Returns the scan that pre-commit asks for; `None` if the staged files are to be scanned. Git
/// names its index when it makes a commit: then the staged files count, even if the commit is made
/// within a run of pre-commit.
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
            // Without an index there would be no file to scan.
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
                error.help("pre-commit names it; in CI, fetch it first (with `fetch-depth: 0` all is fetched)")
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

/// Reads the whole standard input, as git writes it; empty if it is a terminal.
pub fn told() -> Result<Vec<u8>> {
    use std::io::IsTerminal;
    if std::io::stdin().is_terminal() {
        return Ok(Vec::new());
    }
    let text = up_to(super::super::stdin::stream()?, defaults::HOOK_INPUT)
        .map_err(|error| Error::new(format!("standard input cannot be read: {error}")))?;
    text.ok_or_else(|| {
        let limit = defaults::HOOK_INPUT;
        Error::new(format!("standard input has more than {limit} bytes"))
            .help("push fewer refs at once")
    })
}
