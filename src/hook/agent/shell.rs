//! The files that a command line prints, and those that it writes.

use super::command::{SimpleCommand, commands};
use super::folders::Folders;

/// Programs that print the contents of the files that they are given.
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

/// Printers whose first word is not a file but a pattern or a script.
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

/// Programs and keywords that run the command after them.
const WRAPPERS: [&str; 14] = [
    "sudo", "doas", "env", "command", "builtin", "exec", "time", "timeout", "nohup", "nice",
    "stdbuf", "xargs", "then", "do",
];

/// Flags of these programs that take a word.
const WITH_WORD: [&str; 8] = ["-u", "-g", "-n", "-k", "-s", "-I", "-P", "-L"];

/// The depth to which scripts within scripts (`bash -c`, `eval`) are read.
const DEPTH: usize = 8;

/// Commands that take the output of another command as arguments without showing it.
const TAKERS: [&str; 10] = [
    "export", "declare", "local", "readonly", "typeset", "eval", "set", "test", "[", "[[",
];

/// The files that a command line prints, each below the folders that the command may run in.
pub fn printed(text: &str) -> Vec<String> {
    printed_within(text, DEPTH)
}

fn printed_within(text: &str, depth: usize) -> Vec<String> {
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut folders = Folders::default();
    for command in commands(text) {
        if folders.follow(&command) || is_taken(&command) {
            continue;
        }
        let words = program(&command.words);
        let found = match words.is_empty() && command.within.is_some() {
            // `$(< FILE)` is the content of the file.
            true => command.read.clone(),
            false => printed_by(words, &command.read, depth),
        };
        files.extend(found.iter().flat_map(|file| folders.paths(file)));
    }
    files
}

/// The words from the program on, without assignments, and without programs that only run another
/// one.
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

/// Returns true if the output of a command becomes arguments of another command that does not show
/// them.
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

/// The files that one command prints.
fn printed_by(words: &[String], read: &[String], depth: usize) -> Vec<String> {
    let Some(name) = words.first() else {
        return Vec::new();
    };
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.trim_end_matches(".exe").to_ascii_lowercase();
    let rest = &words[1..];
    let code = |flags: &[&str]| {
        let at = rest
            .iter()
            .position(|word| flags.contains(&word.as_str()))?;
        rest.get(at + 1)
    };
    if SHELLS.contains(&name.as_str()) {
        let script = code(&["-c", "-lc", "-ic", "-ec"]);
        return script.map_or_else(Vec::new, |script| printed_within(script, depth));
    }
    if name == "eval" {
        return printed_within(&rest.join(" "), depth);
    }
    if name == "find" {
        return executed(rest);
    }
    if let Some(code) = code(&["-c", "-e", "-p", "-r", "eval"]).filter(|_| interprets(&name)) {
        return in_code(code);
    }
    let is_printer = PRINTERS.contains(&name.as_str());
    if !is_printer || is_quiet(&name, rest) {
        return Vec::new();
    }
    let mut files = operands(&name, rest);
    files.extend(read.iter().cloned());
    files
}

/// The name patterns of the files that `find` has a program print.
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

/// Returns true if a flag keeps the program from printing the contents of files.
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

/// The words that name files.
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

/// The quoted texts of a line of code that prints something; empty for other code.
fn in_code(code: &str) -> Vec<String> {
    let shows = ["print", "console.", "puts", "echo", "write", "log("];
    if !shows.iter().any(|word| code.contains(word)) {
        return Vec::new();
    }
    let texts = code.split(['\'', '"', '`']).skip(1).step_by(2);
    texts.map(str::to_owned).collect()
}

/// Returns `text` without the commands that only write files for which `is_private` is true: their
/// texts belong there.
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
        // What a command writes to the file belongs there; what its commands send does not.
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

/// The files that the output of a command is written to, as far as it does nothing else.
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

/// Returns true if a command does nothing but to write what it is given to its output.
fn tells(command: &SimpleCommand) -> bool {
    let name = program(&command.words).first().map(String::as_str);
    matches!(name, Some("echo" | "printf" | "cat"))
}

#[cfg(test)]
mod tests {
    use super::{printed, without_private_writes};

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
            ("echo \"$(<.env)\"", &[".env"]),
            ("find . -name .env -exec cat {} +", &[".env"]),
            ("cat \"${PWD}/.env\"", &["${PWD}/.env"]),
        ] {
            assert_eq!(printed(text), files, "{text}");
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
            assert!(printed(text).is_empty(), "{text}: {:?}", printed(text));
        }
    }

    #[test]
    fn any_script_is_read_to_its_end() {
        printed(&"eval ".repeat(50_000));
        printed(&"bash -c ".repeat(50_000));
    }

    #[test]
    fn what_is_written_to_a_private_file_is_left_out() {
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
