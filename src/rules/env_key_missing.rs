//! A variable that an env file lacks, although its template or the configuration requires it.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard env` and `ntnguard ci` check in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-key-missing",
    title: "Variable that is missing",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Add the variable, or remove it from the template if nothing reads it any more.",
    variable: "",
    page: include_str!("../../docs/rules/env-key-missing.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
