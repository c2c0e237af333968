//! The paths at which AI assistants and shells store transcripts, histories and configurations.

use std::path::{Path, PathBuf};

/// A user's directories, as the environment variables and the platform define them.
pub struct UserFolders {
    /// The home directory of the user.
    pub home: PathBuf,
    /// The directory of programs' configurations: `XDG_CONFIG_HOME`, `APPDATA`, or the platform's
    /// default.
    pub config: PathBuf,
    /// The directory of programs' data: `XDG_DATA_HOME`, `APPDATA`, or the platform's default.
    pub data: PathBuf,
    /// The directories of Claude Code, Cursor, Codex and Copilot.
    pub assistants: Vec<PathBuf>,
    /// More history files: the files that `HISTFILE` and `ZDOTDIR` lead to, and the files of fish
    /// in its default directories.
    pub histories: Vec<PathBuf>,
}

/// A file or directory to scan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgentPlace {
    /// The path of the file or directory.
    pub path: PathBuf,
    /// The names of its direct subdirectories that are left out, because they contain installed
    /// programs.
    pub except: &'static [&'static str],
}

/// The names of the configuration directories of Visual Studio Code and of the editors based on it.
const EDITORS: [&str; 8] = [
    "Code",
    "Code - Insiders",
    "VSCodium",
    "Cursor",
    "Cursor Nightly",
    "Windsurf",
    "Windsurf - Next",
    "Antigravity",
];

/// Paths below the home directory: files of assistants, and the state of the same editors when they
/// are used from another machine.
const IN_HOME: [&str; 13] = [
    ".claude.json",
    ".claude.json.backup",
    ".gemini",
    ".codeium",
    ".windsurf",
    ".aider.chat.history.md",
    ".aider.input.history",
    ".mcp.json",
    ".vscode-server/data/User",
    ".vscode-server-insiders/data/User",
    ".cursor-server/data/User",
    ".windsurf-server/data/User",
    ".mcp-auth",
];

/// Paths below the home directory: histories of shells and of other programs with a command line.
const HISTORIES: [&str; 12] = [
    ".bash_history",
    ".zsh_history",
    ".zhistory",
    ".histfile",
    ".sh_history",
    ".ksh_history",
    ".history",
    ".zsh_sessions",
    ".bash_sessions",
    ".python_history",
    ".node_repl_history",
    ".irb_history",
];

/// Paths of assistants and shells below the directory of configurations.
const IN_CONFIG: [&str; 6] = [
    "Claude/claude_desktop_config.json",
    "github-copilot",
    "fish/fish_history",
    "nushell/history.txt",
    "nushell/history.sqlite3",
    "mcphub",
];

/// Paths of assistants and shells below the directory of data.
const IN_DATA: [&str; 5] = [
    "fish/fish_history",
    "atuin/history.db",
    "powershell/PSReadLine",
    "Microsoft/Windows/PowerShell/PSReadLine",
    "opencode",
];

/// The names of subdirectories with installed programs, in the directories of assistants.
const PROGRAMS: &[&str] = &["extensions", "bin", "node_modules"];

impl UserFolders {
    /// Returns the places that exist, or whose existence cannot be checked; sorted. A place inside
    /// another place is left out.
    pub fn places(&self) -> Vec<AgentPlace> {
        let below = |folder: &Path, names: &[&str]| -> Vec<PathBuf> {
            names.iter().map(|name| folder.join(name)).collect()
        };
        let editors = EDITORS.map(|editor| self.config.join(editor).join("User"));
        let all = [
            self.assistants.clone(),
            below(&self.home, &IN_HOME),
            editors.to_vec(),
            below(&self.config, &IN_CONFIG),
            below(&self.data, &IN_DATA),
            below(&self.home, &HISTORIES),
            self.histories.clone(),
        ];
        let mut paths: Vec<PathBuf> = all.concat();
        let is_absent = |path: &PathBuf| {
            let error = path.symlink_metadata().err();
            error.is_some_and(|error| super::is_absent(&error))
        };
        paths.retain(|path| !is_absent(path));
        paths.sort();
        paths.dedup();
        let is_covered = |path: &PathBuf| {
            let mut above = path.ancestors().skip(1);
            above.any(|above| paths.iter().any(|other| other == above))
        };
        let own = paths.iter().filter(|path| !is_covered(path));
        own.map(|path| AgentPlace {
            path: path.clone(),
            except: PROGRAMS,
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::UserFolders;

    #[test]
    fn existing_places_are_listed_once() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_owned();
        for made in [
            ".claude/projects",
            ".config/Code/User",
            ".gemini",
            ".cursor",
        ] {
            fs::create_dir_all(home.join(made)).unwrap();
        }
        fs::write(home.join(".bash_history"), "").unwrap();
        let folders = UserFolders {
            config: home.join(".config"),
            data: home.join(".local/share"),
            assistants: [".claude", ".cursor", ".codex", ".claude/projects"]
                .map(|name| home.join(name))
                .to_vec(),
            histories: vec![home.join(".bash_history")],
            home: home.clone(),
        };
        let places: Vec<_> = folders
            .places()
            .into_iter()
            .map(|place| place.path)
            .collect();
        let expected = [
            ".bash_history",
            ".claude",
            ".config/Code/User",
            ".cursor",
            ".gemini",
        ];
        assert_eq!(places, expected.map(|name| home.join(name)));
    }
}
