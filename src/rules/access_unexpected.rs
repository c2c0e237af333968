//! A page or a database that is shared with the integration and not written down.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `access` finds it by asking Notion.
pub static RULE: Rule = Rule {
    id: "access-unexpected",
    title: "Shared page that nobody expects",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Disconnect the integration from the page, or write down in `.ntnguard-access.yaml` why it is shared.",
    variable: "",
    page: include_str!("../../docs/rules/access-unexpected.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
