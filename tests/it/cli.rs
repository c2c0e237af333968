//! The stable interface: commands, exit statuses, reports.

use std::fs;

use crate::fake::{Fake, expand};
use crate::sandbox::Sandbox;

fn leaking() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    let token = Fake::new(5).ntn(0);
    sandbox.write(
        "src/app.ts",
        format!("import x\n\n  const auth = '{token}';\n"),
    );
    (sandbox, token)
}

#[test]
fn the_human_report_has_rule_location_and_advice() {
    let (sandbox, token) = leaking();
    let run = sandbox.run(["scan"]);
    let tail = &token[token.len() - 4..];
    assert_eq!(run.status, 1);
    for part in [
        "Notion integration token in src/app.ts:3:17",
        "3 │",
        &format!("'ntn_…{tail}'"),
        "high confidence",
        "ntnguard rules integration-token",
        "1 finding ",
        "1 file (",
    ] {
        assert!(run.stdout.contains(part), "{part} is not in {}", run.stdout);
    }
    assert!(
        !run.stdout.contains('\x1b'),
        "no colour when it is no terminal"
    );
    assert!(
        sandbox
            .run(["scan", "--color", "always"])
            .stdout
            .contains('\x1b')
    );
    assert_eq!(
        sandbox.run(["scan", "-q"]).stdout.matches("in 0.").count(),
        0,
        "quiet has no summary"
    );
}

#[test]
fn one_secret_in_many_places_is_one_entry() {
    let (sandbox, token) = leaking();
    for file in 0..20 {
        sandbox.write(format!("copy/{file:02}"), &token);
    }
    let run = sandbox.run(["scan"]);
    assert_eq!(run.stdout.matches("All steps").count(), 1);
    assert!(
        run.stdout.contains("and 12 more places") && run.stdout.contains("copy/01:1:1"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("21 findings (1 secret)"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_json_report_has_the_promised_fields() {
    let (sandbox, token) = leaking();
    let json = sandbox.run(["scan", "--format", "json"]).json();
    let finding = &json["findings"][0];
    assert_eq!(
        (
            &json["version"],
            &json["tool"]["name"],
            &json["source"],
            &json["complete"]
        ),
        (
            &1.into(),
            &"ntnguard".into(),
            &"worktree".into(),
            &true.into()
        )
    );
    let mask = format!("ntn_{}{}", "*".repeat(42), &token[46..]);
    assert_eq!(finding["secret"], mask);
    assert_eq!(
        [
            &finding["line"],
            &finding["column"],
            &finding["end_line"],
            &finding["end_column"]
        ],
        [3, 17, 3, 67]
    );
    assert_eq!([&finding["start_byte"], &finding["end_byte"]], [26, 76]);
    assert_eq!(finding["url"], "docs/rules/integration-token.md");
    assert!(
        finding["fingerprint"]
            .as_str()
            .is_some_and(|print| print.starts_with("v1:") && print.len() == 35)
    );
    assert_eq!(
        [
            &json["summary"]["findings"],
            &json["summary"]["blobs"],
            &json["summary"]["below_confidence"]
        ],
        [1, 1, 0]
    );
}

#[test]
fn the_confidence_threshold_decides_the_exit_status() {
    let sandbox = Sandbox::new();
    sandbox
        .write("medium", expand("{secret}", 1))
        .write("low", expand("ntn_{x:46}", 1));
    let run = sandbox.run(["scan", "--format", "json"]);
    assert_eq!((run.status, run.paths()), (1, vec!["medium".to_owned()]));
    assert_eq!(run.json()["summary"]["below_confidence"], 1);
    assert_eq!(sandbox.run(["scan", "--min-confidence", "high"]).status, 0);
    assert_eq!(
        sandbox
            .run(["scan", "--min-confidence", "low", "--format", "json"])
            .paths()
            .len(),
        2
    );
    assert!(
        sandbox
            .run(["scan", "-v"])
            .stdout
            .contains("low:1:1 (below the lowest confidence")
    );
    assert_eq!(sandbox.run(["scan", "--exit-zero"]).status, 0);
}

#[test]
fn reports_are_written_to_files_whole_or_not_at_all() {
    let (sandbox, _) = leaking();
    let run = sandbox.run(["scan", "--format", "json", "-o", "r.json"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(
        fs::read_to_string(sandbox.path().join("r.json"))
            .unwrap()
            .contains("\"version\": 1")
    );
    let run = sandbox.run(["scan", "-o", "json=both.json"]);
    assert!(run.stdout.contains("1 finding") && sandbox.path().join("both.json").exists());
    let run = sandbox.run(["scan", "-o", "no/such/folder/r.json"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("cannot be written"), "{}", run.stderr);
}

#[test]
fn rules_are_listed_and_explained() {
    let sandbox = Sandbox::new();
    let list = sandbox.run(["rules"]).stdout;
    assert_eq!(list.lines().count(), 42);
    for line in list.lines() {
        let page = sandbox.run(["rules", line.split(' ').next().unwrap()]);
        assert!(
            page.status == 0 && page.stdout.contains("## What to do now"),
            "{line}"
        );
    }
    assert_eq!(sandbox.run(["rules", "no-such-rule"]).status, 2);
}

/// Runs the shell command `line` on a terminal, with `$1` as the path of the binary. Returns the terminal's content.
#[cfg(target_os = "linux")]
fn on_terminal(sandbox: &Sandbox, variables: &[(&str, &str)], line: &str) -> String {
    let mut command = sandbox.command("script");
    let line = line.replace("$1", env!("CARGO_BIN_EXE_ntnguard"));
    command.args(["-q", "-e", "-c", &line, "/dev/null"]);
    let output = command
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().replace('\r', "")
}

#[cfg(target_os = "linux")]
#[test]
fn a_pager_in_the_repository_is_never_run() {
    let sandbox = Sandbox::repository();
    let own = sandbox.path().join("bin/less");
    sandbox.write("bin/less", "#!/bin/sh\necho ran\n");
    sandbox.write("sub/x", "");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&own, mode).unwrap();
    let outside = Sandbox::new();
    let link = outside.path().join("pager");
    std::os::unix::fs::symlink(&own, &link).unwrap();
    let path = own.parent().unwrap().display().to_string();
    let plain = sandbox.run(["rules", "env-tracked"]).stdout;
    let config = fs::read(sandbox.path().join(".git/config")).unwrap();
    for state in [config, b"[broken".to_vec()] {
        sandbox.write(".git/config", state);
        for folder in [".", "sub", "bin"] {
            for pager in ["less", own.to_str().unwrap(), link.to_str().unwrap()] {
                let variables = [("PAGER", pager)];
                let line = format!("cd {folder} && PATH={path} $1 rules env-tracked");
                let shown = on_terminal(&sandbox, &variables, &line);
                assert!(shown.contains(plain.lines().next().unwrap()), "{shown}");
                assert!(!shown.starts_with("ran"), "{pager} in {folder}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn rule_pages_use_the_pager_on_a_terminal() {
    let programs = Sandbox::new();
    let program = |name: &str, text: &str| {
        programs.write(name, format!("#!/bin/sh\n{text}\n"));
        let path = programs.path().join(name);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&path, mode).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pager = program("show-page", "echo \"paged $LESS $*\"; exec cat >/dev/null");
    let broken = program("broken", "exit 1");
    let sandbox = Sandbox::repository();
    fs::copy(&pager, sandbox.path().join("show-page")).unwrap();
    let page = "$1 rules env-tracked";
    let shown = |variables: &[(&str, &str)], line: &str| on_terminal(&sandbox, variables, line);
    let path = format!(".:{}:{}", programs.path().display(), env!("PATH"));
    for (variables, expected) in [
        (vec![("PAGER", pager.as_str())], "paged FRX \n"),
        (
            vec![("PAGER", "show-page -x y"), ("PATH", &path), ("LESS", "R")],
            "paged R -x y\n",
        ),
        (
            vec![("NTNGUARD_PAGER", &pager), ("PAGER", "cat")],
            "paged FRX \n",
        ),
    ] {
        assert_eq!(shown(&variables, page), expected, "{variables:?}");
    }
    let plain = sandbox.run(["rules", "env-tracked"]).stdout;
    let own = sandbox.path().join("show-page");
    for none in [
        "",
        "cat",
        "./show-page",
        "no-such-program",
        own.to_str().unwrap(),
        &broken,
    ] {
        assert_eq!(shown(&[("PAGER", none)], page), plain, "{none}");
    }
    let only_here = [("PAGER", "show-page"), ("PATH", ".:/usr/bin:/bin")];
    assert_eq!(shown(&only_here, page), plain);
    let pager = [("PAGER", pager.as_str())];
    assert_eq!(shown(&pager, "$1 rules env-tracked --no-pager"), plain);
    assert_eq!(shown(&pager, "$1 rules env-tracked | cat"), plain);
    assert_eq!(
        shown(&pager, "stty rows 17 cols 80; $1 rules"),
        "paged FRX \n"
    );
    let list = sandbox.run(["rules"]).stdout;
    assert_eq!(shown(&pager, "stty rows 60 cols 80; $1 rules"), list);
}

#[test]
fn bad_usage_exits_with_2_and_help_with_0() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["nonsense"][..],
        &["scan", "--nonsense"],
        &["scan", "--format", "xml"],
        &["scan", "-j", "many"],
        &["scan", "-q", "-v"],
        &["env", "--dry-run"],
        &[],
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(!run.stderr.is_empty());
    }
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["scan", "--help"],
        &["env", "--help"],
        &["man"],
        &["completions", "bash"],
    ] {
        let run = sandbox.run(arguments);
        assert_eq!(run.status, 0, "{arguments:?}");
        assert!(run.stdout.contains("ntnguard"));
    }
}

/// A CI job may build arguments from a stranger's input, and the CI system executes commands in the job's log.
#[test]
fn arguments_inject_no_ci_commands() {
    for typed in [
        "x\n::add-mask::y",
        "x\r::add-mask::y",
        "##[add-mask]y",
        "x\u{1b}[2J",
    ] {
        for arguments in [
            vec!["scan", "--min-confidence", typed],
            vec!["env", "x", typed],
            vec![typed],
            vec!["scan", "-j", typed],
        ] {
            let run = Sandbox::new().run(&arguments);
            assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
            let is_obeyed =
                |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
            let lines = run.stderr.split(['\n', '\r']);
            assert!(
                !run.stderr.contains('\u{1b}') && !lines.into_iter().any(is_obeyed),
                "{}",
                run.stderr
            );
        }
    }
}

#[test]
fn a_configuration_error_shows_its_position() {
    let sandbox = Sandbox::repository();
    sandbox.write(".ntnguard.yaml", "version: 1\nmin-confidnce: high\n");
    let run = sandbox.run(["scan"]);
    assert_eq!(run.status, 2);
    for part in ["unknown field `min-confidnce`", ".ntnguard.yaml:2:1"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    assert_eq!(sandbox.run(["scan", "--no-config"]).status, 0);
    assert_eq!(sandbox.run(["scan", "--config", "missing.yaml"]).status, 2);
    sandbox
        .write(".ntnguard.yaml", "version: 1\nmin-confidence: high\n")
        .write("medium", expand("{secret}", 1));
    assert_eq!(sandbox.run(["scan"]).status, 0);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let sandbox = Sandbox::new();
    for file in 0..200 {
        sandbox.write(format!("d{}/f{file}", file % 7), Fake::new(file).ntn(0));
    }
    let one = sandbox.run(["scan", "--format", "json", "-j", "1"]).json()["findings"].clone();
    let many = sandbox.run(["scan", "--format", "json", "-j", "8"]).json()["findings"].clone();
    assert_eq!(one, many);
    assert_eq!(one.as_array().unwrap().len(), 200);
}

#[cfg(unix)]
#[test]
fn failed_reads_and_writes_are_never_clean() {
    use std::process::Stdio;
    let sandbox = Sandbox::new();
    let full = || {
        Stdio::from(
            fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        )
    };
    for arguments in [&["scan"][..], &["rules"], &["man"], &["--help"]] {
        let status = sandbox
            .ntnguard()
            .args(arguments)
            .stdout(full())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(2), "{arguments:?}");
    }
    let write_only = Stdio::from(fs::File::create(sandbox.path().join("w")).unwrap());
    assert_eq!(
        sandbox
            .ntnguard()
            .arg("stdin")
            .stdin(write_only)
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .code(),
        Some(2)
    );
    assert_eq!(sandbox.run(["scan", "-o", "/dev/full"]).status, 2);
    assert!(!fs::metadata("/dev/full").unwrap().is_file());
}

#[cfg(unix)]
#[test]
fn a_report_replaces_a_link_and_keeps_the_permissions_of_a_file() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (sandbox, _) = leaking();
    let mode = |name: &str| {
        fs::symlink_metadata(sandbox.path().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    sandbox.write("there.json", "old");
    fs::set_permissions(
        sandbox.path().join("there.json"),
        fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    symlink("there.json", sandbox.path().join("link.json")).unwrap();
    sandbox.run(["scan", "-o", "json=link.json", "-o", "json=new.json"]);
    assert!(
        fs::symlink_metadata(sandbox.path().join("link.json"))
            .unwrap()
            .is_file()
    );
    assert_eq!(
        fs::read_to_string(sandbox.path().join("there.json")).unwrap(),
        "old"
    );
    sandbox.run(["scan", "-o", "json=there.json"]);
    assert!(
        fs::read_to_string(sandbox.path().join("there.json"))
            .unwrap()
            .contains("integration-token")
    );
    assert_eq!(mode("there.json"), 0o640);
    assert_ne!(mode("new.json") & 0o044, 0, "as readable as any new file");
}

#[cfg(unix)]
#[test]
fn a_configuration_that_is_not_a_file_is_an_error() {
    let sandbox = Sandbox::new();
    let made = std::process::Command::new("mkfifo")
        .arg(sandbox.path().join(".ntnguard.yaml"))
        .status()
        .unwrap();
    assert!(made.success());
    assert_eq!(sandbox.run(["scan"]).status, 2);
    fs::remove_file(sandbox.path().join(".ntnguard.yaml")).unwrap();
    for target in ["/dev/zero", "nowhere"] {
        std::os::unix::fs::symlink(target, sandbox.path().join(".ntnguard.yaml")).unwrap();
        assert_eq!(sandbox.run(["scan"]).status, 2, "{target}");
        fs::remove_file(sandbox.path().join(".ntnguard.yaml")).unwrap();
    }
}
