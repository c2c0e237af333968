//! Packages that pages name: their version, and that they need a release.

use regex::Regex;

use super::{pages, read};

/// Files beside the pages that install a package.
const OTHERS: [&str; 4] = [
    "packaging/azure.yml",
    "packaging/fleet/github.yml",
    "packaging/fleet/gitlab.yml",
    "templates/ntnguard.yml",
];

fn files() -> Vec<String> {
    let others = OTHERS.map(str::to_owned);
    pages().into_iter().chain(others).collect()
}

/// A command that installs ntnguard from a package, or a file that names one.
fn package() -> Regex {
    let words = [
        "(?:pip|pipx|npm|brew|uv tool|apt|apt-get) (?:install|run) [^\\n|`]*(?-u:\\b)ntnguard",
        "(?:uvx|npx|binstall|dpkg -i) ntnguard",
        "ntnguard(?:==|@[0-9])",
        "ntnguard-pre-commit",
        "templates/ntnguard\\.yml",
        "ntnguard/releases/download",
    ];
    Regex::new(&words.join("|")).unwrap()
}

/// The parts of a page, each from one heading to the next. Lines in blocks of code are no headings.
fn sections(text: &str) -> Vec<String> {
    let (mut sections, mut in_code) = (vec![String::new()], false);
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        if line.starts_with('#') && !in_code {
            sections.push(String::new());
        }
        *sections.last_mut().unwrap() += &format!("{line}\n");
    }
    sections
}

/// Before the first release there are no packages, so every text about a package must say so.
#[test]
fn sections_about_packages_mention_the_release() {
    let (package, says, mut seen) = (package(), Regex::new("published[ \\n]+release").unwrap(), 0);
    for file in files() {
        let text = read(&file);
        let is_page = file.ends_with(".md");
        for section in if is_page { sections(&text) } else { vec![text] } {
            if let Some(found) = package.find(&section) {
                let heading = section.lines().next().unwrap();
                assert!(
                    says.is_match(&section),
                    "{file}, {heading}: {}",
                    found.as_str()
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 10, "{seen}");
    for wrong in [
        "pip install --quiet ntnguard",
        "npm install -D ntnguard",
        "brew install a/b/ntnguard",
    ] {
        assert!(package.is_match(wrong), "{wrong}");
    }
    assert!(!package.is_match("cargo install --locked --git https://example.com/ntnguard"));
}

#[test]
fn packages_have_the_version_of_the_manifest() {
    let version = Regex::new(
        r#"(?:ntnguard(?:==|@|[-_])|ref: refs/tags/v|version: "|default: ")([0-9]+\.[0-9]+\.[0-9]+)"#,
    )
    .unwrap();
    let mut seen = 0;
    for file in files() {
        for found in version.captures_iter(&read(&file)) {
            assert_eq!(
                &found[1],
                env!("CARGO_PKG_VERSION"),
                "{file}: {}",
                &found[0]
            );
            seen += 1;
        }
    }
    assert!(seen >= 15, "{seen}");
}
