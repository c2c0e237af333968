//! A page or a database that is still shared after the last day on which sharing was expected.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `access` finds it by asking Notion.
pub static RULE: Rule = Rule {
    id: "access-expired",
    title: "Shared page whose time is over",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Disconnect the integration from the page, or give its entry a later day.",
    variable: "",
    page: include_str!("../../docs/rules/access-expired.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
