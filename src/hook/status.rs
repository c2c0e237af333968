//! The state of a repository's hooks: those that are ntnguard's, and the program that would run.

use std::path::{Path, PathBuf};

use super::manager::{Form, Manager, author};
use super::owner::Owner;
use super::place::{HookPlace, Whose, is_executable, peek};
use super::{Hook, calls, script, shared};
use crate::error::Result;
use crate::model::blob::to_path;

/// The state of a hook.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    /// No hook.
    Absent,
    /// A hook that is not executable, so git does not run it.
    Off,
    /// A hook of ours that runs this program or, if `None`, the ntnguard on PATH.
    Ours(Option<PathBuf>),
    /// Somebody else's hook.
    Theirs {
        /// The manager that wrote it; `None` if no known one did.
        manager: Option<&'static Manager>,
        /// The way in which it calls ntnguard; `None` if it does not.
        calls: Option<Called>,
        /// A hook of ours beside it under another name, which nothing runs.
        lost: Option<PathBuf>,
    },
}

/// The way in which somebody else's hook calls ntnguard.
#[derive(Debug, PartialEq, Eq)]
pub enum Called {
    /// By its own text.
    Itself,
    /// By its manager's configuration.
    Configured(PathBuf),
    /// By a hook of ours that was put aside, which it runs.
    Beside(PathBuf),
}

/// Returns the state of the hook that git would run from `folder`.
///
/// # Errors
///
/// When the hook cannot be read.
pub fn state(folder: &Path, hook: Hook, owner: Option<&Owner>) -> Result<State> {
    let place = HookPlace::new(folder, hook);
    let whose = place.whose()?;
    if whose == Whose::Nobody {
        return Ok(State::Absent);
    }
    if !is_executable(&place.hook) {
        return Ok(State::Off);
    }
    match whose {
        Whose::Ours => Ok(State::Ours(
            script::program(&place.text()?).map(|path| to_path(&path)),
        )),
        Whose::Shared => Ok(State::Ours(None)),
        _ => Ok(theirs(&place.hook, hook, owner)),
    }
}

/// Returns the state of somebody else's hook.
fn theirs(file: &Path, hook: Hook, owner: Option<&Owner>) -> State {
    let text = peek(file).unwrap_or_default();
    let (owner, by_text) = (owner.filter(|owner| owner.wrote(&text)), author(&text));
    let manager = owner.map(|owner| owner.manager).or(by_text);
    let aside = |ending: &str| {
        let aside = file.with_file_name(format!("{}{ending}", hook.file()));
        let is_ours = peek(&aside).is_some_and(|text| script::is_ours(&text) || shared::has(&text));
        is_ours.then_some(aside)
    };
    let calls = match owner {
        _ if calls::script(&String::from_utf8_lossy(&text), hook) => Some(Called::Itself),
        Some(owner) if owner.calls(hook) => Some(Called::Configured(owner.config())),
        // pre-commit and prek run the hook that they found, under this name.
        Some(owner) if owner.manager.form == Form::List => aside(".legacy")
            .filter(|file| is_executable(file))
            .map(Called::Beside),
        _ => None,
    };
    let lost = if calls.is_none() {
        [".old", ".legacy"].into_iter().find_map(aside)
    } else {
        None
    };
    State::Theirs {
        manager,
        calls,
        lost,
    }
}
