//! The ignore rules behind a finding about env files.

use std::sync::Arc;

use crate::model::rule::Severity;

/// The ignore file to change for a finding about env files, and the names concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignoring {
    /// The path of the ignore file to change, in the repository.
    pub change: Vec<u8>,
    /// The rule that decides about the first name as things are; `None` if no rule does.
    pub rule: Option<IgnoreRule>,
    /// The names concerned, the most severe first.
    pub names: Vec<Name>,
}

/// A line of an ignore file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreRule {
    /// The file's path in the repository, or outside of it.
    pub file: Vec<u8>,
    /// The line, from 1.
    pub line: usize,
    /// The line's text, fit to be shown.
    pub text: String,
    /// True if the rule takes back another one that ignores.
    pub negated: bool,
    /// True if no clone has the rule.
    pub is_local: bool,
}

/// The name of a file, whether or not there is one, that ignore files should treat otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The path in the repository.
    pub path: Vec<u8>,
    /// The severity of the fault for this name.
    pub severity: Severity,
    /// The reasons to expect a file of this name; empty if there are none.
    pub reasons: Arc<[Reason]>,
}

/// Something in a repository that gives reason to expect an env file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The path of the file that gives the reason, in the repository.
    pub file: Vec<u8>,
    /// The line in that file, from 1; `None` if the file as such is the reason.
    pub line: Option<usize>,
    /// The kind of reason.
    pub says: Says,
}

/// The kinds of reasons to expect an env file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// The file is an env file itself.
    IsEnvFile,
    /// The file is a template of an env file.
    IsTemplate,
    /// The file is a manifest that names this package, which reads env files.
    DependsOn(String),
    /// The file names the env file of this path.
    Names(Vec<u8>),
    /// The file is code that reads `NOTION_…` from the environment.
    ReadsNotion,
}
