//! An entry made by `--write` that still says `reason: TODO`.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `access` finds it by asking Notion.
pub static RULE: Rule = Rule {
    id: "access-unexplained",
    title: "Shared page without a reason",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Write in `.ntnguard-access.yaml` why the page is shared, in place of `TODO`.",
    variable: "",
    page: include_str!("../../docs/rules/access-unexplained.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
