//! The import table of ARCHITECTURE.md, executed: who may name whom.

use std::fs;
use std::path::{Path, PathBuf};

/// All source files of the library and the binary, with their text.
fn sources() -> Vec<(String, String)> {
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
    collect(&root.join("src"), &mut files);
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

/// The code of a file: without comments, and without its tests.
fn code(text: &str) -> String {
    let before_tests = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Nobody outside `rooms` may name any of `words`.
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

/// `room` may name only `modules` of ours.
fn imports(room: &str, modules: &[&str]) {
    for (file, text) in sources()
        .into_iter()
        .filter(|(file, _)| file.starts_with(room))
    {
        for part in code(&text).split("crate::").skip(1) {
            let module: String = part
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            assert!(
                modules.contains(&module.as_str()),
                "{file} names crate::{module}; it may name {modules:?}"
            );
        }
    }
}

#[test]
fn the_flow_goes_one_way() {
    imports("src/blob.rs", &[]);
    imports("src/skip.rs", &["blob", "secret"]);
    imports("src/progress.rs", &[]);
    imports("src/object/", &[]);
    imports("src/archive/", &["blob", "object", "skip"]);
    imports("src/decode/", &[]);
    imports("src/secret.rs", &[]);
    imports("src/neighbourhood.rs", &[]);
    imports("src/placeholder.rs", &["secret"]);
    imports("src/rule/", &["neighbourhood"]);
    imports("src/rules/", &["rule", "neighbourhood", "placeholder"]);
    imports("src/anchors.rs", &["decode", "known", "rule"]);
    imports(
        "src/search/",
        &[
            "anchors",
            "decode",
            "known",
            "neighbourhood",
            "placeholder",
            "rule",
            "rules",
            "secret",
        ],
    );
    imports(
        "src/redact.rs",
        &["anchors", "known", "rules", "scanner", "search"],
    );
    imports("src/pattern.rs", &[]);
    imports("src/time.rs", &[]);
    imports("src/allowance/", &[]);
    imports("src/placement.rs", &["time"]);
    imports(
        "src/finding/",
        &[
            "allowance",
            "blob",
            "decode",
            "placement",
            "redact",
            "rule",
            "search",
            "secret",
        ],
    );
    imports(
        "src/scanner.rs",
        &[
            "allowance",
            "anchors",
            "blob",
            "finding",
            "known",
            "redact",
            "rule",
            "search",
        ],
    );
    imports("src/error.rs", &["redact"]);
    imports("src/git.rs", &["error"]);
    imports("src/git/", &["error", "git", "open", "skip"]);
    imports("src/hook/", &["blob", "error", "open", "redact"]);
    imports(
        "src/source/",
        &[
            "archive",
            "blob",
            "env",
            "error",
            "git",
            "object",
            "open",
            "pattern",
            "placement",
            "progress",
            "scanner",
            "secret",
            "skip",
            "source",
        ],
    );
    imports(
        "src/env/mod.rs",
        &["blob", "finding", "redact", "rule", "rules", "secret"],
    );
    imports("src/env/role.rs", &[]);
    imports(
        "src/env/content.rs",
        &["env", "finding", "known", "redact", "rule", "secret"],
    );
    imports(
        "src/env/before.rs",
        &["blob", "finding", "git", "rule", "scanner", "secret"],
    );
    imports("src/env/dotenv/", &["blob", "secret"]);
    imports("src/open.rs", &[]);
    imports("src/write.rs", &[]);
    imports("src/env/file.rs", &["blob", "open", "skip"]);
    imports("src/env/ignore/", &["blob", "env", "git", "skip"]);
    imports(
        "src/env/audit/",
        &[
            "blob", "env", "error", "finding", "git", "known", "policy", "redact", "rule", "rules",
            "scanner", "secret", "skip",
        ],
    );
    imports("src/env/fix/", &["env", "error", "open", "redact", "write"]);
    imports(
        "src/known/",
        &["decode", "env", "error", "placeholder", "redact", "secret"],
    );
    imports(
        "src/policy/",
        &[
            "allowance",
            "blob",
            "finding",
            "pattern",
            "rule",
            "rules",
            "secret",
            "skip",
            "time",
        ],
    );
    imports(
        "src/config/",
        &[
            "config", "error", "open", "pattern", "policy", "rule", "rules", "secret", "time",
        ],
    );
    imports(
        "src/report/",
        &[
            "blob",
            "error",
            "finding",
            "placement",
            "policy",
            "redact",
            "rule",
            "rules",
            "secret",
            "skip",
            "source",
            "time",
        ],
    );
    imports(
        "src/ci/",
        &[
            "blob", "ci", "error", "git", "policy", "redact", "skip", "source",
        ],
    );
    imports(
        "src/purge/",
        &[
            "blob", "error", "git", "open", "redact", "report", "scanner", "secret", "source",
            "write",
        ],
    );
}

#[test]
fn each_outside_thing_has_its_room() {
    only(
        &[
            "src/git.rs",
            "src/git/",
            "src/object/",
            "src/source/",
            "src/env/",
        ],
        &["gix::"],
    );
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
    only(
        &["src/cli/", "src/main.rs", "src/git.rs", "src/git/"],
        &["std::env"],
    );
    // Records are raw: whoever shows them masks and escapes them.
    only(
        &["src/cli/debug.rs"],
        &["set_logger", "log::Log", "set_boxed_logger"],
    );
    only(&["src/config/"], &["serde_yaml"]);
    only(&["src/report/", "src/error.rs"], &["miette"]);
    // The pager, which the user's own environment names, is the only program that is started.
    only(
        &["src/cli/pager.rs"],
        &["process::{", "process::Command", "process::Child", "Stdio"],
    );
    only(&[], &["unsafe "]);
}

#[test]
fn the_scanner_and_the_policy_do_no_input_or_output_and_cannot_fail() {
    for (file, text) in sources() {
        let pure = [
            "src/decode/",
            "src/scanner.rs",
            "src/search/",
            "src/anchors.rs",
            "src/env/dotenv/",
            "src/finding/",
            "src/neighbourhood.rs",
            "src/placeholder.rs",
            "src/policy/",
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
fn a_secret_is_exposed_in_two_rooms_only() {
    let uses: Vec<(String, usize)> = sources()
        .into_iter()
        .map(|(file, text)| (file, code(&text).matches(".expose()").count()))
        .filter(|(_, count)| *count > 0)
        .collect();
    let expected = [("src/anchors.rs", 1), ("src/known/mod.rs", 3)]
        .map(|(file, count)| (file.to_owned(), count));
    let mut uses = uses;
    uses.sort();
    assert_eq!(
        uses, expected,
        "to compile what is searched for; to judge what is worth searching for, and what must not be committed"
    );
}
