//! An OAuth callback that reads the state and does not compare it.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::file::CodeFile;
use super::oauth::{ANCHORS, exchanges_codes, reads_code};
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::{Rule, Severity};

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "oauth-state-unchecked",
    title: "OAuth state that is read and never compared",
    severity: Severity::Note,
    advice: "Compare the state in constant time with the one that was given to this browser, and accept each state only once.",
    page: include_str!("../../../docs/rules/oauth-state-unchecked.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: ANCHORS,
    look,
};

/// Code that reads the state from a request.
static READS_STATE: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?:[pP]arams|[qQ]uery|query_params|args|GET|form)\s*(?:\??\.get"#,
        r#"|\(\))?\s*[\(\[]\s*['"]state['"]"#,
        r#"|\bget\(\s*['"]state['"]\s*[,)]|\b(?:query|searchParams)\??\.state\b"#,
        r#"|\{[^{}=]*\bstate\b[^{}=]*\}\s*(?::[^=]*)?=\s*(?:await\s+)?(?:\w+\.)*(?:query"#,
        r#"|searchParams|body|json\(\)|getQuery\([^)]*\))"#,
        r#"|\bparams\[:state\]|\.(?:Query|FormValue|QueryParam|Get)\(\s*"state"\s*\)"#,
        r#"|->(?:input|query|get)\(\s*['"]state['"]"#,
        r#"|\bdef\s+\w+\([^)]*\bstate\s*:"#
    ))
});

/// A comparison of a state, under any name, with a value that is not a quoted text. [`is_checked`]
/// leaves out comparisons with null.
static COMPARED: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b\w*state\w*(?:\.\w+|\[[^\]]*\])*[!?]?\s*(?:!==?|===?|<>",
        r"|!=)\s*([^\s'\x22`=][^\s)&|;]*)",
        r"|([^\s('\x22`!][^\s(&|;]*)\s*(?:!==?|===?|<>|!=)\s*",
        r"[\w.?!\[\]'\x22]*state\w*",
        r"|state\w*\)?\.(?:equals|Equals|eq|ne)\(|\.equals\(\s*\w*state"
    ))
});

/// A call that looks a state up, or verifies it.
static LOOKED_UP: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)(?:eq|where|find\w*|get\w*|has|delete|del|pop|pull|consume\w*|take\w*|lookup\w*",
        r"|fetch\w*|load\w*|redeem\w*",
        r"|verif\w*|valid\w*|check\w*|match\w*|compare\w*|timingSafeEqual|equals?\w*|unseal\w*",
        r"|decrypt\w*|unsign\w*|hmac\w*|jwt[\w.]*|\bdecode|loads",
        r"|remove\w*|claim\w*|filter\w*|first\w*|include\w*|contains\w*|execute|query",
        r"|resolve\w*|digest\w*|update)\s*(?:<[^>]*>)?\(",
        r"[^;\n]{0,160}\b\w*state\w*"
    ))
});

/// A call that only reads the state from the request or decodes it, and so looks nothing up.
static READ_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?i)(?:get|query|input|pop|fetch|params"#,
        r#"|has)\s*(?:<[^>]*>)?\(\s*['"]state['"]\s*(?:,\s*[^)]*)?\)"#,
        r#"|JSON\.parse\([^;\n]*|atob\([^;\n]*|b64decode\([^;\n]*|json\.loads\([^;\n]*"#
    ))
});

/// A state that is the key of stored values, or that is passed to code that may compare it.
static KEYED: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)[?&]state=\$\{|\bstate:\s*['\x22]\$\{|postMessage\([^;]{0,300}state",
        r"|\bin\s+\w*states\b|states\w*\[\s*state|state\s+(?:not\s+)?in\s+\w",
        r"|sess(?:ion)?\w*[\[(]['\x22]\w*state|cookies?\w*\.?\w*[\[(]['\x22]\w*state",
    ))
});

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    if !exchanges_codes(file) || reads_code(file).is_none() {
        return Vec::new();
    }
    let Some(read) = READS_STATE.find(&file.code) else {
        return Vec::new();
    };
    if is_checked(file) {
        return Vec::new();
    }
    vec![CodeFault {
        span: read.range(),
        note: "The code of this file does not compare the state, look it up or verify it."
            .to_owned(),
    }]
}

/// Returns true if anything in the code could be a check of the state.
fn is_checked(file: &CodeFile<'_>) -> bool {
    let is_value = |text: &[u8]| {
        let text = text.to_ascii_lowercase();
        let nothing: [&[u8]; 6] = [b"null", b"undefined", b"none", b"nil", b"true", b"false"];
        !nothing.iter().any(|word| text.starts_with(word)) && !text.starts_with(b"typeof")
    };
    let compares = |found: regex::bytes::Captures<'_>| {
        let side = found.get(1).or(found.get(2));
        side.is_none_or(|side| is_value(side.as_bytes()))
    };
    let rest = READ_ONLY.replace_all(&file.code, &b""[..]);
    COMPARED.captures_iter(&file.code).any(compares)
        || LOOKED_UP.is_match(&rest)
        || file.has(&KEYED)
}
