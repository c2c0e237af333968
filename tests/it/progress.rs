//! The progress line of a scan of files, and Ctrl-C.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::fake::Fake;
use crate::sandbox::{Run, Sandbox};

/// A directory with a secret, and with files so large that no computer scans them before it is interrupted. They are
/// sparse, so they take no space on disk.
fn slow() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("app.ts", Fake::new(1).ntn(0));
    for number in 0..40 {
        let name = format!("slow/{number}");
        sandbox.write(&name, "");
        enlarge(&sandbox, &name);
    }
    sandbox
}

/// Makes a file a terabyte long, with bytes that are zero.
fn enlarge(sandbox: &Sandbox, name: &str) {
    let path = sandbox.path().join(name);
    let file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.set_len(1 << 40).unwrap();
}

/// Runs `scan` with a progress line, and sends Ctrl-C as soon as the line contains `word`. Returns the run and the line.
#[cfg(unix)]
fn interrupted(sandbox: &Sandbox, arguments: &[&str], word: &str) -> (Run, String) {
    let mut command = sandbox.ntnguard();
    command
        .args(["scan", "--progress", "always"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut report = child.stdout.take().unwrap();
    // If nobody read the report, the pipe would fill up and the run would never end.
    let report = std::thread::spawn(move || {
        let mut stdout = Vec::new();
        report.read_to_end(&mut stdout).unwrap();
        stdout
    });
    let mut shown = String::new();
    while !shown.contains(" files, ") || !shown.contains(word) {
        let mut byte = [0];
        assert_eq!(stderr.read(&mut byte).unwrap(), 1, "{shown}");
        shown.push(char::from(byte[0]));
    }
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    stderr.read_to_string(&mut shown).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stdout = report.join().unwrap();
    (Run::of(output), shown)
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_reports_its_findings_as_incomplete() {
    for named in [&["app.ts", "slow"][..], &["app.ts", "slow/0", "slow"]] {
        let sandbox = slow();
        let arguments = [&["--format", "json"], named].concat();
        let (run, shown) = interrupted(&sandbox, &arguments, " MB/s, 1 found");
        assert_eq!((run.status, run.findings().len()), (1, 1), "{shown}");
        assert_eq!(run.json()["complete"], false);
        let skipped = skipped(&run);
        assert!(!skipped.is_empty() && skipped.len() < named.len());
        // The paths that were not scanned, sorted.
        let mut left = named[named.len() - skipped.len()..].to_vec();
        left.sort_unstable();
        assert_eq!(skipped, left);
    }
}

/// The paths that a run reports as skipped because it was interrupted.
#[cfg(unix)]
fn skipped(run: &Run) -> Vec<String> {
    let json = run.json();
    let skipped = json["skipped"].as_array().unwrap().iter();
    let path = |skip: &serde_json::Value| {
        assert_eq!(skip["reason"], "interrupted", "{skip}");
        skip["path"].as_str().unwrap().to_owned()
    };
    skipped.map(path).collect()
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_names_all_unscanned_paths() {
    let sandbox = slow();
    let json = ["--format", "json"];
    let named = ["slow", "app.ts", "gone"];
    let (run, _) = interrupted(&sandbox, &[&json[..], &named].concat(), "0 found");
    assert_eq!(skipped(&run), ["app.ts", "gone", "slow"]);
    let (run, _) = interrupted(&sandbox, &json, "");
    assert_eq!(skipped(&run), ["."]);
    sandbox.git(["init", "-q"]);
    for (format, told) in [
        ("human", "not scanned: . (this folder) (interrupted: "),
        ("github", "::error title=Not scanned::. (this folder): "),
        ("sarif", "\"uri\": \".\""),
    ] {
        let (run, _) = interrupted(&sandbox, &["--format", format], "");
        assert!(run.stdout.contains(told), "{}", run.stdout);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_does_not_wait_for_the_end_of_a_large_file() {
    let sandbox = Sandbox::new();
    for limit in ["", "limits: {max-file-size: 8000000000}\n"] {
        sandbox.write(".ntnguard.yaml", format!("version: 1\n{limit}"));
        sandbox.write("large", Fake::new(1).ntn(0) + "\n");
        enlarge(&sandbox, "large");
        let flags = ["--format", "json", "large"];
        let (run, _) = interrupted(&sandbox, &flags, "");
        let json = run.json();
        assert_eq!(json["summary"]["blobs"], 0, "{json}");
        assert_eq!(skipped(&run), ["large"]);
        assert_eq!(run.findings().len(), usize::from(limit.is_empty()));
    }
}

#[cfg(unix)]
#[test]
fn no_flag_accepts_an_interrupted_scan() {
    let sandbox = slow();
    for flags in [
        &["--exclude", "slow"][..],
        &["--exclude", "**"],
        &["--allow-incomplete"],
        &["--exit-zero"],
    ] {
        let arguments = [&["--format", "json", "slow", "app.ts"][..], flags].concat();
        let (run, _) = interrupted(&sandbox, &arguments, "0 found");
        let json = run.json();
        assert_eq!((run.status, &json["complete"]), (2, &false.into()));
        assert_eq!(json["summary"]["accepted"], 0, "{flags:?}");
        assert_eq!(json["skipped"][0]["reason"], "interrupted");
    }
}

#[test]
fn a_missing_path_is_reported_even_if_excluded() {
    let sandbox = Sandbox::repository();
    sandbox.write("gen/a", "");
    let run = sandbox.run(["scan", "gen", "gem", "--exclude", "ge*"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
}

#[test]
fn no_progress_is_shown_without_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.write("app.ts", Fake::new(1).ntn(0));
    sandbox.write("slow", concat!("secret", "_\"+\"").repeat(400_000));
    for flags in [&["--progress", "never"][..], &["--progress", "auto"], &[]] {
        let run = sandbox.run(["scan"].iter().chain(flags));
        assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    }
}
