//! A page or a database that lies in the trash and is still shared.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `access` finds it by asking Notion.
pub static RULE: Rule = Rule {
    id: "access-trashed",
    title: "Shared page in the trash",
    kind: RuleKind::Access,
    sources: &[SourceKind::Access],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Disconnect the integration from the page, or restore the page.",
    variable: "",
    page: include_str!("../../docs/rules/access-trashed.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
