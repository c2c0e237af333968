//! The recipes of docs/integrations.md, unchanged: with the real tools, and against the linters.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::action::lint::{actionlint, zizmor};
use crate::fake::Fake;
use crate::sandbox::Sandbox;
use crate::tools;

/// A block of code of the page, and where it stands.
struct Recipe {
    heading: String,
    language: String,
    code: String,
}

/// All blocks of the page.
fn recipes() -> Vec<Recipe> {
    blocks("docs/integrations.md")
}

/// All blocks of a file, with a commit in place of `COMMIT`.
fn blocks(file: &str) -> Vec<Recipe> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let page = fs::read_to_string(page)
        .unwrap()
        .replace("@COMMIT", &format!("@{}", "c0ffee42".repeat(5)));
    let (mut recipes, mut heading, mut open) = (Vec::new(), String::new(), None::<Recipe>);
    for line in page.lines() {
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Recipe {
                    heading: heading.clone(),
                    language: language.to_owned(),
                    code: String::new(),
                });
            }
            (None, None) if line.starts_with('#') => {
                heading = line.trim_start_matches('#').trim().to_owned()
            }
            (None, None) => {}
            (Some(recipe), Some(_)) => recipes.push(recipe),
            (Some(mut recipe), None) => {
                recipe.code += &format!("{line}\n");
                open = Some(recipe);
            }
        }
    }
    recipes
}

/// The first block under a heading.
pub fn recipe(heading: &str) -> String {
    recipes()
        .into_iter()
        .find(|recipe| recipe.heading.starts_with(heading))
        .unwrap()
        .code
}

/// A repository beside its remote, with the binary of the tests on PATH, and these folders before it.
pub struct Project {
    pub sandbox: Sandbox,
    path: Vec<PathBuf>,
}

impl Project {
    pub fn new(path: &[PathBuf]) -> Self {
        let sandbox = Sandbox::new();
        sandbox.git(["init", "-q", "--bare", "-b", "main", "remote.git"]);
        sandbox.git(["init", "-q", "-b", "main", "a project"]);
        let project = Project {
            sandbox,
            path: path.to_vec(),
        };
        assert!(
            project
                .run("git remote add origin ../remote.git && echo clean > file && git add -A && git commit -qm clean")
                .status
                .success()
        );
        project
    }

    /// Runs shell lines in the project.
    pub fn run(&self, lines: &str) -> Output {
        let mut sh = self.sandbox.command("sh");
        let binary = Path::new(env!("CARGO_BIN_EXE_ntnguard"))
            .parent()
            .unwrap()
            .to_owned();
        let path = std::env::var_os("PATH").unwrap();
        let path: Vec<_> = [binary]
            .into_iter()
            .chain(self.path.clone())
            .chain(std::env::split_paths(&path))
            .collect();
        sh.current_dir(self.sandbox.path().join("a project"))
            .env("PATH", std::env::join_paths(path).unwrap());
        sh.arg("-ec").arg(lines).output().unwrap()
    }

    pub fn succeeds(&self, lines: &str) {
        let output = self.run(lines);
        assert!(output.status.success(), "{lines}: {output:?}");
    }

    /// It fails, and for what it holds.
    fn is_stopped(&self, lines: &str) {
        let output = self.run(lines);
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains("Notion integration token"),
            "{lines}: {said}"
        );
        assert!(!said.contains(&Fake::new(1).ntn(0)[4..30]), "{said}");
    }

    fn leak(&self) {
        self.sandbox.write("a project/leak", Fake::new(1).ntn(0));
    }

    /// A commit that leaks is stopped, and no other.
    pub fn guards_commits(&self) {
        self.succeeds("echo more >> file && git add -A && git commit -qm clean");
        self.leak();
        self.is_stopped("git add leak && git commit -qm leak");
        self.succeeds("git rm -qf --cached leak && rm leak");
    }

    /// So is a message.
    pub fn guards_messages(&self) {
        let message = Fake::new(1).ntn(0);
        self.is_stopped(&format!(
            "echo again >> file && git add -A && git commit -qm 'see {message}'"
        ));
        self.succeeds("git commit -qm clean");
    }

    /// And a push.
    pub fn guards_pushes(&self) {
        self.succeeds("git push -q origin main");
        self.leak();
        self.succeeds("git add leak && git commit -q --no-verify -m leak");
        self.is_stopped("git push -q origin main");
        self.succeeds("git push -q --no-verify origin main");
    }
}

#[test]
#[ignore = "uses other people's tools"]
fn the_recipe_for_plain_git_hooks_works() {
    let project = Project::new(&[]);
    let lines = recipe("git alone");
    let lines: Vec<_> = lines.lines().collect();
    project.succeeds(lines[0]);
    project.succeeds(lines[1]);
    project.guards_commits();
    project.guards_messages();
    project.guards_pushes();
    project.succeeds(lines[2]);
    project.leak();
    project.succeeds("echo x >> leak; git add -A; git commit -qm unguarded");
}

#[test]
#[ignore = "uses other people's tools"]
fn the_recipe_for_a_shared_hook_folder_works() {
    let project = Project::new(&[]);
    project.succeeds(
        "mkdir .githooks; printf '#!/bin/sh\\n[ ! -e stop ]\\n' > .githooks/commit-msg; chmod +x .githooks/*",
    );
    project.succeeds("git add -A; git commit -qm hooks");
    project.succeeds(&recipe("A folder of hooks"));
    project.succeeds("ntnguard hook status; touch stop");
    assert!(
        !project.run("git commit -qm stopped").status.success(),
        "the hook that was there runs"
    );
    project.succeeds("rm stop; git commit -qm ours");
    project.guards_commits();
    project.guards_messages();
    project.guards_pushes();
}

#[test]
#[ignore = "installs packages"]
fn the_recipe_for_husky_works() {
    let project = Project::new(&[tools::npm_programs("hooks", &NPM)]);
    project.succeeds("husky; printf '[ ! -e stop ]' > .husky/pre-commit");
    project.succeeds(&recipe("husky"));
    project.succeeds("ntnguard hook status; ntnguard hook install; touch stop");
    assert!(
        !project
            .run("git add -A; git commit -qm stopped")
            .status
            .success(),
        "the script that was there runs"
    );
    project.succeeds("rm stop");
    project.guards_commits();
    project.guards_messages();
    project.guards_pushes();
}

#[test]
#[ignore = "installs packages"]
fn the_recipe_for_lefthook_works() {
    let project = Project::new(&[tools::npm_programs("hooks", &NPM)]);
    project
        .sandbox
        .write("a project/lefthook.yml", recipe("lefthook"));
    project.succeeds("lefthook install");
    project.guards_commits();
    project.guards_messages();
    project.guards_pushes();
}

#[test]
#[ignore = "installs packages"]
fn the_recipe_for_lint_staged_works() {
    let project = Project::new(&[tools::npm_programs("hooks", &NPM)]);
    project
        .sandbox
        .write("a project/lint-staged.config.mjs", recipe("lint-staged"));
    project
        .succeeds("printf '#!/bin/sh\\nexec lint-staged\\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit");
    project.guards_commits();
    project.succeeds("git rm -q file && git commit -qm 'only deletes'");
}

/// Of npm; lint-staged is the last that needs no newer node.
const NPM: [&str; 3] = ["husky@9.1.7", "lefthook@2.2.2", "lint-staged@16.3.4"];

#[test]
#[ignore = "uses other people's tools"]
fn the_recipe_for_a_server_works() {
    let project = Project::new(&[]);
    project.succeeds(&format!("cd ../remote.git && {}", recipe("A server")));
    let hook = project.sandbox.path().join("remote.git/hooks/pre-receive");
    assert!(fs::metadata(hook).unwrap().permissions().mode() & 0o100 != 0);
    project.succeeds("git push -q origin main");
    project.leak();
    project.succeeds("git add leak && git commit -qm leak");
    project.is_stopped("git push -q origin main");
    project
        .succeeds("git reset -q --hard HEAD~ && echo more > file && git commit -qam clean && git push -q origin main");
}

#[test]
#[ignore = "installs packages"]
fn workflows_are_accepted() {
    let sandbox = Sandbox::new();
    let all = recipes().into_iter().chain(blocks("README.md"));
    let workflows: Vec<_> = all
        .filter(|recipe| recipe.code.contains("runs-on:"))
        .collect();
    assert_eq!(workflows.len(), 3);
    for workflow in workflows {
        let file = sandbox.path().join(".github/workflows/ntnguard.yml");
        sandbox.write(".github/workflows/ntnguard.yml", workflow.code);
        actionlint(&file).unwrap();
        zizmor("regular", &file).unwrap();
    }
}

/// Every block of YAML is valid, and names only hooks and files that exist.
#[test]
#[ignore = "reads the page"]
fn recipes_name_only_existing_files_and_hooks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut systems = 0;
    for recipe in recipes().iter().filter(|recipe| recipe.language == "yaml") {
        let yaml: serde_yaml::Value = serde_yaml::from_str(&recipe.code).unwrap();
        if let Some(repositories) = yaml["repos"].as_sequence() {
            let hooks = fs::read_to_string(root.join(".pre-commit-hooks.yaml")).unwrap();
            let hooks: serde_yaml::Value = serde_yaml::from_str(&hooks).unwrap();
            let ids: Vec<_> = hooks
                .as_sequence()
                .unwrap()
                .iter()
                .map(|hook| hook["id"].clone())
                .collect();
            for hook in repositories[0]["hooks"].as_sequence().unwrap() {
                assert!(ids.contains(&hook["id"]), "{hook:?}");
            }
        }
        for file in ["templates/ntnguard.yml", "packaging/azure.yml"] {
            if recipe.code.contains(file) {
                assert!(root.join(file).exists(), "{file}");
                systems += 1;
            }
        }
        systems += usize::from(recipe.code.contains("ntnguard ci"));
    }
    assert_eq!(systems, 3, "GitLab, Bitbucket, Azure");
}
