//! The programs that hooks run: this program, and the ntnguard on PATH.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::hook::install::{is_executable, shown};

/// Returns the path of this program to write into hooks. A link to the program on PATH is
/// preferred, since it stays valid after an update.
pub fn named() -> Result<PathBuf> {
    let own = own()?;
    let (real, name) = (real(&own), own.file_name().unwrap_or_default());
    let same =
        |file: &PathBuf| file.is_absolute() && file.canonicalize().is_ok_and(|file| file == real);
    let on_path = folders()
        .into_iter()
        .map(|folder| folder.join(name))
        .find(same);
    Ok(on_path.unwrap_or(own))
}

/// Returns the path of the ntnguard that a shell finds on PATH; `None` if PATH has no ntnguard.
pub fn on_path() -> Option<PathBuf> {
    let name = format!("ntnguard{}", env::consts::EXE_SUFFIX);
    folders()
        .into_iter()
        .map(|folder| folder.join(&name))
        .find(|file| is_executable(file))
}

/// Describes a program by its path, and by its version if it is this program. The version of
/// another program is unknown, since it is not started.
pub fn words(program: &Path) -> String {
    let is_own = own().is_ok_and(|own| real(&own) == real(program));
    let which = match is_own {
        true => concat!("this program, ", env!("CARGO_PKG_VERSION")),
        false => "another program: run it with `--version` to see its version",
    };
    format!("{} ({which})", shown(program))
}

fn own() -> Result<PathBuf> {
    env::current_exe().map_err(|error| {
        Error::new(format!("ntnguard cannot find out its own path: {error}"))
            .help("run ntnguard by its full path, such as /usr/local/bin/ntnguard")
    })
}

fn folders() -> Vec<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()
}

fn real(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| file.to_owned())
}
