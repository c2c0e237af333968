//! The lines that `hook install` prints if another manager writes the hooks, pasted unchanged into
//! the configuration of the real manager.

use crate::recipes::Project;
use crate::tools;

const NPM: [&str; 2] = ["lefthook@2.2.2", "simple-git-hooks@2.13.1"];
const PYTHON: [&str; 2] = ["pre-commit==4.7.0", "prek==0.5.11"];

/// A project with the managers on PATH.
fn project() -> Project {
    let python = tools::python("frameworks", &PYTHON);
    Project::new(&[
        tools::npm_programs("managers", &NPM),
        python.parent().unwrap().to_owned(),
    ])
}

/// The lines that are printed below the error.
fn printed(project: &Project) -> String {
    let output = project.run("ntnguard hook install");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    let is_said = |line: &&str| {
        [" \u{d7} ", "  x ", "  help: ", "        "]
            .iter()
            .any(|start| line.contains(start))
    };
    let lines = text.lines().skip_while(is_said);
    lines.map(|line| format!("{line}\n")).collect()
}

fn write(project: &Project, file: &str, text: &str) {
    project.sandbox.write(format!("a project/{file}"), text);
}

/// All that `hook status` says of must be so.
fn guards_all(project: &Project) {
    project.succeeds(
        "ntnguard hook status; ntnguard hook install; git add -A; git commit -qm configuration",
    );
    project.guards_commits();
    project.guards_messages();
    project.guards_pushes();
}

#[test]
#[ignore = "installs packages"]
fn lefthook_accepts_each_file_format() {
    for (file, text, wrapped) in [
        ("lefthook.yml", "colors: false\n", None),
        (".lefthook.toml", "colors = false\n", None),
        (
            "lefthook.json",
            "{\"colors\": false}\n",
            Some(("{\n", "}\n")),
        ),
    ] {
        let project = project();
        write(&project, file, text);
        let lines = printed(&project);
        let text = match wrapped {
            Some((before, after)) => format!("{before}{lines}{after}"),
            None => format!("{text}{lines}"),
        };
        write(&project, file, &text);
        assert_eq!(
            project.run("ntnguard hook install").status.code(),
            Some(2),
            "it is not installed yet"
        );
        project.succeeds("lefthook install");
        guards_all(&project);
    }
}

#[test]
#[ignore = "installs packages"]
fn pre_commit_and_prek_accept_the_printed_list() {
    for (file, program) in [
        (".pre-commit-config.yaml", "pre-commit"),
        (".pre-commit-config.yaml", "prek"),
        ("prek.toml", "prek"),
    ] {
        let project = project();
        write(&project, file, "");
        let lines = printed(&project);
        write(&project, file, &lines);
        project.succeeds(&format!("git add -A; {program} install"));
        guards_all(&project);
    }
}

#[test]
#[ignore = "installs packages"]
fn simple_git_hooks_accepts_the_printed_commands() {
    let project = project();
    write(
        &project,
        "package.json",
        "{\"simple-git-hooks\": {\"pre-commit\": \"true\"}}",
    );
    project.succeeds("simple-git-hooks");
    let lines = printed(&project);
    write(&project, "package.json", &format!("{{\n{lines}}}\n"));
    project.succeeds("simple-git-hooks");
    guards_all(&project);
}
