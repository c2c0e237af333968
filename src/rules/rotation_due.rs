//! A value that is older than it may be, or has leaked.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `rotation` finds it in the ledger, `history` and `ci` in leaked values.
pub static RULE: Rule = Rule {
    id: "rotation-due",
    title: "Token that is to be replaced",
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
