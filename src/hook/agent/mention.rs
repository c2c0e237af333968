//! The files of a prompt: the files that it mentions (`@path`), and the files attached to it.

use serde_json::{Map, Value};

/// Returns the paths that a prompt mentions (`@path`).
pub fn mentioned(prompt: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in prompt.match_indices('@') {
        let before = prompt[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '/')) {
            continue;
        }
        let rest = &prompt[at + 1..];
        let path = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default(),
            None => {
                let is_end = |c: char| c.is_whitespace() || "\"'`,;!?()[]{}<>|".contains(c);
                rest.split(is_end).next().unwrap_or_default()
            }
        };
        let path = path.strip_prefix("file:").unwrap_or(path);
        // Line numbers (`#L3-9`) and the end of a sentence are not part of the path.
        let path = path.split('#').next().unwrap_or_default();
        let path = path.trim_end_matches(['.', ':']);
        if !path.is_empty() {
            found.push(path);
        }
    }
    found
}

/// Returns the paths of the files that are attached to a prompt.
pub fn attached<'e>(event: &'e Map<String, Value>) -> Vec<&'e str> {
    let lists = ["attachments", "attached_files", "files"];
    let lists = lists.iter().filter_map(|name| event.get(*name)?.as_array());
    let path = |attachment: &'e Value| match attachment {
        Value::String(path) => Some(path.as_str()),
        Value::Object(fields) => super::tool::path(fields),
        _ => None,
    };
    lists.flatten().filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::mentioned;

    #[test]
    fn a_mention_is_a_path_after_an_at_sign() {
        for (prompt, paths) in [
            ("@.env", &[".env"][..]),
            (
                "look at @src/a.rs, and (@.env.local).",
                &["src/a.rs", ".env.local"],
            ),
            ("@\"my file.env\" @file:b#L3-9", &["my file.env", "b"]),
            ("see @.env.", &[".env"]),
            ("mail a@example.com, @", &[]),
            ("npm i @scope/name", &["scope/name"]),
        ] {
            assert_eq!(mentioned(prompt), paths, "{prompt}");
        }
    }
}
