//! A test's own directory, in which it runs real git and the real binary with a clean environment.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(unix)]
use std::sync::{Arc, Once, atomic::AtomicBool};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// A directory that is deleted at the end of the test.
pub struct Sandbox {
    folder: tempfile::TempDir,
    /// The time of the next command, in seconds since 1970. Each command is a minute after the one before, so that commits
    /// have an order.
    clock: AtomicU64,
}

/// The result of a run of the binary.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Sandbox {
    /// An empty directory outside of any repository.
    pub fn new() -> Self {
        // Begin a day ago: not in the future, and not so old that git expires anything.
        let yesterday = SystemTime::now() - Duration::from_secs(86_400);
        let clock = AtomicU64::new(yesterday.duration_since(UNIX_EPOCH).unwrap().as_secs());
        Sandbox {
            folder: tempfile::tempdir().unwrap(),
            clock,
        }
    }

    /// An empty repository.
    pub fn repository() -> Self {
        Sandbox::new().initialized()
    }

    /// An empty repository. The clock begins at `seconds` since 1970, so that commits have the same ids in each run.
    pub fn repository_at(seconds: u64) -> Self {
        let clock = AtomicU64::new(seconds);
        Sandbox {
            clock,
            ..Sandbox::new()
        }
        .initialized()
    }

    fn initialized(self) -> Self {
        self.git(["init", "-q", "-b", "main", "."]);
        self
    }

    /// An empty bare repository, to push to.
    pub fn bare() -> Self {
        let sandbox = Sandbox::new();
        sandbox.git(["init", "-q", "--bare", "-b", "main", "."]);
        sandbox
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Writes a file, and creates its parent directories.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Returns the text of a file.
    pub fn read(&self, name: impl AsRef<Path>) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs git and returns its output. The test fails if git fails.
    pub fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let output = self.try_git(arguments);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Returns a command that runs git, for uses that the other methods do not cover.
    pub fn git_command(&self) -> Command {
        self.command("git")
    }

    /// Runs git and returns its status and output, even if git fails.
    pub fn try_git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        self.command("git").args(arguments).output().unwrap()
    }

    /// Runs git with `input` on its standard input. Returns the first line of the output.
    pub fn git_with_input<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> String {
        let mut command = self.command("git");
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// Stages everything, ignored files too, and commits it. Returns the commit's id.
    pub fn commit_all(&self, message: &str) -> String {
        self.git(["add", "-A", "-f"]);
        self.git(["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    /// Returns the id of the object that `name` leads to.
    pub fn id(&self, name: &str) -> String {
        self.git(["rev-parse", name]).trim().to_owned()
    }

    /// Installs a pre-commit hook that runs `ntnguard staged`.
    pub fn install_hook(&self) {
        let hook = format!(
            "#!/bin/sh\nexec '{}' staged\n",
            env!("CARGO_BIN_EXE_ntnguard")
        );
        let hooks = self.git(["rev-parse", "--git-path", "hooks"]);
        self.write(Path::new(hooks.trim()).join("pre-commit"), hook);
        let path = self.path().join(hooks.trim()).join("pre-commit");
        make_executable(&path);
    }

    /// Runs ntnguard in the directory of the sandbox.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        self.run_in("", arguments)
    }

    /// Runs ntnguard in a subdirectory of the sandbox.
    pub fn run_in<S: AsRef<OsStr>>(
        &self,
        folder: impl AsRef<Path>,
        arguments: impl IntoIterator<Item = S>,
    ) -> Run {
        Run::of(
            self.ntnguard()
                .current_dir(self.path().join(folder))
                .args(arguments)
                .output()
                .unwrap(),
        )
    }

    /// Runs ntnguard with `input` on its standard input.
    pub fn run_with_input<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Run {
        self.run_in_with_input("", arguments, input)
    }

    /// Runs ntnguard in a subdirectory of the sandbox with `input` on its standard input.
    pub fn run_in_with_input<S: AsRef<OsStr>>(
        &self,
        folder: impl AsRef<Path>,
        arguments: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Run {
        let mut command = self.ntnguard();
        command
            .current_dir(self.path().join(folder))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let run = Run::of(child.wait_with_output().unwrap());
        writer.join().unwrap().unwrap();
        run
    }

    /// Returns a command that runs ntnguard, for uses that the other methods do not cover.
    pub fn ntnguard(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_ntnguard"))
    }

    /// Returns a command with a clean environment.
    pub fn command(&self, program: &str) -> Command {
        #[cfg(unix)]
        listen_to_ctrl_c();
        let mut command = Command::new(program);
        command
            .env_clear()
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.path().join("no-home"));
        command
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        let now = self.clock.fetch_add(60, Ordering::Relaxed);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_DATE"), format!("@{now} +0000"));
            command
                .env(format!("GIT_{who}_NAME"), "A")
                .env(format!("GIT_{who}_EMAIL"), "a@example.com");
        }
        command
    }
}

/// Makes the commands of the tests end at Ctrl-C even where a CI system started the tests with it ignored: a started
/// program inherits what is ignored, but begins anew with what is handled. The tests themselves end as before.
#[cfg(unix)]
fn listen_to_ctrl_c() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let always = Arc::new(AtomicBool::new(true));
        let signal = signal_hook::consts::SIGINT;
        signal_hook::flag::register_conditional_default(signal, always).unwrap();
    });
}

impl Run {
    pub fn of(output: Output) -> Self {
        Run {
            status: output.status.code().expect("ended by itself"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Returns the report, if the run was asked for JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// Returns each reported finding as `rule path:line:column confidence`.
    pub fn findings(&self) -> Vec<String> {
        let json = self.json();
        let reported = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["verdict"] == "reported");
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        reported
            .map(|f| {
                format!(
                    "{} {}:{}:{} {}",
                    text(&f["rule"]),
                    text(&f["path"]),
                    f["line"],
                    f["column"],
                    text(&f["confidence"])
                )
            })
            .collect()
    }

    /// Returns the paths of the reported findings.
    pub fn paths(&self) -> Vec<String> {
        self.findings()
            .iter()
            .map(|line| line.split([' ', ':']).nth(1).unwrap().to_owned())
            .collect()
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}
