//! Rewords the YAML parser's messages for people who write a configuration.

/// The parser's text before a value of the wrong kind.
const WRONG_KIND: &str = "invalid type: ";

/// The parser's names for kinds of values, each with the name that users see.
const KINDS: [(&str, &str); 7] = [
    ("string \"", "the text \""),
    ("integer `", "the number `"),
    ("floating point `", "the number `"),
    ("boolean `", "`"),
    ("sequence", "a list"),
    ("map", "keys with values"),
    ("unit value", "nothing"),
];

/// Rewords a message of the parser without names of Rust types, for example to `expected a whole
/// number, found the text "x"`. Returns any other message unchanged.
pub fn plain(message: &str) -> String {
    let parts = message
        .split_once(WRONG_KIND)
        .and_then(|(place, rest)| Some((place, rest.rsplit_once(", expected ")?)));
    let Some((place, (found, expected))) = parts else {
        return message.to_owned();
    };
    let (expected, behind) = expected.split_at(expected.find(" at line").unwrap_or(expected.len()));
    let (expected, found) = (self::expected(expected), self::found(found));
    format!("{place}expected {expected}, found {found}{behind}")
}

/// Returns the user's name for the kind of value that the parser expects.
fn expected(kind: &str) -> &str {
    match kind {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "a boolean" | "bool" => "true or false",
        "a string" | "string" => "a text",
        "a sequence" | "sequence" => "a list",
        "a map" | "map" => "keys with values",
        other if other.starts_with("struct ") => "keys with values",
        other => other,
    }
}

/// Returns the description of the value that was found, with the parser's name for its kind
/// replaced.
fn found(value: &str) -> String {
    let known = KINDS.iter().find(|(kind, _)| value.starts_with(kind));
    known.map_or_else(
        || value.to_owned(),
        |(kind, word)| format!("{word}{}", &value[kind.len()..]),
    )
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn errors_name_no_rust_type() {
        for (message, expected) in [
            (
                "version: invalid type: string \"x\", expected u32 at line 1 column 10",
                "version: expected a whole number, found the text \"x\" at line 1 column 10",
            ),
            (
                "rotation: invalid type: integer `3`, expected struct Rotation at line 2",
                "rotation: expected keys with values, found the number `3` at line 2",
            ),
            (
                "invalid type: sequence, expected struct File",
                "expected keys with values, found a list",
            ),
            (
                "unknown field `a`, expected one of `b`",
                "unknown field `a`, expected one of `b`",
            ),
        ] {
            assert_eq!(plain(message), expected);
        }
    }
}
