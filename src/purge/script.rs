//! The script and the instructions of a plan.

use std::collections::BTreeSet;
use std::path::Path;

use crate::detect::redact::shown_path;

use super::PurgePlan;

/// Returns the content of `purge.sh`.
pub fn commands(plan: &PurgePlan) -> String {
    let run = |path: &String| format!("purge {}\n", quoted(path));
    let modules = &plan.modules;
    let arguments: String = plan
        .arguments
        .iter()
        .map(|argument| format!(" {}", quoted(argument)))
        .collect();
    filled(
        include_str!("files/purge.sh"),
        &[
            (
                "REPOSITORIES",
                &modules
                    .iter()
                    .chain([&plan.repository])
                    .map(|path| format!(" {}", quoted(path)))
                    .collect::<String>(),
            ),
            (
                "PURGE",
                &modules
                    .iter()
                    .chain([&plan.repository])
                    .map(run)
                    .collect::<String>(),
            ),
            ("REPOSITORY", &quoted(&plan.repository)),
            ("NTNGUARD", &quoted(&plan.program)),
            ("FLAGS", &flags(plan)),
            ("ARGUMENTS", &arguments),
        ],
    )
}

/// Returns the flags of git-filter-repo, one per line.
fn flags(plan: &PurgePlan) -> String {
    let found = &plan.found;
    let mut flags = String::new();
    let mut add = |flag: &str| flags += &format!(" \\\n            {flag}");
    if !found.texts.is_empty() {
        add("--replace-text \"$plan/replace-text.txt\"");
    }
    if !found.messages.is_empty() {
        add("--replace-message \"$plan/replace-message.txt\"");
        add("--name-callback 'import purge; return purge.without(name)'");
        add("--email-callback 'import purge; return purge.without(email)'");
    }
    if !found.strip.is_empty() {
        add("--strip-blobs-with-ids \"$plan/strip-blobs.txt\"");
    }
    if !found.names.is_empty() {
        add("--paths-from-file \"$plan/rename.txt\"");
    }
    if !plan.modules.is_empty() {
        add("--commit-callback 'import purge; purge.relink(commit)'");
    }
    flags
}

/// Returns the list of changes that the plan makes, one per line.
fn deeds(plan: &PurgePlan) -> String {
    let found = &plan.found;
    let rows = [
        (
            found.texts.len(),
            "In text files, `***REMOVED***` replaces # different strings (`replace-text.txt`).",
        ),
        (
            found.messages.len(),
            "In messages, and in names and addresses of authors, `***REMOVED***` replaces # different strings \
             (`replace-message.txt`).",
        ),
        (
            found.records.len(),
            "In git's own files, such as configuration and hooks, `***REMOVED***` replaces # different strings \
             (`replace-record.txt`).",
        ),
        (
            found.names.len(),
            "In names of files, folders, branches and tags, `removed-…` replaces # different strings (`rename.txt`).",
        ),
        (
            found.strip.len(),
            "# blobs are removed completely, because replacing bytes cannot remove the secrets in them (`strip-blobs.txt`).",
        ),
        (
            found.lfs.len(),
            "# files are deleted from the local storage of git-lfs (`lfs-objects.txt`).",
        ),
        (
            plan.modules.len(),
            "# submodules are rewritten first; the repository that contains them then refers to their new commits.",
        ),
    ];
    let rows = rows.into_iter().filter(|(number, _)| *number > 0);
    rows.map(|(number, text)| format!("- {}\n", text.replace('#', &number.to_string())))
        .collect()
}

/// Returns the content of `README.md`.
pub fn steps(plan: &PurgePlan, folder: &Path) -> String {
    let mut left = String::new();
    if !plan.is_complete {
        left += "\n**The scan was incomplete, so this plan may be incomplete, too.** Follow the report's \
                 advice about what was not scanned, and make a new plan.\n";
    }
    left += &listed(
        "**Removed completely**: binary files, UTF-16 files, archives. Put clean versions back afterwards, if \
         you need them:",
        &plan.dropped,
    );
    left += &listed(
        "**By hand**: the script does not change these places, so the scan at its end still finds the secrets in them:",
        &plan.found.left,
    );
    filled(
        include_str!("files/README.md"),
        &[
            ("WHAT", &deeds(plan)),
            ("LEFT", &left),
            (
                "SCRIPT",
                &quoted(&folder.join("purge.sh").to_string_lossy()),
            ),
            ("REPOSITORY", &shown_path(plan.repository.as_bytes())),
        ],
    )
}

/// Returns a list under its title, or nothing if the list is empty.
fn listed(title: &str, items: &BTreeSet<String>) -> String {
    let items: String = items.iter().map(|item| format!("- `{item}`\n")).collect();
    if items.is_empty() {
        items
    } else {
        format!("\n{title}\n\n{items}")
    }
}

/// Returns `template` with each `@NAME@` replaced by the value of that name. Names inside inserted
/// values are not replaced.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split('@');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match values.iter().find(|(name, _)| *name == part) {
            Some((_, value)) => out += value,
            None => out += part,
        }
    }
    out
}

/// Quotes `word` for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::{filled, quoted};

    #[test]
    fn inserted_values_are_not_expanded_again() {
        assert_eq!(
            filled("a @X@ b\n@Y@c", &[("X", "@Y@"), ("Y", "y")]),
            "a @Y@ b\nyc"
        );
    }

    #[test]
    fn any_text_is_quoted_as_one_shell_word() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's $(x)"), "'it'\\''s $(x)'");
    }
}
