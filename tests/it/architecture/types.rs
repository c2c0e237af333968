//! The names of types, read from the sources: each name is defined once, so that it says what the type belongs to.

use std::collections::BTreeMap;

use super::shipped;

/// The names that two types may share: a part of the configuration, and the value that it sets. Users see the name of the
/// first in errors and in the JSON schema, so it cannot have another name.
const SHARED: &[&str] = &["Committed", "Limits", "Rule"];

/// The name of the type that a line defines; `None` if it defines none. An indented `type` belongs to a trait and is
/// skipped.
fn defined(line: &str) -> Option<&str> {
    let visible = |line: &str| line.trim_start().starts_with("pub");
    let words = line.split_whitespace().skip(usize::from(visible(line)));
    let mut words = words.map(|word| word.split(['<', '(', ':', ';', '{']).next().unwrap_or(word));
    let (keyword, name) = (words.next()?, words.next()?);
    let is_type = match keyword {
        "enum" | "struct" | "trait" | "union" => true,
        "type" => !line.starts_with(' '),
        _ => false,
    };
    let is_name = name.starts_with(|first: char| first.is_ascii_uppercase());
    (is_type && is_name).then_some(name)
}

/// The files that define each type, without tests.
fn types() -> BTreeMap<String, Vec<String>> {
    let mut types: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (file, text) in shipped() {
        let tests = text.find("\nmod tests {").unwrap_or(text.len());
        for name in text[..tests].lines().filter_map(defined) {
            types.entry(name.to_owned()).or_default().push(file.clone());
        }
    }
    types
}

#[test]
fn type_definitions_are_recognised() {
    let lines = [
        "pub struct Entry<'a> {",
        "    struct Entry;",
        "pub(crate) enum Entry {",
        "trait Entry: Sync {",
        "type Entry<'a> = (",
    ];
    for line in lines {
        assert_eq!(defined(line), Some("Entry"), "{line}");
    }
    let others = [
        "    type Item = Entry;",
        "/// The struct Entry",
        "use super::Entry;",
        "pub fn entry() -> Entry {",
        "pub",
    ];
    for line in others {
        assert_eq!(defined(line), None, "{line}");
    }
}

#[test]
fn each_type_name_is_unique() {
    let mut types = types();
    assert!(types.len() > 300, "{} types", types.len());
    types.retain(|_, files| files.len() > 1);
    for (name, files) in &types {
        assert!(
            SHARED.contains(&name.as_str()) && files.len() == 2,
            "{name} is defined in {files:?}: name each for its owner, as `PackEntry` and `TarEntry`"
        );
    }
    let shared: Vec<_> = types.keys().map(String::as_str).collect();
    assert_eq!(shared, SHARED, "take out what is shared no more");
}
