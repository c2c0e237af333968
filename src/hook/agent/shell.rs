//! The files that a command line prints.

use super::command::{SimpleCommand, commands};
use super::folders::Folders;
use super::printer::printed_by_program;

const SHELLS: [&str; 6] = ["sh", "bash", "zsh", "dash", "ksh", "fish"];

/// Programs and shell keywords that run the command after them.
const WRAPPERS: [&str; 20] = [
    "sudo", "doas", "env", "command", "builtin", "exec", "time", "timeout", "nohup", "nice",
    "stdbuf", "setsid", "xargs", "if", "elif", "while", "until", "then", "else", "do",
];

/// Flags of the wrappers that take a value in the next word.
const WITH_WORD: [&str; 8] = ["-u", "-g", "-n", "-k", "-s", "-I", "-P", "-L"];

/// The largest depth of nested scripts (`bash -c`, `eval`) that are parsed.
const DEPTH: usize = 8;

/// Commands that take the output of another command as arguments without showing it.
const TAKERS: [&str; 10] = [
    "export", "declare", "local", "readonly", "typeset", "eval", "set", "test", "[", "[[",
];

/// Returns the files that a command line prints, each below the directories that the command may
/// run in. `FOLDER/**` stands for all files below a directory. `None` if commands are nested too
/// deeply.
pub fn printed(text: &str) -> Option<Vec<String>> {
    printed_within(text, DEPTH)
}

fn printed_within(text: &str, depth: usize) -> Option<Vec<String>> {
    let depth = depth.checked_sub(1)?;
    let mut files = Vec::new();
    let mut folders = Folders::default();
    for command in commands(text) {
        if command.is_too_deep {
            return None;
        }
        if folders.follow(&command) || is_taken(&command) {
            continue;
        }
        let words = program(&command.words);
        let found = match words.is_empty() && command.within.is_some() {
            // `$(< FILE)` gives the content of the file.
            true => command.read.clone(),
            false => printed_by(words, &command.read, depth)?,
        };
        files.extend(found.iter().flat_map(|file| folders.paths(file)));
    }
    Some(files)
}

/// Returns the words from the program on: without assignments, and without wrappers that run
/// another program.
pub(super) fn program(mut words: &[String]) -> &[String] {
    let mut wrapper = None;
    while let Some((word, rest)) = words.split_first() {
        let name = word.split('=').next().unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let assigns = word.contains('=') && !name.is_empty() && name.chars().all(is_name);
        let is_flag = wrapper.is_some() && word.starts_with('-');
        let is_time = wrapper == Some("timeout") && word.starts_with(|c: char| c.is_ascii_digit());
        words = match is_flag && WITH_WORD.contains(&word.as_str()) {
            true => rest.split_first().map_or(rest, |(_, rest)| rest),
            false if is_flag || is_time || assigns || word == "!" => rest,
            false if WRAPPERS.contains(&word.as_str()) => {
                wrapper = Some(word.as_str());
                rest
            }
            false => return words,
        };
    }
    words
}

/// Returns true if the output of a command becomes an argument of another command that does not
/// print its arguments.
fn is_taken(command: &SimpleCommand) -> bool {
    let Some(within) = &command.within else {
        return false;
    };
    match within.first() {
        None => false,
        Some(first) if first == "env" => true,
        Some(_) => match program(within).first() {
            None => true,
            Some(name) => TAKERS.contains(&name.as_str()),
        },
    }
}

/// Returns the files that one command prints; `None` if scripts are nested too deeply.
fn printed_by(words: &[String], read: &[String], depth: usize) -> Option<Vec<String>> {
    let Some(name) = words.first() else {
        return Some(Vec::new());
    };
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.trim_end_matches(".exe").to_ascii_lowercase();
    let rest = &words[1..];
    if SHELLS.contains(&name.as_str()) {
        let script = script(rest);
        return script.map_or(Some(Vec::new()), |script| printed_within(script, depth));
    }
    if name == "eval" {
        return printed_within(&rest.join(" "), depth);
    }
    Some(printed_by_program(&name, rest, read))
}

/// Returns the script in the arguments of a shell (`-c SCRIPT`); `None` if the shell gets no
/// script.
fn script(words: &[String]) -> Option<&String> {
    let mut is_script = false;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix(['-', '+']) {
            Some("-") => return words.next().filter(|_| is_script),
            Some("-rcfile" | "-init-file") => {
                words.next();
            }
            Some(long) if long.starts_with('-') => {}
            Some(flags) => {
                is_script |= flags.contains('c');
                if flags.ends_with(['o', 'O']) {
                    words.next();
                }
            }
            None => return Some(word).filter(|_| is_script),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::printed;

    #[test]
    fn commands_that_print_a_file_read_it() {
        for (text, files) in [
            ("cat .env", &[".env"][..]),
            ("cd app && sudo head -n 3 ./.env", &["app/3", "app/./.env"]),
            ("grep TOKEN .env .env.local", &[".env", ".env.local"]),
            ("grep -e TOKEN .env", &[".env"]),
            ("sed -n 1p .env", &[".env"]),
            ("bash -lc 'cat .env'", &[".env"]),
            ("echo \"$(cat .env)\"", &[".env"]),
            ("cat < .env", &[".env"]),
            ("python3 -c \"print(open('.env').read())\"", &[".env"]),
            ("rg x -g '.env*'", &[".env*"]),
            ("FOO=1 /bin/cat .env | wc -l", &[".env"]),
            ("if true; then cat .env; fi", &[".env"]),
            ("timeout 5 cat .env", &[".env"]),
            ("sudo -u me env -i cat .env", &[".env"]),
            ("eval 'cat .env'", &[".env"]),
            ("bash -xc 'cat .env'", &[".env"]),
            ("bash -o pipefail -c -- 'cat .env'", &[".env"]),
            ("if cat .env; then :; else cat b; fi", &[".env", "b"]),
            ("grep -rn A", &["./**"]),
            ("cd a; grep -R A b/ c", &["a/b/", "a/c", "a/b/**", "a/c/**"]),
            ("grep -r --include=*.ts A", &["*.ts", "./**/*.ts"]),
            ("grep -r --exclude='.env*' A .", &["."]),
            ("rg -uuu A b", &["b", "b/**"]),
            ("rg --hidden --no-ignore A", &["./**"]),
            ("echo \"$(<.env)\"", &[".env"]),
            ("find . -name .env -exec cat {} +", &[".env"]),
            ("cat \"${PWD}/.env\"", &["${PWD}/.env"]),
            ("cat {.env,x}", &[".env", "x"]),
            ("cat $'.env'", &[".env"]),
        ] {
            assert_eq!(printed(text).unwrap(), files, "{text}");
        }
    }

    #[test]
    fn commands_that_print_no_content_read_no_file() {
        for text in [
            "source .env && npm start",
            ". ./.env",
            "export $(grep -v '^#' .env | xargs)",
            "env $(cat .env) npm start",
            "TOKEN=$(grep TOKEN .env | cut -d= -f2) npm start",
            "ls -la .env",
            "test -f .env",
            "cp .env.example .env",
            "grep -q TOKEN .env",
            "grep -c TOKEN .env",
            "sed -i s/a/b/ .env",
            "cat > .env <<E\nA=1\nE",
            "docker run --env-file .env x",
            "node --env-file=.env app.js",
            "python3 -c \"import dotenv; dotenv.load_dotenv('.env')\"",
            "echo .env >> .gitignore",
            "git check-ignore .env",
            "# cat .env",
            "while read l; do export $l; done < .env",
            "find . -name .env -exec rm {} +",
            "export A=$(<.env)",
        ] {
            assert_eq!(printed(text), Some(Vec::new()), "{text}");
        }
    }

    #[test]
    fn any_script_is_read_to_its_end() {
        assert_eq!(printed(&"eval ".repeat(50_000)), None);
        printed(&"bash -c ".repeat(50_000));
        let deep = format!("{}cat .env{}", "echo $(".repeat(9), ")".repeat(9));
        assert_eq!(printed(&deep), None);
    }
}
