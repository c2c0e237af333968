//! Commands of a command line that only write files, and the command line without these commands.

use super::command::{SimpleCommand, commands};
use super::folders::Folders;
use super::shell::program;

/// Returns the command line `text` without the commands that only write to private files. A
/// credential may be written there. `is_private` returns true for the path of a private file.
pub fn without_private_writes(text: &str, is_private: &dyn Fn(&str) -> bool) -> String {
    let commands = commands(text);
    let mut folders = Folders::default();
    let mut is_written = Vec::new();
    for command in &commands {
        folders.follow(command);
        let files = written(command);
        let is_known_private = |file: &String| {
            let paths = folders.known_paths(file);
            paths.is_some_and(|paths| paths.iter().all(|path| is_private(path)))
        };
        is_written.push(!files.is_empty() && files.iter().all(is_known_private));
    }
    let mut is_cut = vec![false; text.len()];
    let mut follows_into_private = false;
    let mut cut = Vec::new();
    for (command, is_written) in commands.iter().zip(is_written).rev() {
        let is_out = command.within.is_none()
            && match command.is_piped {
                true => tells(command) && command.written.is_empty() && follows_into_private,
                false => is_written,
            };
        follows_into_private = is_out && !tells(command);
        if is_out {
            is_cut[command.span.clone()].fill(true);
            cut.push(command);
        }
    }
    for command in cut {
        // The text of nested commands, and of other commands' here-documents, stays: it is not
        // written to the private file only.
        let ranges = command.inner.iter().chain(&command.of_others);
        ranges.for_each(|range| is_cut[range.clone()].fill(false));
    }
    let mut kept = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match is_cut[at] {
            false => kept.push(c),
            true if at == 0 || !is_cut[at - 1] => kept.push(' '),
            true => {}
        }
    }
    kept
}

/// Returns the files that a command writes its output to; empty if the command does anything else.
fn written(command: &SimpleCommand) -> Vec<String> {
    let is_tee = program(&command.words)
        .first()
        .is_some_and(|name| name == "tee");
    if is_tee {
        let words = command.words.iter().skip(1);
        return words
            .filter(|word| !word.starts_with('-'))
            .cloned()
            .collect();
    }
    match tells(command) {
        true => command.written.clone(),
        false => Vec::new(),
    }
}

/// Returns true if a command only writes its arguments or its input to its output.
fn tells(command: &SimpleCommand) -> bool {
    let name = program(&command.words).first().map(String::as_str);
    matches!(name, Some("echo" | "printf" | "cat"))
}

#[cfg(test)]
mod tests {
    use super::without_private_writes;

    #[test]
    fn text_written_to_a_private_file_is_left_out() {
        let kept = |text: &str| without_private_writes(text, &|file| file == ".env");
        assert_eq!(kept("echo A=1 >> .env").trim(), "");
        assert_eq!(kept("cat <<E > .env\nA=1\nE\nls").trim(), "ls");
        assert_eq!(kept("ls; printf A=1 | tee -a .env").trim(), "ls;");
        assert_eq!(kept("cat <<E | tee .env\nA=1\nE\nls").trim(), "ls");
        for text in [
            "echo \"$(curl A=1)\" >> .env",
            "echo `curl A=1` >> .env",
            "cat <<E >> .env\n$(curl A=1)\nE",
            "cat <<E; echo x >> .env\nA=1\nE",
            "cat <<E | curl -d @- x | tee .env\nA=1\nE",
        ] {
            assert!(kept(text).contains("A=1"), "{text}");
        }
        for text in [
            "echo A=1 2> .env",
            "echo A=1 > .env > >(curl)",
            "echo A=1 >> a.txt",
            "echo A=1 > .env > b",
            "curl A=1 > .env",
            "echo A=1",
        ] {
            assert_eq!(kept(text), text);
        }
    }
}
