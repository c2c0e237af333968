//! The imports between rooms, read from the sources: all `crate::` and `super::` paths in code and in nested `use` trees,
//! and imports through the names that the root of the crate re-exports.

use std::collections::{BTreeMap, BTreeSet};

use super::{code, shipped};

/// For each room, the rooms that it imports.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The rooms of `src/` and their imports. The root (`lib.rs`, `main.rs`) is not a room: it only re-exports.
pub fn graph() -> Graph {
    let sources = shipped();
    let root = sources
        .iter()
        .find(|(file, _)| file == "src/lib.rs")
        .unwrap();
    let handed_on = handed_on(&code(&root.1));
    let mut graph = Graph::new();
    for (file, text) in &sources {
        let module = module(file);
        let Some(room) = module.first().cloned() else {
            continue;
        };
        let named = graph.entry(room.clone()).or_default();
        for path in paths(&code(text)) {
            let Some(first) = absolute(&module, &path) else {
                continue;
            };
            named.insert(handed_on.get(&first).cloned().unwrap_or(first));
        }
        named.remove(&room);
    }
    graph
}

/// A cycle of rooms in which each room imports the next; `None` if there is no cycle.
pub fn cycle(graph: &Graph) -> Option<Vec<String>> {
    fn visit(
        graph: &Graph,
        room: &str,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> bool {
        if let Some(start) = way.iter().position(|seen| seen == room) {
            way.drain(..start);
            return true;
        }
        if done.contains(room) {
            return false;
        }
        way.push(room.to_owned());
        let named = graph.get(room).into_iter().flatten();
        if named.into_iter().any(|next| visit(graph, next, way, done)) {
            return true;
        }
        way.pop();
        done.insert(room.to_owned());
        false
    }
    let (mut way, mut done) = (Vec::new(), BTreeSet::new());
    graph
        .keys()
        .any(|room| visit(graph, room, &mut way, &mut done))
        .then_some(way)
}

/// The path of a file's module, such as `[env, known]` for `src/env/known/mod.rs`.
fn module(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.trim_end_matches("/mod");
    let is_root = ["lib", "main"].contains(&path);
    let parts = path.split('/').map(str::to_owned);
    if is_root { Vec::new() } else { parts.collect() }
}

/// The room that a path leads to; `None` if a `super::` path stays in its own room.
fn absolute(module: &[String], path: &[String]) -> Option<String> {
    let up = path.iter().take_while(|part| *part == "super").count();
    match path[0].as_str() {
        "crate" => path.get(1).cloned(),
        _ if up == module.len() => path.get(up).cloned(),
        _ => None,
    }
}

/// The names that the root re-exports, each with the room that it comes from.
fn handed_on(root: &str) -> BTreeMap<String, String> {
    let uses = root.split("pub use ").skip(1);
    let trees = uses.flat_map(|text| trees(&tokens(text.split(';').next().unwrap_or_default())));
    let named = trees.filter_map(|path| Some((path.last()?.clone(), path.first()?.clone())));
    named.collect()
}

/// Every path in code that begins with `crate` or `super`.
fn paths(code: &str) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let begins = |at: usize| {
        let is_first = at == 0 || tokens[at - 1] != "::";
        is_first && ["crate", "super"].contains(&tokens[at].as_str())
    };
    let starts = (0..tokens.len()).filter(|at| begins(*at));
    starts.flat_map(|at| trees(&tokens[at..])).collect()
}

/// The paths of one tree at the beginning of `tokens`: `a::{b, c::{d, e}}` has three.
fn trees(tokens: &[String]) -> Vec<Vec<String>> {
    fn tree(tokens: &[String], at: &mut usize, before: &[String], found: &mut Vec<Vec<String>>) {
        let mut path = before.to_vec();
        loop {
            match tokens.get(*at).map(String::as_str) {
                Some("{") => {
                    *at += 1;
                    while tokens.get(*at).is_some_and(|token| token != "}") {
                        tree(tokens, at, &path, found);
                        if tokens.get(*at).is_some_and(|token| token == ",") {
                            *at += 1;
                        }
                    }
                    *at += 1;
                    return;
                }
                Some(word) if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                    path.push(word.to_owned());
                    *at += 1;
                }
                // `*`, or a token that is not part of a path: skip it, so that the loop always ends.
                _ => *at += 1,
            }
            if tokens.get(*at).is_none_or(|token| token != "::") {
                break;
            }
            *at += 1;
        }
        // `as name` is not part of the imported path.
        while tokens.get(*at).is_some_and(|token| token == "as") {
            *at += 2;
        }
        found.push(path);
    }
    let mut found = Vec::new();
    tree(tokens, &mut 0, &[], &mut found);
    found.retain(|path| !path.is_empty());
    found
}

/// The tokens of `code`: words, `::`, and other characters one by one.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            c if is_of_word(c) => rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if !first.is_whitespace() {
            tokens.push(token.to_owned());
        }
        rest = after;
    }
    tokens
}

#[test]
fn paths_are_found_in_every_notation() {
    let found = |code: &str| -> Vec<String> {
        let paths = paths(code).into_iter();
        paths.map(|path| path.join("::")).collect()
    };
    assert_eq!(
        found("use crate::a::{self, b::{C, d as e}, *};\nlet x: super::super::f::G = crate::h();"),
        [
            "crate::a::self",
            "crate::a::b::C",
            "crate::a::b::d",
            "crate::a",
            "super::super::f::G",
            "crate::h",
        ]
    );
    let module = ["env", "known", "name"].map(str::to_owned);
    let first = |path: &str| {
        let path: Vec<String> = path.split("::").map(str::to_owned).collect();
        absolute(&module, &path)
    };
    assert_eq!(first("super::super::super::git"), Some("git".to_owned()));
    assert_eq!(first("super::super::role"), None);
    assert_eq!(handed_on("pub use run::{scan, audit};")["audit"], "run");
}

#[test]
fn a_cycle_is_found() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            let named = graph.entry((*from).to_owned()).or_default();
            named.insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(cycle(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    let found = cycle(&graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]));
    assert_eq!(found.unwrap(), ["b", "c", "d"]);
}
