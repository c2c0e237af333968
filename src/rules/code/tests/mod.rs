//! Tests of the rules about code, with texts in which faults are hard to recognise.

mod reviewed;
mod scanned;

use std::path::PathBuf;

use super::{checks, exercise};
use crate::model::blob::{Blob, Origin};
use crate::model::source_kind::SourceKind;
use crate::rules::RULES;

/// Returns the lines of a file on which the rule has a finding.
fn lines(rule: &str, path: &str, text: &str) -> Vec<usize> {
    let origin = Origin::File(PathBuf::from(path));
    let blob = Blob::whole(&origin, text.as_bytes());
    let mut found = Vec::new();
    for check in checks(SourceKind::Review) {
        check.check(&blob, &mut found);
    }
    assert!(RULES.iter().any(|known| known.id == rule), "{rule}");
    found
        .iter()
        .filter(|finding| finding.rule.id == rule)
        .map(|finding| finding.location.unwrap().start.line)
        .collect()
}

/// Asserts that the rule finds a fault in each of `faults` and in none of `others`. Each is checked
/// alone, in a file that begins with `head`.
fn assert_lines(rule: &str, path: &str, head: &str, faults: &[&str], others: &[&str]) {
    let own = 1 + head.matches('\n').count();
    for line in faults {
        assert_eq!(
            lines(rule, path, &format!("{head}{line}\n")),
            [own],
            "{path}: {line}"
        );
    }
    for line in others {
        assert_eq!(
            lines(rule, path, &format!("{head}{line}\n")),
            [0; 0],
            "{path}: {line}"
        );
    }
}

#[test]
fn checks_read_random_text_without_a_panic() {
    let mut fake = crate::fake::Fake::new(24);
    const PARTS: [&str; 30] = [
        "'",
        "\"",
        "`",
        "${",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "/*",
        "*/",
        "//",
        "#",
        "\n",
        "\\",
        "<!--",
        "-->",
        "if (signature && !verify(",
        "console.log(",
        "x-notion-signature",
        "state",
        "=",
        "localStorage.setItem(",
        "api.notion.com/v1/oauth/token",
        "NEXT_PUBLIC_NOTION_TOKEN",
        "process.env.",
        " ",
        "\u{1f511}",
        "access_token",
    ];
    for _ in 0..300 {
        let length = fake.next() % 40;
        let text: String = (0..length)
            .map(|_| PARTS[fake.next() as usize % PARTS.len()])
            .collect();
        for ending in [
            "ts", "vue", "py", "go", "php", "rb", "java", "kt", "cs", "rs", "swift",
        ] {
            exercise(&format!("a.{ending}"), text.as_bytes());
        }
    }
}

#[test]
fn no_anchor_of_a_check_hides_another() {
    for source in [SourceKind::Review, SourceKind::Worktree] {
        let all: Vec<&str> = checks(source)
            .iter()
            .flat_map(|check| check.anchors().to_vec())
            .collect();
        for one in &all {
            let hides = |other: &&&str| one != *other && other.starts_with(one);
            assert_eq!(all.iter().find(hides), None, "{one}");
        }
    }
}
