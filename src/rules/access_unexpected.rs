//! A page or a database that is shared with the integration, but that `.ntnguard-access.yaml` does
//! not list.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "access-unexpected",
    title: "Shared page that nobody approved",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Disconnect the integration from the page, or add an entry with the reason to `.ntnguard-access.yaml`.",
    variable: "",
    page: include_str!("../../docs/rules/access-unexpected.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
