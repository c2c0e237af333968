//! Runs a composite action as GitHub's runner does: its steps with bash, the variables, the files
//! for outputs, and the workflow commands in the output.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_yaml::Value;

use super::expression;
use crate::sandbox::Sandbox;

/// A runner for one job; it keeps its caches.
pub struct Runner {
    /// Where the action lies.
    pub action: PathBuf,
    /// Where the repository is checked out.
    pub workspace: PathBuf,
    /// `github.action_repository`: where the action came from, empty for a local one.
    pub repository: String,
    /// `github.action_ref`: the revision of the action, empty for a local one.
    pub revision: String,
    /// Folders that come before those of `PATH`.
    pub path: Vec<PathBuf>,
    pub variables: BTreeMap<String, String>,
    caches: PathBuf,
}

/// What a run of the action came to.
#[derive(Debug)]
pub struct Outcome {
    pub succeeded: bool,
    /// What all steps printed.
    pub log: String,
    /// The action's outputs.
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
    /// The names of the steps that were run.
    pub steps: Vec<String>,
    /// The names of all outputs of steps, in the order they were written.
    pub written: Vec<String>,
}

impl Outcome {
    /// The workflow commands in the log, as the runner finds them: `name properties::message`.
    pub fn commands(&self) -> Vec<&str> {
        // The runner cuts lines at carriage returns too, and finds the old form anywhere in a line.
        let command = |line| {
            let old = str::find(line, "##[").map(|at| &line[at + 3..]);
            let new = line
                .trim_start()
                .strip_prefix("::")
                .filter(|rest| rest.contains("::"));
            new.or(old)
        };
        self.log.split(['\n', '\r']).filter_map(command).collect()
    }

    pub fn output(&self, name: &str) -> &str {
        self.outputs
            .get(name)
            .unwrap_or_else(|| panic!("no output {name}: {self:?}"))
    }
}

/// What one run knows so far.
struct State {
    inputs: BTreeMap<String, String>,
    /// By `step.name`.
    outputs: BTreeMap<String, String>,
    outcome: Outcome,
}

impl Runner {
    /// One in a folder of the sandbox.
    pub fn new(sandbox: &Sandbox) -> Self {
        let top = sandbox.path().join("the runner");
        let workspace = top.join("work space");
        let temp = top.join("_temp");
        fs::create_dir_all(&workspace).unwrap();
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let variables = [
            ("CI", "true".to_owned()),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_WORKSPACE", text(&workspace)),
            ("GITHUB_REPOSITORY", "someone/something".to_owned()),
            ("GITHUB_SERVER_URL", "https://github.com".to_owned()),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
            ("RUNNER_TEMP", text(&temp)),
        ];
        Runner {
            action: Path::new(env!("CARGO_MANIFEST_DIR")).to_owned(),
            workspace,
            repository: String::new(),
            revision: String::new(),
            path: Vec::new(),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            caches: top.join("caches"),
        }
    }

    /// The runner's folder for files of a job.
    pub fn temp(&self) -> PathBuf {
        PathBuf::from(&self.variables["RUNNER_TEMP"])
    }

    /// The event of the job.
    pub fn event(&mut self, name: &str, reference: &str, payload: &serde_json::Value) {
        let file = self.workspace.with_file_name("event.json");
        fs::write(&file, payload.to_string()).unwrap();
        self.variables.insert(
            "GITHUB_EVENT_PATH".to_owned(),
            file.to_str().unwrap().to_owned(),
        );
        self.variables
            .insert("GITHUB_EVENT_NAME".to_owned(), name.to_owned());
        self.variables
            .insert("GITHUB_REF".to_owned(), reference.to_owned());
        let short = reference.splitn(3, '/').nth(2).unwrap_or(reference);
        self.variables
            .insert("GITHUB_REF_NAME".to_owned(), short.to_owned());
        let kind = if reference.starts_with("refs/tags/") {
            "tag"
        } else {
            "branch"
        };
        self.variables
            .insert("GITHUB_REF_TYPE".to_owned(), kind.to_owned());
    }

    /// Runs the action with the binary of the tests in place of what it would install.
    pub fn scan(&self, inputs: &[(&str, &str)]) -> Outcome {
        let bin = self.temp().join("ntnguard/bin");
        fs::create_dir_all(&bin).unwrap();
        let _ = fs::remove_file(bin.join("ntnguard"));
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ntnguard"), bin.join("ntnguard")).unwrap();
        self.steps(inputs, &["Scan"])
    }

    /// Runs the action.
    pub fn run(&self, inputs: &[(&str, &str)]) -> Outcome {
        let _ = fs::remove_dir_all(self.temp());
        self.steps(
            inputs,
            &["Install", "Find an earlier build", "Build", "Scan"],
        )
    }

    /// Runs the steps of these names.
    fn steps(&self, inputs: &[(&str, &str)], names: &[&str]) -> Outcome {
        let action: Value =
            serde_yaml::from_str(&fs::read_to_string(self.action.join("action.yml")).unwrap())
                .unwrap();
        let mut state = State::new(&action, inputs);
        let steps: Vec<_> = action["runs"]["steps"]
            .as_sequence()
            .unwrap()
            .iter()
            .collect();
        let (chosen, left): (Vec<_>, Vec<_>) = steps
            .into_iter()
            .partition(|step| names.contains(&text(&step["name"])));
        assert_eq!(
            chosen.len(),
            names.len(),
            "steps were renamed; left out: {left:?}"
        );
        state.outcome.succeeded = chosen.into_iter().all(|step| self.step(step, &mut state));
        for (name, output) in action["outputs"].as_mapping().unwrap() {
            let value =
                expression::fill(text(&output["value"]), &|name| self.context(&state, name));
            state.outcome.outputs.insert(text(name).to_owned(), value);
        }
        state.outcome
    }

    /// Runs a step, unless its condition does not hold; whether it succeeded.
    fn step(&self, step: &Value, state: &mut State) -> bool {
        let fill = |value: &Value| expression::fill(text(value), &|name| self.context(state, name));
        if step["if"].as_str().is_some_and(|condition| {
            !expression::holds(condition, &|name| self.context(state, name))
        }) {
            return true;
        }
        let values = |of: &Value| -> BTreeMap<String, String> {
            let of = of.as_mapping().into_iter().flatten();
            of.map(|(name, value)| (text(name).to_owned(), fill(value)))
                .collect()
        };
        if step["uses"].is_null() {
            assert_eq!(text(&step["shell"]), "bash");
            let folder = self.workspace.join(
                step["working-directory"]
                    .as_str()
                    .map(|_| fill(&step["working-directory"]))
                    .unwrap_or_default(),
            );
            let environment = values(&step["env"]);
            state.outcome.steps.push(text(&step["name"]).to_owned());
            self.shell(step, &folder, &environment, state)
        } else {
            let with = values(&step["with"]);
            state.outcome.steps.push(text(&step["name"]).to_owned());
            self.cache(step, &with, state);
            true
        }
    }

    /// Runs a step's shell lines as the runner does.
    fn shell(
        &self,
        step: &Value,
        folder: &Path,
        environment: &BTreeMap<String, String>,
        state: &mut State,
    ) -> bool {
        if !folder.is_dir() {
            state.outcome.log += "##[error]An error occurred trying to start process with a working directory that is not there\n";
            return false;
        }
        fs::create_dir_all(self.temp()).unwrap();
        let file = |name: &str| {
            let file = self.temp().join(name);
            fs::write(&file, "").unwrap();
            file
        };
        let script = file("script.sh");
        fs::write(&script, text(&step["run"])).unwrap();
        let files = [
            "GITHUB_OUTPUT",
            "GITHUB_STEP_SUMMARY",
            "GITHUB_ENV",
            "GITHUB_PATH",
            "GITHUB_STATE",
        ];
        let mut bash = self.bash(folder);
        bash.args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&script);
        bash.envs(files.map(|name| (name, file(name))))
            .envs(environment);
        let output = bash.output().unwrap();
        for stream in [&output.stdout, &output.stderr] {
            state.outcome.log += &String::from_utf8_lossy(stream);
            state.outcome.log += "\n";
        }
        let read = |name: &str| fs::read_to_string(self.temp().join(name)).unwrap();
        for name in &files[2..] {
            assert_eq!(read(name), "", "{name} is left alone");
        }
        state.outcome.summary += &read("GITHUB_STEP_SUMMARY");
        for (name, value) in outputs(&read("GITHUB_OUTPUT")) {
            state.outcome.written.push(name.clone());
            state
                .outputs
                .insert(format!("{}.{name}", text(&step["id"])), value);
        }
        output.status.success()
    }

    /// bash with the variables of the job.
    fn bash(&self, folder: &Path) -> Command {
        let mut bash = Command::new("bash");
        bash.env_clear()
            .stdin(Stdio::null())
            .env("HOME", self.workspace.with_file_name("home"));
        bash.env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        let path = std::env::var_os("PATH").unwrap();
        let path: Vec<_> = self
            .path
            .iter()
            .cloned()
            .chain(std::env::split_paths(&path))
            .collect();
        bash.current_dir(folder)
            .env("PATH", std::env::join_paths(path).unwrap());
        bash.envs(&self.variables)
            .env("GITHUB_ACTION_PATH", &self.action);
        bash
    }

    /// What actions/cache does: brings back the folder of a key, or keeps it for the next run. (It is kept at the end of a job;
    /// here a link to the folder does the same.)
    fn cache(&self, step: &Value, with: &BTreeMap<String, String>, state: &mut State) {
        assert!(
            text(&step["uses"]).starts_with("actions/cache@"),
            "{step:?}"
        );
        assert_eq!(with.keys().collect::<Vec<_>>(), ["key", "path"]);
        let (kept, path) = (self.caches.join(&with["key"]), Path::new(&with["path"]));
        let hit = kept.is_dir();
        fs::create_dir_all(&kept).unwrap();
        let _ = fs::remove_dir_all(path);
        std::os::unix::fs::symlink(&kept, path).unwrap();
        state.outputs.insert(
            format!("{}.cache-hit", text(&step["id"])),
            if hit { "true" } else { "" }.to_owned(),
        );
    }

    /// What a context holds. A name that is not known is a mistake in the action.
    fn context(&self, state: &State, name: &str) -> String {
        match name.split('.').collect::<Vec<_>>()[..] {
            ["inputs", input] => state
                .inputs
                .get(input)
                .unwrap_or_else(|| panic!("no input {input}"))
                .clone(),
            ["steps", step, "outputs", output] => state
                .outputs
                .get(&format!("{step}.{output}"))
                .cloned()
                .unwrap_or_default(),
            ["github", "action_repository"] => self.repository.clone(),
            ["github", "action_ref"] => self.revision.clone(),
            ["runner", "os"] => self.variables["RUNNER_OS"].clone(),
            ["runner", "arch"] => self.variables["RUNNER_ARCH"].clone(),
            _ => panic!("{name} is not known"),
        }
    }
}

impl State {
    fn new(action: &Value, given: &[(&str, &str)]) -> Self {
        let declared = action["inputs"].as_mapping().unwrap();
        let mut inputs: BTreeMap<_, _> = declared
            .iter()
            .map(|(name, input)| (text(name).to_owned(), text(&input["default"]).to_owned()))
            .collect();
        for (name, value) in given {
            *inputs
                .get_mut(*name)
                .unwrap_or_else(|| panic!("no input {name}")) = (*value).to_owned();
        }
        let outcome = Outcome {
            succeeded: false,
            log: String::new(),
            outputs: BTreeMap::new(),
            summary: String::new(),
            steps: Vec::new(),
            written: Vec::new(),
        };
        State {
            inputs,
            outputs: BTreeMap::new(),
            outcome,
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Outputs in a file that steps write them to: `name=value` lines, or `name<<END`, lines, `END`.
fn outputs(file: &str) -> Vec<(String, String)> {
    let mut outputs = Vec::new();
    let mut lines = file.lines();
    while let Some(line) = lines.next() {
        let one = line
            .split_once('=')
            .filter(|(name, _)| !name.contains("<<"));
        let (name, value) = match (one, line.split_once("<<")) {
            (Some((name, value)), _) => (name, value.to_owned()),
            (None, Some((name, end))) => (
                name,
                lines
                    .by_ref()
                    .take_while(|line| *line != end)
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
            (None, None) => panic!("the runner refuses the output {line:?}"),
        };
        outputs.push((name.to_owned(), value));
    }
    outputs
}
