//! The state of a repository's hooks: which of them run ntnguard, and from which path.

use std::path::{Path, PathBuf};

use super::manager::{Form, Manager, author};
use super::owner::Owner;
use super::place::{HookOwner, HookPlace, is_executable, peek};
use super::{Hook, calls, script, shared};
use crate::error::Result;
use crate::model::blob::to_path;

/// The state of a hook: if it exists, and if it runs ntnguard.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    /// There is no hook.
    Absent,
    /// There is a hook, but it is not executable, so git does not run it.
    Off,
    /// A hook of ntnguard that runs this program; `None` for the ntnguard on PATH.
    Ours(Option<PathBuf>),
    /// A hook that ntnguard did not write.
    Theirs {
        /// The manager that wrote the hook; `None` if no known manager did.
        manager: Option<&'static Manager>,
        /// The way in which the hook runs ntnguard; `None` if it does not.
        calls: Option<Called>,
        /// The path of a hook of ntnguard that somebody renamed and that nothing runs; `None` if
        /// there is no such hook.
        lost: Option<PathBuf>,
    },
}

/// The way in which somebody else's hook runs ntnguard.
#[derive(Debug, PartialEq, Eq)]
pub enum Called {
    /// The text of the hook runs ntnguard.
    Itself,
    /// The configuration of the hook's manager, at this path, runs ntnguard.
    Configured(PathBuf),
    /// The hook runs a hook of ntnguard that was renamed to this path.
    Beside(PathBuf),
}

/// Returns the state of the hook that git would run from `folder`.
///
/// # Errors
///
/// Returns an error if the hook cannot be read.
pub fn state(folder: &Path, hook: Hook, owner: Option<&Owner>) -> Result<State> {
    let place = HookPlace::new(folder, hook);
    let whose = place.whose()?;
    if whose == HookOwner::Nobody {
        return Ok(State::Absent);
    }
    if !is_executable(&place.hook) {
        return Ok(State::Off);
    }
    match whose {
        HookOwner::Ours => Ok(State::Ours(
            script::program(&place.text()?).map(|path| to_path(&path)),
        )),
        HookOwner::Shared => Ok(State::Ours(None)),
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
        // pre-commit and prek rename the hook that they found to this name, and run it.
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
