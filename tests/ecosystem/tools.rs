//! Other people's tools, installed into `target/ecosystem`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// Installations wait for each other.
static INSTALLING: Mutex<()> = Mutex::new(());

/// The folder that everything is installed into.
pub fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("ecosystem");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The variables with which cargo builds this project quickly for release: the tests check that the binary works, not how
/// fast it is. All builds share their dependencies.
pub fn quick_build() -> [(&'static str, OsString); 3] {
    [
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0".into()),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16".into()),
        ("CARGO_TARGET_DIR", folder().join("cargo").into()),
    ]
}

/// Runs a command, which must succeed.
pub fn run<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Output {
    let program = program.as_ref();
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder())
        .output();
    let output =
        output.unwrap_or_else(|error| panic!("{} cannot be run: {error}", program.display()));
    let said = || {
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    };
    assert!(output.status.success(), "{}: {}", program.display(), said());
    output
}

/// The Python of an environment that has these packages (`name==version`).
pub fn python(name: &str, packages: &[&str]) -> PathBuf {
    let _alone = INSTALLING
        .lock()
        .unwrap_or_else(|broken| broken.into_inner());
    let environment = folder().join(name);
    let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let done = environment.join("installed");
    if fs::read_to_string(&done).ok() != Some(packages.join("\n")) {
        run(
            "python3",
            [
                OsStr::new("-m"),
                OsStr::new("venv"),
                environment.as_os_str(),
            ],
        );
        run(
            bin.join("python"),
            ["-m", "pip", "install", "--quiet"].iter().chain(packages),
        );
        fs::write(done, packages.join("\n")).unwrap();
    }
    bin.join("python")
}

/// The folder of the programs of npm packages (`name@version`), with all that they depend on. None of their scripts is run.
pub fn npm_programs(name: &str, packages: &[&str]) -> PathBuf {
    let _alone = INSTALLING
        .lock()
        .unwrap_or_else(|broken| broken.into_inner());
    let installed = folder().join(name);
    let done = installed.join("installed");
    if fs::read_to_string(&done).ok() != Some(packages.join("\n")) {
        fs::create_dir_all(&installed).unwrap();
        let prefix = [
            "install",
            "--silent",
            "--no-save",
            "--ignore-scripts",
            "--prefix",
            installed.to_str().unwrap(),
        ];
        run("npm", prefix.iter().chain(packages));
        fs::write(done, packages.join("\n")).unwrap();
    }
    installed.join("node_modules/.bin")
}

/// The folder of an unpacked npm package (`name@version`).
pub fn npm(package: &str) -> PathBuf {
    let _alone = INSTALLING
        .lock()
        .unwrap_or_else(|broken| broken.into_inner());
    let unpacked = folder().join(package.replace(['@', '/'], "-"));
    if !unpacked.exists() {
        let packed = run("npm", ["pack", "--silent", package]);
        let packed = String::from_utf8(packed.stdout).unwrap();
        let unfinished = unpacked.with_extension("unfinished");
        fs::create_dir_all(&unfinished).unwrap();
        run(
            "tar",
            ["-xzf", packed.trim(), "-C", unfinished.to_str().unwrap()],
        );
        fs::rename(unfinished, &unpacked).unwrap();
    }
    unpacked.join("package")
}

/// A program of a Debian package, which is installed unless the program is there: its path.
#[cfg(unix)]
pub fn debian(program: &str, package: &str) -> PathBuf {
    let _alone = INSTALLING
        .lock()
        .unwrap_or_else(|broken| broken.into_inner());
    let find = || {
        let places = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
            .map(|folder| Path::new(folder).join(program));
        places.into_iter().find(|place| place.exists())
    };
    find().unwrap_or_else(|| {
        // A run level of one user starts no service.
        let script = "[ \"$(id -u)\" = 0 ] || as='sudo -n'
            $as apt-get update -qq && $as env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \\
            apt-get install -qq -y --no-install-recommends \"$1\"";
        run("bash", ["-c", script, "bash", package]);
        find().unwrap_or_else(|| panic!("{package} has no {program}"))
    })
}

/// A repository, and a commit of it, that has this project's files as they are now. The commit is another one only when they
/// are, so that what was built from it is used again.
pub fn snapshot() -> (PathBuf, String) {
    let _alone = INSTALLING
        .lock()
        .unwrap_or_else(|broken| broken.into_inner());
    let repository = folder().join("snapshot.git");
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GIT_"))
        {
            command.env_remove(name);
        }
        command
            .env("GIT_DIR", &repository)
            .env("GIT_WORK_TREE", env!("CARGO_MANIFEST_DIR"));
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "A")
                .env(format!("GIT_{who}_EMAIL"), "a@example.com");
        }
        command
            .args(words)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap()
    };
    if !repository.exists() {
        assert!(git(&["init", "-q"]).status.success());
    }
    assert!(git(&["add", "-A"]).status.success());
    if git(&["diff", "--cached", "--quiet", "HEAD"]).status.code() != Some(0) {
        assert!(
            git(&["commit", "-q", "--no-verify", "-m", "as it is"])
                .status
                .success()
        );
    }
    let head = git(&["rev-parse", "HEAD"]).stdout;
    (
        repository,
        String::from_utf8(head).unwrap().trim().to_owned(),
    )
}
