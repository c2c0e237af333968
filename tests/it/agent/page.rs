//! Runs the instructions of docs/agents.md as the page has them.

use std::path::Path;

use serde_json::json;

use super::token;
use crate::sandbox::Sandbox;

fn page() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/agents.md");
    std::fs::read_to_string(page).unwrap()
}

/// The code blocks of the page in one language.
fn blocks(kind: &str) -> Vec<String> {
    let page = page();
    let blocks = page.split("```").skip(1).step_by(2);
    let own = blocks.filter_map(|block| block.strip_prefix(&format!("{kind}\n")));
    own.map(str::to_owned).collect()
}

/// All commands in the page's JSON are the recipe for other assistants, and this recipe blocks a token with exit status 2.
#[cfg(unix)]
#[test]
fn the_recipe_for_other_assistants_blocks_with_their_status() {
    let recipe = blocks("sh").pop().unwrap();
    let recipe = recipe.trim();
    assert!(recipe.starts_with("ntnguard stdin"), "{recipe}");
    for block in blocks("json") {
        let json: serde_json::Value = serde_json::from_str(&block).unwrap();
        let commands = block.matches("\"command\": \"").count();
        assert_eq!(
            block.matches(&format!("\"command\": \"{recipe}\"")).count(),
            commands
        );
        assert!(json["hooks"].as_object().unwrap().len() > 2);
    }
    let sandbox = Sandbox::repository();
    let program = Path::new(env!("CARGO_BIN_EXE_ntnguard")).parent().unwrap();
    let run = |event: serde_json::Value| {
        sandbox.write("event.json", event.to_string());
        let mut shell = sandbox.command("sh");
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        shell
            .env("PATH", path)
            .args(["-c", &format!("({recipe}) < event.json")]);
        crate::sandbox::Run::of(shell.output().unwrap())
    };
    let clean = run(json!({"tool_name": "write_file", "tool_input": {"content": "x"}}));
    assert_eq!(
        (clean.status, clean.stdout.as_str()),
        (0, ""),
        "{}",
        clean.stderr
    );
    let token = token(1);
    let twice = json!({ "content": json!({ "a": token }).to_string() });
    let held = run(json!({ "tool_input": twice }));
    assert_eq!((held.status, held.stdout.as_str()), (2, ""));
    assert!(held.stderr.contains("integration-token") && !held.stderr.contains(&token));
}

/// The page names every hook file that ntnguard writes.
#[test]
fn the_page_names_every_hook_file() {
    let page = page();
    for file in [
        "~/.claude/settings.json",
        "`.claude/settings.json`",
        "~/.cursor/hooks.json",
        "`.cursor/hooks.json`",
        "~/.codex/hooks.json",
        "`.codex/hooks.json`",
        "~/.copilot/hooks/ntnguard.json",
        "`.github/hooks/ntnguard.json`",
    ] {
        assert!(page.contains(file), "{file}");
    }
}

/// The lines that allow reading an env file, on the page and in the hook's answer, are a valid configuration file.
#[test]
fn the_hint_to_read_env_files_is_a_configuration() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", ".env\n").write(".env", "A=1\n");
    let page = page();
    let block = page.split("```yaml\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    let read = || super::ask(&sandbox, "Read", json!({"file_path": ".env"}));
    let reason = read().unwrap();
    for line in block.lines().map(str::trim) {
        assert!(
            line.is_empty() || reason.contains(&format!("`{line}`")),
            "{line}: {reason}"
        );
    }
    let block: Vec<_> = block.lines().map(str::trim).collect();
    sandbox.write(".ntnguard.yaml", block.join("\n"));
    assert_eq!(read(), None);
}
