//! A page or a database that is written down, and that the token does not reach.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `access` finds it by asking Notion.
pub static RULE: Rule = Rule {
    id: "access-missing",
    title: "Expected page that is not shared",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Share the page with the integration again, or take its entry out of `.ntnguard-access.yaml`.",
    variable: "",
    page: include_str!("../../docs/rules/access-missing.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
