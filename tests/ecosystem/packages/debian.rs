//! Debian's package, installed into a root directory of its own, so that nothing else on the
//! machine changes.

use std::fs;
use std::path::PathBuf;

use super::{Machine, artefact, files, plain, succeeds};
use crate::tools;

fn package() -> PathBuf {
    artefact("debian", ".deb")
}

#[test]
#[ignore = "packs a release"]
fn dpkg_installs_and_removes_the_package() {
    let mut machine = Machine::new(&[]);
    let root = machine.path().join(".git/root");
    let database = root.join("var/lib/dpkg");
    for folder in ["info", "updates", "triggers"] {
        fs::create_dir_all(database.join(folder)).unwrap();
    }
    for file in ["status", "available"] {
        fs::write(database.join(file), "").unwrap();
    }
    let dpkg = |words: &[&str]| {
        let mut dpkg = plain("dpkg");
        dpkg.arg(format!("--root={}", root.display()));
        // The architecture and the programs of the real machine are no concern of this root.
        dpkg.args(["--force-not-root", "--force-bad-path", "--log=/dev/null"]);
        succeeds(dpkg.args(words));
    };
    dpkg(&["--install", package().to_str().unwrap()]);
    machine.programs = vec![root.join("usr/bin")];
    machine.guards("ntnguard", &[]);
    for text in [
        "man/man1/ntnguard.1.gz",
        "bash-completion/completions/ntnguard",
        "doc/ntnguard/copyright",
    ] {
        assert!(root.join("usr/share").join(text).exists(), "{text}");
    }
    dpkg(&["--purge", "ntnguard"]);
    assert_eq!(files(&root.join("usr")).len(), 0);
}

/// Suppresses two tags: the binary of the tests is not static as that of a release, and its YAML
/// parser is that of a crate.
#[test]
#[ignore = "installs lintian, and packs a release"]
fn lintian_finds_no_error() {
    let lintian = tools::debian("lintian", "lintian");
    let mut command = plain(lintian);
    command.args([
        "--fail-on",
        "error",
        "--suppress-tags",
        "undeclared-elf-prerequisites,embedded-library",
    ]);
    succeeds(command.arg("--allow-root").arg(package()));
}
