//! A value that is filled in, in a template that is meant to be committed.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `env` finds it in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-template-secret",
    title: "Secret in a template",
    kind: RuleKind::Env,
    sources: &[
        SourceKind::Index,
        SourceKind::Range,
        SourceKind::Env,
        SourceKind::Ci,
    ],
    severity: Severity::Error,
    is_about_committing: false,
    asked_from: None,
    advice: "Rotate the value if the template ever left this machine, and leave only the variable's name in it.",
    variable: "",
    page: include_str!("../../docs/rules/env-template-secret.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
