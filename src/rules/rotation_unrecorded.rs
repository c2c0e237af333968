//! A token whose age is not recorded in the ledger.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard rotation` reports for a variable whose value is not in the ledger.
pub static RULE: Rule = Rule {
    id: "rotation-unrecorded",
    title: "Token whose age is not recorded",
    kind: RuleKind::Rotation,
    sources: &[SourceKind::Rotation],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Run `ntnguard rotation --record` and commit .ntnguard-rotation; if the token may be old, replace it first.",
    variable: "",
    page: include_str!("../../docs/rules/rotation-unrecorded.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
