//! A capability that the integration has and that is not written down.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `access` finds it by asking Notion.
pub static RULE: Rule = Rule {
    id: "capability-excess",
    title: "Capability that nobody expects",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Take the capability away in the integration's settings, or write it down in `.ntnguard-access.yaml`.",
    variable: "",
    page: include_str!("../../docs/rules/capability-excess.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
