//! How the action gets the binary: a release whose checksum it knows, or a build from source; nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::hosted::Hosted;
use super::runner::{Outcome, Runner};
use crate::tools;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a runner and a release call each kind of machine.
const TARGETS: [(&str, &str, &str); 5] = [
    ("Linux", "X64", "x86_64-unknown-linux-musl"),
    ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
    ("macOS", "X64", "x86_64-apple-darwin"),
    ("macOS", "ARM64", "aarch64-apple-darwin"),
    ("Windows", "X64", "x86_64-pc-windows-msvc"),
];

/// A runner with a clean push to scan, a copy of the action, releases of `someone/ntnguard`, and a cargo that notes what it is
/// told.
struct Installing {
    hosted: Hosted,
    runner: Runner,
}

impl Installing {
    fn new() -> Self {
        let hosted = Hosted::new();
        let mut runner = Runner::new(hosted.sandbox());
        let before = hosted.head();
        hosted.commit("clean.txt", "nothing");
        hosted.git(&["push", "-q", "origin", "main"]);
        hosted.check_out(&mut runner, "refs/heads/main", &hosted.head(), 0);
        runner.event(
            "push",
            "refs/heads/main",
            &json!({"ref": "refs/heads/main", "before": before, "after": hosted.head()}),
        );
        runner.action = hosted.sandbox().path().join("the action");
        runner.repository = "someone/ntnguard".to_owned();
        runner.path = vec![hosted.sandbox().path().join("bin")];
        let installing = Installing { hosted, runner };
        installing.copy_action();
        // curl with the host in a folder.
        let releases = format!("file://{}", installing.path("releases").display());
        let curl = format!(
            "echo \"$@\" >> '{}'\nexec {} \"${{@/https:\\/\\/github.com/{}}}\"",
            installing.path("curl.log").display(),
            real("curl").display(),
            releases.replace('/', "\\/")
        );
        installing.program("curl", &curl);
        // cargo that builds nothing: it notes where it is and what it is told, and installs the binary of the tests.
        let cargo = format!(
            "printf '%s\\n' \"$PWD\" \"$@\" >> '{}'\nmkdir -p \"$6/bin\"\ncp '{}' \"$6/bin/ntnguard\"",
            installing.path("cargo.log").display(),
            env!("CARGO_BIN_EXE_ntnguard")
        );
        installing.program("cargo", &cargo);
        installing
    }

    fn path(&self, name: &str) -> PathBuf {
        self.hosted.sandbox().path().join(name)
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Puts a program in the way.
    fn program(&self, name: &str, script: &str) {
        self.hosted.sandbox().write(
            format!("bin/{name}"),
            format!("#!/usr/bin/env bash\n{script}\n"),
        );
        fs::set_permissions(
            self.path("bin").join(name),
            fs::Permissions::from_mode(0o755),
        )
        .unwrap();
    }

    /// What of the action counts here.
    fn copy_action(&self) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in [
            "action.yml",
            "Cargo.toml",
            "Cargo.lock",
            "packaging/checksums.txt",
        ] {
            self.hosted.sandbox().write(
                Path::new("the action").join(file),
                fs::read(root.join(file)).unwrap(),
            );
        }
        self.hosted
            .sandbox()
            .write("the action/src/main.rs", "fn main() {}\n");
        self.hosted
            .sandbox()
            .write("the action/docs/rules/a.md", "A\n");
    }

    /// Releases a program for this target as the workflow does, which is the binary of the tests in few bytes; the line of its
    /// checksum.
    fn release(&self, target: &str) -> String {
        let folder = self
            .path("releases/someone/ntnguard/releases/download")
            .join(format!("v{VERSION}"));
        fs::create_dir_all(&folder).unwrap();
        self.program(
            "built/ntnguard",
            &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_ntnguard")),
        );
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/archive");
        tools::run(
            script,
            [&self.path("bin/built/ntnguard"), Path::new(target), &folder],
        );
        let name = format!("ntnguard-{VERSION}-{target}.tar.gz");
        let mut sum = self.hosted.sandbox().command("sha256sum");
        String::from_utf8(sum.current_dir(&folder).arg(name).output().unwrap().stdout).unwrap()
    }

    /// Lets the action know checksums.
    fn know(&self, sums: &str) {
        self.hosted.sandbox().write(
            "the action/packaging/checksums.txt",
            format!("# of releases\n{sums}"),
        );
    }

    /// Nothing was run, and the outputs say so.
    fn refuses(&self, outcome: &Outcome, why: &str) {
        assert!(
            !outcome.succeeded && outcome.steps == ["Install"] && outcome.log.contains(why),
            "{outcome:?}"
        );
        let outputs =
            ["findings", "complete", "exit-code", "sarif-file"].map(|name| outcome.output(name));
        assert_eq!(outputs, ["", "false", "2", ""]);
        assert_eq!(
            fs::read_dir(self.runner.temp().join("ntnguard/bin"))
                .into_iter()
                .flatten()
                .count(),
            0
        );
        assert_eq!(self.log("cargo.log"), "");
    }
}

/// A program's path, without what stands in the way.
fn real(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap()
}

#[test]
#[ignore = "runs the action"]
fn a_release_of_the_known_checksum_is_run() {
    let installing = Installing::new();
    installing.know(&installing.release(TARGETS[0].2));
    for version in ["", VERSION, &format!("v{VERSION}")] {
        let outcome = installing.runner.run(&[("version", version)]);
        assert!(outcome.succeeded, "{outcome:?}");
        assert_eq!(outcome.steps, ["Install", "Scan"]);
        assert_eq!(outcome.output("exit-code"), "0");
    }
    assert_eq!(installing.log("cargo.log"), "");
}

#[test]
#[ignore = "runs the action"]
fn a_release_of_another_checksum_is_not_run() {
    let installing = Installing::new();
    let sum = installing.release(TARGETS[0].2);
    let other = if sum.starts_with('0') { "1" } else { "0" };
    installing.know(&format!("{other}{}", &sum[1..]));
    installing.refuses(&installing.runner.run(&[]), "has another checksum");
}

/// Each machine asks for the archive that the release makes for it, by the name that cargo-binstall asks for too.
#[test]
#[ignore = "runs the action"]
fn archives_have_the_same_name_everywhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workflow = fs::read_to_string(root.join(".github/workflows/release.yml")).unwrap();
    let workflow: serde_yaml::Value = serde_yaml::from_str(&workflow).unwrap();
    let built = workflow["jobs"]["build"]["strategy"]["matrix"]["include"]
        .as_sequence()
        .unwrap();
    let built: Vec<_> = built
        .iter()
        .map(|entry| entry["target"].as_str().unwrap())
        .collect();
    assert_eq!(built, TARGETS.map(|(_, _, target)| target));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let setting = |name: &str| {
        manifest
            .split(&format!("\n{name} = \""))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
    };
    assert_eq!(setting("pkg-fmt"), "tgz");
    let mut installing = Installing::new();
    for (system, processor, target) in TARGETS {
        let sum = installing.release(target);
        installing.know(&sum);
        for (name, value) in [("RUNNER_OS", system), ("RUNNER_ARCH", processor)] {
            installing
                .runner
                .variables
                .insert(name.to_owned(), value.to_owned());
        }
        let outcome = installing.runner.run(&[]);
        assert!(outcome.succeeded, "{outcome:?}");
        let fill = |template: &str| {
            let values = [
                ("repo", "https://github.com/someone/ntnguard"),
                ("name", "ntnguard"),
                ("bin", "ntnguard"),
                ("version", VERSION),
                ("target", target),
                ("binary-ext", ""),
            ];
            values
                .iter()
                .fold(template.to_owned(), |text, (name, value)| {
                    text.replace(&format!("{{ {name} }}"), value)
                })
        };
        let asked = installing.log("curl.log");
        assert_eq!(
            asked
                .lines()
                .last()
                .unwrap()
                .split(' ')
                .next_back()
                .unwrap(),
            fill(setting("pkg-url"))
        );
        let archive = installing
            .path("releases/someone/ntnguard/releases/download")
            .join(format!("v{VERSION}"));
        let archive = archive.join(format!("ntnguard-{VERSION}-{target}.tar.gz"));
        let listed = tools::run("tar", ["-tzf", archive.to_str().unwrap()]);
        assert!(
            String::from_utf8(listed.stdout)
                .unwrap()
                .lines()
                .any(|line| line == fill(setting("bin-dir")))
        );
    }
}

#[test]
#[ignore = "runs the action"]
fn an_unknown_checksum_causes_one_build_from_source() {
    let installing = Installing::new();
    installing.release(TARGETS[0].2);
    let outcome = installing.runner.run(&[]);
    assert!(outcome.succeeded, "{outcome:?}");
    assert_eq!(
        outcome.steps,
        ["Install", "Find an earlier build", "Build", "Scan"]
    );
    let (action, temp) = (installing.runner.action.display(), installing.runner.temp());
    let temp = temp.join("ntnguard");
    let target = temp.join("target");
    let told = format!(
        "{action}\ninstall\n--locked\n--path\n{action}\n--root\n{}\n--target-dir\n{}\n",
        temp.display(),
        target.display()
    );
    assert_eq!(installing.log("cargo.log"), told);
    let outcome = installing.runner.run(&[]);
    assert!(outcome.succeeded, "{outcome:?}");
    assert_eq!(
        outcome.steps,
        ["Install", "Find an earlier build", "Scan"],
        "the earlier build is used"
    );
    installing
        .hosted
        .sandbox()
        .write("the action/src/main.rs", "fn main() { }\n");
    let outcome = installing.runner.run(&[]);
    assert_eq!(
        outcome.steps,
        ["Install", "Find an earlier build", "Build", "Scan"],
        "not for other sources"
    );
    assert_eq!(
        installing.log("curl.log"),
        "",
        "nothing unchecked is downloaded"
    );
}

#[test]
#[ignore = "runs the action"]
fn a_release_that_is_gone_is_built_from_source() {
    let installing = Installing::new();
    let sum = installing.release(TARGETS[0].2);
    installing.know(&sum);
    fs::remove_dir_all(installing.path("releases")).unwrap();
    assert_eq!(
        installing.runner.run(&[]).steps,
        ["Install", "Find an earlier build", "Build", "Scan"]
    );
}

#[test]
#[ignore = "runs the action"]
fn only_the_requested_version_is_installed() {
    let installing = Installing::new();
    installing.refuses(
        &installing.runner.run(&[("version", "99.0.0")]),
        "No checked release 99.0.0",
    );
    for version in [
        "latest",
        "../x",
        "1;touch pwned",
        "1 2",
        "1\n2",
        "$(touch pwned)",
        "-1",
    ] {
        installing.refuses(
            &installing.runner.run(&[("version", version)]),
            "The input 'version' is not a version",
        );
    }
    // A fork's or a local copy's builds itself.
    let mut installing = Installing::new();
    installing.know(&installing.release(TARGETS[0].2));
    installing.runner.repository.clear();
    assert_eq!(
        installing.runner.run(&[]).steps,
        ["Install", "Find an earlier build", "Build", "Scan"]
    );
}
