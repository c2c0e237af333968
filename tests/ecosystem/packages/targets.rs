//! The targets of a release: each gets its packages from the scripts, although no machine runs them all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use super::{VERSION, files, plain, said};
use crate::sandbox::Sandbox;

/// The target and its names, as packaging/targets has them.
pub fn targets() -> Vec<Vec<String>> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/targets");
    let table = fs::read_to_string(table).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| row.split_whitespace().map(str::to_owned).collect())
        .collect()
}

/// The release builds what packaging/targets lists.
#[test]
#[ignore = "reads the workflow"]
fn the_workflow_builds_all_targets() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workflow = fs::read_to_string(root.join(".github/workflows/release.yml")).unwrap();
    let workflow: serde_yaml::Value = serde_yaml::from_str(&workflow).unwrap();
    let matrix = &workflow["jobs"]["build"]["strategy"]["matrix"]["include"];
    let built: Vec<_> = matrix
        .as_sequence()
        .unwrap()
        .iter()
        .map(|row| row["target"].as_str().unwrap())
        .collect();
    assert_eq!(
        built,
        targets()
            .iter()
            .map(|row| row[0].as_str())
            .collect::<Vec<_>>()
    );
}

/// Runs packaging/release on a binary of each target. Only that of this machine runs.
fn pack(sandbox: &Sandbox) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut release = plain(root.join("packaging/release"));
    release.args(["binaries", "packages"]);
    release.current_dir(sandbox.path()).output().unwrap()
}

#[test]
#[ignore = "packs binaries"]
fn every_target_gets_its_packages() {
    let sandbox = Sandbox::new();
    let own = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    for row in targets() {
        let end = if row[0].contains("windows") {
            ".exe"
        } else {
            ""
        };
        sandbox.write(
            format!("binaries/{}/ntnguard{end}", row[0]),
            "of another system\n\0",
        );
    }
    let output = pack(&sandbox);
    let text = said(&output);
    assert!(
        !output.status.success() && text.contains("no binary"),
        "{text}"
    );
    let script = format!(
        "#!/bin/sh\nexec '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_ntnguard")
    );
    sandbox.write(format!("binaries/{own}/ntnguard"), script);
    let output = pack(&sandbox);
    assert!(output.status.success(), "{}", said(&output));
    let made = |folder: &str| -> BTreeSet<String> {
        let files = files(&sandbox.path().join("packages").join(folder));
        let name = |file: &Path| file.file_name().unwrap().to_str().unwrap().to_owned();
        files.iter().map(|file| name(file)).collect()
    };
    let rows = targets();
    let names = |name: &dyn Fn(&[String]) -> Option<String>| -> BTreeSet<String> {
        rows.iter().filter_map(|row| name(row)).collect()
    };
    let wheel = |tag: &str| Some(format!("ntnguard-{VERSION}-py3-none-{tag}.whl"));
    assert_eq!(made("wheels"), names(&|row| wheel(&row[2])));
    let deb = |name: &str| (name != "-").then(|| format!("ntnguard_{VERSION}_{name}.deb"));
    assert_eq!(made("debian"), names(&|row| deb(&row[3])));
    let mut npm = names(&|row| Some(format!("ntnguard-{}-{VERSION}.tgz", row[1])));
    npm.insert(format!("ntnguard-{VERSION}.tgz"));
    assert_eq!(made("npm"), npm);
    let formula = fs::read_to_string(sandbox.path().join("packages/homebrew/ntnguard.rb")).unwrap();
    assert_eq!(formula.matches("sha256 ").count(), 4, "{formula}");
}
