//! A webhook that accepts requests without a signature.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::call::closing;
use super::file::CodeFile;
use super::language::Language;
use super::webhook::{ANCHORS, reads_signature};
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "webhook-signature-optional",
    title: "Webhook accepted without a signature",
    advice: "Answer 401 to a request without X-Notion-Signature, and to every request while no verification \
             token is configured.",
    page: include_str!("../../../docs/rules/webhook-signature-optional.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: ANCHORS,
    look,
};

/// A condition that is true only if there is a signature: `signature && !verify(`, `secret &&
/// signature)`.
static OPTIONAL: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\bif\s*\(?\s*(?:[\w.$]*[sS]ig(?:nature)?\w*(?:\.present\?)?\s*",
        r"(?:(?:!==?|is\s+not)\s*(?:null|undefined|nil|None|\x22\s*\x22|'\s*')\s*)?",
        r"(?:&&|and)\s*",
        r"(?:\(?\s*!\s*\(?\s*(?:await\s+)?[\w.:?]+\(|not\s+[\w.]+\(|[\w.$]*(?:[sS]ecret|SECRET",
        r"|[tT]oken|TOKEN|[kK]ey)\w*\s*(?:\)|:|\{|$))",
        r"|[\w.$]*(?:[sS]ecret|SECRET|[tT]oken|TOKEN|[kK]ey)\w*\s*(?:!==?\s*(?:null|undefined",
        r"|nil)\s*)?(?:&&|and)\s*[\w.$]*[sS]ig(?:nature)?\w*\s*(?:!==?\s*(?:null|nil",
        r"|\x22\s*\x22)\s*)?(?:\)|:|\{|(?:&&|and)\s*(?:!|not\b)))"
    ))
});

/// A condition that only tests if there is a signature.
static PRESENT: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\bif\s*\(?\s*(?:\w+\s*:=[^;{}\n]*;\s*)?[\w.$]*[sS]ig(?:nature)?(?:_?[hH]eader)?",
        r"(?:\.present\?)?\s*(?:(?:!==?|is\s+not)\s*",
        r"(?:null|undefined|nil|None|\x22\s*\x22|'\s*')\s*)?(?:\)|:|\{|\n)",
    ))
});

/// Code that compares a signature.
static VERIFIES: LazyLock<Regex> =
    LazyLock::new(|| compile(r"(?i)verif|compare|equal|valid|hmac|digest"));

/// Code that refuses a request.
static REFUSES: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)40[0-9]|unauthori[sz]ed|forbidden|\bthrow\b|\braise\b|\babort\b",
        r"|\breturn\s+(?:false|none|nil|null)\b|badrequest|reject",
    ))
});

/// A test for a request without a signature, in any of several languages.
static NOTICED: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:!\s*[\w.$]*[sS]ig(?:nature)?\w*\b[^=(.]|not\s+[\w.]*sig(?:nature)?\w*",
        r"|[sS]ig(?:nature)?\w*\s*(?:===?|is)\s*(?:null|undefined|nil|None|\x22\s*\x22",
        r"|'\s*')|empty\(\s*\$\w*[sS]ig|unless\s+[\w.@]*[sS]ig)",
    ))
});

/// The number of bytes before a condition that are searched for a refusal.
const REACH: usize = 8 * 1024;

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    let Some(read) = reads_signature(file) else {
        return Vec::new();
    };
    let present = file.bare_matches(&PRESENT).filter(|condition| {
        let block = &file.code[condition.end..end_behind(file, condition).max(condition.end)];
        VERIFIES.is_match(block) && REFUSES.is_match(block)
    });
    let mut conditions: Vec<_> = file.bare_matches(&OPTIONAL).chain(present).collect();
    conditions.retain(|condition| {
        !refuses_before(file, &read, condition) && !refuses_otherwise(file, condition)
    });
    conditions.sort_by_key(|condition| condition.start);
    let note = "A request without the signature header passes: this code does not refuse it.";
    let faults = conditions.into_iter().map(|span| CodeFault {
        span,
        note: note.to_owned(),
    });
    faults.collect()
}

/// Returns true if the code between the reading of the header and the condition refuses a request
/// without a signature.
fn refuses_before(file: &CodeFile<'_>, read: &Range<usize>, condition: &Range<usize>) -> bool {
    if read.end > condition.start {
        return false;
    }
    let from = read.end.max(condition.start.saturating_sub(REACH));
    let between = &file.code[from..condition.start];
    let mut noticed = NOTICED.find_iter(between);
    noticed.any(|noticed| {
        // In Ruby, the refusal may precede the condition: `return head 401 unless signature`.
        let line = memchr::memrchr(b'\n', &between[..noticed.start()]).map_or(0, |at| at + 1);
        REFUSES.is_match(&between[line..between.len().min(noticed.end() + 160)])
    })
}

/// Returns true if the code after the condition's block refuses the request: in the `else`, or on
/// the first line.
fn refuses_otherwise(file: &CodeFile<'_>, condition: &Range<usize>) -> bool {
    let rest = &file.code[end_behind(file, condition)..];
    let rest = &rest[..rest.len().min(240)];
    let trimmed = rest.trim_ascii_start();
    let is_else = trimmed.starts_with(b"else")
        || trimmed.starts_with(b"elif")
        || trimmed.starts_with(b"elsif");
    let first = rest
        .trim_ascii_start()
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    if is_else {
        REFUSES.is_match(rest)
    } else {
        REFUSES.is_match(first) && !first.starts_with(b"if")
    }
}

/// Returns the end of the code that runs if the condition is true.
fn end_behind(file: &CodeFile<'_>, condition: &Range<usize>) -> usize {
    let end = match file.language {
        Language::Python | Language::Ruby => indented_end(file, condition),
        _ => block_end(file, condition),
    };
    end.min(file.code.len())
}

/// Returns the end of the block in braces that a condition controls, or of the single statement.
fn block_end(file: &CodeFile<'_>, condition: &Range<usize>) -> usize {
    if file.bare[condition.end - 1] == b'{' {
        let open = condition.end - 1;
        return closing(&file.bare, open).map_or(open, |end| end + 1);
    }
    let open = memchr::memchr(b'(', &file.bare[condition.start..condition.end]);
    let after = open.and_then(|open| closing(&file.bare, condition.start + open));
    let after = after.map_or(condition.end - 1, |end| end + 1);
    let rest = &file.bare[after..];
    let next = rest
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .map_or(after, |at| after + at);
    match file.bare.get(next) {
        Some(b'{') => closing(&file.bare, next).map_or(next, |end| end + 1),
        _ => file.line(next.min(file.bare.len())).end,
    }
}

/// Returns the end of the lines below a condition that have more indentation than the condition.
fn indented_end(file: &CodeFile<'_>, condition: &Range<usize>) -> usize {
    let own = file.line(condition.start);
    let depth = file.indent(own.start);
    let mut at = own.end + 1;
    while at < file.bytes.len() {
        let line = file.line(at);
        let text = &file.bytes[line.clone()];
        if !text.trim_ascii().is_empty() && file.indent(line.start) <= depth {
            break;
        }
        at = line.end + 1;
    }
    at.min(file.bytes.len())
}
