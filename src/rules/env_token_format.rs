//! A variable that is named like a Notion token, but contains something else.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard env` and `ntnguard ci` check in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-token-format",
    title: "Variable that holds no Notion token",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Put the integration's token into the variable: it begins with ntn_ or, if it is old, with secret_.",
    variable: "",
    page: include_str!("../../docs/rules/env-token-format.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
