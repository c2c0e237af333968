//! A page or a database that is still shared after the last day on which sharing was expected.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "access-expired",
    title: "Page shared past its expiry date",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Disconnect the integration from the page, or write a later `expires` day into its entry.",
    variable: "",
    page: include_str!("../../docs/rules/access-expired.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
