//! A page or a database in the trash that is still shared.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "access-trashed",
    title: "Shared page in the trash",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Delete the page permanently. Or restore it and, if no program needs it, disconnect the integration.",
    variable: "",
    page: include_str!("../../docs/rules/access-trashed.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
