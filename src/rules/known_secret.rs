//! A value that the user gave to look for.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; what it finds is in no pattern but in an env file that is named on the command line.
pub static RULE: Rule = Rule {
    id: "known-secret",
    title: "Known secret",
    kind: RuleKind::Credential,
    sources: SourceKind::TEXTS,
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Rotate this value now, where it was issued: it is outside the file that is meant to hold it.",
    variable: "SECRET",
    page: include_str!("../../docs/rules/known-secret.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
