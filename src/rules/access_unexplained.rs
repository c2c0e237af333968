//! An entry of `.ntnguard-access.yaml` that still has the reason `TODO`, with which the
//! command-line option `--write` made it.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "access-unexplained",
    title: "Shared page without a reason",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "In `.ntnguard-access.yaml`, replace `TODO` with the reason why the page is shared.",
    variable: "",
    page: include_str!("../../docs/rules/access-unexplained.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
