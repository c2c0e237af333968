//! The Python package: pip builds it, and the installed program runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::sandbox::Sandbox;
use crate::tools;

/// As anyone builds it, with the backend that pyproject.toml asks for; pipx and uvx run the same wheel.
#[test]
#[ignore = "installs packages and builds for release"]
fn pip_builds_a_wheel_that_installs_and_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = tools::python("wheel", &["maturin==1.16.0", "uv==0.13.9"]);
    let bin = python.parent().unwrap();
    let sandbox = Sandbox::new();
    let wheels = sandbox.path().join("wheels");
    let path = std::env::join_paths(
        [bin.to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
    ])
    .arg(&wheels)
    .arg(root);
    succeeds(pip.env("PATH", &path).envs(tools::quick_build()));
    let built: Vec<_> = fs::read_dir(&wheels)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [wheel] = built.as_slice() else {
        panic!("{built:?}")
    };
    let environment = sandbox.path().join("environment");
    succeeds(
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment),
    );
    let own = environment.join(bin.file_name().unwrap());
    succeeds(
        Command::new(own.join("python"))
            .args(["-m", "pip", "install", "--quiet", "--no-index"])
            .arg(wheel),
    );
    let version = format!("ntnguard {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        succeeds(Command::new(own.join("ntnguard")).arg("--version")),
        version
    );
    sandbox.write("file", crate::fake::Fake::new(1).ntn(0));
    let scan = Command::new(own.join("ntnguard"))
        .args(["scan", "file"])
        .current_dir(sandbox.path())
        .output()
        .unwrap();
    assert_eq!(scan.status.code(), Some(1), "it finds what it is there for");
    let mut uvx = Command::new(bin.join("uvx"));
    uvx.args(["--offline", "--no-config", "--cache-dir"])
        .arg(sandbox.path().join("cache"))
        .arg("--python")
        .arg(&python);
    assert_eq!(
        succeeds(uvx.arg("--from").arg(wheel).args(["ntnguard", "--version"])),
        version
    );
}

/// What a command prints, which must succeed.
fn succeeds(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
