//! A value from an env file that the user named.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule. It finds exactly the values of an env file that the command line names, so it has no
/// pattern.
pub static RULE: Rule = Rule {
    id: "known-secret",
    title: "Known secret",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Rotate this value now at the service that issued it: the value was found outside of its env file.",
    variable: "SECRET",
    page: include_str!("../../docs/rules/known-secret.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
