//! `ntnguard hook install` and `uninstall`

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;
use ntnguard::error::{Error, Result};
use ntnguard::git::Repository;
use ntnguard::hook::Hook;
use ntnguard::hook::install::{Change, install, shown, uninstall};

use super::super::{ExitStatus, Outcome, output};

/// `ntnguard hook install [HOOK…]`
#[derive(Args)]
pub struct Install {
    /// pre-commit, pre-merge-commit (which git asks for merges), commit-msg or pre-push [default: all]
    #[arg(value_name = "HOOK")]
    hooks: Vec<Hook>,
    /// Install into core.hooksPath even where other repositories use the same folder
    #[arg(long)]
    shared: bool,
}

/// `ntnguard hook uninstall [HOOK…]`
#[derive(Args)]
pub struct Uninstall {
    /// pre-commit, pre-merge-commit, commit-msg or pre-push [default: all]
    #[arg(value_name = "HOOK")]
    hooks: Vec<Hook>,
}

impl Install {
    /// Installs hooks.
    pub fn run(self) -> Outcome {
        let repository = Repository::with_hooks()?;
        let folder = repository.hooks()?;
        refuse_foreign(&repository, &folder, self.shared)?;
        let program = program()?;
        let hooks = if self.hooks.is_empty() { Hook::ALL.to_vec() } else { self.hooks };
        each(&hooks, &folder, |_| true, |hook| install(&folder, hook, &program))?;
        Ok(ExitStatus::Clean)
    }
}

impl Uninstall {
    /// Takes hooks away.
    pub fn run(self) -> Outcome {
        let folder = Repository::with_hooks()?.hooks()?;
        let take = |hook| uninstall(&folder, hook);
        if !self.hooks.is_empty() {
            each(&self.hooks, &folder, |_| true, take)?;
        } else if each(&Hook::ALL, &folder, |change| change != Change::Absent, take)? == 0 {
            output::say(&format!("no hook in {} is ntnguard's, so nothing was changed", shown(&folder)))?;
        }
        Ok(ExitStatus::Clean)
    }
}

/// Does something to each hook, and says what became of its file if that `is_told`; returns how often that was.
fn each(
    hooks: &[Hook],
    folder: &Path,
    is_told: impl Fn(Change) -> bool,
    change: impl Fn(Hook) -> Result<Change>,
) -> Result<usize> {
    let mut told = 0;
    for hook in hooks {
        let change = change(*hook)?;
        if is_told(change) {
            output::say(&format!("{}: {}", shown(&folder.join(hook.file())), change.words()))?;
            told += 1;
        }
    }
    Ok(told)
}

/// Refuses folders that are somebody else's to fill.
fn refuse_foreign(repository: &Repository, folder: &Path, shared: bool) -> Result<()> {
    let name = shown(folder);
    // `.husky/_` is made anew whenever packages are installed.
    if folder.components().any(|part| part.as_os_str() == ".husky") {
        return Err(Error::new(format!("git's hooks are husky's here ({name})")).help(
            "add the line `ntnguard hook run pre-commit` to .husky/pre-commit; for the others, \
             `ntnguard hook run commit-msg \"$1\"` to .husky/commit-msg and `ntnguard hook run pre-push \"$@\"` to .husky/pre-push",
        ));
    }
    let real = real(folder);
    if !shared && !repository.has_inside(&real) {
        return Err(Error::new(format!("git looks for hooks in a folder outside of this repository: {name}")).help(
            "other repositories use its hooks too; `ntnguard hook install --shared` installs there all the same, \
             `git config core.hooksPath .git/hooks` gives this repository hooks of its own",
        ));
    }
    Ok(())
}

/// The path without links, as far as it leads to something.
fn real(path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    found.map_or_else(|| path.to_owned(), |(above, real)| real.join(path.strip_prefix(above).unwrap_or(Path::new(""))))
}

/// This program, as hooks are to name it: by the link on PATH if there is one, which outlives an update.
fn program() -> Result<PathBuf> {
    let own = env::current_exe().map_err(|error| {
        Error::new(format!("ntnguard does not know where it lies: {error}")).help("run it by its full path")
    })?;
    let (real, name) = (own.canonicalize().unwrap_or_else(|_| own.clone()), own.file_name().unwrap_or_default());
    let path = env::var_os("PATH").unwrap_or_default();
    let same = |file: &PathBuf| file.is_absolute() && file.canonicalize().is_ok_and(|file| file == real);
    let on_path = env::split_paths(&path).map(|folder| folder.join(name)).find(same);
    Ok(on_path.unwrap_or(own))
}
