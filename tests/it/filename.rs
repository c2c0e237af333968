//! `--stdin-filename`: standard input is scanned as if it were the content of a file.

use crate::fake::Fake;
use crate::sandbox::Sandbox;

#[test]
fn standard_input_is_reported_under_the_given_name() {
    let sandbox = Sandbox::repository();
    let token = Fake::new(4).ntn(0);
    sandbox.write("src/deep/there", "");
    let top = sandbox.path().join("src/new.ts").display().to_string();
    let missing = [
        (
            &["stdin", "--stdin-filename", "src/new.ts"][..],
            "src/new.ts",
        ),
        (&["scan", "-", "--stdin-filename", "./src/../x.py"], "x.py"),
        (&["stdin", "--stdin-filename", &top], "src/new.ts"),
        (&["stdin", "--stdin-filename", "../out.ts"], "../out.ts"),
    ];
    for (arguments, path) in missing {
        let json = [arguments, &["--format", "json"]].concat();
        let run = sandbox.run_with_input(&json, token.as_bytes());
        assert_eq!((run.status, run.paths()), (1, vec![path.to_owned()]));
        assert_eq!(run.json()["source"], "stdin");
        let human = sandbox.run_with_input(arguments, token.as_bytes());
        assert!(
            human.stdout.contains(&format!("{path}:1:1")),
            "{}",
            human.stdout
        );
    }
    let run = sandbox.run_with_input(
        ["stdin", "--stdin-filename", "a.ts", "--format", "sarif"],
        token.as_bytes(),
    );
    assert!(run.stdout.contains("\"uri\": \"a.ts\""), "{}", run.stdout);
}

#[test]
fn human_paths_are_relative_to_the_current_folder() {
    let sandbox = Sandbox::repository();
    sandbox.write("docs/there", "");
    let token = Fake::new(4).ntn(0);
    for (name, rooted) in [
        ("z.js", "docs/z.js"),
        ("../x.js", "x.js"),
        ("../src/x.js", "src/x.js"),
        ("../../out.js", "../../out.js"),
    ] {
        let arguments = ["stdin", "--stdin-filename", name];
        let run = sandbox.run_in_with_input("docs", arguments, token.as_bytes());
        let told = format!("{name}:1:1");
        assert!(
            run.stdout.lines().any(|line| line.trim().ends_with(&told)),
            "{}",
            run.stdout
        );
        let json = [&arguments[..], &["--format", "json"]].concat();
        let run = sandbox.run_in_with_input("docs", json, token.as_bytes());
        assert_eq!(run.paths(), [rooted]);
    }
}

#[test]
fn the_policy_for_a_file_applies_to_standard_input() {
    let sandbox = Sandbox::repository();
    let token = Fake::new(4).ntn(0);
    sandbox.write(
        ".ntnguard.yaml",
        "version: 1\nallow: [{paths: ['tests/**'], reason: made up}]\n",
    );
    let run = |name: &str, more: &[&str], input: &str| {
        let flags = [&["stdin", "--stdin-filename", name], more].concat();
        sandbox.run_with_input(flags, input.as_bytes()).status
    };
    assert_eq!(run("src/a.ts", &[], &token), 1);
    assert_eq!(run("tests/a.ts", &[], &token), 0);
    assert_eq!(run("src/a.ts", &["--exclude", "src/**"], &token), 0);
    let commented = format!("x = {token} ' ntnguard: allow made up");
    assert_eq!(run("a.vb", &[], &commented), 0);
    assert_eq!(run("a.ts", &[], &commented), 1);
    // The file at that path does not matter.
    sandbox
        .write("src/clean.ts", "clean")
        .write("src/leak.ts", &token);
    assert_eq!(run("src/clean.ts", &[], &token), 1);
    assert_eq!(run("src/leak.ts", &[], "clean"), 0);
}

#[test]
fn a_name_without_a_file_or_without_standard_input_is_refused() {
    let sandbox = Sandbox::new();
    for arguments in [
        &["stdin", "--stdin-filename", ""][..],
        &["stdin", "--stdin-filename", "src/"],
        &["stdin", "--stdin-filename", ".."],
        &["scan", "--stdin-filename", "a.ts"],
        &["scan", ".", "--stdin-filename", "a.ts"],
    ] {
        let run = sandbox.run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
    }
}
