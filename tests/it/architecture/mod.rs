//! Tests of the invariants in ARCHITECTURE.md: the imports that each room may have, and the words that only one room may
//! use.

mod graph;
mod types;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use ntnguard::rules::RULES;

/// The path and the text of each source file of the library and the binary.
fn sources() -> Vec<(String, String)> {
    files_below("src")
}

/// The path and the text of each file below a folder of the project.
fn files_below(folder: &str) -> Vec<(String, String)> {
    fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, into)
            } else {
                into.push(path)
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    let name = |path: &Path| {
        path.strip_prefix(root)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/")
    };
    files
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

/// The same as [`sources`], without files that contain only tests.
fn shipped() -> Vec<(String, String)> {
    let is_test = |file: &str| file.ends_with("/tests.rs") || file.contains("/tests/");
    let mut sources = sources();
    sources.retain(|(file, _)| !is_test(file));
    sources
}

/// The code of a file: without comments, and without its tests.
fn code(text: &str) -> String {
    let before_tests = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Asserts that no file outside of `rooms` contains any of `words` in its code.
fn only(rooms: &[&str], words: &[&str]) {
    for (file, text) in sources() {
        let code = code(&text);
        for word in words {
            let allowed = rooms.iter().any(|room| file.starts_with(room));
            assert!(
                allowed || !code.contains(word),
                "{file} names {word}; only {rooms:?} may"
            );
        }
    }
}

/// For each room, from the ground up, the rooms that it imports. A new import between rooms is a decision: add it here
/// together with the code.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("rules", &["model"]),
    ("detect", &["model", "rules"]),
    ("error", &["detect"]),
    ("files", &[]),
    ("git", &["error", "files", "model"]),
    ("live", &["error", "model", "rules"]),
    ("policy", &["error", "files", "model", "rules"]),
    (
        "env",
        &[
            "detect", "error", "files", "git", "model", "policy", "rules",
        ],
    ),
    (
        "source",
        &["detect", "error", "files", "git", "model", "policy"],
    ),
    (
        "report",
        &[
            "detect", "env", "error", "live", "model", "policy", "rules", "source",
        ],
    ),
    (
        "run",
        &[
            "detect", "env", "error", "git", "live", "model", "policy", "report", "rules", "source",
        ],
    ),
    (
        "ci",
        &["detect", "error", "git", "model", "policy", "source"],
    ),
    (
        "hook",
        &[
            "detect", "env", "error", "files", "git", "model", "policy", "source",
        ],
    ),
    (
        "purge",
        &[
            "detect", "error", "files", "git", "model", "report", "source",
        ],
    ),
    (
        "cli",
        &[
            "ci", "detect", "env", "error", "files", "git", "hook", "live", "model", "policy",
            "purge", "report", "rules", "run", "source",
        ],
    ),
];

#[test]
fn rooms_have_only_allowed_imports_without_cycles() {
    let graph = graph::graph();
    assert_eq!(graph::cycle(&graph), None);
    let allowed: graph::Graph = ALLOWED
        .iter()
        .map(|(room, named)| {
            let named = named.iter().map(|room| (*room).to_owned());
            ((*room).to_owned(), named.collect())
        })
        .collect();
    for (room, named) in &graph {
        let allowed = allowed
            .get(room)
            .unwrap_or_else(|| panic!("{room} is no room of the table"));
        let new: Vec<_> = named.difference(allowed).collect();
        let gone: Vec<_> = allowed.difference(named).collect();
        assert!(
            new.is_empty(),
            "{room} names {new:?}, which the table does not allow"
        );
        assert!(
            gone.is_empty(),
            "{room} names {gone:?} no more: take it out of the table"
        );
    }
    assert_eq!(graph.len(), allowed.len());
    // Each room comes after the rooms that it imports, so the table shows the rooms from the ground up.
    for (at, (room, named)) in ALLOWED.iter().enumerate() {
        let is_below = |named: &&str| ALLOWED[..at].iter().any(|(below, _)| below == named);
        assert!(
            named.iter().all(is_below),
            "{room} stands below what it names"
        );
    }
}

#[test]
fn src_has_few_top_level_entries() {
    let top: std::collections::BTreeSet<String> = sources()
        .iter()
        .filter_map(|(file, _)| file.split('/').nth(1).map(str::to_owned))
        .collect();
    assert!(top.len() <= 18, "{top:?}");
}

#[test]
fn each_library_and_effect_is_limited_to_its_rooms() {
    // Rooms that walk trees and objects may use the types of gix.
    only(&["src/git/", "src/source/"], &["gix::"]);
    only(
        &["src/cli/", "src/main.rs"],
        &[
            "clap::",
            "stdout()",
            "stderr()",
            "ExitCode",
            "println!",
            "eprintln!",
        ],
    );
    only(&["src/cli/", "src/main.rs", "src/git/"], &["std::env"]);
    // Records are raw bytes, so the room that shows them must mask and escape them.
    only(
        &["src/cli/debug.rs"],
        &["set_logger", "log::Log", "set_boxed_logger"],
    );
    only(&["src/policy/config/"], &["serde_yaml"]);
    only(&["src/live/client.rs"], &["ureq", "rustls"]);
    only(&["src/live/client.rs"], &["std::net", "TcpStream"]);
    only(&["src/report/", "src/error.rs"], &["miette"]);
    // The only program that ntnguard starts is the pager, which the user's own environment names.
    only(
        &["src/cli/pager.rs"],
        &["process::{", "process::Command", "process::Child", "Stdio"],
    );
    only(&[], &["unsafe "]);
}

#[test]
fn no_rule_id_is_used_outside_the_file_of_the_rule() {
    // Users name rules by id in flags and in the configuration. The registry looks the ids up.
    let constant = |word: &str| {
        let name = word
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next();
        name.is_some_and(|name| {
            name.len() > 3 && name.chars().all(|c| c == '_' || c.is_ascii_uppercase())
        })
    };
    for (file, text) in shipped() {
        let code = code(&text);
        let asked = code.match_indices(".id").any(|(at, _)| {
            let ends = !code[at + 3..]
                .starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '(');
            ends && constant(&code[..at])
        });
        assert!(!asked, "{file} asks a rule that it names for its id");
        if file.starts_with("src/rules/") {
            continue;
        }
        for rule in RULES {
            let literal = format!("\"{}\"", rule.id);
            assert!(!code.contains(&literal), "{file} names the rule {literal}");
        }
    }
}

#[test]
fn scanner_and_policy_do_no_io_and_cannot_fail() {
    for (file, text) in sources() {
        let pure = [
            "src/detect/",
            "src/env/dotenv/",
            "src/model/allowance/",
            "src/model/finding/",
            "src/model/neighbourhood.rs",
            "src/policy/allowlist.rs",
            "src/policy/baseline.rs",
            "src/policy/limit.rs",
            "src/policy/mod.rs",
            "src/rules/",
        ];
        if pure.iter().any(|room| file.starts_with(room)) {
            for word in ["std::fs", "std::io", "Result<"] {
                assert!(!code(&text).contains(word), "{file} names {word}");
            }
        }
    }
}

#[test]
fn a_secret_is_exposed_in_three_files_only() {
    let uses: Vec<(String, usize)> = sources()
        .into_iter()
        .map(|(file, text)| (file, code(&text).matches(".expose()").count()))
        .filter(|(_, count)| *count > 0)
        .collect();
    let expected = [
        ("src/detect/anchors/mod.rs", 1),
        ("src/env/known/mod.rs", 3),
        ("src/live/client.rs", 1),
    ]
    .map(|(file, count)| (file.to_owned(), count));
    let mut uses = uses;
    uses.sort();
    assert_eq!(
        uses, expected,
        "to compile what is searched for; to judge what is worth searching for, and what must not be \
         committed; to ask Notion about it"
    );
}
