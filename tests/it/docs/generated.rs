//! The parts of pages that are written from the code. `UPDATE_DOCS=1 cargo test --test it docs` writes
//! them anew.

use std::fs;

use ntnguard::model::rule::RuleKind;
use ntnguard::rules::{RULES, since};
use serde_json::Value;

use super::{read, root};

/// Holds the part of a page between the marks of `name` against `made`.
fn holds(page: &str, name: &str, made: &str) {
    let text = read(page);
    let (begin, end) = (
        format!("<!-- begin {name} -->\n"),
        format!("<!-- end {name} -->"),
    );
    let start = text.find(&begin).unwrap() + begin.len();
    let stop = text.find(&end).unwrap();
    let made = format!("\n{}\n\n", made.trim());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let new = format!("{}{made}{}", &text[..start], &text[stop..]);
        fs::write(root().join(page), new).unwrap();
        return;
    }
    assert!(
        text[start..stop] == made,
        "{page} differs from the code: UPDATE_DOCS=1 cargo test --test it docs. It is to be:{made}"
    );
}

/// The rows of a schema's keys, with those of the keys below.
fn rows(schema: &Value, at: &Value, above: &str, into: &mut String) {
    let Some(keys) = at["properties"].as_object() else {
        return;
    };
    let required: Vec<&str> = at["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    // `version` is the one key that every file has.
    let mut names: Vec<&String> = keys.keys().collect();
    names.sort_by_key(|name| !required.contains(&name.as_str()));
    for name in names {
        let key = &keys[name];
        let path = format!("{above}{name}");
        let meaning = key["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ")
            .replace('|', "\\|");
        let must = if required.contains(&name.as_str()) {
            " (required)"
        } else {
            ""
        };
        *into += &format!("| `{path}`{must} | {} | {meaning} |\n", value(schema, key));
        let of = resolved(schema, key);
        rows(schema, of, &format!("{path}."), into);
        rows(
            schema,
            resolved(schema, &of["items"]),
            &format!("{path}[]."),
            into,
        );
        let each = resolved(schema, &of["additionalProperties"]);
        rows(schema, each, &format!("{path}.ID."), into);
    }
}

/// The schema that a reference leads to, or one of several that is not null.
fn resolved<'a>(schema: &'a Value, at: &'a Value) -> &'a Value {
    if let Some(name) = at["$ref"].as_str() {
        let name = name.trim_start_matches("#/$defs/");
        return &schema["$defs"][name];
    }
    let several = at["anyOf"]
        .as_array()
        .filter(|_| at["properties"].is_null());
    let one = several
        .into_iter()
        .flatten()
        .find(|one| one["type"] != "null");
    one.map_or(at, |one| resolved(schema, one))
}

/// The kind of value in words.
fn value(schema: &Value, key: &Value) -> String {
    let of = resolved(schema, key);
    let words = |value: &Value| value.as_str().map(|text| format!("`{text}`"));
    let constants = of["oneOf"].as_array().into_iter().flatten();
    let mut choices: Vec<String> = constants.filter_map(|one| words(&one["const"])).collect();
    let listed = of["enum"].as_array().into_iter().flatten();
    choices.extend(
        listed
            .filter_map(words)
            .take(if choices.is_empty() { 9 } else { 0 }),
    );
    if !choices.is_empty() && choices.len() < 9 {
        return choices.join(", ");
    }
    let kinds = match &of["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    match kinds.iter().find(|kind| **kind != "null").copied() {
        Some("integer") => "a whole number".to_owned(),
        Some("boolean") => "`true`, `false`".to_owned(),
        Some("array") => match resolved(schema, &of["items"])["type"].as_str() {
            Some("object") => "a list of entries".to_owned(),
            _ => "a list of texts".to_owned(),
        },
        Some("object") => "keys".to_owned(),
        _ => "a text".to_owned(),
    }
}

#[test]
fn the_keys_of_the_configuration_are_those_of_the_schema() {
    let schema: Value = serde_json::from_str(&read("docs/ntnguard.schema.json")).unwrap();
    let mut table = "| key | value | meaning |\n|---|---|---|\n".to_owned();
    rows(&schema, &schema, "", &mut table);
    for key in [
        "`version` (required)",
        "`allow[].unscanned`",
        "`rules.ID.confidence`",
        "`ci.env`",
    ] {
        assert!(table.contains(&format!("| {key} |")), "{table}");
    }
    holds("docs/configuration.md", "keys", &table);
}

#[test]
fn the_list_of_rules_is_that_of_the_code() {
    let kinds = [
        (RuleKind::Credential, "Credentials"),
        (RuleKind::Env, "Env files"),
        (RuleKind::Code, "Code"),
        (RuleKind::Rotation, "Age of tokens"),
        (RuleKind::Access, "Access of tokens"),
        (RuleKind::Policy, "ntnguard's own configuration"),
    ];
    let mut list = String::new();
    for (kind, heading) in kinds {
        list +=
            &format!("\n## {heading}\n\n| rule | finds | severity | since |\n|---|---|---|---|\n");
        for rule in RULES.iter().filter(|rule| rule.kind == kind) {
            let (id, title, severity) = (rule.id, rule.title, rule.severity);
            let since = since(id).unwrap();
            list += &format!("| [`{id}`](rules/{id}.md) | {title} | {severity} | {since} |\n");
        }
    }
    assert_eq!(list.matches("](rules/").count(), RULES.len());
    holds("docs/rules.md", "rules", &list);
}
