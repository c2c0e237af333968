//! The path of an existing or a possible env file that no ignore rule covers.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard env` and `ntnguard ci` check in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-not-ignored",
    title: "Env file that git would not ignore",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Error,
    is_about_committing: true,
    asked_from: None,
    advice: "Add what is missing to .gitignore: `ntnguard env --fix` does it, `ntnguard env --fix --dry-run` shows it first.",
    variable: "",
    page: include_str!("../../docs/rules/env-not-ignored.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
