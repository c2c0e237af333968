//! The files that a program prints, by its name and arguments.

use std::collections::HashSet;

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

/// Returns the files that the program `name`, which is not a shell, prints. `words` are its
/// arguments, and `read` are the files that are redirected into it.
pub fn printed_by_program(name: &str, words: &[String], read: &[String]) -> Vec<String> {
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

/// Returns the arguments that are paths of files, and the globs of file names.
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
            None => files.extend(braces(word)),
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

/// Returns the words that a shell makes of the first braces in a word: `{a,b}.c` is `a.c` and
/// `b.c`.
fn braces(word: &str) -> Vec<String> {
    let parts = word.split_once('{').and_then(|(before, rest)| {
        let (list, after) = rest.split_once('}')?;
        list.contains(',').then_some((before, list, after))
    });
    match parts {
        Some((before, list, after)) => list
            .split(',')
            .map(|one| format!("{before}{one}{after}"))
            .collect(),
        None => vec![word.to_owned()],
    }
}
