//! npm: the packages are published to a registry on this machine, and installed from it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use super::{Machine, VERSION, files, plain, release, succeeds};

/// A registry that has the packages, and a machine that knows no other.
pub struct Npm {
    pub machine: Machine,
    registry: Child,
}

impl Drop for Npm {
    fn drop(&mut self) {
        let _ = self.registry.kill();
        let _ = self.registry.wait();
    }
}

impl Npm {
    pub fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut registry = plain("python3");
        registry.arg(root.join("tests/ecosystem/packages/registry.py"));
        let mut registry = registry
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let mut lines = BufReader::new(registry.stdout.take().unwrap());
        lines.read_line(&mut address).unwrap();
        let mut machine = Machine::new(&[]);
        // This registry alone, and nothing that is there from before.
        let address = address.trim();
        let cache = machine.path().join(".git/npm-cache");
        machine
            .set("npm_config_registry", address)
            .set("npm_config_cache", cache)
            .set("npm_config_update_notifier", "false")
            .set("npm_config_audit", "false");
        let key = format!("npm_config_{}:_authToken", address.replace("http:", ""));
        let mut publish = plain(root.join("packaging/npm/publish"));
        publish.arg(release().join("npm")).env(key, "made-up");
        publish.envs(machine.variables.iter().cloned());
        // The second time, nothing is left to publish.
        for _ in 0..2 {
            succeeds(&mut publish);
        }
        machine
            .sandbox
            .write("package.json", "{\"private\": true}\n");
        Npm { machine, registry }
    }

    /// The program in node_modules.
    pub fn program(&self) -> PathBuf {
        self.machine.path().join("node_modules/.bin/ntnguard")
    }
}

#[test]
#[ignore = "packs a release"]
fn npm_installs_and_removes_a_project_dependency() {
    let npm = Npm::new();
    npm.machine
        .succeeds("npm", &["install", "--silent", "--save-dev", "ntnguard"]);
    let packages = std::fs::read_dir(npm.machine.path().join("node_modules/@ntnguard"));
    assert_eq!(
        packages.unwrap().count(),
        1,
        "the package of this machine alone"
    );
    npm.machine.guards("npx", &["--offline", "ntnguard"]);
    npm.machine
        .succeeds("npm", &["uninstall", "--silent", "ntnguard"]);
    let left = files(&npm.machine.path().join("node_modules"));
    let is_ours = |file: &PathBuf| file.to_str().unwrap().contains("ntnguard");
    assert!(!left.iter().any(is_ours), "{left:?}");
    assert!(
        !npm.machine
            .sandbox
            .read("package.json")
            .contains("ntnguard")
    );
}

#[test]
#[ignore = "packs a release"]
fn npx_runs_and_npm_installs_without_a_project() {
    let npm = Npm::new();
    let named = format!("ntnguard@{VERSION}");
    let version = npm.machine.succeeds("npx", &["--yes", &named, "--version"]);
    assert_eq!(version, format!("ntnguard {VERSION}\n"));
    let prefix = npm.machine.path().join(".git/prefix");
    let global = ["--silent", "--global", "--prefix", prefix.to_str().unwrap()];
    npm.machine.succeeds(
        "npm",
        &[&["install"], global.as_slice(), &[&named]].concat(),
    );
    assert!(prefix.join("share/man/man1/ntnguard.1").exists());
    assert!(prefix.join("bin/ntnguard").exists());
    npm.machine.succeeds(
        "npm",
        &[&["uninstall"], global.as_slice(), &["ntnguard"]].concat(),
    );
    assert_eq!(files(&prefix).len(), 0, "{:?}", files(&prefix));
}

#[test]
#[ignore = "packs a release"]
fn no_script_runs_at_installation() {
    for package in files(&release().join("npm")) {
        let manifest = succeeds(
            plain("tar")
                .arg("-xzOf")
                .arg(&package)
                .arg("package/package.json"),
        );
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert!(manifest.get("scripts").is_none(), "{manifest}");
        assert_eq!(manifest["version"], VERSION);
        // npm reads the package as its own.
        let mut pack = plain("npm");
        pack.args(["pack", "--json", "--dry-run"]).arg(&package);
        let packed: serde_json::Value = serde_json::from_str(&succeeds(&mut pack)).unwrap();
        // Newer versions of npm print an object of packages in place of a list.
        let packed = packed
            .get(0)
            .or_else(|| packed.as_object()?.values().next());
        assert_eq!(packed.unwrap()["name"], manifest["name"]);
    }
}
