//! What pre-commit, and what follows its example, asks a hook for.
//!
//! It reads git's standard input itself, and says in variables what it was told. When it scans a range or all files, nothing
//! is staged: to look at what is staged would be to look at nothing.

use std::env::{var, var_os};

use crate::error::{Error, Result};
use crate::files::open::up_to;
use crate::git::Repository;
use crate::run::{Reached, Subject};

use super::super::Outcome;
use super::super::surface::Surface;
use crate::model::defaults;

/// What is to be scanned.
pub enum Asked {
    /// What the revision `to` has, and `from` and the remote have not.
    Commits {
        /// The old end; a push of a new branch has none.
        from: Option<String>,
        /// The new end.
        to: String,
        /// The remote that is pushed to.
        remote: Option<String>,
    },
    /// All files that git tracks.
    Tracked,
}

/// What is asked for, if not what is staged. Where git itself makes a commit it names its index; then that is what counts,
/// even when the commit is made somewhere within a run of pre-commit.
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
    /// Scans it.
    pub fn run(self, surface: Surface) -> Outcome {
        let repository = match &self {
            // An index there must be: without one there would be nothing to look at.
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

/// All that git says on standard input; nothing where a person sits there.
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
