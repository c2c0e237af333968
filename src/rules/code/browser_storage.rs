//! A Notion credential in the browser's storage, where every script of a page can read it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::assigned::assigned;
use super::call::{arguments, trimmed};
use super::file::{CodeFile, says_notion};
use super::names::{is_in, names_other, squashed, words};
use super::{CodeCheck, CodeFault, SCANNED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "code-token-in-browser-storage",
    title: "Notion credential kept in the browser's storage",
    advice: "Keep the credential on the server, or in a cookie that is httpOnly, secure and sameSite; rotate the \
             credentials that browsers have stored already.",
    page: include_str!("../../../docs/rules/code-token-in-browser-storage.md"),
    ..SCANNED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: &["tItem("],
    look,
};

static CALL: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\b(?:localStorage|sessionStorage)(?:\?\.|\.)setItem\("));

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    if !file.language.is_script() && !says_notion(&file.code) {
        return Vec::new();
    }
    let calls = CALL.find_iter(&file.code);
    calls.filter_map(|call| fault(file, call.range())).collect()
}

fn fault(file: &CodeFile<'_>, call: Range<usize>) -> Option<CodeFault> {
    // A server may write a page as a string. Then the content of the string is read as code.
    let inner;
    let (text, shift) = if file.is_text(&call) {
        let end = file.code.len().min(call.start + 400);
        inner = CodeFile::new(b"", super::Language::Script, &file.code[call.start..end]);
        (&inner, call.start)
    } else {
        (file, 0)
    };
    let open = call.end - 1 - shift;
    let all = arguments(&text.bare, open)?;
    let [key, value] = all.as_slice() else {
        return None;
    };
    let name = key_name(file, text.text(key.clone()).trim(), call.start);
    let value = trimmed(&text.bare, value.clone());
    let kept = text.text(value.clone());
    let is_kept = is_credential(&name, kept, file) && !is_harmless(text, value.clone());
    is_kept.then(|| CodeFault {
        span: call.start..shift + value.end + 1,
        note: "Every script that runs on the page can read the credential.".to_owned(),
    })
}

/// Returns the key as it is written, or the text of the constant with this name.
fn key_name(file: &CodeFile<'_>, key: &str, at: usize) -> String {
    let is_name = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.'))
    };
    if !is_name(key) {
        return key.to_owned();
    }
    let constant = assigned(file, key, at).map(|value| file.text(value).trim());
    let constant = constant.filter(|value| value.starts_with(['"', '\'', '`']));
    constant.unwrap_or(key).to_owned()
}

/// Returns true if a key and the value stored under it have names of a Notion credential.
fn is_credential(key: &str, value: &str, file: &CodeFile<'_>) -> bool {
    const ABOUT: &str = "state workspace id ids status expiry expires expiration at label name type valid verified \
        connected saved has is count cache version page database time timestamp verifier nonce \
        skip seen dismissed error design csrf xsrf";
    let own = words(key);
    let squashed = squashed(key);
    let holds = ["token", "secret", "apikey", "password"]
        .iter()
        .any(|word| squashed.contains(word))
        || own.last().is_some_and(|last| last == "key");
    let is_about = own.iter().any(|word| is_in(word, ABOUT));
    let is_of_notion =
        says_notion(key.as_bytes()) || says_notion(value.as_bytes()) || is_of_exchange(value, file);
    holds && !is_about && is_of_notion && !names_other(key)
}

/// Returns true if a value is a token from one of Notion's responses, in a file that mentions
/// Notion's API and no other service.
fn is_of_exchange(value: &str, file: &CodeFile<'_>) -> bool {
    let is_token = ["accesstoken", "refreshtoken"]
        .iter()
        .any(|end| squashed(value).ends_with(end));
    is_token
        && memchr::memmem::find(&file.code, b"api.notion.com").is_some()
        && !file.services().has_other()
}

/// Returns true if a value does not contain a credential: a constant text, null, a boolean, a
/// number or a date, or a value that is encrypted or masked.
fn is_harmless(file: &CodeFile<'_>, value: Range<usize>) -> bool {
    static MADE: LazyLock<Regex> = LazyLock::new(|| {
        compile(concat!(
            r"(?i)^(?:true|false|null|undefined|!.*|Boolean\(.*|Date\..*|\d+|new Date.*",
            r"|.*\b\w*(?:encrypt|mask|hash|redact|seal|cipher)\w*\s*\(.*|.*\.length",
            r"|.*\?\s*['\x22].*)$",
        ))
    });
    let (code, bare) = (&file.code[value.clone()], &file.bare[value]);
    let is_quoted =
        matches!(bare.first(), Some(b'"' | b'\'' | b'`')) && bare.first() == bare.last();
    // Server templates insert values into the quotes of a script.
    let holes: [&[u8]; 4] = [b"${", b"{{", b"<?", b"<%"];
    let is_hole = |hole: &&[u8]| memchr::memmem::find(code, hole).is_some();
    let has_hole = holes.iter().any(is_hole) || file.path.is_empty() && code.contains(&b'{');
    is_quoted && !has_hole || MADE.is_match(code)
}
