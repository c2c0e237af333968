//! A user's machine, on which ntnguard is installed from a package.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{VERSION, files, path_with, said, succeeds};
use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// A user's machine without cargo, with an empty repository in it.
pub struct Machine {
    pub sandbox: Sandbox,
    pub programs: Vec<PathBuf>,
    pub variables: Vec<(String, OsString)>,
}

impl Machine {
    /// `programs` are folders that come before those of `PATH`.
    pub fn new(programs: &[PathBuf]) -> Self {
        let sandbox = Sandbox::repository();
        // What package managers write does not get into the commits.
        sandbox.write(".gitignore", "node_modules\n");
        Machine {
            sandbox,
            programs: programs.to_vec(),
            variables: Vec::new(),
        }
    }

    /// Sets a variable for all commands.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) -> &mut Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Lets pip and uv find packages of Python in these folders alone.
    pub fn find_wheels(&mut self, folders: &[PathBuf]) -> &mut Self {
        let names: Vec<_> = folders
            .iter()
            .map(|folder| folder.to_str().unwrap())
            .collect();
        let config = format!("no-index = true\nfind-links = {names:?}\n");
        self.sandbox.write(".git/uv.toml", config);
        let file = self.path().join(".git/uv.toml");
        self.set("UV_CONFIG_FILE", file)
            .set("PIP_NO_INDEX", "1")
            .set("PIP_FIND_LINKS", names.join(" "))
    }

    pub fn path(&self) -> PathBuf {
        self.sandbox.path()
    }

    pub fn command(&self, program: &str) -> Command {
        let keep = |folder: &Path| {
            ["cargo", "ntnguard"]
                .iter()
                .all(|name| !folder.join(name).exists())
        };
        let path = path_with(&self.programs, keep);
        // The program is looked up here: a command looks it up in the `PATH` of the tests.
        let found = std::env::split_paths(&path).map(|folder| folder.join(program));
        let found = found.into_iter().find(|file| file.is_file());
        let found = found.unwrap_or_else(|| panic!("{program} is not on PATH"));
        let mut command = self.sandbox.command(found.to_str().unwrap());
        command
            .env("PATH", path)
            .envs(self.variables.iter().cloned());
        command
    }

    pub fn run(&self, program: &str, words: &[&str]) -> Output {
        self.command(program).args(words).output().unwrap()
    }

    pub fn succeeds(&self, program: &str, words: &[&str]) -> String {
        succeeds(self.command(program).args(words))
    }

    /// A commit passes, and one with a token does not.
    pub fn guards_commits(&self) {
        self.sandbox.write("file", "clean\n");
        self.succeeds("git", &["add", "-A"]);
        self.succeeds("git", &["commit", "-q", "-m", "clean"]);
        let token = Fake::new(1).ntn(0);
        self.sandbox.write("leak", &token);
        self.succeeds("git", &["add", "leak"]);
        let output = self.run("git", &["commit", "-q", "-m", "leak"]);
        let said = said(&output);
        let is_stopped = !output.status.success() && said.contains("Notion integration token");
        assert!(is_stopped && !said.contains(&token), "{said}");
        self.succeeds("git", &["rm", "-q", "-f", "leak"]);
    }

    /// Installs the hooks with this command, which guard commits until they are removed.
    pub fn guards(&self, program: &str, words: &[&str]) {
        let version = self.succeeds(program, &[words, &["--version"]].concat());
        assert_eq!(version, format!("ntnguard {VERSION}\n"));
        let hooks = self.path().join(".git/hooks");
        let before = files(&hooks);
        self.succeeds(program, &[words, &["hook", "install"]].concat());
        self.guards_commits();
        self.succeeds(program, &[words, &["hook", "uninstall"]].concat());
        assert_eq!(files(&hooks), before);
        assert!(
            !self.path().join("no-home").exists(),
            "nothing is kept at home"
        );
    }
}
