//! A webhook signature over a body that was parsed and written as JSON again.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::assigned::assigned;
use super::call::arguments;
use super::file::CodeFile;
use super::webhook::{ANCHORS, reads_signature};
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "webhook-body-reserialised",
    title: "Webhook signature over a body that was parsed and written again",
    advice: "Compute the signature of the bytes that arrived: read the body as text or bytes first, and parse it afterwards.",
    page: include_str!("../../../docs/rules/webhook-body-reserialised.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: ANCHORS,
    look,
};

/// A call that computes or checks a signature.
static SIGNS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:\.update|\bmac\.Write|\.hexdigest|hmac\.new|hash_hmac|\b\w*(?:[vV]erif|[vV]alid|[sS]ign|[hH]mac",
        r"|[cC]omputeS)\w*)\s*\(",
    ))
});

/// A call that writes a value as JSON.
static WRITES: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"JSON\.stringify\(|json\.dumps\(|json_encode\(|\.to_json\b|json\.Marshal\(",
        r"|JsonSerializer\.Serialize\(",
    ))
});

/// An expression that is only a variable.
static NAME: LazyLock<Regex> = LazyLock::new(|| compile(r"^\$?[A-Za-z_]\w*$"));

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    if reads_signature(file).is_none() {
        return Vec::new();
    }
    let signs = file
        .bare_matches(&SIGNS)
        .filter(|call| !is_of_hash(file, call.start));
    let calls = signs.filter_map(|call| {
        let all = arguments(&file.bare, call.end - 1)?;
        let written = all.into_iter().find(|argument| is_written(file, argument.clone()))?;
        Some(CodeFault {
            span: call.start..written.end + 1,
            note: "A body that is parsed and written again seldom has the same bytes: correct signatures are refused.".to_owned(),
        })
    });
    calls.collect()
}

/// Returns true if the call at `at` is `.update` on a hash without a key, which is not a signature.
fn is_of_hash(file: &CodeFile<'_>, at: usize) -> bool {
    static HASH: LazyLock<Regex> = LazyLock::new(|| compile(r"createHash\([^()]*\)\s*$"));
    HASH.is_match(&file.bare[at.saturating_sub(80)..at])
}

/// Returns true if an argument is a value that is written as JSON, in the argument itself or where
/// its variable is assigned.
fn is_written(file: &CodeFile<'_>, argument: Range<usize>) -> bool {
    let text = file.bare[argument.clone()].trim_ascii();
    let is_direct = |text: &[u8]| {
        WRITES.find(text).is_some_and(|found| found.start() < 3) || text.ends_with(b".to_json")
    };
    if is_direct(text) {
        return true;
    }
    let name = NAME
        .is_match(text)
        .then(|| std::str::from_utf8(text).ok())
        .flatten();
    let value = name.and_then(|name| assigned(file, name, argument.start));
    value.is_some_and(|value| is_direct(file.bare[value].trim_ascii()))
}
