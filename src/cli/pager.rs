//! The pager: the only program that ntnguard starts. The pager is chosen by the user's environment,
//! never by a repository.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::error::Result;

use super::output;
use super::settings::ground;

/// The condition under which text goes through the pager on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// Always. The pager itself decides if the text fits the screen.
    Always,
    /// If the text has as many lines as the screen, or more.
    Long,
    /// Never.
    Never,
}

/// Shows `text` in the pager if standard output is a terminal and `paging` allows it. Prints `text`
/// otherwise, and if no pager works.
pub fn show(text: &str, paging: Paging) -> Result<()> {
    let is_terminal =
        || io::stdout().is_terminal() && env::var_os("TERM").as_deref() != Some(OsStr::new("dumb"));
    let is_paged = match paging {
        Paging::Always => is_terminal(),
        Paging::Long => is_terminal() && is_longer_than_screen(text),
        Paging::Never => false,
    };
    if is_paged && page(text) {
        return Ok(());
    }
    output::print(text)
}

fn is_longer_than_screen(text: &str) -> bool {
    let rows = terminal_size::terminal_size().map(|(_, rows)| usize::from(rows.0));
    rows.is_none_or(|rows| text.lines().count() >= rows)
}

/// Shows `text` in a pager. Returns false if no pager could show it.
fn page(text: &str) -> bool {
    let words = words(env::var_os("NTNGUARD_PAGER"), env::var_os("PAGER"));
    let Some((name, arguments)) = words.split_first() else {
        return false;
    };
    let folders = env::var_os("PATH").unwrap_or_default();
    let Some(home) = Home::here() else {
        return false;
    };
    let programs = programs(name, &folders, &home);
    let mut started = programs
        .iter()
        .filter_map(|program| start(program, arguments).ok());
    started.next().is_some_and(|pager| feed(pager, text))
}

/// Returns the name of the pager and its arguments, split at blanks: NTNGUARD_PAGER (`own`), else
/// PAGER (`general`), else `less`. Empty if the value is empty or `cat`, which turns the pager off.
fn words(own: Option<OsString>, general: Option<OsString>) -> Vec<String> {
    let named = own
        .or(general)
        .map(|value| value.to_string_lossy().into_owned());
    let named = named.unwrap_or_else(|| "less".to_owned());
    let words: Vec<_> = named.split_whitespace().map(str::to_owned).collect();
    if words == ["cat"] { Vec::new() } else { words }
}

/// Directories whose programs may come from a repository: the current directory, and the work trees
/// that contain it.
struct Home(Vec<PathBuf>);

impl Home {
    /// Returns the current directory and the work trees that contain it; `None` if the current
    /// directory is unknown. A directory with an entry `.git` is treated as a work tree even if its
    /// repository is broken.
    fn here() -> Option<Self> {
        let here = env::current_dir().and_then(|here| here.canonicalize());
        let here = here.ok()?;
        let is_top = |folder: &&Path| folder.join(".git").symlink_metadata().is_ok();
        let tops = here.ancestors().skip(1).filter(is_top);
        let mut folders: Vec<_> = tops.map(Path::to_owned).collect();
        // The environment or git's configuration may set another top of the work tree.
        folders.extend(ground().canonicalize());
        folders.push(here);
        Some(Home(folders))
    }

    /// Returns true if the path of `file`, or the file that it links to, is in one of the
    /// directories.
    fn has(&self, file: &Path) -> bool {
        let is_here = |file: &Path| {
            let folder = file.parent().map(Path::canonicalize);
            let folder = folder.and_then(io::Result::ok);
            folder.is_none_or(|folder| self.0.iter().any(|home| folder.starts_with(home)))
        };
        is_here(file) || file.canonicalize().is_ok_and(|file| is_here(&file))
    }
}

/// Returns the programs called `name`, in the order of PATH. Relative paths and programs that may
/// come from a repository are left out.
fn programs(name: &str, folders: &OsStr, home: &Home) -> Vec<PathBuf> {
    let file = format!(
        "{}{}",
        name.trim_end_matches(env::consts::EXE_SUFFIX),
        env::consts::EXE_SUFFIX
    );
    let named = Path::new(&file);
    let found = if named.components().count() > 1 || named.is_absolute() {
        vec![named.to_owned()]
    } else {
        env::split_paths(folders)
            .map(|folder| folder.join(named))
            .collect()
    };
    let is_ours =
        |program: &PathBuf| program.is_absolute() && program.is_file() && !home.has(program);
    found.into_iter().filter(is_ours).collect()
}

fn start(program: &Path, arguments: &[String]) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        // F: exit if the text fits the screen; R: keep colours; X: leave the text on the screen.
        command.env("LESS", "FRX");
    }
    command.spawn()
}

/// Writes `text` to the pager and waits for it. Returns true if the pager exited with success. A
/// pager that closes its input early has shown enough.
fn feed(mut pager: Child, text: &str) -> bool {
    // While the pager runs, Ctrl-C must not end this process.
    let _ = signal_hook::flag::register(
        signal_hook::consts::SIGINT,
        Arc::new(AtomicBool::new(false)),
    );
    let written = pager
        .stdin
        .take()
        .map(|mut input| input.write_all(text.as_bytes()));
    let was_read = match written {
        Some(Err(error)) => error.kind() == ErrorKind::BrokenPipe,
        written => written.is_some(),
    };
    pager.wait().is_ok_and(|status| status.success()) && was_read
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::PathBuf;

    use super::{Home, programs, words};

    #[test]
    fn the_environment_sets_or_disables_the_pager() {
        let words = |own: Option<&str>, general: Option<&str>| {
            words(own.map(OsString::from), general.map(OsString::from)).join("|")
        };
        assert_eq!(words(None, None), "less");
        assert_eq!(words(None, Some("most -s")), "most|-s");
        assert_eq!(words(Some("bat -p"), Some("more")), "bat|-p");
        for none in ["", " ", "cat", " cat "] {
            assert_eq!(words(Some(none), Some("more")), "", "{none:?}");
            assert_eq!(words(None, Some(none)), "", "{none:?}");
        }
    }

    #[test]
    fn a_pager_in_the_repository_is_never_used() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        let place = |name: &str| {
            top.join(name)
                .join(format!("less{}", std::env::consts::EXE_SUFFIX))
        };
        for folder in ["bin", "here", "tree/bin", "tree/sub"] {
            fs::create_dir_all(top.join(folder)).unwrap();
            fs::write(place(folder), "").unwrap();
        }
        let home = |tree: Option<&str>, here: &str| {
            let folders = tree.into_iter().chain([here]);
            Home(folders.map(|folder| top.join(folder)).collect())
        };
        let path = |folders: &[PathBuf]| std::env::join_paths(folders).unwrap();
        let all = path(
            &["", ".", "tree/bin"]
                .map(PathBuf::from)
                .into_iter()
                .chain(["here", "tree/bin", "tree/sub", "bin"].map(|folder| top.join(folder)))
                .collect::<Vec<_>>(),
        );
        assert_eq!(
            programs("less", &all, &home(Some("tree"), "here")),
            [place("bin")]
        );
        assert_eq!(programs("less", &all, &home(None, "tree/sub")).len(), 3);
        for tree in [Some("tree"), None] {
            let at_top = programs("less", &all, &home(tree, "tree"));
            assert_eq!(at_top, [place("here"), place("bin")]);
        }
        for name in ["./less", "bin/less", "../less", "", ".."] {
            assert!(
                programs(name, &all, &home(None, "here")).is_empty(),
                "{name}"
            );
        }
        let named = |folder: &str| {
            programs(
                place(folder).to_str().unwrap(),
                &all,
                &home(Some("tree"), "here"),
            )
        };
        assert_eq!(named("bin"), [place("bin")]);
        assert!(named("tree/bin").is_empty() && named("here").is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_pager_that_links_into_the_repository_is_never_used() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        fs::create_dir_all(top.join("tree")).unwrap();
        fs::create_dir_all(top.join("bin")).unwrap();
        fs::write(top.join("tree/less"), "").unwrap();
        std::os::unix::fs::symlink(top.join("tree/less"), top.join("bin/less")).unwrap();
        let home = Home(vec![top.join("tree")]);
        assert!(programs("less", top.join("bin").as_os_str(), &home).is_empty());
    }
}
