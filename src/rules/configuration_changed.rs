//! A change to ntnguard's configuration or baseline in the commits that are checked.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard ci` checks by comparing the configuration and the baseline of the
/// change with the files of its base.
pub static RULE: Rule = Rule {
    id: "configuration-changed",
    title: "Change to ntnguard's configuration",
    kind: RuleKind::Policy,
    sources: &[SourceKind::Ci],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Before you merge the change, check what it allows and why: it takes effect with the merge.",
    variable: "",
    page: include_str!("../../docs/rules/configuration-changed.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
