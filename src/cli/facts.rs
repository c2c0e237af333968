//! The facts about a run that distinguish its saved report from others.

use std::path::Path;

use crate::detect::redact::shell_word;
use crate::git::{Repository, repository_name};
use crate::report::{FailureThreshold, RunFacts};

/// Flags with a value that do not change how findings are judged, only the appearance of a report
/// or the speed of a run.
const WITH_VALUE: [&str; 6] = [
    "--format",
    "--output",
    "--color",
    "--progress",
    "--jobs",
    "--name",
];
/// Flags without a value that do not change how findings are judged.
const ALONE: [&str; 8] = [
    "--quiet",
    "--verbose",
    "--debug",
    "--redact-names",
    "-q",
    "-v",
    "-qv",
    "-vq",
];

/// Returns the current directory, relative to the root of the repository; `None` at the root, or if
/// there is no work tree around it.
fn folder(repository: &Repository) -> Option<String> {
    let top = std::fs::canonicalize(repository.work_tree()?).ok()?;
    let here = std::env::current_dir().ok()?;
    let below = std::fs::canonicalize(here).ok()?;
    let below = below.strip_prefix(top).ok()?.to_string_lossy();
    (!below.is_empty()).then(|| below.replace('\\', "/"))
}

/// Returns the facts about this run. `repository` is a path in the scanned repository; `name` is
/// the name that the user gave the repository.
pub fn of_run(
    repository: Option<&Path>,
    name: Option<&str>,
    fail_on: FailureThreshold,
) -> RunFacts {
    let found = repository.and_then(|path| match path == Path::new(".") {
        true => Repository::here().ok().flatten(),
        false => Repository::find(path).ok().flatten(),
    });
    let remote = || found.as_ref().and_then(Repository::remote_name);
    RunFacts {
        command: Some(command(
            std::env::args_os()
                .skip(1)
                .map(|word| shell_word(word.as_encoded_bytes())),
        )),
        repository: name.map(repository_name).or_else(remote),
        head: found
            .as_ref()
            .and_then(Repository::head)
            .map(|id| id.to_string()),
        folder: found.as_ref().and_then(folder),
        fail_on: Some(fail_on),
        ..RunFacts::default()
    }
}

/// Returns the arguments without the flags that do not change how findings are judged.
fn command(words: impl Iterator<Item = String>) -> String {
    let mut kept = Vec::new();
    let mut words = words;
    while let Some(word) = words.next() {
        let word = word.trim_matches('\'').to_owned();
        let flag = word.split('=').next().unwrap_or_default();
        let is_short = |letter: &str| word.starts_with(letter) && !word.starts_with("--");
        if WITH_VALUE.contains(&flag) || is_short("-o") || is_short("-j") {
            let has_value = word.contains('=') || word.len() > 2 && !word.starts_with("--");
            if !has_value {
                words.next();
            }
        } else if !ALONE.contains(&flag) {
            kept.push(word);
        }
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn the_command_is_recorded_without_output_flags() {
        for (typed, expected) in [
            ("history --format json -o x.json", "history"),
            (
                "history --format=json -ox.json --verify -q",
                "history --verify",
            ),
            (
                "scan src -j 2 --exclude *.md --name a/b",
                "scan src --exclude *.md",
            ),
            ("--debug hook run pre-push", "hook run pre-push"),
        ] {
            let words = typed.split(' ').map(str::to_owned);
            assert_eq!(command(words), expected);
        }
    }
}
