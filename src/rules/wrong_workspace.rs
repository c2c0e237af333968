//! A variable whose token belongs to another integration, workspace or kind of owner than
//! `.ntnguard-access.yaml` says.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "wrong-workspace",
    title: "Token of another integration or workspace",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Put the token of the expected integration into the variable, or record the new integration with `ntnguard access --write`.",
    variable: "",
    page: include_str!("../../docs/rules/wrong-workspace.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
