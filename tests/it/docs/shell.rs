//! The shell blocks of README.md and docs/ run unchanged, all blocks of a page in order in one
//! project. `sh no-test` marks a block that no test can run: it needs a release, GitHub, Notion or
//! an assistant. A line that ends in `# exits with N` must do so; every other line must succeed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use crate::fake::Fake;
use crate::sandbox::Sandbox;

use super::{Block, pages, parts};

/// Programs of others that blocks call, and what runs in their place.
const STAND_INS: [(&str, &str); 3] = [
    ("less", "exec cat \"$@\""),
    ("pre-commit", "[ -e .pre-commit-config.yaml ] || exit 0"),
    ("sudo", "exit 1"),
];

/// A project with a remote, a clone beside it, and files that blocks name.
struct Project(Sandbox);

impl Project {
    fn new(page: &str) -> Self {
        let sandbox = Sandbox::new();
        for (name, line) in STAND_INS {
            sandbox.write(format!("bin/{name}"), format!("#!/bin/sh\n{line}\n"));
            let file = sandbox.path().join("bin").join(name);
            fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        sandbox.write("no-home/.keep", "");
        sandbox.git(["init", "-q", "--bare", "-b", "main", "remote.git"]);
        sandbox.git(["init", "-q", "-b", "main", "project"]);
        sandbox
            .write("project/src/app.ts", "export const answer = 42;\n")
            .write(
                "project/src/notion/client.ts",
                "export const client = {};\n",
            )
            .write("project/BUFFER", "const answer = 42;\n")
            .write(
                "project/.env",
                format!("NOTION_TOKEN={}\n", Fake::new(1).ntn(0)),
            )
            .write("project/.gitignore", ".env\n");
        let project = Project(sandbox);
        // The page about the audit begins where nothing is ignored.
        if page == "docs/env-audit.md" {
            project.succeeds("rm .gitignore .env");
        } else {
            project.succeeds("ntnguard env --fix");
        }
        project.succeeds("git remote add origin ../remote.git; git add -A; git commit -qm first");
        // The page about many repositories has reports of some.
        if page == "docs/fleet.md" {
            project.succeeds("mkdir reports; ntnguard history -o api.json");
            project.succeeds("cp api.json web.json; cp api.json reports/api.json");
        }
        // The page about a leak begins with one.
        if page == "docs/history.md" {
            project.succeeds("printf 'a = \"%s\"\\n' \"$(cut -d= -f2 .env)\" > leak.py");
            project.succeeds("git add leak.py; git commit -qm leak; git rm -q leak.py");
            project.succeeds("git commit -qm 'without the leak'");
        }
        project.succeeds("git push -q -u origin main; git clone -q ../remote.git ../clone");
        project
    }

    fn run(&self, lines: &str) -> Output {
        let ours = Path::new(env!("CARGO_BIN_EXE_ntnguard"))
            .parent()
            .unwrap()
            .to_owned();
        let path = std::env::var_os("PATH").unwrap();
        let path = [ours, self.0.path().join("bin")]
            .into_iter()
            .chain(std::env::split_paths(&path));
        let mut shell = self.0.command("sh");
        shell.env("PATH", std::env::join_paths(path).unwrap());
        shell.current_dir(self.0.path().join("project"));
        shell.args(["-ec", lines]).output().unwrap()
    }

    fn succeeds(&self, lines: &str) {
        let output = self.run(lines);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = said + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{lines}\n{said}");
    }
}

/// A block as a script that fails where a line exits otherwise than it says.
fn script(code: &str) -> String {
    let mut script = String::new();
    for line in code.lines() {
        let status = line
            .split_once("# exits with ")
            .and_then(|(_, rest)| rest.chars().next());
        match status {
            None => script += &format!("{line}\n"),
            Some(status) => {
                let command = line.split_once("# exits with ").unwrap().0.trim_end();
                let check = format!(
                    "[ $status = {status} ] || {{ echo \"exit $status: {}\"; exit 99; }}",
                    command.replace(['"', '`', '$'], "'")
                );
                script += &format!("status=0; ( {command} ) || status=$?\n{check}\n");
            }
        }
    }
    script
}

/// What has to be there before a block, by what the block names.
fn prelude(block: &Block) -> &'static str {
    let has = |text: &str| block.code.contains(text);
    if has(".husky/") {
        "mkdir -p .husky\n"
    } else if has("> hooks/pre-receive") {
        "cd ../remote.git\n"
    } else if has("hook status") && block.page == "docs/agents.md" {
        "ntnguard hook install\n"
    } else {
        ""
    }
}

#[test]
fn every_block_that_is_not_marked_runs() {
    let mut ran = 0;
    for page in pages() {
        let (blocks, _) = parts(&page);
        let mut blocks = blocks
            .into_iter()
            .filter(|block| block.info == "sh")
            .peekable();
        if blocks.peek().is_none() {
            continue;
        }
        let project = Project::new(&page);
        for block in blocks {
            let output = project.run(&format!("{}{}", prelude(&block), script(&block.code)));
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let said = said + &String::from_utf8_lossy(&output.stderr);
            let place = format!("{}:{}", block.page, block.line);
            assert!(
                output.status.success(),
                "{place} {}\n{}{said}",
                output.status,
                block.code
            );
            assert!(
                !said.contains(&Fake::new(1).ntn(0)),
                "{place} shows a secret"
            );
            ran += 1;
        }
    }
    assert!(ran >= 25, "{ran} blocks");
}

/// Only blocks that need something from outside of this machine have the mark.
#[test]
fn marked_blocks_need_something_from_outside() {
    const OUTSIDE: [&str; 15] = [
        "npm ",
        "cargo ",
        "pip ",
        "gh ",
        "ntnguard verify",
        "ntnguard access",
        "--verify",
        "purge.sh",
        "ntnguard preflight",
        "benches/",
        "ntnguard revoke",
        "mdbook",
        "--expect ",
        "git.example.com",
        "sbatch ",
    ];
    for page in pages() {
        for block in parts(&page).0 {
            let is_marked = block.info == "sh no-test";
            let needs = OUTSIDE.iter().any(|word| block.code.contains(word));
            assert!(
                !is_marked || needs,
                "{page}:{}: a test can run this",
                block.line
            );
            let kinds = ["sh", "sh no-test"];
            let is_shell = block.info.starts_with("sh");
            assert!(
                !is_shell || kinds.contains(&block.info.as_str()),
                "{page}:{}",
                block.line
            );
        }
    }
}

#[test]
fn an_unexpected_exit_status_is_detected() {
    let project = Project::new("README.md");
    for (code, expected) in [
        ("false  # exits with 1\ntrue\n", true),
        ("true   # exits with 1\n", false),
        ("( exit 2 )  # exits with 1\n", false),
        ("false\ntrue\n", false),
    ] {
        assert_eq!(
            project.run(&script(code)).status.success(),
            expected,
            "{code}"
        );
    }
}
