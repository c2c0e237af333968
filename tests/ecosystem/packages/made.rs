//! The artefacts of the dry run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::targets::targets;
use super::{VERSION, artefact, files, plain, release, succeeds};
use crate::sandbox::Sandbox;
use crate::tools;

fn own_target() -> Vec<String> {
    let own = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    targets().into_iter().find(|row| row[0] == own).unwrap()
}

#[test]
#[ignore = "packs a release"]
fn a_tag_becomes_every_artefact() {
    let [target, npm, wheel, debian] = own_target().try_into().unwrap();
    let made: BTreeSet<String> = files(release())
        .iter()
        .map(|file| {
            file.strip_prefix(release())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected = [
        format!("archives/ntnguard-{VERSION}-{target}.tar.gz"),
        "archives/SHA256SUMS".to_owned(),
        format!("crate/ntnguard-{VERSION}.crate"),
        format!("debian/ntnguard_{VERSION}_{debian}.deb"),
        "homebrew/ntnguard.rb".to_owned(),
        format!("npm/ntnguard-{VERSION}.tgz"),
        format!("npm/ntnguard-{npm}-{VERSION}.tgz"),
        "pre-commit/.pre-commit-hooks.yaml".to_owned(),
        "pre-commit/LICENSE-APACHE".to_owned(),
        "pre-commit/LICENSE-MIT".to_owned(),
        "pre-commit/README.md".to_owned(),
        "pre-commit/pyproject.toml".to_owned(),
        "sbom/ntnguard.cdx.json".to_owned(),
        format!("wheels/ntnguard-{VERSION}-py3-none-{wheel}.whl"),
    ];
    assert_eq!(made, BTreeSet::from(expected));
    let mut sums = plain("sha256sum");
    succeeds(
        sums.args(["-c", "SHA256SUMS"])
            .current_dir(release().join("archives")),
    );
}

/// Unpacks each package: its name, and its files.
fn unpacked(sandbox: &Sandbox) -> Vec<(&'static str, Vec<PathBuf>)> {
    let folder = |name: &str| {
        let folder = sandbox.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    };
    succeeds(
        plain("tar")
            .arg("-xzf")
            .arg(artefact("archives", ".gz"))
            .arg("-C")
            .arg(folder("archive")),
    );
    for package in files(&release().join("npm")) {
        succeeds(
            plain("tar")
                .arg("-xzf")
                .arg(package)
                .arg("-C")
                .arg(folder("npm")),
        );
    }
    let mut zip = plain("python3");
    zip.args(["-m", "zipfile", "-e"])
        .arg(artefact("wheels", ".whl"));
    succeeds(zip.arg(folder("wheel")));
    succeeds(
        plain("dpkg-deb")
            .arg("-x")
            .args([artefact("debian", ".deb"), folder("deb")]),
    );
    let names = ["archive", "npm", "wheel", "deb"];
    names
        .map(|name| (name, files(&folder(name)).into_iter().collect()))
        .into()
}

/// Every package has the same binary, the manual page, and the completions that its users have a place for.
#[test]
#[ignore = "packs a release"]
fn every_package_has_the_binary_and_the_texts() {
    let sandbox = Sandbox::new();
    let binary = fs::read(release().with_file_name("ntnguard")).unwrap();
    for (package, files) in unpacked(&sandbox) {
        let has = |end: &str| {
            files
                .iter()
                .any(|file| file.to_str().unwrap().contains(end))
        };
        let same = files
            .iter()
            .filter(|file| fs::read(file).unwrap() == binary);
        assert_eq!(same.count(), 1, "{package}");
        for text in ["/ntnguard.1", "bash", "/_ntnguard", "/ntnguard.fish"] {
            assert!(has(text), "{package} has no {text}: {files:?}");
        }
        assert!(
            has("/LICENSE-MIT") || has("/copyright"),
            "{package}: {files:?}"
        );
        for file in &files {
            assert!(fs::metadata(file).unwrap().len() > 20, "{file:?} is empty");
        }
    }
    let completion =
        fs::read_to_string(find(&sandbox, "archive", "completions/ntnguard.bash")).unwrap();
    assert!(completion.contains("complete -F"));
    let page = fs::read_to_string(find(&sandbox, "archive", "man/ntnguard.1")).unwrap();
    assert!(page.contains(".TH ntnguard 1"));
}

fn find(sandbox: &Sandbox, package: &str, end: &str) -> PathBuf {
    let found = files(&sandbox.path().join(package));
    found.into_iter().find(|file| file.ends_with(end)).unwrap()
}

/// The list is valid CycloneDX, and has the crates of the binaries for all targets, without those
/// of the tests.
#[test]
#[ignore = "installs packages, and packs a release"]
fn the_sbom_lists_the_crates_of_the_binaries() {
    let file = release().join("sbom/ntnguard.cdx.json");
    let python = tools::python(
        "cyclonedx",
        &["cyclonedx-python-lib[json-validation]==11.12.0"],
    );
    let script = "import sys; from cyclonedx.validation.json import JsonStrictValidator as V; \
                  from cyclonedx.schema import SchemaVersion as S; \
                  sys.exit(str(V(S.V1_5).validate_str(open(sys.argv[1]).read()) or '') or 0)";
    succeeds(plain(python).args(["-c", script]).arg(&file));
    let text = fs::read_to_string(&file).unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    assert!(!text.contains(root), "it names a folder of this machine");
    let sbom: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sbom["metadata"]["component"]["version"], VERSION);
    let listed = sbom["components"].as_array().unwrap().iter();
    let listed: BTreeSet<_> = listed.map(|one| one["name"].as_str().unwrap()).collect();
    for (name, is_built) in [
        ("gix", true),
        ("gix-pack", true),
        ("ring", true),
        ("cc", true),
        ("windows-sys", true),
        ("rcgen", false),
        ("schemars", false),
        ("ntnguard", false),
    ] {
        assert_eq!(listed.contains(name), is_built, "{name}");
    }
    let lock = fs::read_to_string(Path::new(root).join("Cargo.lock")).unwrap();
    let unknown: Vec<_> = listed
        .iter()
        .filter(|name| !lock.contains(&format!("name = \"{name}\"")))
        .collect();
    assert!(unknown.is_empty() && listed.len() > 150, "{unknown:?}");
}

#[test]
#[ignore = "packs a release"]
fn a_release_of_another_version_is_refused() {
    let repository = release().with_file_name("repository");
    let check = |words: &[&str]| {
        let mut check = plain(repository.join("packaging/check-tag"));
        check.args(words).output().unwrap().status.success()
    };
    let (tag, address) = (format!("v{VERSION}"), env!("CARGO_PKG_REPOSITORY"));
    assert!(check(&[&tag]) && check(&[&tag, address]));
    assert!(!check(&["v0.0.9"]) && !check(&[&tag, "https://github.com/someone/else"]));
    // A file that is not in the tag does not get into a package.
    let status = succeeds(
        plain("git")
            .arg("-C")
            .arg(&repository)
            .args(["worktree", "list"]),
    );
    assert_eq!(
        status.lines().count(),
        1,
        "the dry run leaves nothing: {status}"
    );
}
