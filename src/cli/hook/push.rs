//! The command `ntnguard hook run pre-push`, which scans the commits that a push adds to a remote.

use crate::detect::redact::shown_path;
use crate::error::Result;
use crate::git::Repository;
use crate::hook::updates::{HookLines, Update, parse};
use crate::run::{Reached, Subject};
use clap::Args;

use super::super::surface::Surface;
use super::super::{Outcome, output};
use super::framework;

/// The arguments of `ntnguard hook run pre-push [REMOTE [URL]]`.
#[derive(Args)]
pub struct PrePush {
    /// The name of the remote, or its URL if it has no name
    remote: Option<String>,
    /// The URL of the remote
    url: Option<String>,
    #[command(flatten)]
    surface: Surface,
}

impl PrePush {
    /// Scans the commits that a push adds to a remote.
    pub fn run(self) -> Outcome {
        let input = framework::read_input()?;
        // Git's input takes precedence: an outer run of pre-commit may have set the variables, and
        // this is a different push.
        if let Some(asked) = framework::asked().filter(|_| input.is_empty()) {
            return asked.run(self.surface);
        }
        let repository = Repository::with_hooks()?.without_pipes()?;
        let top = repository.work_tree();
        let policy = self.surface.settings.policy(top.as_deref())?;
        let mut updates = parse(&input, HookLines::PrePush)?;
        report_deletions(&mut updates);
        let mut known = Vec::new();
        for name in [&self.remote, &self.url].into_iter().flatten() {
            known.extend(repository.known_of_remote(name)?);
        }
        // If the push creates a branch that our remote-tracking refs already have, they are not
        // about this remote.
        let is_other = |update: &Update<'_>| {
            let branch = update
                .name
                .strip_prefix(b"refs/heads/")
                .filter(|_| update.creates());
            branch.is_some_and(|branch| known.iter().any(|(name, _)| name.as_bytes() == branch))
        };
        let (refs, count) = (updates.len(), known.len());
        log::debug!("{refs} refs are pushed; {count} refs of the remote are known here");
        let is_known = !updates.iter().any(is_other);
        let mut hidden: Vec<_> = known
            .into_iter()
            .filter(|_| is_known)
            .map(|(_, id)| id)
            .collect();
        hidden.extend(
            updates
                .iter()
                .filter_map(|update| repository.object_id(update.old)),
        );
        let mut tips = updates
            .iter()
            .map(|update| repository.pushed(update.new))
            .collect::<Result<Vec<_>>>()?;
        if input.is_empty() && !repository.is_new() {
            // Git lists nothing if the remote already has everything. But the input is also empty
            // if another program has read it, so HEAD is scanned.
            tips.push(repository.revision("HEAD")?);
        }
        let refs = updates.iter().map(|update| update.name.to_vec()).collect();
        // The commits are on this machine only if no other remote could have them.
        let own = self
            .remote
            .as_deref()
            .map(|name| format!("refs/remotes/{name}/"));
        let is_own =
            |(name, _): &(String, _)| own.as_deref().is_some_and(|own| name.starts_with(own));
        let is_local = repository.references("refs/remotes/")?.iter().all(is_own);
        let commits = Reached {
            refs,
            is_local,
            ..Reached::new(&repository, tips, hidden)
        };
        self.surface.run(policy, Subject::Reached(commits))
    }
}

/// Removes deleted refs from `updates`, since they have nothing to scan, and prints them.
pub fn report_deletions(updates: &mut Vec<Update<'_>>) {
    let (deleted, kept): (Vec<_>, Vec<_>) = updates.drain(..).partition(Update::deletes);
    *updates = kept;
    match deleted.as_slice() {
        [] => {}
        [one] => output::note(&format!(
            "{} is deleted: nothing to scan",
            shown_path(one.name)
        )),
        many => output::eprint(&format!(
            "{} refs are deleted: nothing to scan\n",
            many.len()
        )),
    }
}
