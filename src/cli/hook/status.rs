//! The command `ntnguard hook status`, which shows the hooks that call ntnguard.

use std::path::Path;

use crate::error::Result;
use crate::git::Repository;
use crate::hook::Hook;
use crate::hook::agent::HookName;
use crate::hook::install::{is_executable, shown};
use crate::hook::owner::Owner;
use crate::hook::status::{Called, State, state};
use clap::Args;

use super::super::{ExitStatus, Outcome, choice, output};
use super::{assistants, program};

/// The arguments of `ntnguard hook status [HOOK…]`.
#[derive(Args)]
pub struct Status {
    /// pre-commit, pre-merge-commit, commit-msg or pre-push [default: these four, and AI assistants
    /// that are set up]; or claude-code, cursor, codex or copilot
    #[arg(value_name = "HOOK", value_parser = choice::hook(), hide_possible_values = true)]
    hooks: Vec<HookName>,
}

impl Status {
    /// Prints for each hook whether it calls ntnguard. Returns `Found` if a hook does not.
    pub fn run(self) -> Outcome {
        let (hooks, assistants) = HookName::parted(&self.hooks);
        let mut unguarded = Vec::new();
        if self.hooks.is_empty() || !hooks.is_empty() {
            of_git(hooks, &mut unguarded)?;
        }
        let of_assistants = match self.hooks.is_empty() {
            true => assistants::present(),
            false => assistants.clone(),
        };
        unguarded.extend(assistants::status(&of_assistants, &assistants)?);
        print_unguarded(&unguarded)
    }
}

/// Prints the state of git hooks, and adds the hooks that do not call ntnguard to `unguarded`.
fn of_git(hooks: Vec<Hook>, unguarded: &mut Vec<&'static str>) -> Result<()> {
    let repository = Repository::with_hooks()?;
    let folder = repository.hooks()?;
    let owner = Owner::of(&folder, repository.work_tree().as_deref());
    output::say(&format!("git looks for hooks in {}", shown(&folder)))?;
    let hooks = match hooks.is_empty() {
        true => Hook::ALL.to_vec(),
        false => hooks,
    };
    for hook in hooks {
        let state = state(&folder, hook, owner.as_ref())?;
        let (words, guards) = described(&state);
        output::say(&format!("{}: {words}", hook.file()))?;
        if !guards {
            unguarded.push(hook.file());
        }
    }
    Ok(())
}

fn print_unguarded(unguarded: &[&str]) -> Outcome {
    if unguarded.is_empty() {
        return Ok(ExitStatus::Clean);
    }
    output::say(&format!(
        "not guarded: {}. `ntnguard hook install` installs the hooks or, if another program writes the hooks, shows the lines to add",
        unguarded.join(", ")
    ))?;
    Ok(ExitStatus::Found)
}

/// Describes the state of a hook. The flag is true if the hook calls ntnguard.
fn described(state: &State) -> (String, bool) {
    match state {
        State::Absent => ("absent".to_owned(), false),
        State::Off => ("not executable, so git does not run it".to_owned(), false),
        State::Ours(program) => ours(program.as_deref()),
        State::Theirs {
            manager,
            calls,
            lost,
        } => {
            let whose = manager.map_or_else(
                || "somebody else's".to_owned(),
                |manager| format!("{}'s", manager.name),
            );
            let lost = lost.as_ref().map(|lost| {
                format!(
                    "; ntnguard's own hook was renamed to {}, and nothing runs it any more",
                    shown(lost)
                )
            });
            let does = match calls {
                Some(Called::Itself) => "calls ntnguard".to_owned(),
                Some(Called::Configured(config)) => {
                    format!("calls ntnguard through {}", shown(config))
                }
                Some(Called::Beside(file)) => {
                    format!("runs ntnguard's hook, which is now {}", shown(file))
                }
                None => format!("does not call ntnguard{}", lost.unwrap_or_default()),
            };
            (format!("{whose}; {does}"), calls.is_some())
        }
    }
}

/// Describes a hook of ntnguard by the program that it runs. `named` is the path in the hook. The
/// flag is true if the program exists.
fn ours(named: Option<&Path>) -> (String, bool) {
    let gone = match named {
        Some(named) if is_executable(named) => {
            return (format!("ntnguard's; runs {}", program::words(named)), true);
        }
        Some(named) => format!("{} does not exist, so ", shown(named)),
        None => String::new(),
    };
    match program::on_path() {
        Some(found) => (
            format!(
                "ntnguard's; {gone}it runs the ntnguard on PATH, {}",
                program::words(&found)
            ),
            true,
        ),
        None => (
            format!(
                "ntnguard's; {gone}it needs ntnguard on PATH, which is not there: the hook blocks git until it is"
            ),
            false,
        ),
    }
}
