//! Installation of git hooks in a directory, in front of existing hooks, and their removal.

use std::fs;
use std::path::Path;

use super::place::{HookOwner, HookPlace, failed, new_file};
use super::script;
use super::{Hook, shared};
use crate::error::{Error, Result};
use crate::model::blob::path_bytes;

pub use super::place::{is_executable, shown};

/// The result of installing or removing a git hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookChange {
    /// A new hook was installed.
    Installed,
    /// A new hook was installed, which runs the earlier hook.
    Chained,
    /// A new hook was installed, which runs the earlier hook. The earlier hook looks at its own
    /// name, which has changed.
    ChainedByName,
    /// ntnguard's lines were added to the existing hook.
    Added,
    /// A hook or lines of ntnguard were updated.
    Renewed,
    /// A hook or lines of ntnguard were up to date already.
    Unchanged,
    /// A hook of ntnguard was removed.
    Removed,
    /// A hook of ntnguard was removed, and the earlier hook is back in its place.
    Restored,
    /// ntnguard's lines were removed from a hook, and the rest of the hook stays.
    Left,
    /// There is no hook of ntnguard.
    Absent,
}

impl HookChange {
    /// Returns a description of the change for people.
    pub fn words(self) -> &'static str {
        match self {
            HookChange::Installed => "installed",
            HookChange::Chained => "installed; it first runs the hook that was already there",
            HookChange::ChainedByName => {
                "installed; it first runs the hook that was already there. That hook looks at its own name, which has changed: \
                 check that it still works"
            }
            HookChange::Added => "added to the existing hook, whose own lines run first",
            HookChange::Renewed => "brought up to date",
            HookChange::Unchanged => "there already",
            HookChange::Removed => "removed",
            HookChange::Restored => "removed; the hook that was there before is back",
            HookChange::Left => "ntnguard's lines are removed; the rest is as it was",
            HookChange::Absent => "not installed by ntnguard, so nothing was changed",
        }
    }
}

/// Installs `hook` in `folder`. The installed hook first runs the earlier hook, if there is one,
/// and then `program`.
///
/// # Errors
///
/// Returns an error if the directory cannot be written to, or if it has files that must not be
/// overwritten.
pub fn install(folder: &Path, hook: Hook, program: &Path) -> Result<HookChange> {
    let place = HookPlace::new(folder, hook);
    match place.whose()? {
        HookOwner::Shared => renew_lines(&place, hook),
        HookOwner::Ours => renew(&place, hook, Some(program)),
        HookOwner::Theirs => chain(&place, hook, program),
        HookOwner::Nobody => {
            // An earlier hook, renamed by ntnguard, may still be there.
            let text = script::script(hook, Some(path_bytes(program)), place.is_chained());
            write_new(&place, folder, &text)
        }
    }
}

/// Installs `hook` in a directory that git tracks. The installed hook contains no path of this
/// machine: it runs the ntnguard on PATH. No file is renamed.
///
/// # Errors
///
/// Returns an error if the directory cannot be written to, or if ntnguard's lines cannot be added
/// to the existing hook.
pub fn install_tracked(folder: &Path, hook: Hook) -> Result<HookChange> {
    let place = HookPlace::new(folder, hook);
    match place.whose()? {
        // An earlier hook, renamed by ntnguard, may still be there.
        HookOwner::Nobody if place.is_chained() => {
            write_new(&place, folder, &script::script(hook, None, true))
        }
        HookOwner::Nobody => write_new(&place, folder, &shared::new(hook)),
        HookOwner::Shared => renew_lines(&place, hook),
        HookOwner::Ours if place.is_chained() => renew(&place, hook, None),
        HookOwner::Ours => place
            .write(&shared::new(hook))
            .map(|()| HookChange::Renewed),
        HookOwner::Theirs => add_lines(&place, hook),
    }
}

fn write_new(place: &HookPlace, folder: &Path, text: &[u8]) -> Result<HookChange> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, "made", &error))?;
    place.write(text)?;
    Ok(HookChange::Installed)
}

/// Updates a hook of ntnguard.
fn renew(place: &HookPlace, hook: Hook, program: Option<&Path>) -> Result<HookChange> {
    let text = script::script(hook, program.map(path_bytes), place.is_chained());
    if place.text()? == text && is_executable(&place.hook) {
        return Ok(HookChange::Unchanged);
    }
    place.write(&text)?;
    Ok(HookChange::Renewed)
}

/// Renames somebody else's hook and installs ntnguard's hook in its place.
fn chain(place: &HookPlace, hook: Hook, program: &Path) -> Result<HookChange> {
    if place.is_chained() {
        let both = format!(
            "{} and {} are both somebody else's hooks",
            shown(&place.hook),
            shown(&place.before)
        );
        return Err(Error::new(both).help(
            "ntnguard was installed here, and then another hook replaced it: merge the two hooks into one, then run the command again",
        ));
    }
    let by_name = looks_at_its_name(&place.hook);
    let text = script::script(hook, Some(path_bytes(program)), true);
    let folder = place.hook.parent().unwrap_or(Path::new("."));
    let new = new_file(folder, &text).map_err(|error| failed(&place.hook, "written", &error))?;
    fs::rename(&place.hook, &place.before)
        .map_err(|error| failed(&place.hook, "renamed", &error))?;
    if let Err(error) = new.persist(&place.hook) {
        let _ = fs::rename(&place.before, &place.hook);
        return Err(failed(&place.hook, "written", &error.error));
    }
    Ok(if by_name {
        HookChange::ChainedByName
    } else {
        HookChange::Chained
    })
}

/// Updates ntnguard's lines in a hook.
fn renew_lines(place: &HookPlace, hook: Hook) -> Result<HookChange> {
    let text = place.text()?;
    match shared::with(hook, &text) {
        Some(with) if with != text => place.rewrite(&with).map(|()| HookChange::Renewed),
        _ => Ok(HookChange::Unchanged),
    }
}

/// Adds ntnguard's lines to somebody else's hook.
fn add_lines(place: &HookPlace, hook: Hook) -> Result<HookChange> {
    let name = shown(&place.hook);
    let is_file = place
        .hook
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_file());
    let text = if is_file { place.text()? } else { Vec::new() };
    let Some(with) = shared::with(hook, &text) else {
        return Err(Error::new(format!(
            "{name} is not a shell script, so ntnguard cannot add its lines to it"
        ))
        .help(format!(
            "git tracks the hook, so ntnguard does not rename it either: add `{}` to the hook yourself",
            hook.command()
        )));
    };
    if !is_executable(&place.hook) {
        return Err(
            Error::new(format!("{name} is not executable, so git does not run it"))
                .help("make the hook executable or delete it, then run the command again"),
        );
    }
    place.rewrite(&with)?;
    Ok(HookChange::Added)
}

/// Returns true if a script reads its own name, as a script that serves several hooks does.
fn looks_at_its_name(hook: &Path) -> bool {
    let text = if hook.is_file() {
        fs::read(hook).unwrap_or_default()
    } else {
        Vec::new()
    };
    [
        "$0",
        "${0",
        "BASH_SOURCE",
        "PROGRAM_NAME",
        "__FILE__",
        "argv[0]",
    ]
    .iter()
    .any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some())
}

/// Removes `hook` from `folder`, and restores the earlier hook.
///
/// # Errors
///
/// Returns an error if the directory cannot be written to.
pub fn uninstall(folder: &Path, hook: Hook) -> Result<HookChange> {
    let place = HookPlace::new(folder, hook);
    let remove =
        || fs::remove_file(&place.hook).map_err(|error| failed(&place.hook, "removed", &error));
    match place.whose()? {
        HookOwner::Nobody | HookOwner::Theirs => Ok(HookChange::Absent),
        HookOwner::Ours if place.is_chained() => {
            fs::rename(&place.before, &place.hook)
                .map_err(|error| failed(&place.before, "renamed", &error))?;
            Ok(HookChange::Restored)
        }
        HookOwner::Ours => remove().map(|()| HookChange::Removed),
        HookOwner::Shared => match shared::without(&place.text()?) {
            Some(rest) => place.rewrite(&rest).map(|()| HookChange::Left),
            None => remove().map(|()| HookChange::Removed),
        },
    }
}
