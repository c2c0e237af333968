//! A token that has been in use for longer than was agreed, or that has leaked.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule. `ntnguard rotation` checks the ages in the ledger; `history` and `ci` report tokens
/// that are in use and have leaked.
pub static RULE: Rule = Rule {
    id: "rotation-due",
    title: "Token that must be replaced",
    kind: RuleKind::Rotation,
    sources: &[SourceKind::Rotation, SourceKind::History, SourceKind::Ci],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Replace the token in Notion and wherever it is set, then run `ntnguard rotation --record`.",
    variable: "",
    page: include_str!("../../docs/rules/rotation-due.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
