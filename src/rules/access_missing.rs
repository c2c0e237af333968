//! A page or a database that `.ntnguard-access.yaml` lists, but that the token does not reach.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "access-missing",
    title: "Expected page that is not shared",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Share the page with the integration again, or remove its entry from `.ntnguard-access.yaml`.",
    variable: "",
    page: include_str!("../../docs/rules/access-missing.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
