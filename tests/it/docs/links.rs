//! Links within the project lead to a file, and to a heading of it.

use std::path::Path;

use regex::Regex;

use super::{pages, parts, read, root};

/// The address of a file on the default branch, for links that leave the book.
const FILE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/");

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(page: &str) -> Vec<String> {
    let headings = parts(page).1;
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    let kept = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let anchor = |line: &str| {
        let text = line.trim_start_matches('#').trim().to_lowercase();
        let text = text.replace(' ', "-");
        text.chars().filter(|c| kept(*c)).collect()
    };
    headings.map(anchor).collect()
}

/// The targets of a page's links, without those in code.
fn targets(page: &str) -> Vec<String> {
    let code = Regex::new("`[^`\n]*`").unwrap();
    let prose = parts(page).1;
    let prose = code.replace_all(&prose, "``");
    let link = Regex::new(r"\]\(([^) ]+)\)").unwrap();
    let found = link.captures_iter(&prose);
    found.map(|found| found[1].to_owned()).collect()
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let mut seen = 0;
    let others = [
        "CONTRIBUTING.md",
        "SECURITY.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
    ];
    for page in pages().into_iter().chain(others.map(str::to_owned)) {
        for target in targets(&page) {
            let (target, is_address) = match target.strip_prefix(FILE) {
                Some(file) => (file.to_owned(), true),
                None => (target, false),
            };
            if target.contains("://") {
                continue;
            }
            seen += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let folder = Path::new(&page).parent().unwrap();
            let file = match (file, is_address) {
                ("", _) => page.clone(),
                (file, true) => file.to_owned(),
                (file, false) => plain(&folder.join(file)),
            };
            assert!(root().join(&file).exists(), "{page}: {target}");
            let leaves = page.starts_with("docs/") && !file.starts_with("docs/");
            assert!(
                !leaves || is_address,
                "{page}: {target} leaves the book; write {FILE}…"
            );
            let is_there = anchor.is_empty() || anchors(&file).iter().any(|own| own == anchor);
            assert!(is_there, "{page}: {target} names no heading of {file}");
        }
    }
    assert!(seen > 100, "{seen} links");
}

/// A path without `..`.
fn plain(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_str().unwrap() {
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}

/// Reports and pages of others may have linked to an anchor of the README, so it must not vanish
/// unnoticed.
#[test]
fn the_readme_names_the_pages_that_its_sections_moved_to() {
    let readme = read("README.md");
    for page in [
        "install",
        "adopt",
        "hooks",
        "ci",
        "configuration",
        "suppressing",
        "env-audit",
        "history",
        "live",
        "code-rules",
        "detection",
        "commands",
        "json",
        "stability",
        "performance",
        "comparison",
        "faq",
        "agents",
        "integrations",
        "rules",
    ] {
        assert!(readme.contains(&format!("(docs/{page}.md")), "{page}");
    }
}
