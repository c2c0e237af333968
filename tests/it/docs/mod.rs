//! README.md and the pages in docs/: their commands run, their links lead to existing targets, and
//! their facts about the code are generated from the code.

mod address;
mod commands;
mod configs;
mod editor;
mod generated;
mod links;
mod packages;
#[cfg(unix)]
mod picture;
#[cfg(unix)]
mod shell;

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the project.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the project.
fn read(file: &str) -> String {
    let text = fs::read_to_string(root().join(file));
    text.unwrap_or_else(|error| panic!("{file}: {error}"))
        .replace("\r\n", "\n")
}

/// README.md and all pages in docs/, by their paths from the root.
fn pages() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned()];
    for folder in ["docs", "docs/rules"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names = names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "md"));
        pages.extend(names.map(|name| format!("{folder}/{name}")));
    }
    pages.sort();
    pages
}

/// A fenced block of a page.
struct Block {
    page: String,
    line: usize,
    info: String,
    code: String,
}

/// The fenced blocks of a page, those in lists included, and the page's other lines.
fn parts(page: &str) -> (Vec<Block>, String) {
    let (mut blocks, mut prose, mut open) = (Vec::new(), String::new(), None::<(usize, Block)>);
    for (at, line) in read(page).lines().enumerate() {
        let text = line.trim_start();
        match (open.take(), text.strip_prefix("```")) {
            (None, Some(info)) => {
                let block = Block {
                    page: page.to_owned(),
                    line: at + 1,
                    info: info.to_owned(),
                    code: String::new(),
                };
                open = Some((line.len() - text.len(), block));
            }
            (None, None) => prose += &format!("{line}\n"),
            (Some((_, block)), Some(_)) => blocks.push(block),
            (Some((indent, mut block)), None) => {
                block.code += &format!("{}\n", line.get(indent..).unwrap_or_default());
                open = Some((indent, block));
            }
        }
    }
    assert!(open.is_none(), "{page}: a block does not end");
    (blocks, prose)
}

#[test]
fn the_readme_is_read_in_two_minutes() {
    let size = read("README.md").len();
    assert!(size <= 8 * 1024, "README.md has {size} bytes");
}

#[test]
fn every_code_block_has_a_language() {
    for page in pages() {
        for block in parts(&page).0 {
            let place = format!("{page}:{}", block.line);
            assert!(
                !block.info.is_empty(),
                "{place}: a block without a language"
            );
            let is_shell = ["bash", "shell", "zsh"].contains(&block.info.as_str());
            assert!(
                !is_shell,
                "{place}: `sh`, or `sh no-test` if no test can run it"
            );
        }
    }
}

#[test]
fn every_page_is_in_the_book_once() {
    let summary = read("docs/SUMMARY.md");
    for page in pages() {
        let name = page
            .strip_prefix("docs/")
            .filter(|name| *name != "SUMMARY.md");
        let Some(name) = name else { continue };
        let times = summary.matches(&format!("]({name})")).count();
        assert_eq!(times, 1, "docs/SUMMARY.md has {name} {times} times");
    }
}

/// The commands at the top of the README are the whole setup, and CI runs the same commands.
#[test]
fn the_readme_begins_with_the_two_commands() {
    let (blocks, _) = parts("README.md");
    let first: Vec<_> = blocks[0].code.lines().collect();
    assert!(first[0].starts_with("cargo run --release --locked -- scan "));
    assert!(first[1].starts_with("cargo test --locked "));
    assert_eq!(first.len(), 2);
    let ci = read(".ci/run");
    assert!(ci.lines().any(|line| line == "cargo test --locked"));
    assert!(ci.lines().any(|line| line == "\"$ntnguard\" scan"));
}

/// The README shows a part of the comparison, with the numbers of the page that a script wrote.
#[test]
fn the_comparison_in_the_readme_matches_the_page() {
    let (readme, page) = (read("README.md"), read("docs/comparison.md"));
    let of_rivals = readme.split("## Why not").nth(1).unwrap();
    let of_rivals = of_rivals.split("\n## ").next().unwrap();
    let rows = of_rivals.lines().filter(|line| line.starts_with('|'));
    let rows: Vec<_> = rows.filter(|row| !row.starts_with("|-")).collect();
    assert!(rows.len() > 5, "{rows:?}");
    for row in &rows[1..] {
        assert!(
            page.lines().any(|line| line == *row),
            "docs/comparison.md does not have {row}"
        );
    }
    let versions = page
        .lines()
        .find(|line| line.starts_with("Measured in "))
        .unwrap();
    for cell in rows[0]
        .split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .skip(1)
    {
        assert!(versions.contains(cell), "{versions} has no {cell}");
    }
}
