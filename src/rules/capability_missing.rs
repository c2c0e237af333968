//! A capability that `.ntnguard-access.yaml` lists, but that the integration does not have.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "capability-missing",
    title: "Expected capability that is missing",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Give the integration the capability in its settings, or remove the capability from `.ntnguard-access.yaml`.",
    variable: "",
    page: include_str!("../../docs/rules/capability-missing.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
