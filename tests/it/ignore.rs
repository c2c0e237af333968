//! Our ignore rules give the same answer as `git check-ignore --verbose --no-index` for any path: the same file, line and
//! pattern.

use std::fs;
use std::process::Stdio;

use ntnguard::env::ignore::IgnoreRules;
use ntnguard::git::Repository;

use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// Usual patterns from people and templates, and unusual patterns.
const PATTERNS: &[&str] = &[
    ".env",
    "*.env",
    ".env*",
    ".env.*",
    "!.env.example",
    "!.env",
    "/.env",
    "/a/.env",
    "a/.env",
    "**/.env",
    "a/**",
    "**/a",
    "a/**/.env",
    "b/*",
    "!b/.env",
    "a/",
    "/a/",
    "!a/",
    "!a",
    ".env/",
    "!.env/",
    "/*",
    "!/*",
    "*",
    "!*",
    "!*/",
    "*/",
    "**",
    "/**",
    "**/",
    ".env.local ",
    ".env.local\\ ",
    ".env\\ ",
    " .env",
    "\t.env",
    ".env\t",
    ".env  ",
    "\\.env",
    ".e?v",
    ".[e]nv",
    ".[!x]nv",
    ".[^x]nv",
    ".[a-z]nv",
    ".[[:alpha:]]nv",
    ".[e",
    "[.]env",
    "[]-]env",
    "\\#env",
    "#env",
    "\\!env",
    "!env",
    "\\",
    ".env\\",
    "",
    " ",
    "/",
    "//",
    "!",
    "!!.env",
    "!#x",
    "a//.env",
    "./.env",
    "../.env",
    "a/./.env",
    "a/*/.env",
    "a**/.env",
    "a**",
    "**a",
    "a***/.env",
    "/**/.env",
    "*/**/.env",
    "**/b/.env",
    "a/b",
    "/a/b/",
    "a*/b",
    "?",
    "??",
    ".ENV",
    "A/",
    "A/.Env",
    ".[E]nv",
    ".en[V-x]",
    ".[A-F]nv",
    ".[!A-F]nv",
    ".[[:upper:]]nv",
    ".[[:lower:]]NV",
    ".[\\E]nv",
    ".[]E-]nv",
    ".env.*.local",
    "!.env.*.example",
    "*.local",
    ".env.{local,test}",
    "$.env",
    "!$a",
    "\\$a",
    ".env\r",
    "é",
    "*é*",
    ".env.\u{130}",
    "\u{feff}.env",
    "a/b/",
    "**/*.env",
    "*/",
    "!/a",
    "b/**/",
    "b/**/*",
    ".**",
    "**.env",
    "*.**",
    "a\\/.env",
    "a\\*",
    "[a]/.env",
    "a[/]b",
    "a?b",
    "a/*b",
    "\\a",
    "\\**",
    "*\\*",
    "x\0y",
    ".env\0x",
];
const NAMES: &[&str] = &[
    ".env",
    ".env.local",
    ".env.example",
    ".env.production.local",
    "prod.env",
    "a",
    "b",
    "#env",
    "!env",
    ".env ",
    ".ENV",
];
const FOLDERS: &[&str] = &[
    "", "a/", "b/", "a/b/", "b/a/", "a/a/", "a/b/a/", "A/", "é/", ".env/", "b/ c/",
];

fn text(fake: &mut Fake) -> Vec<u8> {
    let end = ["\n", "\n", "\n", "\r\n", "\r\n", "\n\n"][fake.next() as usize % 6];
    let count = 1 + fake.next() as usize % 5;
    let lines: Vec<&str> = (0..count)
        .map(|_| PATTERNS[fake.next() as usize % PATTERNS.len()])
        .collect();
    let last = ["", end, "\r", "\\"][(fake.next() as usize % 8)
        .min(3)
        .saturating_sub(fake.next() as usize % 3)];
    let mark: &[u8] = if fake.next().is_multiple_of(8) {
        b"\xef\xbb\xbf"
    } else {
        b""
    };
    [mark, lines.join(end).as_bytes(), last.as_bytes()].concat()
}

/// git's answer for each path: the file, line and pattern of the deciding rule, or empty fields.
fn of_git(sandbox: &Sandbox, paths: &[String]) -> Vec<String> {
    let command = [
        "check-ignore",
        "--verbose",
        "--non-matching",
        "--no-index",
        "--stdin",
        "-z",
    ];
    let mut git = sandbox
        .git_command()
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = git.stdin.take().unwrap();
    let input = paths
        .iter()
        .map(|path| format!("{path}\0"))
        .collect::<String>();
    let writer =
        std::thread::spawn(move || std::io::Write::write_all(&mut stdin, input.as_bytes()));
    let output = git.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let fields: Vec<_> = output
        .stdout
        .split(|byte| *byte == 0)
        .map(String::from_utf8_lossy)
        .collect();
    fields
        .chunks_exact(4)
        .map(|of_path| format!("{}:{}:{}", of_path[0], of_path[1], of_path[2]))
        .collect()
}

fn of_ours(rules: &mut IgnoreRules, sandbox: &Sandbox, paths: &[String]) -> Vec<String> {
    let top = sandbox.path();
    let decide = |path: &String| {
        let name = path.trim_end_matches('/');
        let Some(found) = rules.decide(name.as_bytes(), top.join(name).is_dir()) else {
            return "::".to_owned();
        };
        let file = String::from_utf8_lossy(found.file()).into_owned();
        let file = file
            .strip_prefix(&format!("{}/", top.display()))
            .unwrap_or(&file)
            .to_owned();
        format!(
            "{file}:{}:{}",
            found.line,
            String::from_utf8_lossy(&found.pattern)
        )
    };
    paths.iter().map(decide).collect()
}

fn assert_same(sandbox: &Sandbox, paths: &[String], round: &str) {
    let repository = Repository::find(&sandbox.path()).unwrap().unwrap();
    let ours = of_ours(&mut IgnoreRules::new(&repository).unwrap(), sandbox, paths);
    let git = of_git(sandbox, paths);
    assert_eq!(git.len(), paths.len());
    for ((path, ours), git) in paths.iter().zip(ours).zip(git) {
        assert_eq!(ours, git, "{round}: {path}\n{}", all_rules(sandbox));
    }
}

/// The text of all ignore files in a sandbox, for the message of a failed test.
fn all_rules(sandbox: &Sandbox) -> String {
    let files = FOLDERS.iter().map(|folder| format!("{folder}.gitignore"));
    let files = files.chain([".git/info/exclude".to_owned(), "personal".to_owned()]);
    let shown = |file: String| {
        Some(format!(
            "{file}: {}\n",
            fs::read(sandbox.path().join(&file)).ok()?.escape_ascii()
        ))
    };
    files.filter_map(shown).collect()
}

fn paths() -> Vec<String> {
    FOLDERS
        .iter()
        .flat_map(|folder| NAMES.iter().map(move |name| format!("{folder}{name}")))
        .collect()
}

#[test]
fn random_ignore_rules_give_the_same_result_as_git() {
    for seed in 0..100 {
        let mut fake = Fake::new(seed);
        let sandbox = Sandbox::repository();
        for folder in FOLDERS
            .iter()
            .filter(|folder| **folder != ".env/" || seed % 4 == 0)
        {
            fs::create_dir_all(sandbox.path().join(folder)).unwrap();
            if folder.is_empty() || fake.next().is_multiple_of(3) {
                sandbox.write(format!("{folder}.gitignore"), text(&mut fake));
            }
        }
        if seed % 3 == 0 {
            sandbox.write(".git/info/exclude", text(&mut fake));
        }
        if seed % 5 == 0 {
            sandbox.write("personal", text(&mut fake));
            sandbox.git(["config", "core.excludesFile", "personal"]);
        }
        if seed % 4 == 1 {
            sandbox.git(["config", "core.ignoreCase", "true"]);
        }
        assert_same(&sandbox, &paths(), &format!("seed {seed}"));
    }
}
