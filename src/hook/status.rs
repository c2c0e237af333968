//! What of a repository's hooks is ntnguard's, and what would run.

use std::path::{Path, PathBuf};

use super::manager::{Form, Manager, author};
use super::owner::Owner;
use super::place::{HookPlace, Whose, is_executable, peek};
use super::{Hook, calls, script, shared};
use crate::error::Result;
use crate::model::blob::to_path;

/// What a hook is.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Absent,
    /// There is one that may not be executed, so git does not run it.
    Off,
    /// It runs this program; without one, the ntnguard on PATH.
    Ours(Option<PathBuf>),
    /// Somebody else's.
    Theirs {
        /// The manager that wrote it, if one is known.
        manager: Option<&'static Manager>,
        /// Where it has ntnguard called; `None` if it does not.
        calls: Option<Called>,
        /// A hook of ours that lies beside it under another name, where nothing runs it.
        lost: Option<PathBuf>,
    },
}

/// Where somebody else's hook has ntnguard called.
#[derive(Debug, PartialEq, Eq)]
pub enum Called {
    /// In its own text.
    Itself,
    /// In its manager's configuration.
    Configured(PathBuf),
    /// It runs a hook of ours that it put aside.
    Beside(PathBuf),
}

/// What the hook is that git would run from `folder`.
///
/// # Errors
///
/// When it cannot be read.
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

/// What somebody else's hook does.
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
        // pre-commit and prek run what they found, under this name.
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
