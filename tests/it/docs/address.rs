//! The address of the repository: `repository` in Cargo.toml is the one place that decides, and
//! `packaging/address` writes it into everything else.

use regex::Regex;

use super::{pages, read};

/// `OWNER/ntnguard`, as Cargo.toml has it.
fn own() -> &'static str {
    env!("CARGO_PKG_REPOSITORY")
        .strip_prefix("https://github.com/")
        .unwrap()
}

/// Files beside the pages that name the address.
const OTHERS: [&str; 8] = [
    "CONTRIBUTING.md",
    "SECURITY.md",
    "Cargo.toml",
    ".github/ISSUE_TEMPLATE/config.yml",
    ".github/ISSUE_TEMPLATE/false-alarm.yml",
    ".github/ISSUE_TEMPLATE/missed-secret.yml",
    ".github/PULL_REQUEST_TEMPLATE.md",
    ".github/CODE_OF_CONDUCT.md",
];

fn files() -> Vec<String> {
    pages()
        .into_iter()
        .chain(OTHERS.map(str::to_owned))
        .collect()
}

#[test]
fn every_file_names_the_same_address() {
    let named = Regex::new(
        r"(?:github\.com/|githubusercontent\.com/|uses: |--repo )([A-Za-z0-9-]+/ntnguard)(?:[^A-Za-z0-9-]|$)",
    )
    .unwrap();
    let mut seen = 0;
    for file in files() {
        for found in named.captures_iter(&read(&file)) {
            assert_eq!(&found[1], own(), "{file}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[cfg(unix)]
#[test]
fn one_script_writes_the_address_everywhere() {
    use crate::sandbox::Sandbox;
    let sandbox = Sandbox::new();
    for file in files() {
        sandbox.write(&file, read(&file));
    }
    sandbox.write("packaging/address", read("packaging/address"));
    let mut before = own().to_owned();
    for new in ["acme/guard", "someone-else/ntnguard"] {
        let mut command = sandbox.command("sh");
        let output = command.args(["packaging/address", new]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        for file in files() {
            let text = sandbox.read(&file);
            assert!(!text.contains(&before), "{file} still names {before}");
            let expected = read(&file).replace(own(), new);
            assert!(text == expected, "{file} has lost something");
        }
        let manifest = sandbox.read("Cargo.toml");
        assert!(manifest.contains(&format!("\nrepository = \"https://github.com/{new}\"\n")));
        before = new.to_owned();
    }
    for wrong in ["", "acme", "acme/guard/x", "acme/gu ard", "-x/y", "a/b&c"] {
        let mut command = sandbox.command("sh");
        let output = command.args(["packaging/address", wrong]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
}
