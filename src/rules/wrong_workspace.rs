//! A variable with a token that belongs to somebody else than is written down.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `access` finds it by asking Notion.
pub static RULE: Rule = Rule {
    id: "wrong-workspace",
    title: "Token of another integration or workspace",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Put the token of the expected integration into the variable, or write the new one down with `ntnguard access --write`.",
    variable: "",
    page: include_str!("../../docs/rules/wrong-workspace.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
