//! The directories that the commands of a command line may run in.

use super::command::SimpleCommand;
use super::shell::program;

/// The directories that the next command may run in, after the `cd` commands before it.
pub struct Folders {
    /// The directories that the next command may run in. The directory in which the command line
    /// starts is the empty string.
    now: Vec<String>,
    /// All directories so far, to which `popd` and `cd -` may return.
    seen: Vec<String>,
}

/// The largest number of directories that are followed.
const FOLDERS: usize = 64;

/// The largest length of a directory's path that is followed, in bytes.
const LENGTH: usize = 4096;

/// The path that replaces directories that are not followed.
const UNKNOWN: &str = "$";

impl Default for Folders {
    fn default() -> Self {
        Folders {
            now: vec![String::new()],
            seen: vec![String::new()],
        }
    }
}

impl Folders {
    /// Follows a command that changes the directory, and returns true. Returns false for any other
    /// command.
    pub fn follow(&mut self, command: &SimpleCommand) -> bool {
        let words = program(&command.words);
        let name = words.first().map_or("", String::as_str);
        if !["cd", "chdir", "pushd", "popd"].contains(&name) {
            return false;
        }
        let is_flag = |word: &&String| word.len() > 1 && word.starts_with(['-', '+']);
        let to = words[1..].iter().find(|word| !is_flag(word));
        let goes_back = name == "popd" || name == "pushd" && to.is_none();
        let mut next = match to.map_or("~", String::as_str) {
            "-" => self.seen.clone(),
            _ if goes_back => self.seen.clone(),
            to => self
                .now
                .iter()
                .map(|folder| shortened(joined(folder, to)))
                .collect(),
        };
        if command.is_apart || command.within.is_some() {
            next.append(&mut self.now);
        }
        self.now = few(next);
        let seen = std::mem::take(&mut self.seen).into_iter();
        self.seen = few(seen.chain(self.now.clone()).collect());
        true
    }

    /// Returns the paths that `file` may have, from the directory in which the command line starts.
    pub fn paths(&self, file: &str) -> Vec<String> {
        let folders = self.now.iter();
        folders.map(|folder| joined(folder, file)).collect()
    }

    /// Returns the paths that `file` may have; `None` if one of them is unknown, for example
    /// because of a variable.
    pub fn known_paths(&self, file: &str) -> Option<Vec<String>> {
        let here = ["$PWD/", "${PWD}/"];
        let here = here.iter().find_map(|start| file.strip_prefix(start));
        let paths = self.paths(here.unwrap_or(file));
        paths.iter().all(|path| is_known(path)).then_some(paths)
    }
}

/// Returns true if a shell replaces no part of a path, except the home directory at its beginning.
fn is_known(path: &str) -> bool {
    let rest = path.strip_prefix("$HOME/").or(path.strip_prefix("~/"));
    let rest = rest.unwrap_or(path);
    !rest.starts_with('~') && !rest.contains(['$', '`', '*', '?', '[', '{'])
}

fn few(mut folders: Vec<String>) -> Vec<String> {
    folders.sort();
    folders.dedup();
    if folders.len() > FOLDERS {
        folders.truncate(FOLDERS);
        folders.push(UNKNOWN.to_owned());
    }
    folders
}

fn shortened(folder: String) -> String {
    match folder.len() > LENGTH {
        true => UNKNOWN.to_owned(),
        false => folder,
    }
}

/// Returns `path` below `folder`. An absolute path, or a path that begins with `~` or `$`, is
/// unchanged.
fn joined(folder: &str, path: &str) -> String {
    let is_whole = folder.is_empty() || path.starts_with(['/', '~', '$', '\\']);
    match is_whole || path.get(1..2) == Some(":") {
        true => path.to_owned(),
        false => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::commands;
    use super::Folders;

    fn paths(text: &str) -> (Vec<String>, bool) {
        let mut folders = Folders::default();
        for command in commands(text) {
            folders.follow(&command);
        }
        (folders.paths("f"), folders.known_paths("f").is_some())
    }

    #[test]
    fn cd_changes_the_directory_of_later_paths() {
        for (text, expected, is_known) in [
            ("ls", &["f"][..], true),
            ("cd a; cd ../b", &["a/../b/f"], true),
            ("pushd -n a && cd -- b", &["a/b/f"], true),
            ("cd", &["~/f"], true),
            ("cd a; popd", &["f", "a/f"], true),
            ("cd a; cd -", &["f", "a/f"], true),
            ("(cd a && ls); ls", &["f", "a/f"], true),
            ("cd a & ls", &["f", "a/f"], true),
            ("cd $X", &["$X/f"], false),
            ("cd ~me", &["~me/f"], false),
        ] {
            let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
            assert_eq!(paths(text), (expected, is_known), "{text}");
        }
        assert!(!paths(&"(cd a);".repeat(1000)).1);
        assert!(!paths(&"cd a;".repeat(50_000)).1);
    }
}
