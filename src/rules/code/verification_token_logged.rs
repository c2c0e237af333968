//! The token with which Notion signs webhooks, written into a log.

use super::log_calls::logged;
use super::names::Held;
use super::{CodeCheck, REVIEWED};
use crate::model::rule::{Rule, Severity};

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "webhook-verification-token-logged",
    title: "Webhook verification token written into a log",
    severity: Severity::Note,
    advice: "Store the token with other secrets instead; if others can read the log, create a new subscription.",
    page: include_str!("../../../docs/rules/webhook-verification-token-logged.md"),
    ..REVIEWED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: &[
        "verification_token",
        "verificationToken",
        "VERIFICATION_TOKEN",
    ],
    look: |file| logged(file, Held::VerificationToken),
};
