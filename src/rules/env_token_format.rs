//! A variable that is named like a Notion token and holds something else.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule; `env` finds it in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-token-format",
    title: "Variable that holds no Notion token",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Put the integration's token there: it begins with ntn_ or, if it is an old one, with secret_.",
    variable: "",
    page: include_str!("../../docs/rules/env-token-format.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
