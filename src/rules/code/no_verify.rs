//! A webhook that accepts every request as if Notion had sent it.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::file::CodeFile;
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "webhook-no-verify",
    title: "Webhook that verifies no signature",
    advice: "Compare X-Notion-Signature with the HMAC-SHA256 of the raw body, and answer 401 if they differ.",
    page: include_str!("../../../docs/rules/webhook-no-verify.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: &[
        "verification_token",
        "verificationToken",
        "url_verification",
    ],
    look,
};

/// Code that reads the verification token of Notion's handshake from a request.
static READS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"[\w)\]]\??\.verification_token\b|[\w)\]]\s*\[\s*['"]verification_token['"]"#,
        r#"|(?:\.|->)(?:get\w*|has\w*|input|key\?|containsKey|contains\w*|include\?|TryGetProperty"#,
        r#"|fetch|dig|path|optString)\(\s*['":]verification_token\b"#,
        r#"|\{[^{}=:]*\bverification_token\b[^{}=]*\}\s*(?::[^=\n]*)?=\s*[^=]"#,
        r#"|['"]verification_token['"]\s+in\s"#,
        r#"|\bjson:"verification_token|[\w)\]]\[:verification_token\]|->verification_token\b"#
    ))
});

/// The handshake of other services, which some programs expect from Notion by mistake.
static CHALLENGE: LazyLock<Regex> = LazyLock::new(|| compile(r#"['"]url_verification['"]"#));

/// Code that handles requests.
static HANDLES: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:req|request|c\.req|ctx|event|r|self\.request",
        r"|\$request)\b[\w.?()]*[\.\[>](?:json|body|text|data|get_json|rawBody|request|input",
        r"|all|rfile)\b",
        r"|export\s+(?:async\s+)?function\s+POST|export\s+default\s+|\.post\(|Deno\.serve",
        r"|\bserve\(|def\s+(?:do_POST|\w*webhook\w*|post)\b",
        r"|@\w+\.(?:post|route)\(|readBody\(|HandleFunc|http\.Request|defineEventHandler",
        r"|doPost\(|@PostMapping|exports\.handler|lambda_handler|MapPost|HttpPost|\bpost\s*\(?\s*['\x22]",
        r"|php://input|\brequest\.raw_post|\bparams\[|\bget\w*Body\(|ApplicationController|\bJson\("
    ))
});

/// Code that could verify a request in any way.
static CHECKS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)signature|hmac|verif(?:y|ied|ies|ier)\b|verify[A-Z_]\w*|\bverify\w*|secret",
        r"|\b401\b|\b403\b|unauthorized|forbidden|timingSafe|compare_digest|authenticate\b",
        r"|is_authenticated|get_current_user",
    ))
});

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    let echoes = || {
        CHALLENGE
            .find(&file.code)
            .filter(|_| memchr::memmem::find(&file.code, b"challenge").is_some())
    };
    let read = READS.find(&file.code).or_else(echoes);
    let Some(read) = read.filter(|_| file.names_notion() && file.has(&HANDLES)) else {
        return Vec::new();
    };
    // Rails checks the authenticity token of forms, which does not verify a webhook.
    static FORMS: LazyLock<Regex> = LazyLock::new(|| compile(r"verify_authenticity_token"));
    if CHECKS.is_match(&FORMS.replace_all(&file.code, &b""[..])) {
        return Vec::new();
    }
    vec![CodeFault {
        span: read.range(),
        note: "This code answers Notion's handshake, but no signature, HMAC, or status 401 or 403 is in the code \
               of this file.".to_owned(),
    }]
}
