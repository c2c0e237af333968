//! A search for calls of ntnguard in scripts and configurations. The search compares words: it runs
//! nothing and parses no format.

use std::cmp::Ordering;

use super::Hook;

/// Returns true if a shell script runs ntnguard to do the work of `hook`.
pub fn script(text: &str, hook: Hook) -> bool {
    text.lines().any(|line| line_calls(line, hook))
}

/// Returns true if a configuration with a section for each hook (`pre-commit:`,
/// `[[pre-commit.jobs]]`, `"pre-commit": …`) calls ntnguard in the section of `hook`.
pub fn named(text: &str, hook: Hook) -> bool {
    // The indentation of the line that begins the section of `hook`, and true if that line is the
    // head of a TOML table; `None` outside of the section.
    let mut inside: Option<(usize, bool)> = None;
    for line in text
        .lines()
        .filter(|line| !line.trim().is_empty() && !is_comment(line))
    {
        let depth = line.len() - line.trim_start().len();
        let (is_table, is_item) = (
            line.trim_start().starts_with('['),
            line.trim_start().starts_with("- "),
        );
        let ends = |head: usize, of_table: bool| match depth.cmp(&head) {
            Ordering::Less => true,
            Ordering::Equal => {
                if of_table {
                    is_table
                } else {
                    !is_item
                }
            }
            Ordering::Greater => false,
        };
        if is_head(line, hook) {
            inside = Some((depth, is_table));
        } else if inside.is_some_and(|(head, of_table)| ends(head, of_table)) {
            inside = None;
        }
        if inside.is_some() && line_calls(line, hook) {
            return true;
        }
    }
    false
}

/// Returns true if a configuration of pre-commit lists one of our hooks for `hook`, or a command
/// that runs ntnguard for `hook`.
pub fn listed(text: &str, hook: Hook) -> bool {
    let ids: &[&str] = match hook {
        Hook::PreCommit | Hook::PreMergeCommit => &["ntnguard", "ntnguard-system"],
        Hook::CommitMsg => &["ntnguard-commit-msg"],
        Hook::PrePush => &["ntnguard-push"],
    };
    text.lines().filter(|line| !is_comment(line)).any(|line| {
        let words = words(line);
        let mut pairs = words.iter().zip(words.iter().skip(1));
        pairs.any(|(key, id)| matches!(key.as_str(), "id" | "id:") && ids.contains(&id.as_str()))
            || line_calls(line, hook)
    })
}

/// Returns true if a line begins the section of `hook`.
fn is_head(line: &str, hook: Hook) -> bool {
    // Overcommit spells `pre-commit` as `PreCommit`.
    let other: String = hook
        .file()
        .split('-')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    let line = line
        .trim_start()
        .trim_start_matches(['[', '{', '"', '\'', ' ']);
    let rest = line
        .strip_prefix(hook.file())
        .or_else(|| line.strip_prefix(other.as_str()));
    rest.is_some_and(|rest| rest.starts_with([':', '"', '\'', '.', ']', ' ', '=']))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';']) || line.trim_start().starts_with("//")
}

/// Returns true if a line runs ntnguard for `hook`. The program may have any path, and the command
/// may be quoted or a list of words.
fn line_calls(line: &str, hook: Hook) -> bool {
    let words = words(line);
    let calls = |at: usize| {
        let rest: Vec<&str> = words[at + 1..].iter().map(String::as_str).collect();
        match (hook.work(), rest.as_slice()) {
            (work, ["hook", "run", run, ..]) => *run == work || *run == hook.file(),
            ("pre-commit", ["staged", ..]) => true,
            _ => false,
        }
    };
    let is_ours = |word: &str| {
        matches!(
            word.rsplit(['/', '\\']).next(),
            Some("ntnguard" | "ntnguard.exe")
        )
    };
    !is_comment(line) && (0..words.len()).any(|at| is_ours(&words[at]) && calls(at))
}

/// Returns the words of a line, without quotes, brackets and separators.
fn words(line: &str) -> Vec<String> {
    let plain = line.replace(
        [
            '"', '\'', ',', '[', ']', '{', '}', '(', ')', ';', '`', '|', '&', '=',
        ],
        " ",
    );
    plain
        .split_whitespace()
        .filter(|word| *word != ":")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{listed, named, script};
    use crate::hook::Hook::{CommitMsg, PreCommit, PreMergeCommit, PrePush};

    #[test]
    fn a_call_is_found_by_any_path_but_not_in_comments() {
        for line in [
            "exec ntnguard hook run pre-commit",
            "'/a b/ntnguard' hook run pre-commit || exit",
            "ntnguard staged -q",
        ] {
            assert!(script(&format!("#!/bin/sh\n{line}\n"), PreCommit), "{line}");
            assert!(!script(&format!("# {line}\n"), PreCommit), "{line}");
        }
        assert!(
            !script("ntnguard hook run pre-commit", PrePush) && !script("echo ntnguard", PreCommit)
        );
        assert!(script("ntnguard hook run pre-merge-commit", PreMergeCommit));
    }

    #[test]
    fn a_call_counts_only_for_its_own_hook() {
        let yaml = "colors: false\npre-commit:\n  jobs:\n    - run: ntnguard hook run pre-commit\npre-push:\n  jobs: []\n\
                    # pre-merge-commit: ntnguard hook run pre-commit\npre-merge-commit:\n  jobs:\n    - run: other\n";
        assert!(named(yaml, PreCommit));
        assert!(
            ![PreMergeCommit, CommitMsg, PrePush]
                .iter()
                .any(|hook| named(yaml, *hook))
        );
        let toml = "[pre-commit]\nparallel = true\n[[pre-push.jobs]]\nname = \"x\"\n\
                    run = \"ntnguard hook run pre-push {1} {2}\"\n\
                    [other]\nrun = 'ntnguard hook run pre-commit'\n";
        assert!(named(toml, PrePush) && !named(toml, PreCommit));
        let json = "{\n  \"scripts\": {\"pre-commit\": \"x\"},\n  \"gitHooks\": {\n    \
                    \"pre-commit\": \"ntnguard hook run pre-commit\"\n  }\n}\n";
        assert!(named(json, PreCommit) && !named(json, PrePush));
        assert!(named(
            "{\"pre-commit\": {\"jobs\": [{\"run\": \"ntnguard hook run pre-commit\"}]}}",
            PreCommit
        ));
        let overcommit =
            "PreCommit:\n  Ntnguard:\n    command: ['ntnguard', 'hook', 'run', 'pre-commit']\n";
        assert!(named(overcommit, PreCommit) && !named(overcommit, PreMergeCommit));
    }

    #[test]
    fn our_hooks_are_recognised_by_their_ids() {
        let yaml = "repos:\n- repo: https://example.com/ntnguard\n  hooks:\n\
             \x20 - id: other\n  - {id: ntnguard-push, stages: [pre-push]}\n";
        assert!(listed(yaml, PrePush) && !listed(yaml, PreCommit) && !listed(yaml, CommitMsg));
        assert!(
            listed("  - id: 'ntnguard-system'", PreMergeCommit)
                && !listed("  # - id: ntnguard", PreCommit)
        );
        assert!(listed(
            "hooks = [{ id = \"x\", entry = \"ntnguard hook run commit-msg\" }]",
            CommitMsg
        ));
    }
}
