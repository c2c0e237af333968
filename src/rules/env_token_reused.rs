//! A credential that is set under two names or for two environments.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard env` and `ntnguard ci` check in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-token-reused",
    title: "Credential that serves two purposes",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Create an integration for each purpose, so that each can be limited and revoked by itself.",
    variable: "",
    page: include_str!("../../docs/rules/env-token-reused.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
