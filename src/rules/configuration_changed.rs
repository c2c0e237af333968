//! A change to the configuration that decides about the change's own findings.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `ci` finds it by comparing the change with its base.
pub static RULE: Rule = Rule {
    id: "configuration-changed",
    title: "Change to ntnguard's configuration",
    kind: RuleKind::Policy,
    sources: &[SourceKind::Ci],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Read what it allows, and why, before it is merged: from then on it counts.",
    variable: "",
    page: include_str!("../../docs/rules/configuration-changed.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
