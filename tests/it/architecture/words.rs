//! Tests that comments and messages avoid wordings that a reader would have to read twice.

use super::{code, files_below, shipped, sources};

/// Words with which a doc comment must not begin, because the subject of the sentence then comes late.
const PUT_OFF: [&str; 7] = ["What", "Whatever", "How", "Where", "Whether", "Who", "That"];

/// The text of a line of a doc comment.
fn doc(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or(line.strip_prefix("//!"))?;
    (text.is_empty() || text.starts_with(' ')).then(|| text.trim_start())
}

/// The first lines of the doc comments in a file, each with its number.
fn openings(text: &str) -> Vec<(usize, &str)> {
    let mut before = None;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let own = doc(line);
        if let (Some(own), None) = (own, before) {
            found.push((at + 1, own));
        }
        before = own;
    }
    found
}

#[test]
fn doc_comments_begin_with_a_noun_or_a_verb() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (line, opening) in openings(&text) {
            let first = opening.split(' ').next().unwrap_or_default();
            if PUT_OFF.contains(&first) {
                wrong.push(format!("{file}:{line}: {opening}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of the tests in a file.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let after_marks = text.split("#[test]\n").skip(1);
    after_marks.filter_map(|after| after.split("fn ").nth(1)?.split('(').next())
}

#[test]
fn test_names_begin_with_their_subject() {
    let is_rust = |(file, _): &(String, String)| file.ends_with(".rs");
    let files = files_below("src").into_iter().chain(files_below("tests"));
    for (file, text) in files.filter(is_rust) {
        for test in tests(&text) {
            let first = test.split('_').next().unwrap_or_default();
            let is_late = PUT_OFF.iter().any(|word| word.eq_ignore_ascii_case(first));
            assert!(!is_late, "{file}: {test}");
        }
    }
}

/// Phrases that readers of reports had to read twice.
const PHRASES: [&str; 6] = [
    "counts no more",
    "counts for nothing",
    "does not count",
    "invalid digit",
    "is of no ",
    "means no ",
];

#[test]
fn messages_avoid_phrases_of_our_own() {
    for (file, text) in shipped() {
        for line in code(&text).lines().filter(|line| line.contains('"')) {
            let found = PHRASES.iter().find(|phrase| line.contains(**phrase));
            assert_eq!(found, None, "{file}: {line}");
        }
    }
}

#[test]
fn messages_avoid_the_phrase_is_no() {
    for (file, text) in shipped() {
        for line in code(&text).lines() {
            let phrases = line.match_indices("is no ").map(|(at, _)| &line[..at]);
            // A list of words (`has is no `) is not a sentence.
            let is_text = line.contains('"') && !line.contains("has is no ");
            let mut wrong = phrases.filter(|before| is_text && !is_there(before));
            assert_eq!(wrong.next(), None, "{file}: {line}");
        }
    }
}

/// Returns true if a text ends with the beginning of `there is no`.
fn is_there(before: &str) -> bool {
    ["there ", "There "]
        .iter()
        .any(|there| before.ends_with(there))
}

#[test]
fn no_error_names_a_rust_type() {
    use crate::sandbox::Sandbox;
    for (text, words) in [
        ("version: x", "expected a whole number, found the text"),
        (
            "version: 1\nrotation: 3",
            "expected keys with values, found the number",
        ),
        ("- a", "expected keys with values, found a list"),
    ] {
        let sandbox = Sandbox::repository();
        sandbox.write(".ntnguard.yaml", text);
        let run = sandbox.run(["scan"]);
        let told = run
            .stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("│ ", "");
        assert_eq!(run.status, 2);
        assert!(told.contains(words), "{told}");
    }
}
