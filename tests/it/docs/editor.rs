//! The problem matcher of docs/integrations.md, on the real output of `--format concise`.

use regex::Regex;
use serde_json::Value;

use super::parts;
use crate::fake::Fake;
use crate::sandbox::Sandbox;

/// The task of the page.
fn task() -> Value {
    let (blocks, _) = parts("docs/integrations.md");
    let block = blocks
        .iter()
        .find(|block| block.code.contains("problemMatcher"));
    let tasks: Value = serde_json::from_str(&block.unwrap().code).unwrap();
    tasks["tasks"][0].clone()
}

/// A repository with findings of each severity, in files with unusual names.
fn leaky() -> Sandbox {
    let sandbox = Sandbox::repository();
    let token = |seed| Fake::new(seed).ntn(0);
    sandbox
        .write("src/a b.ts", format!("\n\n  const token = '{}'\n", token(1)))
        .write("odd:1:2: name", token(2))
        .write(".env", format!("NOTION_TOKEN={}\n", token(3)))
        .write("config.yml", format!("notion: \u{e9}\u{1f511} {}\n", token(4)))
        .write("app.ts", "import { Client } from '@notionhq/client'\nlocalStorage.setItem('notion_token', token)\n")
        .commit_all("leak");
    sandbox
}

#[test]
fn the_problem_matcher_matches_every_finding() {
    let (task, sandbox) = (task(), leaky());
    assert_eq!(task["command"], "ntnguard");
    let words = task["args"].as_array().unwrap().iter();
    let words: Vec<_> = words.map(|word| word.as_str().unwrap()).collect();
    let run = sandbox.run(&words);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let pattern = &task["problemMatcher"]["pattern"];
    let regex = Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let group = |name: &str| usize::try_from(pattern[name].as_u64().unwrap()).unwrap();
    let mut matched: Vec<_> = run
        .stdout
        .lines()
        .map(|line| {
            let found = regex
                .captures(line)
                .unwrap_or_else(|| panic!("no match: {line}"));
            ["code", "file", "line", "column", "severity"].map(|name| found[group(name)].to_owned())
        })
        .collect();
    let report = sandbox.run(["scan", "--format", "json"]).json();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut expected: Vec<_> = findings
        .filter(|finding| finding["verdict"] == "reported")
        .map(|finding| {
            ["rule", "path", "line", "column", "severity"].map(|key| match &finding[key] {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            })
        })
        .collect();
    matched.sort();
    expected.sort();
    assert!(expected.len() >= 4, "{expected:?}");
    assert_eq!(matched, expected);
}
