//! The commands `ntnguard hook install` and `ntnguard hook uninstall`.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::hook::Hook;
use crate::hook::agent::HookName;
use crate::hook::install::{HookChange, install, install_tracked, shown, uninstall};
use crate::hook::owner::Owner;
use clap::Args;

use super::super::{ExitStatus, Outcome, choice, output};
use super::assistants::{self, ScopeFlags};
use super::{beside, program};

/// The arguments of `ntnguard hook install [HOOK…]`.
#[derive(Args)]
pub struct Install {
    /// pre-commit, pre-merge-commit (which git runs for merges), commit-msg or pre-push [default:
    /// these four]; or an AI assistant: claude-code, cursor, codex or copilot
    #[arg(value_name = "HOOK", value_parser = choice::hook(), hide_possible_values = true)]
    hooks: Vec<HookName>,
    #[command(flatten)]
    scope: ScopeFlags,
    /// Install even if another program (husky, lefthook, pre-commit, …) writes the hooks; that
    /// program may replace them later
    #[arg(long)]
    force: bool,
    /// Install into the folder of core.hooksPath even if other repositories use it, too
    #[arg(long)]
    shared: bool,
}

/// The arguments of `ntnguard hook uninstall [HOOK…]`.
#[derive(Args)]
pub struct Uninstall {
    /// pre-commit, pre-merge-commit, commit-msg or pre-push [default: these four]; or claude-code,
    /// cursor, codex or copilot
    #[arg(value_name = "HOOK", value_parser = choice::hook(), hide_possible_values = true)]
    hooks: Vec<HookName>,
    #[command(flatten)]
    scope: ScopeFlags,
}

impl Install {
    /// Installs hooks of git and of AI assistants.
    pub fn run(self) -> Outcome {
        let (hooks, assistants) = HookName::parted(&self.hooks);
        self.scope.refuse_alone(&assistants)?;
        assistants::install(&assistants, &self.scope)?;
        match hooks.is_empty() && !assistants.is_empty() {
            true => Ok(ExitStatus::Clean),
            false => self.of_git(hooks),
        }
    }

    fn of_git(self, hooks: Vec<Hook>) -> Outcome {
        let repository = Repository::with_hooks()?;
        let folder = repository.hooks()?;
        let hooks = match hooks.is_empty() {
            true => Hook::ALL.to_vec(),
            false => hooks,
        };
        let owner = Owner::of(&folder, repository.work_tree().as_deref());
        if let Some(owner) = owner.as_ref().filter(|_| !self.force) {
            return beside::run(owner, &folder, &hooks);
        }
        let place = real(&folder);
        refuse_shared(&folder, self.shared || repository.has_inside(&place))?;
        let is_tracked = repository.tracks(&place)?;
        match is_tracked {
            true => each(
                &hooks,
                &folder,
                |_| true,
                |hook| install_tracked(&folder, hook),
            )?,
            false => {
                let program = program::named()?;
                each(
                    &hooks,
                    &folder,
                    |_| true,
                    |hook| install(&folder, hook, &program),
                )?
            }
        };
        print_reliance(owner.as_ref(), is_tracked);
        Ok(ExitStatus::Clean)
    }
}

impl Uninstall {
    /// Removes hooks of git and of AI assistants.
    pub fn run(self) -> Outcome {
        let (hooks, assistants) = HookName::parted(&self.hooks);
        self.scope.refuse_alone(&assistants)?;
        assistants::uninstall(&assistants, &self.scope)?;
        if hooks.is_empty() && !assistants.is_empty() {
            return Ok(ExitStatus::Clean);
        }
        let folder = Repository::with_hooks()?.hooks()?;
        let take = |hook| uninstall(&folder, hook);
        if !hooks.is_empty() {
            each(&hooks, &folder, |_| true, take)?;
        } else if each(
            &Hook::ALL,
            &folder,
            |change| change != HookChange::Absent,
            take,
        )? == 0
        {
            output::say(&format!(
                "no hook in {} is ntnguard's, so nothing was changed",
                shown(&folder)
            ))?;
        }
        Ok(ExitStatus::Clean)
    }
}

/// Applies `change` to each hook, and prints the result if `is_reported` returns true for it. Returns
/// the number of printed results.
fn each(
    hooks: &[Hook],
    folder: &Path,
    is_reported: impl Fn(HookChange) -> bool,
    change: impl Fn(Hook) -> Result<HookChange>,
) -> Result<usize> {
    let mut reported = 0;
    for hook in hooks {
        let change = change(*hook)?;
        if is_reported(change) {
            output::say(&format!(
                "{}: {}",
                shown(&folder.join(hook.file())),
                change.words()
            ))?;
            reported += 1;
        }
    }
    Ok(reported)
}

/// Prints what the user must know for the installed hooks to keep working.
fn print_reliance(owner: Option<&Owner>, is_tracked: bool) {
    if let Some(owner) = owner {
        let (name, renew) = (owner.manager.name, owner.manager.renew);
        output::note(&format!(
            "{name} replaces these hooks with its own when you run `{renew}` again: check with `ntnguard hook status`"
        ));
    }
    if is_tracked {
        output::note(
            "git tracks these hooks, so they run the ntnguard on PATH: everybody needs ntnguard on PATH to commit",
        );
    }
    if is_tracked && program::on_path().is_none() {
        output::note("ntnguard is not on PATH here, so the hooks refuse every commit until it is");
    }
}

/// Returns an error about a hooks directory outside of the repository, which other repositories may
/// use too, unless `is_agreed` is true.
fn refuse_shared(folder: &Path, is_agreed: bool) -> Result<()> {
    if is_agreed {
        return Ok(());
    }
    Err(Error::new(format!("git looks for hooks in a folder outside of this repository: {}", shown(folder))).help(
        "other repositories may use these hooks, too; `ntnguard hook install --shared` installs the hooks there anyway, \
         `git config core.hooksPath .git/hooks` gives this repository its own hooks",
    ))
}

/// Returns the path with symbolic links resolved in the part of it that exists.
fn real(path: &Path) -> PathBuf {
    let found = path
        .ancestors()
        .find_map(|above| Some((above, above.canonicalize().ok()?)));
    found.map_or_else(
        || path.to_owned(),
        |(above, real)| real.join(path.strip_prefix(above).unwrap_or(Path::new(""))),
    )
}
