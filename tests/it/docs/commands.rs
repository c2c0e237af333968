//! Every command of ntnguard that a page names exists, with every flag.

use std::collections::BTreeMap;

use regex::Regex;

use super::{pages, parts, read};
use crate::sandbox::Sandbox;

/// The helps of commands, by their words.
struct Helps {
    sandbox: Sandbox,
    known: BTreeMap<String, Option<String>>,
}

impl Helps {
    /// The help of the command with these words, if there is one.
    fn of(&mut self, words: &str) -> Option<String> {
        let sandbox = &self.sandbox;
        let make = || {
            let run = sandbox.run(words.split(' ').chain(["--help"]));
            (run.status == 0).then_some(run.stdout)
        };
        self.known
            .entry(words.to_owned())
            .or_insert_with(make)
            .clone()
    }

    /// Checks what follows `ntnguard` on a line: its words, and its flags by the help of the command.
    fn check(&mut self, place: &str, line: &str) {
        let line = line.replace("\\|", "|");
        let words: Vec<&str> = line.split_whitespace().collect();
        let choice = |word: &&str| word.split('|').next().unwrap_or_default().to_owned();
        let is_word = |word: &String| {
            let is_plain = |c: char| c.is_ascii_lowercase() || c == '-';
            word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(is_plain)
        };
        let named: Vec<String> = words.iter().map(choice).take_while(is_word).collect();
        let Some(first) = named.first() else {
            return;
        };
        let depth = match (first.as_str(), named.get(1).map(String::as_str)) {
            ("hook", Some("run")) => 3,
            ("hook", _) => 2,
            _ => 1,
        };
        let command = named[..depth.min(named.len())].join(" ");
        let help = self.of(&command);
        let help = help.unwrap_or_else(|| panic!("{place}: there is no `ntnguard {command}`"));
        for word in &words {
            let flag = word.trim_matches(['[', ']', '`', ',', '.', ')', '\'', '"']);
            let flag = flag.split(['=', '|']).next().unwrap_or_default();
            let is_flag = flag.starts_with("--") && flag.len() > 2;
            assert!(
                !is_flag || help.contains(flag),
                "{place}: `ntnguard {command}` has no {flag}"
            );
        }
    }
}

#[test]
fn commands_and_flags_exist() {
    let mut helps = Helps {
        sandbox: Sandbox::new(),
        known: BTreeMap::new(),
    };
    let inline = Regex::new("`ntnguard ([^`\n]+)`").unwrap();
    let in_code =
        Regex::new(r"(?m)(?:^|[$|:;&(]|exec|xargs)[ \t]*ntnguard ([^\n|;&#<>)]+)").unwrap();
    let mut seen = 0;
    let others = ["SECURITY.md", "CONTRIBUTING.md"];
    for page in pages().into_iter().chain(others.map(str::to_owned)) {
        let (blocks, prose) = parts(&page);
        // The pages of rules have blocks by indentation.
        let code: String = blocks.into_iter().map(|block| block.code).collect();
        let lines = in_code
            .captures_iter(&code)
            .chain(inline.captures_iter(&prose));
        let all: Vec<String> = lines.map(|found| found[1].to_owned()).collect();
        let indented: String = prose
            .lines()
            .filter(|line| page.starts_with("docs/rules/") && line.starts_with("    "))
            .map(|line| format!("{line}\n"))
            .collect();
        let indented = in_code.captures_iter(&indented);
        let indented: Vec<String> = indented.map(|found| found[1].to_owned()).collect();
        for line in all.into_iter().chain(indented) {
            helps.check(&page, line.trim_end());
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen} commands");
}

/// Every command is in the table of commands.
#[test]
fn every_command_is_in_the_table_of_commands() {
    let help = Sandbox::new().run(["--help"]).stdout;
    let page = read("docs/commands.md");
    let command = Regex::new(r"(?m)^  ([a-z]+) {2,}").unwrap();
    let names: Vec<String> = command
        .captures_iter(&help)
        .map(|found| found[1].to_owned())
        .collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names.iter().filter(|name| *name != "help") {
        assert!(page.contains(&format!("| `ntnguard {name}")), "{name}");
    }
}
