//! An env file that git ignores only on this machine, because the ignore rule is not part of the
//! repository.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which `ntnguard env` and `ntnguard ci` check in ignore files and env files.
pub static RULE: Rule = Rule {
    id: "env-ignored-only-locally",
    title: "Env file that only this machine ignores",
    kind: RuleKind::Env,
    sources: &[SourceKind::Env, SourceKind::Ci],
    severity: Severity::Error,
    is_about_committing: true,
    asked_from: None,
    advice: "Add the missing lines to .gitignore, which every clone contains: `ntnguard env --fix` does it.",
    variable: "",
    page: include_str!("../../docs/rules/env-ignored-only-locally.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
