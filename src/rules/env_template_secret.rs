//! A secret value in a template of an env file, which is meant to be committed.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which is checked in templates that are staged, pushed or in the working tree.
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
    advice: "Rotate the value if the template ever left this machine, and keep only the variable's name in the template.",
    variable: "",
    page: include_str!("../../docs/rules/env-template-secret.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
