//! `hook install`, `uninstall` and `status` for assistants: other content of the hook file stays, a second installation
//! changes nothing, and uninstalling restores the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{ASSISTANTS, prompt, token};
use crate::sandbox::{Run, Sandbox};

/// Each assistant with the path of its hook file in the home directory, and in a repository.
const FILES: [(&str, &str, &str); 4] = [
    (
        "claude-code",
        ".claude/settings.json",
        ".claude/settings.json",
    ),
    ("cursor", ".cursor/hooks.json", ".cursor/hooks.json"),
    ("codex", ".codex/hooks.json", ".codex/hooks.json"),
    (
        "copilot",
        ".copilot/hooks/ntnguard.json",
        ".github/hooks/ntnguard.json",
    ),
];

/// The home directory in a sandbox.
const HOME: &str = "no-home";

/// A hook file that somebody wrote by hand: JSON with comments, and with entries in the formats of all assistants.
const THEIRS: &str = "{\n\t// by hand\n\t\"version\": 1, /* theirs */\n\t\"hooks\": {\n\t\t\"PreToolUse\": [\n\t\t\t{\"hooks\": [{\"type\": \"command\", \"command\": \"theirs\"}]}, // last\n\t\t],\n\t\t\"preToolUse\": [],\n\t},\n\t\"model\": \"m\", // end\n}";

fn file(sandbox: &Sandbox, path: impl AsRef<Path>) -> PathBuf {
    sandbox.path().join(path)
}

fn text(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The content of a file as JSON, after removing comments and trailing commas.
fn json_of(path: &Path) -> Value {
    let text = text(path).unwrap();
    let text = text.replace("/* theirs */", "");
    let lines = text.lines().map(|line| line.split("// ").next().unwrap());
    let plain: String = lines.collect::<Vec<_>>().join("\n");
    let mut plain = plain;
    for end in ['}', ']'] {
        while let Some(at) = trailing(&plain, end) {
            plain.remove(at);
        }
    }
    serde_json::from_str(&plain).unwrap_or_else(|error| panic!("{error}: {plain}"))
}

/// The position of a comma before the closing bracket `end`.
fn trailing(text: &str, end: char) -> Option<usize> {
    text.match_indices(end).find_map(|(at, _)| {
        let before = text[..at].trim_end();
        before.ends_with(',').then(|| before.len() - 1)
    })
}

fn run(sandbox: &Sandbox, words: &[&str]) -> Run {
    let run = sandbox.run([&["hook"], words].concat());
    assert_eq!(run.status, 0, "{words:?}: {}{}", run.stdout, run.stderr);
    run
}

#[test]
fn installing_twice_changes_nothing_and_uninstalling_restores() {
    for (assistant, of_user, of_project) in FILES {
        for (flag, path) in [
            ("--user", format!("{HOME}/{of_user}")),
            ("--project", of_project.to_owned()),
        ] {
            for before in [
                None,
                Some("{}"),
                Some("{\r\n  \"a\": []\r\n}\r\n"),
                Some(THEIRS),
            ] {
                let sandbox = Sandbox::repository();
                let hooks = file(&sandbox, &path);
                if let Some(before) = before {
                    sandbox.write(&path, before);
                }
                let said = run(&sandbox, &["install", assistant, flag]).stdout;
                assert!(said.trim_end().ends_with(": installed"), "{said}");
                let once = text(&hooks).unwrap();
                if before == Some(THEIRS) {
                    for theirs in [
                        "// by hand",
                        "/* theirs */",
                        "// last",
                        "// end",
                        "\"theirs\"",
                    ] {
                        assert!(once.contains(theirs), "{once}");
                    }
                }
                let said = run(&sandbox, &["install", assistant, flag]).stdout;
                assert!(said.contains("there already"), "{said}");
                assert_eq!(text(&hooks).unwrap(), once);
                let said = run(&sandbox, &["uninstall", assistant, flag]).stdout;
                assert!(said.contains("removed"), "{said}");
                assert_eq!(
                    text(&hooks).as_deref(),
                    before,
                    "{assistant} {flag}: {once}"
                );
                let said = run(&sandbox, &["uninstall", assistant, flag]).stdout;
                assert!(said.contains("nothing was changed"), "{said}");
                assert_eq!(text(&hooks).as_deref(), before);
            }
        }
    }
}

/// The command that the hook file has for an event.
fn command(hooks: &Value, event: &str) -> String {
    let entry = hooks["hooks"][event].as_array().unwrap().last().unwrap();
    let places = [
        &entry["command"],
        &entry["bash"],
        &entry["hooks"][0]["command"],
    ];
    let command = places.into_iter().find_map(Value::as_str);
    command.unwrap_or_else(|| panic!("{entry}")).to_owned()
}

#[cfg(unix)]
#[test]
fn the_installed_command_works_for_each_assistant() {
    for (assistant, path, _) in FILES {
        let sandbox = Sandbox::repository();
        run(&sandbox, &["install", assistant]);
        let hooks = json_of(&file(&sandbox, format!("{HOME}/{path}")));
        let event = match assistant {
            "cursor" => "beforeSubmitPrompt",
            "copilot" => "userPromptSubmitted",
            _ => "UserPromptSubmit",
        };
        if assistant == "cursor" {
            let entries = hooks["hooks"].as_object().unwrap().values();
            assert!(
                entries
                    .flat_map(|entries| entries.as_array().unwrap())
                    .all(|entry| entry["failClosed"] == true)
            );
        }
        assert_eq!(
            hooks["version"] == 1,
            ["cursor", "copilot"].contains(&assistant)
        );
        let command = command(&hooks, event);
        let text = prompt(&sandbox, assistant, &format!("is {} a token?", token(1))).to_string();
        sandbox.write("event.json", text);
        let shell = |command: &str| {
            let mut shell: Command = sandbox.command("sh");
            Run::of(
                shell
                    .args(["-c", &format!("({command}) < event.json")])
                    .output()
                    .unwrap(),
            )
        };
        let ran = shell(&command);
        let told = ran.stdout + &ran.stderr;
        assert!(told.contains("holds a credential"), "{assistant}: {told}");
        // If the program is missing, the hook blocks.
        let gone = shell(&command.replace(env!("CARGO_BIN_EXE_ntnguard"), "/gone/ntnguard"));
        assert_ne!(gone.status, 0, "{assistant}");
        if ["claude-code", "codex"].contains(&assistant) {
            assert_eq!(gone.status, 2, "{assistant}");
        }
    }
}

#[test]
fn the_environment_sets_the_folders_of_assistants() {
    let sandbox = Sandbox::new();
    for (assistant, variable, path) in [
        ("claude-code", "CLAUDE_CONFIG_DIR", "settings.json"),
        ("codex", "CODEX_HOME", "hooks.json"),
        ("copilot", "COPILOT_HOME", "hooks/ntnguard.json"),
    ] {
        let folder = sandbox.path().join(variable);
        let mut command = sandbox.ntnguard();
        command
            .args(["hook", "install", assistant])
            .env(variable, &folder);
        assert!(command.output().unwrap().status.success());
        assert!(folder.join(path).is_file(), "{variable}");
    }
    assert!(!file(&sandbox, HOME).exists());
}

#[test]
fn a_repository_gets_no_path_of_this_machine() {
    for (assistant, _, path) in FILES {
        let sandbox = Sandbox::repository();
        let said = run(&sandbox, &["install", assistant, "--project"]).stderr;
        assert!(said.contains("needs ntnguard on PATH"), "{said}");
        let text = text(&file(&sandbox, path)).unwrap();
        assert!(!text.contains(env!("CARGO_BIN_EXE_ntnguard")), "{text}");
        assert!(text.contains("\"ntnguard hook run agent"), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_is_written_through() {
    use std::os::unix::fs::symlink;
    for (assistant, of_user, of_project) in FILES {
        let sandbox = Sandbox::repository();
        let refused = |words: &[&str]| {
            let run = sandbox.run([&["hook"], words].concat());
            assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{words:?}");
            run.stderr
        };
        sandbox.write("outside.json", "{}");
        for (path, flag) in [
            (format!("{HOME}/{of_user}"), "--user"),
            (of_project.to_owned(), "--project"),
        ] {
            let path = file(&sandbox, path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            symlink(file(&sandbox, "outside.json"), &path).unwrap();
            assert!(refused(&["install", assistant, flag]).contains("symbolic link"));
            refused(&["uninstall", assistant, flag]);
        }
        let folder = file(&sandbox, of_project).parent().unwrap().to_owned();
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(file(&sandbox, "elsewhere")).unwrap();
        symlink(file(&sandbox, "elsewhere"), &folder).unwrap();
        assert!(refused(&["install", assistant, "--project"]).contains("cannot be reached"));
        assert_eq!(text(&file(&sandbox, "outside.json")).unwrap(), "{}");
        assert_eq!(
            fs::read_dir(file(&sandbox, "elsewhere")).unwrap().count(),
            0
        );
    }
}

#[test]
fn an_unsuitable_hook_file_is_left_alone() {
    for (assistant, path, _) in FILES {
        let path = format!("{HOME}/{path}");
        for broken in [
            "",
            "{",
            "[]",
            "{\"hooks\": 7}",
            "{\"hooks\": {\"PreToolUse\": {}, \"preToolUse\": {}}}",
        ] {
            let sandbox = Sandbox::repository();
            sandbox.write(&path, broken);
            let run = sandbox.run(["hook", "install", assistant]);
            assert_eq!(
                (run.status, run.stdout.as_str()),
                (2, ""),
                "{assistant} {broken}"
            );
            assert!(run.stderr.contains("is left as it is"), "{}", run.stderr);
            assert_eq!(text(&file(&sandbox, &path)).unwrap(), broken);
        }
    }
    let sandbox = Sandbox::repository();
    for words in [
        &["hook", "install", "--user"][..],
        &["hook", "install", "pre-commit", "--project"],
        &["hook", "install", "claude", "--user"],
        &["hook", "install", "codex", "--user", "--project"],
    ] {
        assert_eq!(sandbox.run(words).status, 2, "{words:?}");
    }
}

#[test]
fn a_project_has_hooks_of_claude_code_or_copilot_not_both() {
    for (first, second) in [("claude-code", "copilot"), ("copilot", "claude-code")] {
        let sandbox = Sandbox::repository();
        run(&sandbox, &["install", first, "--project"]);
        let refused = sandbox.run(["hook", "install", second, "--project"]);
        assert_eq!(refused.status, 2);
        assert!(
            refused.stderr.contains("calls ntnguard already"),
            "{}",
            refused.stderr
        );
        run(&sandbox, &["install", second, "--user"]);
    }
}

#[test]
fn the_status_names_the_program_that_would_run() {
    let sandbox = Sandbox::repository();
    let status = |words: &[&str]| sandbox.run([&["hook", "status"], words].concat());
    let bare = status(&["codex"]);
    assert_eq!(bare.status, 1);
    assert!(bare.stdout.contains("codex, ") && bare.stdout.contains(": not installed"));
    assert!(
        bare.stdout.contains("not guarded: codex"),
        "{}",
        bare.stdout
    );
    run(&sandbox, &["install", "codex", "pre-commit"]);
    let installed = status(&["codex"]);
    assert_eq!(installed.status, 0, "{}", installed.stdout);
    let words = format!(
        "installed; runs {} (this program",
        env!("CARGO_BIN_EXE_ntnguard")
    );
    assert!(installed.stdout.contains(&words), "{}", installed.stdout);
    assert!(
        installed
            .stdout
            .contains("skips it until you trust it (`/hooks`)")
    );
    let all = status(&[]);
    assert!(
        all.stdout.contains("pre-commit: ntnguard's") && all.stdout.contains("codex, "),
        "{}",
        all.stdout
    );
    assert!(!all.stdout.contains("cursor"), "it is not set up here");
    let hooks = format!("{HOME}/.codex/hooks.json");
    let whole = text(&file(&sandbox, &hooks)).unwrap();
    for (from, to, words) in [
        (
            env!("CARGO_BIN_EXE_ntnguard"),
            "/gone/ntnguard",
            "/gone/ntnguard does not exist",
        ),
        (env!("CARGO_BIN_EXE_ntnguard"), "ntnguard", "not on PATH"),
        (
            "PreToolUse",
            "Other",
            "not called for the events PreToolUse",
        ),
        (
            "\"hooks\": {",
            "\"disableAllHooks\": true, \"hooks\": {",
            "switched off",
        ),
    ] {
        sandbox.write(&hooks, whole.replacen(from, to, 9));
        for run in [status(&["codex"]), status(&[])] {
            assert_eq!(run.status, 1, "{words}: {}", run.stdout);
            assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
        }
    }
    sandbox.write(&hooks, "{");
    assert_eq!(status(&["codex"]).status, 2);
    let elsewhere = Sandbox::new();
    assert_eq!(elsewhere.run(["hook", "status", "cursor"]).status, 1);
}

#[test]
fn all_assistants_are_installed_at_once() {
    let sandbox = Sandbox::new();
    run(&sandbox, &[&["install"], &ASSISTANTS[..]].concat());
    let hooks = json_of(&file(&sandbox, format!("{HOME}/.claude/settings.json")));
    assert_eq!(hooks["hooks"].as_object().unwrap().len(), 4);
    assert_eq!(
        run(&sandbox, &[&["status"], &ASSISTANTS[..]].concat()).stderr,
        ""
    );
    run(&sandbox, &[&["uninstall"], &ASSISTANTS[..]].concat());
    for (_, path, _) in FILES {
        assert!(!file(&sandbox, format!("{HOME}/{path}")).exists());
    }
    assert_eq!(
        hooks["hooks"]["PreToolUse"],
        json!(hooks["hooks"]["PostToolUse"])
    );
}
