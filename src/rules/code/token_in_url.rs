//! A Notion token that is put into a URL.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::call::arguments;
use super::file::CodeFile;
use super::log_calls::credential;
use super::names::Held;
use super::value::values;
use super::{CodeCheck, CodeFault, SCANNED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "code-token-in-url",
    title: "Notion token put into a URL",
    advice: "Keep the token in a session on the server, or in an httpOnly cookie, and redirect to a URL without it.",
    page: include_str!("../../../docs/rules/code-token-in-url.md"),
    ..SCANNED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: &["OTION_", "otion_", "otionT", "nhq/client", "otion.com"],
    look,
};

/// The name of a URL parameter and the beginning of its value: code that is interpolated in the
/// same string, or that is added to the string.
static PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?i)[?&#]\w*(?:token|access_token|secret|api_?key)=(?:\$\{|\{\$?|#\{|\\\("#,
        r#"|['"`]\s*[+.]\s*|%[sv]['"]\s*[%,]\s*)"#,
    ))
});

/// A parameter that is set by a call.
static SET: LazyLock<Regex> = LazyLock::new(|| compile(r"\b[sS]earchParams\.(?:set|append)\("));

/// The URL of an API, of Notion or another service, before the parameter. Such a request is only
/// between the program and the service.
static SERVICE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"https?://(?:api|graph|www|oauth2?|accounts)\.[\w.-]+[^\s'\x22`]*$"));

/// The number of bytes before a parameter that are searched for the beginning of its URL.
const REACH: usize = 400;

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    let mut found: Vec<CodeFault> = Vec::new();
    for start in PARAMETER.find_iter(&file.code) {
        let end = value_end(file, start.end());
        let line = file.line(start.start()).start;
        let before = &file.code[line.max(start.start().saturating_sub(REACH))..start.start()];
        if !SERVICE.is_match(before) {
            add(file, start.start()..end, start.end()..end, &mut found);
        }
    }
    for call in file.bare_matches(&SET) {
        let all = arguments(&file.bare, call.end - 1).unwrap_or_default();
        let [name, value] = all.as_slice() else {
            continue;
        };
        let name = file.text(name.clone()).to_ascii_lowercase();
        if ["token", "secret", "key"]
            .iter()
            .any(|word| name.contains(word))
        {
            add(file, call.start..value.end + 1, value.clone(), &mut found);
        }
    }
    found.sort_by_key(|fault| fault.span.start);
    found
}

fn add(file: &CodeFile<'_>, span: Range<usize>, value: Range<usize>, found: &mut Vec<CodeFault>) {
    let mut values = values(file, value).into_iter();
    if let Some(name) = values.find_map(|value| credential(file, value, Held::Token)) {
        let note = format!(
            "The value of `{name}` gets into histories, logs and Referer headers with the URL."
        );
        found.push(CodeFault { span, note });
    }
}

/// Returns the end of the expression that begins at `start`.
fn value_end(file: &CodeFile<'_>, start: usize) -> usize {
    let mut depth = 0_usize;
    let ends = |byte: &u8| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return true,
            b')' | b']' | b'}' => depth -= 1,
            b'+' | b',' | b';' | b'\n' => return depth == 0,
            _ => {}
        }
        false
    };
    let rest = &file.bare[start..];
    start + rest.iter().position(ends).unwrap_or(rest.len())
}
