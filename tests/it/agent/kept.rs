//! `scan --agents`: data that assistants, editors and shells store in a user's home directory.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::token;
use crate::sandbox::{Run, Sandbox};

/// The home directory in a sandbox.
const HOME: &str = "no-home";

fn scan(sandbox: &Sandbox, more: &[&str]) -> Run {
    sandbox.run([&["scan", "--agents", "--format", "json"], more].concat())
}

/// The paths of the findings, relative to the home directory.
fn found(sandbox: &Sandbox, run: &Run) -> Vec<String> {
    let home = sandbox.path().join(HOME).display().to_string();
    let json = run.json();
    let findings = json["findings"].as_array().unwrap().iter();
    let paths = findings.map(|finding| finding["path"].as_str().unwrap().to_owned());
    let mut paths: Vec<_> = paths
        .map(|path| path.replace(&format!("{home}/"), ""))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[test]
fn every_place_is_scanned() {
    let places = [
        ".claude/projects/p/a.jsonl",
        ".claude/history.jsonl",
        ".claude.json",
        ".codex/sessions/2026/11/29/rollout-a.jsonl",
        ".codex/config.toml",
        ".copilot/session-state/a/events.jsonl",
        ".cursor/mcp.json",
        ".gemini/tmp/a/chats/b.json",
        ".gemini/settings.json",
        ".codeium/windsurf/mcp_config.json",
        ".windsurf/a.json",
        ".bash_history",
        ".zsh_history",
        ".python_history",
    ];
    let of_linux = [
        ".config/Code/User/workspaceStorage/a/chatSessions/b.jsonl",
        ".config/Cursor/User/History/a/b.ts",
        ".config/Windsurf/User/settings.json",
        ".config/Claude/claude_desktop_config.json",
        ".local/share/fish/fish_history",
    ];
    let of_linux = of_linux.into_iter().filter(|_| cfg!(target_os = "linux"));
    let places: Vec<_> = places.into_iter().chain(of_linux).collect();
    let sandbox = Sandbox::repository();
    for (at, place) in places.iter().enumerate() {
        let text = format!("export NOTION_TOKEN={}\n", token(at as u64 + 1));
        sandbox.write(Path::new(HOME).join(place), text);
    }
    // Not scanned: extensions, other directories, the current directory. The configuration there does not count.
    sandbox
        .write(format!("{HOME}/.cursor/extensions/a/b.js"), token(100))
        .write(format!("{HOME}/project/a.js"), token(101))
        .write("a.js", token(102))
        .write(
            ".ntnguard.yaml",
            "version: 1\nexclude: [\"**\"]\nallow: 7\n",
        );
    let run = scan(&sandbox, &[]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let mut expected = places.clone();
    expected.sort_unstable();
    assert_eq!(found(&sandbox, &run), expected);
    assert_eq!(
        (&run.json()["source"], &run.json()["complete"]),
        (&json!("agents"), &json!(true))
    );
    let told = sandbox.run(["scan", "--agents"]);
    assert!(told.stderr.contains("looking through ") && told.stderr.contains(".bash_history"));
    assert!(!told.stdout.contains(&token(1)) && told.stdout.contains("integration-token"));
}

#[test]
fn a_token_is_found_in_a_doubly_escaped_transcript() {
    let sandbox = Sandbox::new();
    let mut text = format!("$ printenv\nNOTION_TOKEN=x\n{}\n", token(1));
    for depth in 1..=3 {
        text = json!({ "content": text }).to_string();
        let name = format!("{HOME}/.claude/projects/p/{depth}.jsonl");
        sandbox.write(name, format!("{{\"type\":\"user\"}}\n{text}\n"));
    }
    let run = scan(&sandbox, &[]);
    let expected = [1, 2, 3].map(|depth| format!(".claude/projects/p/{depth}.jsonl"));
    assert_eq!(found(&sandbox, &run), expected);
}

/// An SQLite database with one row that spans several pages of 512 bytes, as the documentation of the format describes.
fn database(row: &[u8]) -> Vec<u8> {
    const PAGE: usize = 512;
    let least = (PAGE - 12) * 32 / 255 - 23;
    let local = least + (row.len() - least) % (PAGE - 4);
    assert!(local <= PAGE - 35);
    let mut pages = vec![vec![0u8; PAGE]; 2];
    pages[0][..18].copy_from_slice(b"SQLite format 3\0\x02\0");
    pages[0][100] = 13;
    let length = [0x80 | (row.len() >> 7) as u8, (row.len() & 0x7f) as u8];
    let cell = [&length[..], &[1], &row[..local], &3u32.to_be_bytes()].concat();
    let start = PAGE - cell.len();
    pages[1][..5].copy_from_slice(&[13, 0, 0, 0, 1]);
    pages[1][8..10].copy_from_slice(&(start as u16).to_be_bytes());
    pages[1][start..].copy_from_slice(&cell);
    let chunks: Vec<_> = row[local..].chunks(PAGE - 4).collect();
    for (at, chunk) in chunks.iter().enumerate() {
        let next = if at + 1 < chunks.len() {
            at as u32 + 4
        } else {
            0
        };
        let mut page = [&next.to_be_bytes(), *chunk].concat();
        page.resize(PAGE, 0);
        pages.push(page);
    }
    pages.concat()
}

#[test]
fn a_token_is_found_across_pages_of_an_editors_state() {
    let token = token(1);
    for at in [600, 738, 760, 1250] {
        let mut row = vec![b'.'; 2300];
        let value = json!({ "text": token }).to_string();
        row[at..at + value.len()].copy_from_slice(value.as_bytes());
        let sandbox = Sandbox::new();
        // The directory of an editor's remote server is the same on each platform.
        let state = ".cursor-server/data/User/globalStorage/state.vscdb";
        sandbox.write(Path::new(HOME).join(state), database(&row));
        let run = scan(&sandbox, &[]);
        assert_eq!(
            (run.status, found(&sandbox, &run)),
            (1, vec![state.to_owned()]),
            "{at}"
        );
        let findings = run.json()["findings"].as_array().unwrap().len();
        assert_eq!(findings, 1, "{at}: once");
    }
}

#[test]
fn unreadable_data_is_reported() {
    let sandbox = Sandbox::new();
    let at = |path: &str| Path::new(HOME).join(path);
    let mut fake = crate::fake::Fake::new(3);
    let random: Vec<u8> = (0..5000).map(|_| fake.next() as u8).collect();
    sandbox
        .write(at(".codeium/windsurf/cascade/a.pb"), &random)
        .write(at(".codeium/windsurf/memories/b.pb"), [0x12, 1, b'a'])
        .write(at(".codex/state.sqlite"), &database(&[b'.'; 2300])[..2000])
        .write(at(".gemini/history/p/.git/HEAD"), "ref: refs/heads/main\n")
        .write(
            at(".claude/plugins/marketplaces/m/.git/HEAD"),
            "ref: refs/heads/main\n",
        );
    let run = scan(&sandbox, &[]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    let json = run.json();
    let skips = json["skipped"].as_array().unwrap().iter();
    let reasons: Vec<_> = skips
        .map(|skip| {
            (
                skip["path"].as_str().unwrap(),
                skip["reason"].as_str().unwrap(),
            )
        })
        .map(|(path, reason)| (path.rsplit('/').next().unwrap(), reason))
        .collect();
    let expected = [
        ("a.pb", "encrypted"),
        ("state.sqlite", "corrupt"),
        (".git", "unsupported"),
    ];
    assert_eq!(reasons, expected, "{}", run.stdout);
    // A scan without any directory to scan is not clean.
    let empty = Sandbox::new();
    let run = empty.run(["scan", "--agents"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("none of the places"), "{}", run.stderr);
    for words in [
        &["scan", "--agents", "."][..],
        &["scan", "--agents", "--stdin-filename", "a"],
    ] {
        assert_eq!(empty.run(words).status, 2);
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_only_at_the_top_level() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    let home = sandbox.path().join(HOME);
    fs::create_dir_all(home.join(".gemini")).unwrap();
    sandbox
        .write("dotfiles/claude/settings.json", token(1))
        .write("elsewhere/a.txt", token(2));
    symlink(sandbox.path().join("dotfiles/claude"), home.join(".claude")).unwrap();
    symlink(sandbox.path().join("elsewhere"), home.join(".gemini/link")).unwrap();
    symlink("/dev/zero", home.join(".zsh_history")).unwrap();
    let made = sandbox
        .command("mkfifo")
        .arg(home.join(".gemini/pipe"))
        .status();
    assert!(made.unwrap().success());
    let run = scan(&sandbox, &[]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert_eq!(found(&sandbox, &run), [".claude/settings.json"]);
}

#[cfg(target_os = "linux")]
#[test]
fn the_environment_sets_the_scanned_folders() {
    let sandbox = Sandbox::new();
    for (variable, value, file) in [
        ("CLAUDE_CONFIG_DIR", "a", "a/history.jsonl"),
        ("CODEX_HOME", "b", "b/history.jsonl"),
        ("COPILOT_HOME", "c", "c/config.json"),
        ("XDG_CONFIG_HOME", "d", "d/Code/User/settings.json"),
        ("XDG_DATA_HOME", "e", "e/fish/fish_history"),
        ("HISTFILE", "f", "f"),
        ("ZDOTDIR", "g", "g/.zsh_history"),
    ] {
        sandbox.write(file, token(1));
        let mut command = sandbox.ntnguard();
        command.args(["scan", "--agents", "--format", "concise"]);
        command.env(variable, sandbox.path().join(value));
        let run = Run::of(command.output().unwrap());
        assert_eq!(run.status, 1, "{variable}: {}", run.stderr);
        assert!(run.stdout.contains(file), "{variable}: {}", run.stdout);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_an_unscanned_place_is_reported() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    let home = sandbox.path().join(HOME);
    for folder in [".cursor/chats", ".gemini"] {
        fs::create_dir_all(home.join(folder)).unwrap();
    }
    sandbox
        .write("dotfiles/mcp.json", token(1))
        .write("dotfiles/chats/a.json", token(2));
    for (target, link) in [
        (sandbox.path().join("dotfiles/mcp.json"), ".cursor/mcp.json"),
        (sandbox.path().join("dotfiles/chats"), ".gemini/chats"),
        (home.join(".cursor/chats"), ".gemini/known"),
        (home.join("gone"), ".gemini/gone"),
        ("/dev/null".into(), ".gemini/null"),
    ] {
        symlink(target, home.join(link)).unwrap();
    }
    let run = scan(&sandbox, &[]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    let json = run.json();
    let told: Vec<_> = json["skipped"].as_array().unwrap().iter().collect();
    assert_eq!(told.len(), 2, "{}", run.stdout);
    for link in ["/.cursor/mcp.json", "/.gemini/chats"] {
        let is_told = |skip: &&serde_json::Value| skip["path"].as_str().unwrap().ends_with(link);
        assert!(told.iter().any(is_told), "{link}: {}", run.stdout);
    }
    assert!(run.stdout.contains("ntnguard scan"), "{}", run.stdout);
}

/// If the existence of a directory cannot be determined, the run reports it. It does not treat the directory as absent.
#[cfg(unix)]
#[test]
fn a_place_that_cannot_be_checked_is_reported() {
    let sandbox = Sandbox::new();
    let home = sandbox.path().join(HOME);
    sandbox.write(Path::new(HOME).join(".bash_history"), "ls\n");
    assert_eq!(scan(&sandbox, &[]).status, 0);
    // A link to itself cannot be followed, even with all permissions.
    std::os::unix::fs::symlink(".vscode-server", home.join(".vscode-server")).unwrap();
    let run = scan(&sandbox, &[]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    let skip = &run.json()["skipped"][0];
    let path = skip["path"].as_str().unwrap();
    assert!(path.ends_with(".vscode-server/data/User"), "{path}");
    assert_eq!(skip["reason"], "unreadable");
}

#[test]
fn an_invalid_database_is_reported() {
    let sandbox = Sandbox::repository();
    let random: Vec<u8> = (0..8192_u64)
        .map(|at| ((at * 2_654_435_761) >> 13) as u8)
        .collect();
    let magic = [&b"SQLite format 3\0"[..], &[0; 4080]].concat();
    for (name, bytes) in [
        ("state.vscdb", random.clone()),
        ("history.sqlite", magic),
        ("log.db-wal", random),
    ] {
        sandbox.write(format!("{HOME}/.codex/{name}"), bytes);
    }
    sandbox.write(format!("{HOME}/.codex/empty.db"), "");
    let run = scan(&sandbox, &[]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    let json = run.json();
    let told: Vec<_> = json["skipped"].as_array().unwrap().iter().collect();
    let reasons: Vec<_> = told
        .iter()
        .map(|skip| skip["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons, ["corrupt"; 3], "{}", run.stdout);
}
