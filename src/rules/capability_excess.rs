//! A capability that the integration has, but that `.ntnguard-access.yaml` does not list.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "capability-excess",
    title: "Capability that nobody approved",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Remove the capability in the integration's settings, or add it to `.ntnguard-access.yaml`.",
    variable: "",
    page: include_str!("../../docs/rules/capability-excess.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
