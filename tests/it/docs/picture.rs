//! The picture in the README shows what the binary prints. `packaging/picture` draws it.

use std::path::Path;

use regex::Regex;

use super::read;
use crate::sandbox::Sandbox;
use crate::terminal;

/// The text of the picture, line by line.
fn shown() -> Vec<String> {
    let picture = read("docs/picture.svg");
    let line = Regex::new(r#"<text [^>]*>(.*)</text>"#).unwrap();
    let tag = Regex::new("<[^>]*>").unwrap();
    let lines = line.captures_iter(&picture);
    let text = |found: regex::Captures<'_>| {
        let text = tag.replace_all(&found[1], "");
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&amp;", "&").trim_end().to_owned()
    };
    lines.map(text).collect()
}

/// A text without the time that a run took.
fn steady(line: &str) -> String {
    let time = Regex::new(r"in [0-9]+[.][0-9][0-9] s").unwrap();
    time.replace(line.trim_end(), "in 0.00 s").into_owned()
}

#[test]
fn the_picture_shows_the_real_output() {
    let shown = shown();
    let setup = read("packaging/picture.sh");
    let sandbox = Sandbox::new();
    sandbox.write("no-home/.keep", "");
    let ours = Path::new(env!("CARGO_BIN_EXE_ntnguard")).parent().unwrap();
    let path = format!("{}:{}", ours.display(), std::env::var("PATH").unwrap());
    let shell = |lines: &str| {
        let mut shell = sandbox.command("sh");
        shell
            .env("PATH", &path)
            .env("LC_ALL", "C.UTF-8")
            .env("COLUMNS", "84");
        shell.env("NTNGUARD_PROGRESS", "never");
        shell.args(["-c", lines]);
        shell
    };
    assert!(shell(&setup).output().unwrap().status.success());
    let commands: Vec<_> = shown
        .iter()
        .filter_map(|line| line.strip_prefix("$ "))
        .collect();
    assert!(
        commands
            .iter()
            .any(|command| command.starts_with("git commit"))
    );
    let mut printed = Vec::new();
    for command in commands {
        printed.push(format!("$ {command}"));
        let (_, said) = terminal::run(&mut shell(&format!(
            "NTNGUARD_COLOR=never; export NTNGUARD_COLOR; {command}"
        )));
        printed.extend(said.lines().map(steady));
    }
    let shown: Vec<String> = shown.iter().map(|line| steady(line)).collect();
    let is_empty = |line: &String| line.is_empty();
    let compact = |lines: &[String]| {
        lines
            .iter()
            .filter(|line| !is_empty(line))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        compact(&shown).join("\n"),
        compact(&printed).join("\n"),
        "draw it anew: packaging/picture"
    );
}
