//! The JavaScript program that runs the binary of the npm package.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::npm::Npm;
use super::{VERSION, path_with, plain, said, succeeds};

#[test]
#[ignore = "packs a release"]
fn a_missing_binary_is_an_error_with_advice() {
    let npm = Npm::new();
    npm.machine.succeeds(
        "npm",
        &["install", "--silent", "--omit=optional", "ntnguard"],
    );
    let output = npm.machine.run("npx", &["--offline", "ntnguard", "scan"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let install = format!("npm install ntnguard@{VERSION}");
    for part in [
        "is not installed, so nothing was scanned",
        "--omit=optional",
        &install,
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
#[ignore = "packs a release"]
fn exit_statuses_and_signals_are_passed_on() {
    let npm = Npm::new();
    npm.machine
        .succeeds("npm", &["install", "--silent", "ntnguard"]);
    npm.machine
        .sandbox
        .write("leak", crate::fake::Fake::new(1).ntn(0));
    for (words, status) in [
        (["scan", "package.json"], 0),
        (["scan", "leak"], 1),
        (["scan", "gone"], 2),
    ] {
        let output = npm.machine.run(
            "npx",
            &[&["--offline", "ntnguard"], words.as_slice()].concat(),
        );
        assert_eq!(output.status.code(), Some(status), "{}", said(&output));
    }
    // Waits for its input; then the signal comes to the program in JavaScript alone.
    for signal in [15, 1] {
        let mut waiting = npm.machine.command("node");
        waiting
            .arg(npm.program())
            .arg("stdin")
            .stdin(Stdio::piped());
        let mut waiting = waiting.spawn().unwrap();
        // `wait` would close the input, and the program would end by itself.
        let input = waiting.stdin.take();
        let children = format!("/proc/{0}/task/{0}/children", waiting.id());
        let child = wait_for(|| {
            let found = std::fs::read_to_string(&children).ok()?;
            let child = found.split_whitespace().next()?.to_owned();
            let program = std::fs::read_link(format!("/proc/{child}/exe")).ok()?;
            program.ends_with("bin/ntnguard").then_some(child)
        });
        let signal_name = format!("-{signal}");
        succeeds(plain("kill").args([&signal_name, &waiting.id().to_string()]));
        assert_eq!(waiting.wait().unwrap().signal(), Some(signal));
        drop(input);
        wait_for(|| (!Path::new(&format!("/proc/{child}/exe")).exists()).then_some(()));
    }
}

/// Counts how often Ctrl-C reaches it.
const COUNTER: &str = r#"#!/usr/bin/env python3
import signal, sys, time
count = 0
def interrupt(*_):
    global count
    count += 1
signal.signal(signal.SIGINT, interrupt)
print("ready", flush=True)
end = time.monotonic() + 2
while time.monotonic() < end:
    time.sleep(0.05)
print("interrupted", count, flush=True)
sys.exit(7)
"#;

/// A terminal sends Ctrl-C to both programs. If the binary got it twice, the scan would end without
/// a report.
#[test]
#[ignore = "packs a release"]
fn ctrl_c_reaches_the_binary_once() {
    let npm = Npm::new();
    let install = ["install", "--silent", "ntnguard"];
    npm.machine.succeeds("npm", &install);
    let packages = npm.machine.path().join("node_modules/@ntnguard");
    let package = std::fs::read_dir(packages).unwrap().next().unwrap();
    std::fs::write(package.unwrap().path().join("bin/ntnguard"), COUNTER).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ecosystem/packages/ctrl_c.py");
    let mut python = npm.machine.command("python3");
    let said = succeeds(python.arg(script).arg("node").arg(npm.program()));
    assert!(
        said.contains("interrupted 1") && said.trim_end().ends_with(" 7"),
        "{said}"
    );
}

fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("waited for ten seconds");
}

/// The error names the machines that have a package.
#[test]
#[ignore = "packs a release"]
fn an_unknown_machine_is_named() {
    let npm = Npm::new();
    npm.machine
        .succeeds("npm", &["install", "--silent", "ntnguard"]);
    let launcher = npm
        .machine
        .path()
        .join("node_modules/ntnguard/bin/ntnguard.js");
    let script =
        "Object.defineProperty(process, 'arch', {value: 'mips'}); require(process.argv[1])";
    let mut node = npm.machine.command("node");
    node.env("PATH", path_with(&[], |_| true));
    let output = node.args(["-e", script]).arg(launcher).output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("there is no package for linux-mips, only for linux-"),
        "{said}"
    );
}
