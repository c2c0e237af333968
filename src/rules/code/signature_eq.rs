//! A webhook signature that is compared with an operator, and so not in constant time.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::file::CodeFile;
use super::log_calls::log_calls;
use super::names::{is_in, words};
use super::webhook::{ANCHORS, reads_signature};
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "webhook-signature-eq",
    title: "Webhook signature not compared in constant time",
    advice: "Compare in constant time: crypto.timingSafeEqual, hmac.compare_digest, hmac.Equal, hash_equals, secure_compare.",
    page: include_str!("../../../docs/rules/webhook-signature-eq.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: ANCHORS,
    look,
};

/// A comparison of two names, each with its members, calls and indices.
static COMPARED: LazyLock<Regex> = LazyLock::new(|| {
    let side =
        r"(&?[$@]?[A-Za-z_][\w$]*(?:(?:\.|\?\.|->)[A-Za-z_]\w*(?:\([^()\n]*\))?|\[[^\]\n]*\])*!?)";
    compile(&format!(
        r"{side}\s*(?:===?|!==?)\s*{side}|{side}\.[eE]quals\(\s*{side}\s*\)|\bObjects\.equals\(\s*{side}\s*,\s*{side}\s*\)"
    ))
});

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    if reads_signature(file).is_none() {
        return Vec::new();
    }
    let (mut found, logged) = (Vec::new(), log_calls(file));
    for compared in COMPARED.captures_iter(&file.bare) {
        let Some(whole) = compared.get(0) else {
            continue;
        };
        let sides: Vec<&[u8]> = compared
            .iter()
            .skip(1)
            .flatten()
            .map(|side| side.as_bytes())
            .collect();
        let [one, other] = sides.as_slice() else {
            continue;
        };
        let is_fault = is_signature(one) && is_side(other) || is_signature(other) && is_side(one);
        if is_fault
            && !is_part_of_more(file, &whole.range())
            && !logged.iter().any(|call| call.contains(&whole.start()))
        {
            let note = "The duration of this comparison shows an attacker how much of a forged signature is correct."
                .to_owned();
            found.push(CodeFault {
                span: whole.range(),
                note,
            });
        }
    }
    found
}

/// Returns true if `name` is the name of a signature.
fn is_signature(name: &[u8]) -> bool {
    const NAMES: &str = "signature sig hmac digest mac hexdigest";
    let text = String::from_utf8_lossy(name);
    let words = words(&text);
    let is_named = words.iter().any(|word| is_in(word, NAMES));
    is_named && !is_about(&words)
}

/// Returns true if `name` may be the name of a value that a signature is compared with.
fn is_side(name: &[u8]) -> bool {
    const NAMES: &str =
        "expected computed calculated header received provided actual generated hash checksum";
    let text = String::from_utf8_lossy(name);
    let words = words(&text);
    let is_named = words.iter().any(|word| is_in(word, NAMES));
    (is_named || is_signature(name)) && !is_about(&words)
}

/// Returns true if a word of a name shows that the value is a length, a type, a prefix or null.
fn is_about(words: &[String]) -> bool {
    const ABOUT: &str = "length len size null undefined none nil type typeof true false prefix scheme algorithm \
        version count";
    words.iter().any(|word| is_in(word, ABOUT))
}

/// Returns true if types or lengths are compared: `typeof` is before the comparison, or `.length`
/// or `.size` is after it.
fn is_part_of_more(file: &CodeFile<'_>, span: &Range<usize>) -> bool {
    let before = file.bare[..span.start].trim_ascii_end();
    let behind = &file.bare[span.end..];
    before.ends_with(b"typeof") || behind.starts_with(b".length") || behind.starts_with(b".size")
}
