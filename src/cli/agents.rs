//! The flag `ntnguard scan --agents`, which scans the files of AI assistants and shells.

use std::path::{Path, PathBuf};

use crate::detect::redact::shown_path;
use crate::error::{Error, Result};
use crate::hook::agent::Assistant;
use crate::model::blob::path_bytes;
use crate::model::source_kind::SourceKind;
use crate::run::Subject;
use crate::source::agents::places::{AgentPlace, UserFolders};

use super::surface::Surface;
use super::verify_flags::VerifyFlags;
use super::{Outcome, hook, output};

/// Scans the files in which AI assistants and shells store data of this user. Only a configuration
/// given with `--config` is used, never the configuration of the current repository.
pub fn run(surface: &Surface, verify: &VerifyFlags) -> Outcome {
    let places = folders()?.places();
    if places.is_empty() {
        let message = "none of the places in which AI assistants and shells store data exists";
        return Err(Error::new(message)
            .help("ntnguard looks for these places in your home folder (the variable HOME); docs/agents.md lists \
                   the places"));
    }
    if surface.is_reported_in_full() {
        print_places(&places);
    }
    let policy = surface.settings.policy(None)?;
    let job = verify.add(surface.job(policy, SourceKind::Agents)?, None)?;
    surface.run_job(&job, Subject::Agents(places))
}

/// Prints the paths that are scanned to standard error.
fn print_places(places: &[AgentPlace]) {
    let shown = places
        .iter()
        .map(|place| shown_path(path_bytes(&place.path)));
    let shown: Vec<_> = shown.collect();
    output::note(&format!("looking through {}", shown.join(", ")));
}

/// Returns the directories of this user in which assistants and shells store data.
///
/// # Errors
///
/// When the variable of the home directory is not set.
fn folders() -> Result<UserFolders> {
    let homes = hook::homes()?;
    let home = hook::home().unwrap_or_default();
    let named = |name: &str| {
        let set = std::env::var_os(name).map(PathBuf::from);
        set.filter(|path| path.is_absolute())
    };
    let application = home.join("Library").join("Application Support");
    let of_platform = |variable: &str, default: &str| {
        if cfg!(windows) {
            named("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"))
        } else if cfg!(target_os = "macos") {
            application.clone()
        } else {
            named(variable).unwrap_or_else(|| home.join(default))
        }
    };
    let mut histories: Vec<PathBuf> = ["HISTFILE"].into_iter().filter_map(named).collect();
    histories.extend(named("ZDOTDIR").map(|folder| folder.join(".zsh_history")));
    // The fish shell uses these directories on every platform.
    let fish = Path::new("fish").join("fish_history");
    histories.push(home.join(".local/share").join(&fish));
    histories.push(home.join(".config").join(fish));
    Ok(UserFolders {
        config: of_platform("XDG_CONFIG_HOME", ".config"),
        data: of_platform("XDG_DATA_HOME", ".local/share"),
        assistants: Assistant::ALL
            .map(|assistant| homes.of(assistant).to_owned())
            .to_vec(),
        histories,
        home,
    })
}
