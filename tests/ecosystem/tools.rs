//! Other people's tools, installed into `target/ecosystem`.

use std::ffi::OsStr;
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

/// Runs a command, which must succeed.
pub fn run<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = S>) -> Output {
    let program = program.as_ref();
    let output = Command::new(program).args(arguments).current_dir(folder()).output();
    let output = output.unwrap_or_else(|error| panic!("{} cannot be run: {error}", program.display()));
    let said = || String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {}", program.display(), said());
    output
}

/// The Python of an environment that has these packages (`name==version`).
pub fn python(name: &str, packages: &[&str]) -> PathBuf {
    let _alone = INSTALLING.lock().unwrap_or_else(|broken| broken.into_inner());
    let environment = folder().join(name);
    let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let done = environment.join("installed");
    if fs::read_to_string(&done).ok() != Some(packages.join("\n")) {
        run("python3", [OsStr::new("-m"), OsStr::new("venv"), environment.as_os_str()]);
        run(bin.join("python"), ["-m", "pip", "install", "--quiet"].iter().chain(packages));
        fs::write(done, packages.join("\n")).unwrap();
    }
    bin.join("python")
}

/// The folder of an unpacked npm package (`name@version`).
pub fn npm(package: &str) -> PathBuf {
    let _alone = INSTALLING.lock().unwrap_or_else(|broken| broken.into_inner());
    let unpacked = folder().join(package.replace(['@', '/'], "-"));
    if !unpacked.exists() {
        let packed = run("npm", ["pack", "--silent", package]);
        let packed = String::from_utf8(packed.stdout).unwrap();
        let unfinished = unpacked.with_extension("unfinished");
        fs::create_dir_all(&unfinished).unwrap();
        run("tar", ["-xzf", packed.trim(), "-C", unfinished.to_str().unwrap()]);
        fs::rename(unfinished, &unpacked).unwrap();
    }
    unpacked.join("package")
}
