//! The files for other CI systems: valid under the schemas of the systems, and with commands that
//! run with the wheel.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_yaml::Value;

use super::python::environment;
use super::{Machine, PYTHON, VERSION, plain, release, said};
use crate::fake::Fake;
use crate::recipes;
use crate::sandbox::Sandbox;
use crate::tools;

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// Whether a text is as a schema has it.
fn is_valid(schema: &str, text: &str) -> Result<(), String> {
    let python = tools::python("check-jsonschema", &["check-jsonschema==0.39.0"]);
    let sandbox = Sandbox::new();
    sandbox.write("file.yml", text);
    let mut check = plain(python.with_file_name("check-jsonschema"));
    // The schema of Azure has regular expressions of the older kind.
    check
        .args(["--regex-variant", "nonunicode", "--builtin-schema", schema])
        .arg(sandbox.path().join("file.yml"));
    let output = check.output().unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(said(&output))
    }
}

/// The component with the defaults of its inputs.
fn component() -> String {
    let text = read("templates/ntnguard.yml");
    let (head, body) = text.split_once("\n---\n").unwrap();
    let head: Value = serde_yaml::from_str(head).unwrap();
    let inputs = head["spec"]["inputs"].as_mapping().unwrap();
    let mut body = body.to_owned();
    for (name, input) in inputs {
        let place = format!("$[[ inputs.{} ]]", name.as_str().unwrap());
        assert!(body.contains(&place), "{place}");
        body = body.replace(&place, input["default"].as_str().unwrap());
    }
    assert!(!body.contains("$[["), "{body}");
    body
}

#[test]
#[ignore = "installs check-jsonschema"]
fn pipeline_files_are_valid_under_their_schemas() {
    let bitbucket = recipes::recipe("Bitbucket");
    let azure = recipes::recipe("Azure");
    for (schema, text, (right, wrong)) in [
        (
            "vendor.gitlab-ci",
            component(),
            ("when: always", "when: sometimes"),
        ),
        (
            "vendor.gitlab-ci",
            recipes::recipe("GitLab"),
            ("remote:", "remotely:"),
        ),
        (
            "vendor.azure-pipelines",
            read("packaging/azure.yml"),
            ("fetchDepth", "fetchDeep"),
        ),
        (
            "vendor.azure-pipelines",
            azure,
            ("- template:", "- templates:"),
        ),
        (
            "vendor.bitbucket-pipelines",
            bitbucket,
            ("depth: full", "depth: all"),
        ),
    ] {
        is_valid(schema, &text).unwrap();
        let broken = text.replace(right, wrong);
        assert!(
            broken != text && is_valid(schema, &broken).is_err(),
            "{schema} accepts {wrong}"
        );
    }
}

/// The files install the version of this release.
#[test]
#[ignore = "reads the files"]
fn pipeline_files_install_this_version() {
    let version = format!("default: \"{VERSION}\"\n");
    for file in ["templates/ntnguard.yml", "packaging/azure.yml"] {
        assert_eq!(read(file).matches(&version).count(), 1, "{file}");
    }
}

/// A machine with a pushed leak and pip, which gets the wheel of the release.
fn job() -> Machine {
    let mut machine = Machine::new(&[]);
    machine.programs = vec![environment(&machine).join("bin")];
    machine.find_wheels(&[release().join("wheels")]);
    machine.sandbox.write("file", "clean\n").commit_all("clean");
    machine
        .sandbox
        .write("leak", Fake::new(1).ntn(0))
        .commit_all("leak");
    machine
}

/// Runs lines of a pipeline, which stop at the leak.
fn stops(machine: &Machine, lines: &[String], set: impl Fn(&mut Command)) {
    let mut sh = machine.command("bash");
    set(&mut sh);
    let output = sh.arg("-ec").arg(lines.join("\n")).output().unwrap();
    let said = said(&output);
    assert!(
        output.status.code() == Some(1) && said.contains("Notion integration token"),
        "{said}"
    );
}

#[test]
#[ignore = "packs a release"]
fn the_component_of_gitlab_stops_a_leak() {
    let machine = job();
    let body: Value = serde_yaml::from_str(&component()).unwrap();
    let lines = body["ntnguard"]["script"].as_sequence().unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.as_str().unwrap().to_owned())
        .collect();
    let (before, head) = (machine.sandbox.id("HEAD~"), machine.sandbox.id("HEAD"));
    stops(&machine, &lines, |job| {
        for (name, value) in [
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "push"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_BEFORE_SHA", &before),
            ("CI_COMMIT_SHA", &head),
        ] {
            job.env(name, value);
        }
    });
    let report = machine.path().join("gl-secret-detection-report.json");
    assert!(fs::read_to_string(report).unwrap().contains("\"leak\""));
}

#[test]
#[ignore = "installs packages, and packs a release"]
fn the_steps_of_azure_stop_a_leak() {
    let pipx = tools::python("packages", &PYTHON);
    let mut machine = job();
    machine.programs.push(pipx.parent().unwrap().to_owned());
    let steps: Value = serde_yaml::from_str(&read("packaging/azure.yml")).unwrap();
    let line = steps["steps"][1]["bash"].as_str().unwrap().to_owned();
    let head = machine.sandbox.id("HEAD");
    stops(&machine, &[line], |job| {
        job.env("PIPX_HOME", machine.path().join(".git/pipx"));
        for (name, value) in [
            ("VERSION", VERSION),
            ("ARGS", ""),
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "IndividualCI"),
            ("BUILD_SOURCEBRANCH", "refs/heads/main"),
            ("BUILD_SOURCEVERSION", &head),
        ] {
            job.env(name, value);
        }
    });
}
