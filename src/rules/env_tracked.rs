//! An env file in the index or in a commit, whose name says that it contains secrets.

use crate::model::rule::{Rule, RuleKind, Severity};
use crate::model::source_kind::SourceKind;

/// The rule, which is checked by the name of a file, not by its content.
pub static RULE: Rule = Rule {
    id: "env-tracked",
    title: "Sensitive env file in git",
    kind: RuleKind::Env,
    sources: &[
        SourceKind::Index,
        SourceKind::Range,
        SourceKind::History,
        SourceKind::Env,
        SourceKind::Ci,
    ],
    severity: Severity::Error,
    is_about_committing: true,
    asked_from: None,
    advice: "Take the file out of the index (`git rm --cached`) and add it to .gitignore; if it was ever \
             committed, rotate the secrets in it.",
    variable: "",
    page: include_str!("../../docs/rules/env-tracked.md"),
    detectors: &[],
    masked: &[],
    evidence: &[],
};
