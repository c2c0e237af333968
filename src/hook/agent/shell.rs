//! The files that a command line prints.

use std::collections::HashSet;

use super::command::{SimpleCommand, commands};
use super::folders::Folders;

/// Programs that print the contents of the files in their arguments.
const PRINTERS: [&str; 45] = [
    "cat",
    "bat",
    "batcat",
    "head",
    "tail",
    "less",
    "more",
    "most",
    "nl",
    "tac",
    "rev",
    "grep",
    "egrep",
    "fgrep",
    "zgrep",
    "rg",
    "ag",
    "ack",
    "awk",
    "gawk",
    "mawk",
    "sed",
    "cut",
    "sort",
    "uniq",
    "xxd",
    "od",
    "hexdump",
    "strings",
    "base64",
    "base32",
    "paste",
    "column",
    "fold",
    "fmt",
    "pr",
    "diff",
    "cmp",
    "comm",
    "jq",
    "yq",
    "get-content",
    "gc",
    "type",
    "select-string",
];

/// Printers whose first argument is not a file but a pattern or a script.
const PATTERN_FIRST: [&str; 14] = [
    "grep",
    "egrep",
    "fgrep",
    "zgrep",
    "rg",
    "ag",
    "ack",
    "awk",
    "gawk",
    "mawk",
    "sed",
    "jq",
    "yq",
    "select-string",
];

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

/// Returns the script in the arguments of a shell (`-c SCRIPT`); `None` if there is none.
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

/// Returns the files that a program other than a shell prints.
fn printed_by_program(name: &str, words: &[String], read: &[String]) -> Vec<String> {
    if name == "find" {
        return executed(words);
    }
    let flags = ["-c", "-e", "-p", "-r", "eval"];
    let at = words
        .iter()
        .position(|word| flags.contains(&word.as_str()))
        .filter(|_| interprets(name));
    if let Some(code) = at.and_then(|at| words.get(at + 1)) {
        return in_code(code);
    }
    if !PRINTERS.contains(&name) || is_quiet(name, words) {
        return Vec::new();
    }
    let mut files = operands(name, words);
    if is_recursive(name, words) {
        files.extend(below(&files, words));
    }
    files.extend(read.iter().cloned());
    files
}

/// Returns true if a program searches directories recursively, including hidden and ignored files.
fn is_recursive(name: &str, words: &[String]) -> bool {
    let has = |long: &[&str], short: &[char]| {
        words.iter().any(|word| match word.strip_prefix("--") {
            Some(word) => long.contains(&word),
            None => word
                .strip_prefix('-')
                .is_some_and(|word| word.contains(short)),
        })
    };
    match name {
        "grep" | "egrep" | "fgrep" => has(
            &["recursive", "dereference-recursive", "directories=recurse"],
            &['r', 'R'],
        ),
        "rg" => {
            let short = words.iter().filter(|word| !word.starts_with("--"));
            let flags = short.filter_map(|word| word.strip_prefix('-'));
            let count = flags.flat_map(str::chars).filter(|c| *c == 'u').count();
            let count = count
                + words
                    .iter()
                    .filter(|word| *word == "--unrestricted")
                    .count();
            let is_all = has(&["no-ignore", "no-ignore-vcs"], &[]) || count > 0;
            count > 1 || is_all && has(&["hidden"], &['.'])
        }
        "ag" => has(&["unrestricted"], &['u']),
        _ => false,
    }
}

/// Returns the globs of all files below the directories in the arguments of a program that searches
/// recursively, limited to the program's own globs if it has some. Empty if the program leaves env
/// files out.
fn below(given: &[String], words: &[String]) -> Vec<String> {
    let leaves_out = ["--exclude=", "--glob=!", "-g=!", "-g!", "!"];
    let mut left_out = words.iter().flat_map(|word| {
        leaves_out
            .iter()
            .filter_map(|flag| word.strip_prefix(*flag))
    });
    if left_out.any(|glob| glob.trim_start_matches("**/").starts_with(".env")) {
        return Vec::new();
    }
    let given_words: HashSet<&String> = words.iter().collect();
    let pairs = words.windows(2).filter(|pair| pair[0] == "-g");
    let after_flag: HashSet<&String> = pairs.map(|pair| &pair[1]).collect();
    let is_glob = |file: &&String| !given_words.contains(file) || after_flag.contains(file);
    let (globs, mut folders): (Vec<_>, Vec<_>) = given.iter().partition(is_glob);
    let here = ".".to_owned();
    if folders.is_empty() {
        folders.push(&here);
    }
    let in_folder = |folder: &String| -> Vec<String> {
        let folder = folder.trim_end_matches('/');
        match globs.is_empty() {
            true => vec![format!("{folder}/**")],
            false => globs
                .iter()
                .map(|glob| format!("{folder}/**/{glob}"))
                .collect(),
        }
    };
    folders.into_iter().flat_map(in_folder).collect()
}

/// Returns the name patterns of the files that `find` makes another program print (`-exec`).
fn executed(words: &[String]) -> Vec<String> {
    let mut after = words.iter().skip_while(|word| !word.starts_with("-exec"));
    let program = after.nth(1).map(String::as_str).unwrap_or_default();
    let names = words.windows(2);
    let names = names.filter(|pair| ["-name", "-iname", "-path"].contains(&pair[0].as_str()));
    match PRINTERS.contains(&program) {
        true => names.map(|pair| pair[1].clone()).collect(),
        false => Vec::new(),
    }
}

/// Returns true if a flag prevents the program from printing the contents of files.
fn is_quiet(name: &str, words: &[String]) -> bool {
    let flags: &[&str] = match name {
        "sed" => &["i", "in-place"],
        "grep" | "egrep" | "fgrep" | "zgrep" | "rg" | "ag" | "ack" => &[
            "q",
            "c",
            "l",
            "L",
            "quiet",
            "count",
            "files-with-matches",
            "silent",
        ],
        "diff" | "cmp" => &["q", "brief", "s"],
        _ => &[],
    };
    words.iter().any(|word| match word.strip_prefix("--") {
        Some(long) => flags.contains(&long.split('=').next().unwrap_or_default()),
        None => word.strip_prefix('-').is_some_and(|short| {
            let mut letters = short.chars().take_while(char::is_ascii_alphabetic);
            letters.any(|letter| flags.contains(&letter.to_string().as_str()))
        }),
    })
}

/// Returns the arguments that name files, and the globs of file names.
fn operands(name: &str, words: &[String]) -> Vec<String> {
    let is_given = words.iter().any(|word| {
        ["-e", "-f", "--regexp", "--file", "--expression"]
            .iter()
            .any(|flag| word == flag || word.starts_with(&format!("{flag}=")))
    });
    let mut has_pattern = is_given || !PATTERN_FIRST.contains(&name);
    let mut files = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let glob = ["--include=", "--glob=", "-g="];
        match glob.iter().find_map(|flag| word.strip_prefix(flag)) {
            Some(glob) => files.push(glob.to_owned()),
            None if ["-e", "-f", "--regexp", "--expression"].contains(&word.as_str()) => {
                words.next();
            }
            None if word == "-g" && name == "rg" => files.extend(words.next().cloned()),
            None if word.starts_with('-') && word.len() > 1 => {}
            None if !has_pattern => has_pattern = true,
            None => files.push(word.clone()),
        }
    }
    files
}

fn interprets(name: &str) -> bool {
    let names = ["python", "node", "ruby", "perl", "php", "deno", "bun"];
    names.iter().any(|known| name.starts_with(known))
}

/// Returns the quoted strings of a line of code that prints something; empty for other code.
fn in_code(code: &str) -> Vec<String> {
    let shows = ["print", "console.", "puts", "echo", "write", "log("];
    if !shows.iter().any(|word| code.contains(word)) {
        return Vec::new();
    }
    let texts = code.split(['\'', '"', '`']).skip(1).step_by(2);
    texts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::printed;

    #[test]
    fn a_command_that_shows_a_file_reads_it() {
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
        ] {
            assert_eq!(printed(text).unwrap(), files, "{text}");
        }
    }

    #[test]
    fn a_command_that_shows_nothing_of_a_file_does_not() {
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
