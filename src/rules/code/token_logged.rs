//! A Notion token or client secret that is written into a log.

use super::log_calls::logged;
use super::names::Held;
use super::{CodeCheck, SCANNED};
use crate::model::rule::Rule;

/// The rule, which `ntnguard review` checks in source files.
pub static RULE: Rule = Rule {
    id: "code-token-logged",
    title: "Notion credential written into a log",
    advice: "Log only that the credential exists, never its value; rotate it if others can read the log.",
    page: include_str!("../../../docs/rules/code-token-logged.md"),
    ..SCANNED
};

/// The check for the rule.
pub static CHECK: CodeCheck = CodeCheck {
    rule: &RULE,
    anchors: &["OTION_", "otion_", "otionT", "nhq/client", "otion.com"],
    look: |file| logged(file, Held::Token),
};
