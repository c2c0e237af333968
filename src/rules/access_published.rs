//! A page or a database that the token reaches and that anybody on the web can read.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard access` checks by sending requests to Notion.
pub static RULE: Rule = Rule {
    id: "access-published",
    title: "Shared page that is published to the web",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Stop publishing the page, or allow it with `published: allow` in `.ntnguard-access.yaml`.",
    variable: "",
    page: include_str!("../../docs/rules/access-published.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
