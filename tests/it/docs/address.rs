//! The address of the repository: `repository` in Cargo.toml defines it, and `packaging/address`
//! writes it into all other files.

use std::fs;
use std::path::Path;

use regex::Regex;

use super::{pages, read, root};

/// `OWNER/ntnguard`, as Cargo.toml has it.
fn own() -> &'static str {
    env!("CARGO_PKG_REPOSITORY")
        .strip_prefix("https://github.com/")
        .unwrap()
}

/// The owners of repositories that tests make up.
const MADE_UP: [&str; 3] = ["o", "someone", "x"];

/// Every text file of the project: its path from the root, and its text.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&root(), &mut found);
    assert!(found.len() > 500, "{} files", found.len());
    found
}

fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap_or_default();
        if path.is_dir() && !path.is_symlink() {
            if ![".git", "target", "node_modules"].contains(&name) {
                walk(&path, found);
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
            found.push((name.replace('\\', "/"), text));
        }
    }
}

/// An address of ntnguard's repository, in any of the forms in which files name it.
fn named() -> Regex {
    let before =
        "github\\.com[/:]|githubusercontent\\.com/|ghcr\\.io/|brew install |uses: |name: |--repo ";
    Regex::new(&format!("(?:{before})([A-Za-z0-9-]+)/ntnguard(?-u:\\b)")).unwrap()
}

#[test]
fn no_file_names_another_address() {
    let (named, mut seen) = (named(), 0);
    for (file, text) in files() {
        for found in named.captures_iter(&text) {
            let is_test = file.starts_with("tests/") || file == "src/report/pages.rs";
            let is_made_up = is_test && MADE_UP.contains(&&found[1]);
            let address = format!("{}/ntnguard", &found[1]);
            assert!(address == own() || is_made_up, "{file}: {address}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
    for wrong in [
        "github.com/x/ntnguard",
        "git@github.com:x/ntnguard.git",
        "uses: x/ntnguard@v0",
    ] {
        assert!(named.is_match(wrong), "{wrong}");
    }
}

/// No page has to be changed by hand when the address is known.
#[test]
fn pages_name_the_owner_only_in_the_address() {
    let owner = own().split('/').next().unwrap();
    let word = Regex::new(&format!("(?-u:\\b){owner}(?-u:\\b)(.{{0,9}})")).unwrap();
    for page in pages() {
        for found in word.captures_iter(&read(&page)) {
            assert!(&found[1] == "/ntnguard", "{page}: {}", &found[0]);
        }
    }
}

#[cfg(unix)]
#[test]
fn one_script_writes_the_address_everywhere() {
    use crate::sandbox::Sandbox;
    let (sandbox, files) = (Sandbox::new(), files());
    for (file, text) in &files {
        sandbox.write(file, text);
    }
    let mut before = own().to_owned();
    // They stand in no file as a whole, this one included.
    for (owner, name) in [("acme", "guard"), ("someone-else", "ntnguard")] {
        let new = &format!("{owner}/{name}");
        let mut command = sandbox.command("sh");
        let output = command.args(["packaging/address", new]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        for (file, original) in &files {
            let text = sandbox.read(file);
            assert!(!text.contains(&before), "{file} still names {before}");
            let expected = original.replace(own(), new);
            assert!(text == expected, "{file} has lost something");
        }
        let manifest = sandbox.read("Cargo.toml");
        assert!(manifest.contains(&format!("\nrepository = \"https://github.com/{new}\"\n")));
        before = new.to_owned();
    }
    for wrong in ["", "acme", "acme/x/y", "acme/gu ard", "-x/y", "a/b&c"] {
        let mut command = sandbox.command("sh");
        let output = command.args(["packaging/address", wrong]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}
