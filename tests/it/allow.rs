//! `ntnguard allow`: it adds an entry to the configuration, and changes nothing else in it.

use std::fs;

use crate::fake::{Fake, expand};
use crate::sandbox::Sandbox;

/// A repository with a token in a file, and the token's fingerprint.
fn leaking() -> (Sandbox, String) {
    let sandbox = Sandbox::repository();
    sandbox.write("src/a", Fake::new(7).ntn(0));
    let json = sandbox.run(["scan", "--format", "json"]).json();
    let fingerprint = json["findings"][0]["fingerprint"].as_str().unwrap();
    (sandbox, fingerprint.to_owned())
}

fn configuration(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.path().join(".ntnguard.yaml")).unwrap_or_default()
}

#[test]
fn a_written_entry_suppresses_the_finding() {
    let (sandbox, fingerprint) = leaking();
    let reason = ["--reason", "made \"up\""];
    let run = sandbox.run_in("src", [&["allow", &fingerprint][..], &reason].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(
        configuration(&sandbox),
        format!(
            "version: 1\nallow:\n  - fingerprint: \"{fingerprint}\"\n    reason: \"made \\\"up\\\"\"\n"
        )
    );
    assert_eq!(sandbox.run(["scan"]).status, 0);
    let shown = sandbox.run(["scan", "-v"]).stdout;
    assert!(shown.contains("made \"up\""), "{shown}");
    let again = sandbox.run([&["allow", &fingerprint][..], &reason].concat());
    assert_eq!(again.status, 2);
    assert!(
        again.stderr.contains(".ntnguard.yaml:3 has this entry"),
        "{}",
        again.stderr
    );
}

#[test]
fn existing_text_keeps_every_byte() {
    let (sandbox, fingerprint) = leaking();
    let (before, after) = (
        "# ours\r\nversion:   1\r\nallow: # known\r\n- {paths: [x], reason: y}\r\n",
        "\r\n# the rest\r\nexclude: [ 'a' ]",
    );
    sandbox.write(".ntnguard.yaml", format!("{before}{after}"));
    let flags = ["--reason", "x1", "--expires", "2199-12-31"];
    let run = sandbox.run([&["allow", &fingerprint][..], &flags].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let entry = format!(
        "- fingerprint: \"{fingerprint}\"\r\n  reason: \"x1\"\r\n  expires: 2199-12-31\r\n"
    );
    assert_eq!(configuration(&sandbox), format!("{before}{entry}{after}"));
}

#[test]
fn an_unsuitable_file_is_unchanged_and_the_lines_are_printed() {
    let (sandbox, fingerprint) = leaking();
    let text = "{version: 1, allow: [{paths: [x], reason: y}]}\n";
    sandbox.write(".ntnguard.yaml", text);
    let run = sandbox.run(["allow", &fingerprint, "--reason", "x1"]);
    assert_eq!((run.status, configuration(&sandbox).as_str()), (2, text));
    let lines = format!("- fingerprint: \"{fingerprint}\"\n  reason: \"x1\"\n");
    assert_eq!(run.stdout, lines);
    assert!(run.stderr.contains("was not changed"), "{}", run.stderr);
}

#[test]
fn an_unscanned_file_is_accepted_by_its_digest() {
    let sandbox = Sandbox::repository();
    sandbox.write("x.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0broken");
    let json = sandbox.run(["scan", "--format", "json"]).json();
    let digest = json["skipped"][0]["digest"].as_str().unwrap();
    let run = sandbox.run(["allow", digest, "--unscanned", "--reason", "a fixture"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(sandbox.run(["scan"]).status, 0);
}

#[test]
fn invalid_arguments_write_nothing_and_show_no_secret() {
    let (sandbox, fingerprint) = leaking();
    let (token, other) = (Fake::new(7).ntn(0), expand("{x:40}", 5));
    let upper = fingerprint.to_uppercase();
    for (arguments, word) in [
        (&["allow", &token, "--reason", "x1"][..], "32 hexadecimal"),
        (&["allow", &other, "--reason", "x1"], "32 hexadecimal"),
        (&["allow", &upper, "--reason", "x1"], "32 hexadecimal"),
        (&["allow", &fingerprint, "--reason", " "], "says nothing"),
        (
            &["allow", &fingerprint, "--reason", &token],
            "may be a secret",
        ),
        (&["allow", &fingerprint], "--reason"),
        (
            &[
                "allow",
                &fingerprint,
                "--reason",
                "x1",
                "--expires",
                "2020-01-01",
            ],
            "2020-01-01 is over",
        ),
        (
            &["allow", &fingerprint, "--reason", "x1", "--expires", "soon"],
            "2027-01-31",
        ),
    ] {
        let run = sandbox.run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(word), "{}", run.stderr);
        assert!(!run.stderr.contains(&token[8..40]) && !run.stderr.contains(&other));
    }
    assert_eq!(configuration(&sandbox), "");
}

#[test]
fn another_file_can_be_named_and_no_link_is_followed() {
    let (sandbox, fingerprint) = leaking();
    let entry = ["allow", &fingerprint, "--reason", "x1"];
    let run = sandbox.run([&entry[..], &["--config", "other.yaml"]].concat());
    assert_eq!((run.status, configuration(&sandbox).as_str()), (0, ""));
    assert_eq!(sandbox.run(["scan", "--config", "other.yaml"]).status, 0);
    sandbox.write("broken.yaml", "version: 1\nallw: []\n");
    let run = sandbox.run([&entry[..], &["--config", "broken.yaml"]].concat());
    assert_eq!(run.status, 2);
    #[cfg(unix)]
    {
        let place = sandbox.path().join(".ntnguard.yaml");
        std::os::unix::fs::symlink("real.yaml", place).unwrap();
        sandbox.write("real.yaml", "version: 1\n");
        assert_eq!(sandbox.run(entry).status, 2);
        let real = fs::read_to_string(sandbox.path().join("real.yaml"));
        assert_eq!(real.unwrap(), "version: 1\n");
    }
}

#[test]
fn no_entry_is_lost_in_concurrent_writes() {
    let sandbox = Sandbox::repository();
    let start = |digit: u32| {
        let fingerprint = format!("v1:{digit:032x}");
        let mut command = sandbox.ntnguard();
        command.args(["allow", &fingerprint, "--reason", "made up"]);
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let all: Vec<_> = (0..12).map(start).collect();
    for mut one in all {
        assert!(one.wait().unwrap().success());
    }
    let text = configuration(&sandbox);
    assert_eq!(text.matches("- fingerprint:").count(), 12, "{text}");
    assert!(!sandbox.path().join(".ntnguard.yaml.lock").exists());
}

#[test]
fn no_baseline_line_is_lost_in_concurrent_writes() {
    let sandbox = Sandbox::new();
    let start = |seed: u64| {
        let folder = format!("f{seed}");
        sandbox.write(format!("{folder}/a"), Fake::new(seed).ntn(0));
        let mut command = sandbox.ntnguard();
        command.args(["baseline", "--baseline", "../b"]);
        command.current_dir(sandbox.path().join(folder));
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let all: Vec<_> = (1..13).map(start).collect();
    for mut one in all {
        assert!(one.wait().unwrap().success());
    }
    let text = fs::read_to_string(sandbox.path().join("b")).unwrap();
    assert_eq!(text.lines().count(), 12, "{text}");
}

#[test]
fn bare_repositories_and_special_files_are_refused() {
    let bare = Sandbox::bare();
    let (sandbox, fingerprint) = leaking();
    let allow = ["allow", &fingerprint, "--reason", "made up"];
    for command in [&allow[..], &["baseline"], &["baseline", "history"]] {
        let run = bare.run(command);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains("is bare"), "{}", run.stderr);
    }
    for name in [".ntnguard.yaml", ".ntnguard-baseline"] {
        assert!(!bare.path().join(name).exists());
    }
    let named = [&allow[..], &["--config", "x.yaml"]].concat();
    assert_eq!(bare.run(named).status, 0);
    let files = ["-", "/dev/stdout", "/dev/null"];
    for file in &files[..if cfg!(unix) { 3 } else { 1 }] {
        for command in [
            [&allow[..], &["--config", file]].concat(),
            vec!["baseline", "--baseline", file],
        ] {
            let run = sandbox.run(&command);
            assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{command:?}");
            assert!(run.stderr.contains("keeps nothing"), "{}", run.stderr);
        }
    }
}
