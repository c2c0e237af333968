//! Hints for unknown commands and flags: names that other tools use, and names of files.

use std::ffi::{OsStr, OsString};
use std::path::{Path, is_separator};

use crate::detect::redact::shell_word;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Commands of other tools and likely guesses, each with the hint to show.
const COMMANDS: &[(&[&str], &str)] = &[
    (
        &["detect", "check", "lint", "find", "run"],
        "`ntnguard scan` scans files on disk; `ntnguard history` scans everything that git stores",
    ),
    (
        &["protect", "diff", "index", "cached"],
        "`ntnguard staged` scans the changes that the next commit would add",
    ),
    (
        &["git", "log", "repo"],
        "`ntnguard history` scans everything that git stores; `ntnguard range A..B` scans the changes of commits",
    ),
    (
        &["dir", "directory", "filesystem", "file", "files", "path"],
        "`ntnguard scan PATH` scans files on disk",
    ),
    (
        &["init", "install", "setup", "pre-commit", "pre-push"],
        "`ntnguard hook install` installs the git hooks; there is nothing else to set up",
    ),
    (
        &["uninstall"],
        "`ntnguard hook uninstall` removes the git hooks",
    ),
    (
        &["status"],
        "`ntnguard hook status` shows which git hooks call ntnguard",
    ),
    (
        &["explain", "rule", "info"],
        "`ntnguard rules ID` prints the page of a rule",
    ),
    (
        &["fix", "gitignore"],
        "`ntnguard env --fix` adds the missing lines to .gitignore",
    ),
    (&["version"], "`ntnguard --version` prints the version"),
];

/// Flags of other tools and likely guesses, each with the hint to show.
const FLAGS: &[(&[&str], &str)] = &[
    (
        &["--json", "--report-format", "--output-format", "-f"],
        "`--format json` writes the report as JSON; other formats are human, concise, sarif, github, gitlab, html and markdown",
    ),
    (&["--sarif"], "`--format sarif` writes the report as SARIF"),
    (
        &["--github"],
        "`--format github` writes the report as annotations for GitHub Actions",
    ),
    (
        &["--gitlab"],
        "`--format gitlab` writes the report in the format of GitLab's secret detection",
    ),
    (
        &["--report-path", "--output-file", "-r"],
        "`-o FILE` writes the report into a file",
    ),
    (
        &["--staged", "--cached"],
        "`ntnguard staged` scans the changes that the next commit would add",
    ),
    (
        &["--history", "--all", "--git"],
        "`ntnguard history` scans everything that git stores",
    ),
    (
        &[
            "--since-commit",
            "--since",
            "--after",
            "--until",
            "--log-opts",
            "--commits",
        ],
        "`ntnguard range A..B` scans the changes that commits add",
    ),
    (
        &["--source", "--path", "--dir", "-s", "-d"],
        "`ntnguard scan PATH` scans the files at PATH",
    ),
    (
        &["--no-git"],
        "`ntnguard scan PATH` scans files on disk, in a repository or not",
    ),
    (
        &["--stdin", "--pipe"],
        "`ntnguard stdin` scans standard input",
    ),
    (
        &["--baseline-path"],
        "`--baseline FILE` chooses the baseline",
    ),
    (
        &["--exit-code"],
        "`--exit-zero` exits with 0 even if there are findings; other exit codes cannot be chosen",
    ),
    (
        &["--rule", "--exclude"],
        "only commands that report findings take this flag; `ntnguard baseline`, for example, always covers all findings",
    ),
    (
        &["--redact", "--no-redact", "--show-secrets"],
        "secrets are masked in every report, always",
    ),
    (
        &["--no-color", "--no-colour"],
        "`--color never` turns colour off",
    ),
    (&["--silent", "--no-banner"], "`-q` leaves out the summary"),
    (
        &["--fix"],
        "`ntnguard env --fix` adds the missing lines to .gitignore",
    ),
];

/// Inserts the command `scan` if the first argument is a path. Only an argument with a path
/// separator, `.` or `..` is taken for a path: a misspelt command must not be scanned as a file.
pub fn with_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.get(1).is_some_and(|first| is_path(first)) {
        arguments.insert(1, "scan".into());
    }
    arguments
}

fn is_path(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    let is_flag = text.starts_with('-');
    text == "." || text == ".." || !is_flag && text.chars().any(is_separator)
}

/// Adds the hint for an unknown command or flag to the error, if there is a hint.
pub fn add(mut error: clap::Error) -> clap::Error {
    let (kind, table, guess) = match error.kind() {
        ErrorKind::InvalidSubcommand => (
            ContextKind::InvalidSubcommand,
            COMMANDS,
            ContextKind::SuggestedSubcommand,
        ),
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, FLAGS, ContextKind::SuggestedArg),
        _ => return error,
    };
    let Some(ContextValue::String(typed)) = error.get(kind) else {
        return error;
    };
    let known = hint(table, typed).map(str::to_owned);
    let is_command = kind == ContextKind::InvalidSubcommand;
    if let Some(hint) = known.or_else(|| is_command.then(|| file(typed)).flatten()) {
        // The hint is more precise than clap's suggestion of a similar name.
        error.remove(guess);
        let hint = ContextValue::StyledStrs(vec![StyledStr::from(hint)]);
        error.insert(ContextKind::Suggested, hint);
    }
    error
}

fn hint(table: &[(&[&str], &'static str)], typed: &str) -> Option<&'static str> {
    let typed = typed.split('=').next().unwrap_or_default();
    let known = table.iter().find(|(words, _)| words.contains(&typed));
    known.map(|(_, hint)| *hint)
}

/// Returns the hint to scan the file with the name of the unknown command; `None` if the current
/// directory has no such file.
fn file(typed: &str) -> Option<String> {
    let is_here = !typed.is_empty() && Path::new(typed).symlink_metadata().is_ok();
    let word = shell_word(typed.as_bytes());
    is_here.then(|| format!("to scan the file of that name here: `ntnguard scan {word}`"))
}

#[cfg(test)]
mod tests {
    use super::{COMMANDS, FLAGS, with_command};
    use crate::cli::interface;

    #[test]
    fn without_a_command_only_a_path_is_scanned() {
        let scans = |first: &str| {
            let arguments = with_command(vec!["ntnguard".into(), first.into(), "x".into()]);
            arguments.len() == 4 && arguments[1] == "scan" && arguments[2] == first
        };
        for path in [".", "..", "./detect", "src/app.ts", "/tmp", "src/"] {
            assert!(scans(path), "{path}");
        }
        for word in [
            "detect",
            "scan",
            "-",
            "-o=a/b",
            "--known=./.env",
            "a.ts",
            "",
        ] {
            assert!(!scans(word), "{word}");
        }
        assert_eq!(with_command(vec!["ntnguard".into()]).len(), 1);
    }

    #[test]
    fn hint_words_are_unique_and_never_commands() {
        let interface = interface();
        let words: Vec<&str> = COMMANDS
            .iter()
            .flat_map(|(words, _)| *words)
            .copied()
            .collect();
        for word in &words {
            assert!(interface.find_subcommand(word).is_none(), "{word}");
            assert_eq!(words.iter().filter(|other| *other == word).count(), 1);
        }
        let flags: Vec<&str> = FLAGS
            .iter()
            .flat_map(|(words, _)| *words)
            .copied()
            .collect();
        for flag in &flags {
            assert_eq!(flags.iter().filter(|other| *other == flag).count(), 1);
        }
    }
}
