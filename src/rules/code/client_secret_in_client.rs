//! An OAuth client secret in code that browsers load.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::file::CodeFile;
use super::public_prefix::prefix;
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "oauth-client-secret-in-client",
    title: "OAuth client secret in code that browsers load",
    advice: "Exchange the authorization code on a server, which keeps the secret, and create a new secret in Notion.",
    page: include_str!("../../../docs/rules/oauth-client-secret-in-client.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: &["/v1/oauth/", "otion.oauth.token("],
    look,
};

static EXCHANGE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"/v1/oauth/(?:token|authorize)\b|[nN]otion\.oauth\.token\("));

/// A client secret from a variable with a public prefix.
static PUBLIC: LazyLock<Regex> =
    LazyLock::new(|| compile(&format!(r"\b{}(?:\w*NOTION\w*)?CLIENT_SECRET\b", prefix())));

/// The directive that makes browsers load the whole file.
static CLIENT: LazyLock<Regex> = LazyLock::new(|| compile(r#"^\s*['"]use client['"]"#));

/// Matches the name of a variable that holds a client secret.
static SECRET: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i)client_?secret\b"));

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    if !file.language.is_script() || !file.has(&EXCHANGE) {
        return Vec::new();
    }
    let is_client = file.has(&CLIENT);
    let secret = PUBLIC.find(&file.code);
    let secret = secret.or_else(|| SECRET.find(&file.code).filter(|_| is_client));
    let note = if is_client {
        "The file begins with 'use client', so browsers load its code."
    } else {
        "Build tools put the value of this variable into the scripts that browsers load."
    };
    let fault = secret.map(|secret| CodeFault {
        span: secret.range(),
        note: note.to_owned(),
    });
    fault.into_iter().collect()
}
