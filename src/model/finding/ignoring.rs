//! The ignore rules that cause a finding about env files.

use std::sync::Arc;

use crate::model::rule::Severity;

/// The ignore file to change for a finding about env files, and the paths concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignoring {
    /// The path of the ignore file to change, from the top of the repository.
    pub change: Vec<u8>,
    /// The ignore rule that decides about the first of `names` now; `None` if no rule matches.
    pub rule: Option<IgnoreRule>,
    /// The paths concerned, the most severe first.
    pub names: Vec<Name>,
}

/// A line of an ignore file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreRule {
    /// The path of the ignore file, from the top of the repository or outside of the repository.
    pub file: Vec<u8>,
    /// The line, from 1.
    pub line: usize,
    /// The line's text, safe to show.
    pub text: String,
    /// True if the rule is negated (`!PATTERN`), so that git does not ignore the paths that match.
    pub negated: bool,
    /// True if clones do not have the rule, because it is outside of the tracked ignore files.
    pub is_local: bool,
}

/// A path for which the ignore rules are wrong. The file need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The path from the top of the repository.
    pub path: Vec<u8>,
    /// The severity of the fault for this path.
    pub severity: Severity,
    /// The reasons to expect a file at this path; empty if there is no reason.
    pub reasons: Arc<[Reason]>,
}

/// A reason to expect an env file, found in a file of the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The path of the file that gives the reason, from the top of the repository.
    pub file: Vec<u8>,
    /// The line in that file, from 1; `None` if the reason is the whole file.
    pub line: Option<usize>,
    /// The fact about the file that is the reason.
    pub says: Says,
}

/// A fact about a file that is a reason to expect an env file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// The file is an env file itself.
    IsEnvFile,
    /// The file is a template of an env file.
    IsTemplate,
    /// The file is a package manifest with this dependency, which reads env files.
    DependsOn(String),
    /// The file mentions the env file at this path.
    Names(Vec<u8>),
    /// The file is code that reads `NOTION_…` from the environment.
    ReadsNotion,
}
