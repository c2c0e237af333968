//! The commands `ntnguard hook install`, `uninstall` and `status` for AI assistants.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::hook::agent::install::{AgentFile, AgentState};
use crate::hook::agent::{AgentHomes, Assistant, HookScope, entries, hook_file};
use crate::hook::install::{is_executable, shown};
use clap::Args;

use super::super::output;
use super::{agent, program};

/// The flags that choose where the hook of an AI assistant is installed.
#[derive(Args)]
pub struct ScopeFlags {
    /// For an AI assistant: use the hooks of this user, for all repositories [default]
    #[arg(long, conflicts_with = "project")]
    user: bool,
    /// For an AI assistant: use the hooks of this repository, for everybody who works in it
    #[arg(long)]
    project: bool,
}

impl ScopeFlags {
    /// Returns an error if `--user` or `--project` is given without an assistant.
    pub fn refuse_alone(&self, assistants: &[Assistant]) -> Result<()> {
        let flag = match (self.user, self.project) {
            (true, _) => "--user",
            (_, true) => "--project",
            _ => return Ok(()),
        };
        match assistants.is_empty() {
            false => Ok(()),
            true => Err(Error::new(format!("{flag} is for hooks of AI assistants"))
                .help("give the name of an assistant, too: claude-code, cursor, codex or copilot")),
        }
    }

    fn scope(&self) -> HookScope {
        match self.project {
            true => HookScope::Project,
            false => HookScope::User,
        }
    }
}

/// Returns the configuration directories of the assistants. For each assistant, it is the directory
/// in the assistant's environment variable or, if that is not set, the default directory in the
/// home directory.
pub fn homes() -> Result<AgentHomes> {
    let Some(home) = agent::home() else {
        return Err(Error::new("HOME is not set, so the home folder is unknown")
            .help("set the variable HOME to the path of the home folder"));
    };
    let named = |name: &str, default: &str| {
        let set = std::env::var_os(name).filter(|folder| !folder.is_empty());
        set.map_or_else(|| home.join(default), PathBuf::from)
    };
    Ok(AgentHomes {
        claude_code: named("CLAUDE_CONFIG_DIR", ".claude"),
        cursor: home.join(".cursor"),
        codex: named("CODEX_HOME", ".codex"),
        copilot: named("COPILOT_HOME", ".copilot"),
    })
}

/// Returns the top of the work tree or, outside of one, the current directory.
fn top() -> Result<PathBuf> {
    let top = Repository::here()?.and_then(|repository| repository.work_tree());
    Ok(top.unwrap_or_else(|| PathBuf::from(".")))
}

fn file(assistant: Assistant, scope: HookScope) -> Result<AgentFile> {
    let top = match scope {
        HookScope::User => None,
        HookScope::Project => Some(top()?),
    };
    Ok(AgentFile {
        assistant,
        path: hook_file(assistant, &homes()?, top.as_deref()),
        top,
    })
}

/// Installs the hooks of `assistants`.
pub fn install(assistants: &[Assistant], flags: &ScopeFlags) -> Result<()> {
    for assistant in assistants {
        let file = file(*assistant, flags.scope())?;
        if let Some(other) = read_twice(*assistant, flags.scope())? {
            let message = format!(
                "{} reads {} too, which calls ntnguard already: nothing was installed",
                Assistant::Copilot.title(),
                shown(&other)
            );
            return Err(Error::new(message)
                .help("Copilot would run both hooks: to install this one, uninstall the existing hook first"));
        }
        // A file in the repository is shared, so it must not contain a path of this machine.
        let program = match flags.scope() {
            HookScope::User => Some(program::named()?),
            HookScope::Project => None,
        };
        let change = file.install(&entries(*assistant, program.as_deref())?)?;
        output::say(&format!("{}: {}", shown(&file.path), change.words()))?;
        print_reliance(*assistant, flags.scope());
    }
    Ok(())
}

/// Returns the hook file of the other assistant if Copilot would run both hooks: Copilot reads the
/// project's hooks of Claude Code, too. `None` if the other file does not call ntnguard.
fn read_twice(assistant: Assistant, scope: HookScope) -> Result<Option<PathBuf>> {
    let other = match (assistant, scope) {
        (Assistant::Copilot, HookScope::Project) => Assistant::ClaudeCode,
        (Assistant::ClaudeCode, HookScope::Project) => Assistant::Copilot,
        _ => return Ok(None),
    };
    let file = file(other, scope)?;
    let state = file.state()?;
    let is_there = state.is_some_and(|state| !state.programs.is_empty());
    Ok(is_there.then_some(file.path))
}

/// Prints what the user must do or know for an installed hook to work.
fn print_reliance(assistant: Assistant, scope: HookScope) {
    match assistant {
        Assistant::Codex => output::note(
            "Codex skips a hook until you trust it: run `/hooks` in Codex, now and whenever the hook changes",
        ),
        Assistant::Copilot => output::note(
            "Copilot lets no hook stop a prompt: a token in a prompt is masked before the model reads it, but the \
             timeline still shows it",
        ),
        Assistant::ClaudeCode if scope == HookScope::Project => {
            output::note(
                "Copilot reads this file too, so it needs no separate hook in this repository",
            );
        }
        _ => {}
    }
    if scope == HookScope::Project {
        output::note(
            "the hook file runs the ntnguard on PATH: everybody who works in this repository needs ntnguard on PATH",
        );
        if program::on_path().is_none() {
            output::note("ntnguard is not on PATH here, so the hook blocks everything until it is");
        }
    }
}

/// Removes the hooks of `assistants`.
pub fn uninstall(assistants: &[Assistant], flags: &ScopeFlags) -> Result<()> {
    for assistant in assistants {
        let file = file(*assistant, flags.scope())?;
        let change = file.uninstall(&entries(*assistant, None)?)?;
        output::say(&format!("{}: {}", shown(&file.path), change.words()))?;
    }
    Ok(())
}

/// Prints the state of the hooks of `assistants`, for this user and in this repository. Returns the
/// assistants that are not guarded, if they are in `asked` or a hook of ntnguard is installed for
/// them.
pub fn status(assistants: &[Assistant], asked: &[Assistant]) -> Result<Vec<&'static str>> {
    let mut unguarded = Vec::new();
    for assistant in assistants {
        let (mut is_guarded, mut is_wanted) = (false, asked.contains(assistant));
        for scope in [HookScope::User, HookScope::Project] {
            let file = file(*assistant, scope)?;
            let state = file.state()?;
            if scope == HookScope::Project && state.is_none() {
                continue;
            }
            let (words, guards) = described(*assistant, state.as_ref());
            let path = shown(&file.path);
            output::say(&format!("{}, {path}: {words}", assistant.id()))?;
            is_guarded |= guards;
            is_wanted |= state.is_some_and(|state| !state.programs.is_empty());
        }
        if is_wanted && !is_guarded {
            unguarded.push(assistant.id());
        }
    }
    Ok(unguarded)
}

/// Returns the assistants that are set up for this user or in this repository.
pub fn present() -> Vec<Assistant> {
    let Ok(homes) = homes() else {
        return Vec::new();
    };
    let in_project = |assistant| {
        let file = file(assistant, HookScope::Project);
        file.is_ok_and(|file| file.path.symlink_metadata().is_ok())
    };
    let is_present =
        |assistant: &Assistant| homes.of(*assistant).is_dir() || in_project(*assistant);
    Assistant::ALL.into_iter().filter(is_present).collect()
}

/// Describes the state of a hook file. The flag is true if its hooks work.
fn described(assistant: Assistant, state: Option<&AgentState>) -> (String, bool) {
    let Some(state) = state.filter(|state| !state.programs.is_empty()) else {
        return ("not installed".to_owned(), false);
    };
    if state.is_off {
        return (
            "installed, and switched off: `disableAllHooks` is set".to_owned(),
            false,
        );
    }
    let programs = state
        .programs
        .iter()
        .map(|program| runs(program.as_deref()));
    let (words, found): (Vec<_>, Vec<_>) = programs.unzip();
    let mut words = format!("installed; {}", words.join("; "));
    if !state.missing.is_empty() {
        words += &format!("; not called for the events {}", state.missing.join(", "));
    }
    if assistant == Assistant::Codex {
        words += "; Codex skips it until you trust it (`/hooks`)";
    }
    let guards = found.iter().all(|found| *found) && state.missing.is_empty();
    (words, guards)
}

/// Describes the program that a hook runs: the path in the hook or, without a path, the ntnguard on
/// PATH. The flag is true if the program exists.
fn runs(named: Option<&Path>) -> (String, bool) {
    match (named, program::on_path()) {
        (Some(named), _) if is_executable(named) => {
            (format!("runs {}", program::words(named)), true)
        }
        (Some(named), _) => (
            format!(
                "{} does not exist, so the hook blocks everything",
                shown(named)
            ),
            false,
        ),
        (None, Some(found)) => (
            format!("runs the ntnguard on PATH, {}", program::words(&found)),
            true,
        ),
        (None, None) => (
            "ntnguard is not on PATH: the hook blocks everything until it is".to_owned(),
            false,
        ),
    }
}
