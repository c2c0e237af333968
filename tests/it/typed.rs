//! Mistakes on the command line: a path in the place of the command, commands of other tools, misspelt names.

use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// Runs ntnguard with these arguments. Asserts that this is an error and that nothing is scanned. Returns the error's text.
fn told(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let run = sandbox.run(arguments);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
    run.stderr
}

#[test]
fn a_path_without_a_command_is_scanned_but_a_word_is_not() {
    let sandbox = Sandbox::new();
    let token = Fake::new(3).ntn(0);
    sandbox.write("detect", &token).write("sub/a", "clean");
    for path in [".", "./detect", "sub/.."] {
        assert_eq!(sandbox.run([path]).status, 1, "{path}");
    }
    let run = sandbox.run_in("sub", ["..", "--format", "json"]);
    assert_eq!((run.status, run.paths()), (1, vec!["../detect".to_owned()]));
    assert_eq!(sandbox.run(["./sub"]).status, 0);
    assert_eq!(sandbox.run(["./missing"]).status, 2);
    assert!(told(&sandbox, &["detect"]).contains("`ntnguard scan` scans files on disk"));
    assert!(told(&sandbox, &["sub"]).contains("`ntnguard scan sub`"));
}

#[test]
fn commands_of_other_tools_get_a_hint() {
    let sandbox = Sandbox::new();
    for (typed, ours) in [
        (&["protect", "--staged"][..], "`ntnguard staged`"),
        (&["check"], "`ntnguard scan`"),
        (&["init"], "`ntnguard hook install`"),
        (&["install"], "`ntnguard hook install`"),
        (&["explain", "legacy-token"], "`ntnguard rules ID`"),
        (&["--json"], "`--format json`"),
        (&["scan", "--json"], "`--format json`"),
        (&["history", "--sarif"], "`--format sarif`"),
        (&["scan", "--staged"], "`ntnguard staged`"),
        (&["scan", "--report-path=r.json"], "`-o FILE`"),
    ] {
        let error = told(&sandbox, typed);
        assert!(error.contains(ours), "{error}");
    }
}

#[test]
fn misspelt_names_get_a_suggestion() {
    let sandbox = Sandbox::new();
    for (typed, meant) in [
        (&["histroy"][..], "'history'"),
        (&["hook", "instal"], "'install'"),
        (&["rules", "env-trackd"], "'env-tracked'"),
        (&["scan", "--format", "srif"], "'sarif'"),
        (&["scan", "--min-confidence", "hihg"], "'high'"),
        (&["scan", "--jobs", "many"], "write a whole number"),
        (&["shard", "list", "--of", "1.5"], "write a whole number"),
    ] {
        let error = told(&sandbox, typed);
        assert!(error.contains(meant), "{error}");
    }
}

#[test]
fn a_secret_that_is_typed_in_a_wrong_place_is_not_printed() {
    let sandbox = Sandbox::new();
    let token = Fake::new(9).ntn(0);
    let (flag, path) = (format!("--{token}"), format!("./{token}"));
    for typed in [
        &[token.as_str()][..],
        &["rules", &token],
        &["scan", "--format", &token],
        &["scan", &flag],
        &[&path],
    ] {
        let run = sandbox.run(typed);
        assert_eq!(run.status, 2);
        for text in [run.stdout, run.stderr] {
            assert!(!text.contains(&token[8..40]), "{text}");
        }
    }
}

#[test]
fn help_lists_the_commands_in_groups() {
    let sandbox = Sandbox::new();
    for flag in ["-h", "--help"] {
        let help = sandbox.run([flag]).stdout;
        let places = [
            "\nFind:\n  scan ",
            "\nRun:\n  hook ",
            "\nDecide:\n  allow ",
            "\nShell:\n",
        ]
        .map(|group| help.find(group));
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{help}"
        );
        assert!(
            help.contains("Options:\n") && help.contains("  -h, --help"),
            "{help}"
        );
        assert!(help.lines().all(|line| line.chars().count() <= 100));
    }
    let narrow = sandbox.ntnguard().arg("-h").env("COLUMNS", "60").output();
    let narrow = String::from_utf8(narrow.unwrap().stdout).unwrap();
    assert!(narrow.contains("\n               "), "{narrow}");
}

#[test]
fn shells_complete_values() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = sandbox.run(["completions", shell]).stdout;
        for value in [
            "concise",
            "medium",
            "warning",
            "env-tracked",
            "pre-merge-commit",
            "buildkite",
        ] {
            assert!(script.contains(value), "{shell}: {value}");
        }
        // The script for fish does not list the values of positional arguments.
        let names_shells = script.contains("powershell");
        assert_eq!(names_shells, shell != "fish", "{shell}");
    }
}

#[test]
fn a_command_to_paste_has_its_path_as_one_word() {
    let sandbox = Sandbox::repository();
    sandbox
        .write("a b", "")
        .write("c d/.env", Fake::new(1).ntn(0));
    let run = sandbox.run(["a b"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("`ntnguard scan 'a b'`"),
        "{}",
        run.stderr
    );
    sandbox.git(["add", "-A", "-f"]);
    let told = sandbox.run(["staged"]).stdout;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("git rm --cached -- 'c d/.env'"), "{told}");
}
