//! An authorize URL of Notion without a `state`.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::file::CodeFile;
use super::oauth::{ANCHORS, has_state, names_host, uses_library};
use super::{CodeCheck, CodeFault, REVIEWED, compile};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "oauth-authorize-no-state",
    title: "Authorize URL without a state",
    advice: "Add a random state, and keep it in an httpOnly cookie or the session until the callback compares it.",
    page: include_str!("../../../docs/rules/oauth-authorize-no-state.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: ANCHORS,
    look,
};

static AUTHORIZE: LazyLock<Regex> =
    LazyLock::new(|| compile(r"/v1/oauth/authorize\b|notion\.so/install-integration"));

/// The client id in an authorize URL.
static CLIENT: LazyLock<Regex> = LazyLock::new(|| compile(r"(?i)client_?id|client:\s*\{"));

/// Code that sends a user to a URL.
static SENDS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\bredirect(?:_to|Response)?\s*\(|\bredirect_to\s|['\x22]redirect:|\bRedirectResponse\(|sendRedirect\(|\.redirect\(",
        r"|http\.Redirect\(|->away\(",
        r"|\bhref\s*=|\.href\b|window\.open\(|location\.(?:assign|replace)\(|location\s*=",
        r"|webbrowser\.open\(",
        r"|['\x22]?Location['\x22]?\s*[:,]\s*|startActivity\(|openURL\(|openBrowser",
        r"|shell\.openExternal\(|\bopen\(\s*(?:auth|url)"
    ))
});

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    let Some(built) = AUTHORIZE.find(&file.code) else {
        return Vec::new();
    };
    let is_sent = names_host(file) && file.has(&CLIENT) && file.has(&SENDS);
    if !is_sent || uses_library(file) || has_state(file) {
        return Vec::new();
    }
    vec![CodeFault {
        span: built.range(),
        note:
            "Users are sent to this URL, but no state, nonce or csrf is in the code of this file."
                .to_owned(),
    }]
}
