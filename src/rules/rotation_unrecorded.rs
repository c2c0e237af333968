//! A value whose age nobody knows.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `rotation` finds it if the ledger does not have a value.
pub static RULE: Rule = Rule {
    id: "rotation-unrecorded",
    title: "Token whose age nobody knows",
    kind: RuleKind::Rotation,
    sources: &[SourceKind::Rotation],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Run `ntnguard rotation --record` and commit .ntnguard-rotation; if it may be old, replace it first.",
    variable: "",
    page: include_str!("../../docs/rules/rotation-unrecorded.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
