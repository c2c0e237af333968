//! An OAuth callback without a state, which accepts anybody's code.

use super::file::CodeFile;
use super::oauth::{ANCHORS, exchanges_codes, has_state, reads_code};
use super::{CodeCheck, CodeFault, REVIEWED};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "oauth-callback-no-state",
    title: "OAuth callback without a state",
    advice: "Keep a random state in an httpOnly cookie or the session, and refuse a callback with any other state.",
    page: include_str!("../../../docs/rules/oauth-callback-no-state.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: ANCHORS,
    look,
};

fn look(file: &CodeFile<'_>) -> Vec<CodeFault> {
    if !exchanges_codes(file) || has_state(file) {
        return Vec::new();
    }
    let note = "The authorization code is exchanged with Notion, but no state, nonce or csrf is in the code of this file.";
    let fault = reads_code(file).map(|span| CodeFault {
        span,
        note: note.to_owned(),
    });
    fault.into_iter().collect()
}
