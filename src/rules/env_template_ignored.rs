//! A template of an env file that git ignores, so that it cannot be committed.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard env` and `ntnguard ci` check in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-template-ignored",
    title: "Template that git would ignore",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Warning,
    is_about_committing: false,
    asked_from: None,
    advice: "Add a rule such as `!.env.example` after the rule that ignores the template: `ntnguard env --fix` does it.",
    variable: "",
    page: include_str!("../../docs/rules/env-template-ignored.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
